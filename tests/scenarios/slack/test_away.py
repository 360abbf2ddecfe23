"""Slack that is not there when Troupe starts, goes away in between, and comes back."""

import logging
from pathlib import Path

import pytest

from bot.fronts import waiting
from tests.scenarios.slack.stage import LAVISH, open_office, open_slack, people_of
from tests.scenarios.stage import open_stage

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.01)


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
@pytest.mark.parametrize(
    "away",
    [
        {"status": 0, "times": 3},
        {"status": 503, "times": 3, "body": "<html>Bad gateway</html>"},
        {"status": 502, "body": "Bad gateway"},
        {"status": 200, "body": "<html>Maintenance</html>"},
        {"error": "ratelimited", "times": 3, "retry_after": 0},
        {"error": "internal_error"},
    ],
    ids=["gone", "503", "502", "page", "limited", "broken"],
)
async def test_while_slack_is_away_the_rest_works_and_it_connects_once_slack_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, away: dict[str, object], by_http: bool
) -> None:
    async with open_slack() as slack:
        slack.fails("auth.test", **away)  # type: ignore[arg-type]
        async with open_office(tmp_path, slack=slack, by_http=by_http, settings=LAVISH) as office:
            terminal = office.stage.member("console:ben")
            assert "Merlin" in await terminal.types("/characters")
            assert "Merlin is ready" in (await office.calls(office.mira)).text
            assert caplog.text.count("Slack cannot be reached") == 1
            assert "Traceback" not in caplog.text
            assert office.acme.bot_token not in caplog.text


async def test_a_socket_that_slack_does_not_open_now_is_asked_for_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_slack() as slack:
        slack.fails("apps.connections.open", status=0, times=4)
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            assert "Merlin is ready" in (await office.calls(office.mira)).text
        assert caplog.text.count("Slack cannot be reached") == 1
        assert "Traceback" not in caplog.text


async def test_a_token_that_turns_out_to_be_none_is_told_and_the_rest_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_slack() as slack:
        slack.fails("auth.test", status=503, times=2)
        slack.fails("auth.test", "token_revoked")
        acme, _, _ = people_of(slack)
        tokens = {
            "slack_bot_token": acme.bot_token,
            "slack_signing_secret": slack.signing_secret,
            "slack_api_url": slack.api_url.rstrip("/"),
        }

        async def is_told() -> bool:
            return "Slack is off until Troupe is started again" in caplog.text

        async with open_stage(tmp_path, settings=tokens) as stage:
            await stage.until(is_told)
            assert "Merlin" in await stage.member("console:ben").types("/characters")
    (told,) = [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR]
    assert told.startswith("Slack does not take SLACK_BOT_TOKEN (token_revoked): copy it anew")
    assert "Traceback" not in caplog.text


async def test_a_recap_that_slack_was_not_there_for_comes_once_it_is(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            mira = office.mira
            slack.fails("chat.*", status=0, times=100)
            await office.talks(await office.calls(mira), "My cat is called Fig.")
            await slack.until(
                lambda: len([one for one in slack.calls("chat.postMessage") if one.was_fault]) > 3
            )
        slack.recovers()
        slack.fails("auth.test", status=0, times=3)
        async with open_office(tmp_path, slack=slack, settings=LAVISH) as office:
            await mira.is_told("Your call with Merlin")


@pytest.mark.parametrize(
    ("name", "value"), [("SLACK_APP_TOKEN", "xapp-1234567890"), ("SLACK_SIGNING_SECRET", "0123456789abcdef")]
)
async def test_what_is_of_no_use_without_a_bot_token_is_told_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, name: str, value: str
) -> None:
    async with open_stage(tmp_path, settings={name.lower(): value}) as stage:
        assert "Merlin" in await stage.member("console:ben").types("/characters")
    assert f"{name} is set, but SLACK_BOT_TOKEN is not, so Slack is off" in caplog.text
    assert value not in caplog.text
