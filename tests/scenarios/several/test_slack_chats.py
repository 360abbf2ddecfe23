"""Two processes on one Postgres, and a balancer that leads Slack's requests to either; a chat is in one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.caller import Account
from bot.fronts.slack.service import Service
from tests.databases import keys_of
from tests.fakes.slack import Shown
from tests.postgres_server import Server
from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack
from tests.scenarios.slack.test_chatting import begins

pytestmark = pytest.mark.anyio

ENDED = "You hung up."


async def heard_of(office: Office) -> list[str]:
    """Return what ElevenLabs heard in the one conversation that it has."""
    (conversation_id,) = await office.stage.listed_there()
    _, conversation = await office.stage.fetches(conversation_id)
    return [turn["message"] for turn in conversation["transcript"] if turn["role"] == "user"]


async def hears(office: Office, words: str, *, times: int = 1) -> None:
    """Wait until ElevenLabs heard these words."""

    async def is_heard() -> bool:
        return sum(words in text for text in await heard_of(office)) >= times

    await office.stage.until(is_heard)


async def hand_over(office: Office, root: Shown, text: str) -> Awaitable[bool]:
    """Write something that arrives at this process."""
    service = office.stage.app.posters["slack"]
    assert isinstance(service, Service)
    async with service.talks.chats.turn(account_of(office)):
        end = await service.talks.heard_by(account_of(office), root.message.ts)
        assert end is not None
        return await end.hand_over(text)


@asynccontextmanager
async def open_two(folder: Path, server: Server) -> AsyncIterator[tuple[Office, Office]]:
    """Open two processes that Slack's requests may be led to."""
    url = server.emptied_database()
    kept = {**LAVISH, "database_url": url, "secret_key": keys_of(url)[0]}
    async with (
        open_slack() as slack,
        open_office(folder, by_http=True, slack=slack, settings=kept) as one,
        open_office(folder, by_http=True, slack=slack, settings=kept, beside=one.stage) as other,
    ):
        yield one, other


def lead(office: Office) -> Office:
    """Have the balancer lead what comes next to this process."""
    office.slack.sends_to(f"{office.stage.app.url}/hooks/slack")
    return office


def account_of(office: Office) -> Account:
    return Account("slack", office.acme.id, office.mira.id)


def answers_in(root: Shown) -> list[str]:
    """Return what the character said in a thread about the keys that it was told of."""
    return [
        one.text for one in root.replies if one.message.author is root.message.author and "key" in one.text
    ]


async def test_words_reach_the_character_wherever_they_arrive_in_order_and_once(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira = one.mira
        root = await begins(lead(one), mira)
        for number in range(6):
            lead(other if number % 2 else one)
            await mira.writes(f"I found silver key {number}.", thread=root, twice=True)
            await hears(one, f"silver key {number}")
        assert (await other.asks(mira, "whisper I am tired.")).text == "Merlin knows."
        await mira.writes("Good evening.", thread=root)
        await other.becomes_said(root, "so that only you hear it: “I am tired")
        assert (await other.asks(mira, "hangup")).text == "The talk is over."
        await one.becomes_said(root, ENDED)
        assert (await one.asks(mira, "hangup")).text.startswith("Nobody is on the line.")
        await one.becomes_said(root, "Your call with Merlin")
        assert await heard_of(one) == [
            *(f"I found silver key {number}." for number in range(6)),
            "They let you know, so that only you hear it: “I am tired.”",
            "Good evening.",
        ]


async def test_what_is_written_fast_is_heard_in_its_order(tmp_path: Path, server: Server) -> None:
    async with open_two(tmp_path, server) as (one, other):
        root = await begins(lead(one), one.mira)
        written = [f"I found silver key {number}." for number in range(8)]
        said = list(await asyncio.gather(*(hand_over(other, root, text) for text in written)))
        for number, text in enumerate(written):
            said.append(await hand_over(one if number % 2 else other, root, text))
        assert await asyncio.gather(*said) == [True] * 16
        await hears(one, "silver key 7", times=2)
        assert await heard_of(one) == written * 2
        await other.asks(one.mira, "hangup")


async def test_a_call_at_the_other_process_asks_first_and_ends_the_chat_before_it(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira = one.mira
        first = await begins(lead(one), mira)
        second = await begins(lead(other), mira, "captain")
        await mira.writes("And who hears this?")
        told = await mira.is_told("Nobody hears that here.")
        assert told.text.endswith("of whom you mean: Merlin, Captain Nan Tregarth.")
        asked = await other.asks(mira, "Merlin by chat")
        assert "You are talking with Merlin. Shall I hang up?" in asked.text
        await other.presses(mira, asked, "Hang up and call")
        await one.becomes_said(first, ENDED)
        third = await mira.is_told("Write in this thread; /ring hangup ends the talk.")
        await other.becomes_said(third, "You are connected with Merlin")
        which = await lead(one).asks(mira, "hangup")
        assert which.buttons == ["Hang up on Captain Nan Tregarth", "Hang up on Merlin", "Hang up on all"]
        await one.presses(mira, which, "Hang up on all")
        for root in (second, third):
            await one.becomes_said(root, ENDED)


async def test_what_is_erased_at_one_process_is_written_nowhere_by_the_other(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira = one.mira
        root = await begins(lead(one), mira)
        await mira.writes("I found a silver key.", thread=root)
        await one.becomes_said(root, "silver key")
        sure = await lead(other).asks(mira, "forget everything")
        await other.presses(mira, sure, "Erase it")
        await one.becomes(root, "This was erased.")
        await one.slack.until(lambda: not answers_in(root))
        assert (await other.asks(mira, "hangup")).text.startswith("Nobody is on the line.")

        async def is_gone_there() -> bool:
            return not await one.stage.listed_there()

        await one.stage.until(is_gone_there)
        assert not answers_in(root)


async def test_a_chat_that_is_erased_without_being_hung_up_ends_without_a_word(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira, house = one.mira, other.stage.app.house
        root = await begins(lead(one), mira)
        lines = one.stage.app.house.lines
        (line,) = await lines.chats_of(account_of(one))
        person = await house.store.find_person(account_of(one))
        assert person is not None
        await house.store.erase_person(person.id, house.now())

        async def is_over() -> bool:
            return not lines.holds(line.call_id)

        await one.stage.until(is_over)
        assert not any(ENDED in reply.text for reply in root.replies)


async def test_a_chat_that_was_given_up_for_dead_ends_without_another_word(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        root = await begins(lead(one), one.mira)
        here, there = one.stage.app.house, other.stage.app.house
        (line,) = await there.lines.chats_of(account_of(one))
        await there.store.let_line_go(line.call_id, line.holder)
        service = one.stage.app.posters["slack"]
        assert isinstance(service, Service)
        await service.talks.chats.aclose()
        assert not here.lines.holds(line.call_id)
        assert not any("talk ends here" in one.text or ENDED in one.text for one in root.replies)
        await one.mira.writes("Hello?", thread=root)
        await other.becomes_said(root, "I answer to commands:")


async def test_words_that_nobody_takes_are_said_to_be_unheard_and_the_line_is_over(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other):
        mira = one.mira
        root = await begins(lead(one), mira)
        here, there = one.stage.app.house, other.stage.app.house
        (line,) = await here.lines.chats_of(account_of(one))
        await here.store.hold_line(line.call_id, "chat", "a process that died", here.now())
        there.lines.heard_seconds = 0.2
        lead(other)
        await mira.writes("Is anybody there?", thread=root)
        await other.becomes_said(root, "The talk is over; that was not heard.")
        await mira.writes("Hello?", thread=root)
        await other.becomes_said(root, "I answer to commands:")
