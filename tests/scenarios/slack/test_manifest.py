"""The manifest that makes our Slack app: what stands at the root, and that all of it works, and is needed."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from bot.cli import troupe
from bot.domain.errors import CallerError
from tests.fakes.slack import open_fake_slack
from tests.fakes.slack.scopes import METHODS
from tests.fakes.slack.settings import check_manifest
from tests.scenarios.slack.stage import LAVISH, open_office

ROOT = Path(__file__).parents[3]
URL = "https://talk.example.com/hooks/slack"
UNSEEN = {"commands", "im:history", "files:read"}
"""Rights that no method of the Web API asks for: what is typed, direct messages, and the bytes of a file."""
LONG = json.dumps(
    [
        {"role": role, "content": f"{number}. {'My cat is called Fig. ' * 30}"}
        for number in range(40)
        for role in ("user", "assistant")
    ]
).encode()


def printed(*arguments: str) -> str:
    """Return what ``troupe slack manifest`` prints."""
    done = CliRunner().invoke(troupe, ["slack", "manifest", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_file_at_the_root_is_what_is_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (ROOT / "slack-manifest.yaml").read_text("utf-8") == printed()
    assert json.loads(printed("--json")) == yaml.safe_load(printed())


def test_slack_takes_it_for_sockets_and_for_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sockets, http = yaml.safe_load(printed()), yaml.safe_load(printed("--http", "https://talk.example.com/"))
    for manifest in (sockets, http):
        check_manifest(manifest)
        assert manifest["settings"]["socket_mode_enabled"] is (manifest is sockets)
    settings = http["settings"]
    assert settings["event_subscriptions"]["request_url"] == URL
    assert settings["interactivity"] == {
        "is_enabled": True,
        "request_url": URL,
        "message_menu_options_url": URL,
    }
    assert [one["url"] for one in http["features"]["slash_commands"]] == [URL]
    assert "https://" not in printed()


def test_an_app_for_organisations_hears_where_it_may_be_used_and_no_other_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    http = ("--http", "https://talk.example.com")
    alone, whole = (yaml.safe_load(printed(*http, *more)) for more in ((), ("--organisations",)))
    check_manifest(whole)
    heard = [set(one["settings"]["event_subscriptions"]["bot_events"]) for one in (alone, whole)]
    assert heard[1] - heard[0] == {"team_access_granted", "team_access_revoked"}
    assert [one["settings"]["org_deploy_enabled"] for one in (alone, whole)] == [False, True]
    done = CliRunner().invoke(troupe, ["slack", "manifest", "--organisations"])
    assert isinstance(done.exception, CallerError)
    assert "add --http with PUBLIC_URL" in str(done.exception)


@pytest.mark.parametrize("way", [(), ("--http", "https://talk.example.com")])
def test_it_says_where_members_read_what_is_kept_where_there_is_such_a_page(
    way: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PUBLIC_URL", "https://talk.example.com/")
    manifest = yaml.safe_load(printed(*way))
    check_manifest(manifest)
    shown = manifest["display_information"]["long_description"]
    assert shown.endswith("how you erase it: https://talk.example.com/privacy")
    for nowhere in ("", "http://127.0.0.1:8080"):
        monkeypatch.setenv("PUBLIC_URL", nowhere)
        assert "privacy" not in printed()


def test_the_command_is_the_one_that_is_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SLACK_COMMAND", "/voice")
    (command,) = yaml.safe_load(printed())["features"]["slash_commands"]
    assert (command["command"], command["should_escape"]) == ("/voice", True)


@pytest.mark.parametrize(
    "url", ["", "http://talk.example.com", "talk.example.com", "https://", "https://[", "x"]
)
def test_an_address_that_slack_cannot_reach_is_refused_in_a_sentence(url: str, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(troupe, ["slack", "manifest", "--http", url])
    assert isinstance(done.exception, CallerError)
    assert str(done.exception).startswith("Slack sends requests to a public https address alone: write")
    assert done.stdout == ""


async def uses_everything(office: Any) -> None:
    """Do once whatever needs a right at Slack."""
    mira, boss = office.mira, office.boss
    await mira.visits("home")
    await mira.uses_shortcut("open_call")
    await office.talks(await office.calls(mira), "I found a silver key.")
    await mira.is_told("Your call with Merlin")
    await mira.shares_file("past.json", LONG)
    offer = await mira.is_told("Is this a conversation that you want me to know?")
    preview = await office.presses(mira, offer, "Show what it holds")
    assert "Saved 1 conversation." in (await office.presses(mira, preview, "Save it")).text
    history = await office.asks(mira, "history")
    (import_id, *_) = [one.split()[-1] for one in history.buttons if one.startswith("Transcript ")]
    transcript = await office.asks(mira, f"history {import_id}")
    asked = await office.presses(mira, transcript, "As a text file")
    assert "cannot erase a file that you have" in (await office.presses(mira, asked, "Send me the file")).text
    office.acme.adds_group("wizards", boss)
    await office.asks(boss, "admin allow wizard @wizards")
    assert "Merlin is ready" not in (await office.asks(mira, "wizard")).text
    await office.asks(boss, "admin allow wizard everybody")
    await office.asks(mira, "wizard by chat")
    office.acme.invites_bot("general")
    assert "Posted" in (await office.asks(boss, "admin post wizard")).text


@pytest.mark.anyio
@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_its_rights_are_enough_for_everything_and_none_is_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_http: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    manifest = yaml.safe_load(printed(*(["--http", "https://talk.example.com"] if by_http else [])))
    async with open_fake_slack() as slack:
        slack.uses_manifest(manifest)
        acme = slack.adds_workspace("Acme", channels=("general", "random"))
        acme.adds_person("Mira")
        acme.adds_person("Boss", admin=True)
        async with open_office(tmp_path, by_http=by_http, settings=LAVISH, slack=slack) as office:
            await uses_everything(office)
        assert [str(one) for one in slack.refused] == []
        needed = {METHODS.get(one.path, "") for one in slack.requests} - {""}
        assert any(one.path.startswith("/files-pri/") for one in slack.requests)
    assert set(manifest["oauth_config"]["scopes"]["bot"]) == needed | UNSEEN
