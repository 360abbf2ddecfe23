"""A Slack that hangs up in the middle: whoever waits reads a sentence, and what must be done is done."""

from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack
from tests.scenarios.slack.stage import LAVISH, open_office

pytestmark = pytest.mark.anyio

BUSY = "Try again in a few minutes."


def hangs_up(slack: FakeSlack, method: str, requests: int = 1) -> None:
    """Let Slack tear the line on so many requests, each with the one try that the library adds."""
    slack.fails(method, status=0, times=2 * requests)


def is_calm(caplog: pytest.LogCaptureFixture) -> bool:
    """Whether no traceback stands in the log."""
    return not [one for one in caplog.records if one.exc_info]


async def test_a_line_that_is_torn_while_somebody_waits_becomes_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, boss, slack = office.mira, office.boss, office.slack
        hangs_up(slack, "users.info", 2)
        assert "Before your first call" in (await office.asks(mira, "wizard")).text
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")

        hangs_up(slack, "chat.postMessage")
        assert BUSY in (await office.asks(boss, "admin post wizard")).text
        assert office.here.posts == []

        hangs_up(slack, "views.update")
        window = await (await mira.presses(recap, "Transcript")).opens(BUSY)
        assert "Fig" not in window.text

        hangs_up(slack, "views.publish")
        await mira.visits("home")
        await slack.until(lambda: sum(one.was_fault for one in slack.calls("views.publish")) == 2)

        hangs_up(slack, "conversations.open", 3)
        hangs_up(slack, "chat.postMessage", 3)
        assert "cannot write to you here" in (await office.asks(mira, "wizard by chat")).text
    assert is_calm(caplog)


@pytest.mark.parametrize(
    "away",
    [{"status": 0}, {"status": 503, "body": "<html>"}, {"error": "ratelimited", "retry_after": 0}],
    ids=["gone", "503", "limited"],
)
async def test_what_is_to_be_taken_back_is_taken_back_once_slack_is_there(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, away: dict[str, object]
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")
        slack.fails("chat.update", times=100, **away)  # type: ignore[arg-type]
        sure = await office.presses(mira, recap, "Forget this call")
        await office.presses(mira, sure, "Erase it")
        await slack.until(lambda: any(one.was_fault for one in slack.calls("chat.update")))
        await office.stage.rests()
        slack.recovers()
        await office.stage.later(minutes=10)
        await office.becomes(recap, "This was erased")
    assert is_calm(caplog)
