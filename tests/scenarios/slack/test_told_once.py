"""A recap whose answer was lost on the way stands there already: it is found, and not posted again."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import FakeSlack
from tests.scenarios.slack.stage import LAVISH, Office, open_office

pytestmark = pytest.mark.anyio

RECAP = "Your call with Merlin"
LOST: dict[str, dict[str, Any]] = {
    "the line is torn": {"status": 0},
    "503": {"status": 503, "body": "<html>"},
    "500": {"status": 500, "error": "internal_error"},
}


async def by_link(office: Office) -> Callable[[], Awaitable[None]]:
    """Ask for a link; return what talks by it and hangs up."""
    ready = await office.calls(office.mira)
    await office.slack.until(lambda: any("Merlin is ready" in one.text for one in office.mira.dm.posts))
    return lambda: office.talks(ready, "My cat is called Fig.")


async def by_chat(office: Office) -> Callable[[], Awaitable[None]]:
    """Begin a chat; return what ends it."""
    await office.calls(office.mira, "/ring wizard by chat")
    root = await office.mira.is_told("Write in this thread")
    await office.becomes_said(root, ":*")

    async def ends() -> None:
        await office.asks(office.mira, "hangup", office.mira.dm)

    return ends


def recaps(office: Office) -> list[Any]:
    """Return the recaps that somebody reads, wherever in their direct messages."""
    return [one for one in office.mira.dm.posts if RECAP in one.text]


async def comes_to_rest(office: Office) -> None:
    """Let some time pass, in which all is done that is due."""
    await office.stage.rests()
    for _ in range(3):
        await office.stage.later(minutes=5)


def posts_of(slack: FakeSlack, words: str = RECAP) -> int:
    """Return how often it was asked that something be posted."""
    return sum(words in str(one.body) for one in slack.calls("chat.postMessage"))


@pytest.mark.parametrize("begin", [by_link, by_chat])
@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
async def test_a_recap_that_was_taken_without_an_answer_is_shown_once(
    tmp_path: Path, lost: dict[str, Any], begin: Callable[[Office], Awaitable[Callable[[], Awaitable[None]]]]
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        talk = await begin(office)
        # A chat's last line is tried twice.
        office.slack.fails("chat.postMessage", takes_effect=True, times=3, **lost)
        await talk()
        await office.slack.until(lambda: posts_of(office.slack))
        await comes_to_rest(office)
        (recap,) = recaps(office)
        assert posts_of(office.slack) == 1
        assert office.slack.calls("conversations.history") + office.slack.calls("conversations.replies")
        sure = await office.presses(office.mira, recap, "Forget this call")
        await office.presses(office.mira, sure, "Erase it")
        await office.becomes(recap, "This was erased")
        assert recap.message.metadata == {}, "nothing of it is left to be known by"


async def test_a_recap_that_was_not_taken_is_posted_later_once(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        talk = await by_link(office)
        office.slack.fails("chat.postMessage", status=0)
        await talk()
        await office.slack.until(lambda: posts_of(office.slack))
        await comes_to_rest(office)
        assert (len(recaps(office)), posts_of(office.slack)) == (1, 2)


async def test_two_calls_that_went_alike_are_two_recaps(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        for number in range(2):
            ready = await office.calls(office.mira)
            links = partial(posts_of, office.slack, "Merlin is ready")
            await office.slack.until(lambda: links() > number)  # noqa: B023
            office.slack.fails("chat.postMessage", status=0, takes_effect=True)
            await office.talks(ready, "My cat is called Fig.")
            await office.slack.until(lambda: posts_of(office.slack) > number)  # noqa: B023
            await comes_to_rest(office)
        assert (len(recaps(office)), posts_of(office.slack)) == (2, 2)


async def test_while_slack_cannot_say_what_stands_there_nothing_is_posted(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        talk = await by_link(office)
        office.slack.fails("chat.postMessage", status=0, takes_effect=True)
        office.slack.fails("conversations.history", status=503, times=4)
        await talk()
        await office.slack.until(lambda: posts_of(office.slack))
        await comes_to_rest(office)
        assert len(office.slack.calls("conversations.history")) > 4
        assert (len(recaps(office)), posts_of(office.slack)) == (1, 1)


async def test_where_slack_never_says_it_a_recap_is_rather_told_twice_than_not_at_all(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_office(tmp_path, settings=LAVISH, refusals=("missing_scope",)) as office:
        talk = await by_link(office)
        office.acme.scopes = tuple(one for one in office.acme.scopes if one != "im:history")
        office.slack.fails("chat.postMessage", status=0)
        await talk()
        await office.slack.until(lambda: posts_of(office.slack))
        await comes_to_rest(office)
        assert len(recaps(office)) == 1
    assert "Whether a message stands already could not be looked up: missing_scope" in caplog.text
