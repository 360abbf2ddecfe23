"""`troupe setup slack` and what `troupe check` says of Slack, each asked of a Slack on loopback."""

import json
import re
import stat
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import read_settings
from bot.domain.errors import SettingsError
from bot.domain.workspace import Installed
from storage import open_store
from tests.fakes.slack import FakeSlack, Workspace, open_fake_slack
from tests.program import PERSONAS, ROOT, beside, kept_environment, run
from tests.program.terminal import answering

APP = "xapp-1-fake"
SECRET = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.anyio


def environment(slack: FakeSlack, **settings: str) -> dict[str, str]:
    shown = {"PYTHONPATH": str(ROOT), "SLACK_API_URL": slack.api_url.rstrip("/"), "COLUMNS": "200"}
    return {**kept_environment(), **shown, "PERSONAS_DIR": str(PERSONAS), **settings}


async def program(
    folder: Path, slack: FakeSlack, *arguments: str, typed: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the program beside the fake, which answers in this process."""
    return await beside(run, folder, arguments, environment(slack, **settings), typed)


def installed(slack: FakeSlack, *more: str) -> Workspace:
    """Install the app in a workspace, with our rights and more."""
    from bot.fronts.slack.manifest import SCOPES

    return slack.adds_workspace("Acme", scopes=(*SCOPES, *more))


async def test_both_tokens_are_checked_and_written_for_their_owner_alone(tmp_path):
    (tmp_path / ".env").write_text("# ours\nCOMMUNITY_NAME=The Inn\n")
    async with open_fake_slack() as slack:
        bot = installed(slack).bot_token
        done = await program(tmp_path, slack, "setup", "slack", typed=f"{bot}\n{APP}\n")
        assert done.returncode == 0, done.stderr
        assert "This is troupe in the workspace Acme." in done.stdout
        assert "!" not in done.stdout
        assert "type /ring in the workspace" in done.stdout
        again = await program(tmp_path, slack, "setup", "slack", typed=f"{bot}\n")
        assert ".env has it already" in again.stdout
        only = await program(tmp_path, slack, "setup", "slack", "--check")
        assert "This is troupe in the workspace Acme." in only.stdout
    for secret in (bot, APP):
        assert secret not in done.stdout + done.stderr + again.stdout + only.stdout
    file = tmp_path / ".env"
    written = f"# ours\nCOMMUNITY_NAME=The Inn\nSLACK_APP_TOKEN={APP}\nSLACK_BOT_TOKEN={bot}\n"
    assert file.read_text() == written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_signing_secret_takes_the_place_of_the_app_token_once_there_is_an_address(tmp_path):
    async with open_fake_slack() as slack:
        bot = installed(slack).bot_token
        await program(tmp_path, slack, "setup", "slack", typed=f"{bot}\n{APP}\n")
        typed = f"{bot}\n{SECRET}\n"
        early = await program(tmp_path, slack, "setup", "slack", typed=typed)
        assert early.returncode == 2
        assert "PUBLIC_URL, which is no https address yet" in early.stderr
        url = {"PUBLIC_URL": "https://talk.example.com"}
        assert (await program(tmp_path, slack, "setup", "slack", typed=typed, **url)).returncode == 0
    lines = (tmp_path / ".env").read_text().splitlines()
    assert sorted(lines) == ["SLACK_APP_TOKEN=", f"SLACK_BOT_TOKEN={bot}", f"SLACK_SIGNING_SECRET={SECRET}"]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("", 1, "No token was given, and nothing was changed."),
        ("{bot}", 1, "Only one token was given, and nothing was changed"),
        ("hunter2\n" + APP, 2, "That is no token: such a token begins with xoxb-"),
        ("xoxb-of-nobody\n" + APP, 2, "Slack does not take SLACK_BOT_TOKEN (invalid_auth): copy it anew"),
        ("{bot}\nxapp-of-nobody", 2, "Slack does not take SLACK_APP_TOKEN (invalid_auth): make one under"),
        ("{bot}\nxoxp-1234567890123456", 2, "This looks like a Slack user token"),
    ],
)
async def test_what_is_no_token_changes_nothing(tmp_path, typed, code, said):
    async with open_fake_slack() as slack:
        typed = typed.format(bot=installed(slack).bot_token)
        done = await program(tmp_path, slack, "setup", "slack", typed=typed)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not any(part in done.stdout + done.stderr for part in typed.split())
    assert not (tmp_path / ".env").exists()


async def test_nothing_to_check_and_nobody_there_are_one_sentence_each(tmp_path):
    async with open_fake_slack() as slack:
        none = await program(tmp_path, slack, "setup", "slack", "--check")
        assert none.stderr.strip() == "SLACK_BOT_TOKEN is not set; troupe setup slack asks for it."
        slack.fails("auth.test", status=0, times=9)
        typed = f"{installed(slack).bot_token}\n{APP}\n"
        gone = await program(tmp_path, slack, "setup", "slack", typed=typed)
    assert gone.returncode == 2
    assert gone.stderr.startswith("Slack cannot be reached (")
    assert "the token may well be right. Run troupe setup slack again" in gone.stderr
    assert len(gone.stderr.strip().splitlines()) == 1


async def test_at_a_terminal_a_slack_that_does_not_answer_is_no_reason_to_ask_again(tmp_path):
    async with open_fake_slack() as slack:
        bot = installed(slack).bot_token
        slack.fails("auth.test", status=0, times=99)
        code, seen = await at_a_terminal(tmp_path, slack, [bot, bot, bot])
    assert code == 2
    assert len(re.findall("Bot token ", seen)) == 1
    assert "Slack cannot be reached (" in seen
    assert not (tmp_path / ".env").exists()


def prompt(beginning: str) -> str:
    """Return a pattern of a prompt that waits for an answer."""
    return rf"\n{beginning}[^\n]*(?<!empty): $"


async def at_a_terminal(folder: Path, slack: FakeSlack, answers: list[str]) -> tuple[int, str]:
    """Run the program at a terminal, answer what it asks, and return its exit code and what was shown."""
    prompts = [(prompt("(Bot token|App token)"), answer) for answer in answers]
    return await answering(folder, ["setup", "slack"], environment(slack), prompts, may_ask_less=True)


async def test_at_a_terminal_it_asks_until_both_are_tokens_and_shows_none(tmp_path):
    async with open_fake_slack() as slack:
        bot = installed(slack).bot_token
        answers = ["hunter2", "xoxb-of-nobody", bot, "xapp-of-nobody", APP]
        code, seen = await at_a_terminal(tmp_path, slack, answers)
    assert code == 0, seen
    assert "Slack, in four steps" in seen
    assert "That is no token" in seen
    assert not any(one in seen for one in ("hunter2", "of-nobody", bot, APP))
    assert (tmp_path / ".env").read_text() == f"SLACK_BOT_TOKEN={bot}\nSLACK_APP_TOKEN={APP}\n"


async def test_check_asks_slack_about_the_app_its_rights_and_its_links(tmp_path):
    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme", scopes=("commands", "chat:write", "admin"))
        settings = {"SLACK_BOT_TOKEN": acme.bot_token, "SLACK_APP_TOKEN": APP, "LISTEN": "127.0.0.1:8089"}
        done = await program(tmp_path, slack, "check", "--json", **settings)
        findings = {one["what"]: one["fix"] for one in json.loads(done.stdout)["findings"]}
        (missing,) = [what for what in findings if what.startswith("Slack: The app has not the right to")]
        assert "usergroups:read" in missing
        assert "slack-manifest.yaml" in findings[missing]
        assert "Slack: The app has rights that Troupe never uses: admin." in findings
        local = "Links in Slack lead to http://127.0.0.1:8089, which opens on this machine alone."
        assert "PUBLIC_URL" in findings[local]
        assert done.returncode == 1
        wrong = await program(tmp_path, slack, "check", **settings | {"SLACK_APP_TOKEN": "xapp-of-nobody"})
        assert wrong.returncode == 2
        assert "Slack does not take SLACK_APP_TOKEN" in wrong.stdout
        assert "of-nobody" not in wrong.stdout + wrong.stderr
        by_http = {**settings, "SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": SECRET}
        unreachable = await program(tmp_path, slack, "check", **by_http)
        assert unreachable.returncode == 2
        assert "Slack sends its requests to PUBLIC_URL, which is no https address" in unreachable.stdout


@pytest.mark.parametrize(("name", "value"), [("SLACK_APP_TOKEN", APP), ("SLACK_SIGNING_SECRET", SECRET)])
async def test_check_says_that_a_bot_token_is_missing(tmp_path, name, value):
    async with open_fake_slack() as slack:
        done = await program(tmp_path, slack, "check", "--json", **{name: value})
        (told,) = [one for one in json.loads(done.stdout)["findings"] if "SLACK_" in one["what"]]
        assert told["severity"] == "warning"
        assert told["what"].startswith(f"{name} is set, but SLACK_BOT_TOKEN is not, so Slack is off")
        assert slack.requests == []


async def test_an_app_token_is_good_also_while_slack_gives_out_no_more_sockets(tmp_path):
    async with open_fake_slack() as slack:
        slack.fails("apps.connections.open", "ratelimited", times=9, retry_after=0)
        typed = f"{installed(slack).bot_token}\n{APP}\n"
        assert (await program(tmp_path, slack, "setup", "slack", typed=typed)).returncode == 0


async def test_what_cannot_be_seen_of_the_app_is_said_by_the_check(tmp_path):
    async with open_fake_slack() as slack:
        tokens = {"SLACK_BOT_TOKEN": installed(slack).bot_token, "SLACK_APP_TOKEN": APP}
        done = await program(tmp_path, slack, "check", "--json", **tokens)
    findings = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    unseen = "Slack shows a bot nothing of its app's events, commands and addresses: they were not looked at."
    assert findings[unseen]["severity"] == "note"
    assert "slack-manifest.yaml" in findings[unseen]["fix"]


SHARED = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "hunter2", "SLACK_SIGNING_SECRET": SECRET}
TALK = {"PUBLIC_URL": "https://talk.example.com"}


async def test_check_names_the_workspaces_that_installed_the_app_and_what_each_lacks(tmp_path):
    kept = {**SHARED, **TALK, "DATABASE_URL": f"sqlite:///{tmp_path}/troupe.db"}
    async with open_fake_slack() as slack:
        nobody = await program(tmp_path, slack, "check", "--json", **kept)
        assert "no workspace has installed the app yet" in nobody.stdout
        assert not (tmp_path / "troupe.db").exists()
        acme, gone = installed(slack), slack.adds_workspace("Gone", scopes=("commands",))
        lacking = slack.adds_workspace("Small", scopes=("commands",))
        async with open_store(kept["DATABASE_URL"]) as store:
            for team in (acme, lacking, gone):
                at = datetime(2026, 11, 28, tzinfo=UTC)
                what = Installed(team.id, team.name, team.bot_token, "U1", "B1", frozenset(), at)
                await store.keep_workspace(what)
            over = replace(what, id="T0OVER", name="Over", refresh_token="x", expires_at=at)
            await store.keep_workspace(over)
        slack.world.removes(gone, tells=False)
        done = await program(tmp_path, slack, "check", "--json", **kept)
        found = {one["what"]: one["fix"] for one in json.loads(done.stdout)["findings"]}
        assert f"Slack: the app is installed in Acme ({acme.id})." in found
        [what] = [one for one in found if f"in Small ({lacking.id}) the app has not the right to" in one]
        assert "users:read" in what
        assert found[what] == "Let them install it again at https://talk.example.com/slack/install."
        stopped = "Slack: the token of Over (T0OVER) ran out while Troupe was stopped."
        assert found[stopped] == "Start Troupe: it asks Slack for the next one."
        assert f"Slack: it does not take the token of Gone ({gone.id}) any more." in found
        assert not any(one.bot_token in done.stdout + done.stderr for one in (acme, lacking, gone))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            SHARED | TALK | {"SLACK_CLIENT_SECRET": ""},
            "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together",
        ),
        (
            SHARED | TALK | {"SLACK_SIGNING_SECRET": ""},
            "set SLACK_SIGNING_SECRET, and leave SLACK_APP_TOKEN out",
        ),
        (SHARED | TALK | {"SLACK_APP_TOKEN": APP}, "set SLACK_SIGNING_SECRET, and leave SLACK_APP_TOKEN out"),
        (SHARED, "workspaces install the app at PUBLIC_URL: set an https address."),
    ],
    ids=["secret", "signature", "socket", "address"],
)
def test_what_installing_needs_is_needed_together(tmp_path, settings, said):
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    with pytest.raises(SettingsError, match=said):
        read_settings(tmp_path / ".env")
