"""Direct messages that are refused, by code; and members who want none."""

import asyncio
from pathlib import Path

import pytest

from tests.fakes.discord import Shown
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio

CODES = (50007, 50278, 40003, 20009)
CLOSED = "I could not send you the link by direct message as well"


async def answers(tavern: Tavern, command: str = "call", **options: str) -> list[Shown]:
    """Let Mira type a command, and return all that is answered."""
    asked = await tavern.mira.types(command, where=tavern.here, **options)
    await tavern.answer(asked)
    return asked.answers


async def calls(tavern: Tavern) -> list[Shown]:
    """Let Mira call Merlin, and return all that is answered."""
    return await answers(tavern, "call", character="wizard")


def attempts(tavern: Tavern) -> int:
    """Return how often it was tried to reach Mira."""
    opened = [one for one in tavern.discord.requests if one.path == "/users/@me/channels"]
    refused = [one for one in tavern.sent_to(tavern.mira) + opened if one.status == 403]
    return len(refused)


@pytest.mark.parametrize("code", CODES)
async def test_a_link_that_is_refused_stands_in_the_private_answer(tmp_path: Path, code: int) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(code,)) as tavern:
        mira = tavern.mira
        mira.closes_dms(code)
        card = await tavern.asks(mira, "call", character="wizard")
        pressed = await mira.presses(card, "Call and remember")
        await tavern.answer(pressed)
        ready, note = pressed.answers
        assert ready.link("Talk with Merlin").startswith(tavern.stage.app.url)
        assert note.is_private
        assert note.text.startswith(CLOSED)
        assert "It stands above" in note.text
        assert "</account:" in note.text, "who wants no such messages learns where to say so"
        assert attempts(tavern) == 1

        (ready,) = await calls(tavern)
        assert ready.link("Talk with Merlin")
        await tavern.later(hours=23)
        (ready,) = await calls(tavern)
        assert attempts(tavern) == 1, "a day passes before it is tried again"
        await tavern.later(hours=2)
        _, note = await calls(tavern)
        assert note.text.startswith(CLOSED)
        assert attempts(tavern) == 2

        mira.opens_dms()
        await tavern.later(hours=25)
        (ready,) = await calls(tavern)
        await mira.is_told("From The Inn:")
        assert attempts(tavern) == 2


async def test_a_recap_that_is_refused_is_shown_once_at_the_next_command(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(50007,)) as tavern:
        mira, house = tavern.mira, tavern.stage.app.house
        await tavern.calls(mira)
        (ready,) = await calls(tavern)
        mira.closes_dms(50007)
        await tavern.talks(ready, "I found a silver key.")
        person = await house.store.find_person(tavern.caller(mira).account)
        assert person is not None

        async def is_untold() -> bool:
            return bool(await house.store.fetch_untold(person.id))

        await tavern.stage.until(is_untold)
        assert attempts(tavern) == 1
        assert tavern.here.posts == [], "nothing private is ever said in public"

        helped, recap = await answers(tavern, "help")
        assert "What you can do" in helped.text
        assert recap.is_private
        assert "Merlin will remember this." in recap.text
        assert "silver key" in recap.text
        transcript = await tavern.presses(mira, recap, "Transcript")
        assert "Mira: I found a silver key." in transcript.text
        assert len(await answers(tavern, "help")) == 1
        await tavern.later(hours=1)
        assert attempts(tavern) == 1, "a refusal is final"


async def test_a_member_who_wants_no_links_by_direct_message_gets_none(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        account = await tavern.asks(mira, "account")
        assert "Links\nalso by direct message" in account.text
        off = await tavern.presses(mira, account, "Send no links by message")
        assert off.message is account.message
        assert "also by direct message" not in off.text
        ready = await tavern.calls(mira)
        assert ready.link("Talk with Merlin")
        assert mira.dms == []
        await tavern.talks(ready, "I found a silver key.")
        await mira.is_told("Merlin will remember this")

        account = await tavern.asks(mira, "account")
        assert "also by direct message" not in account.text
        on = await tavern.presses(mira, account, "Send links by message")
        assert "also by direct message" in on.text
        await tavern.calls(mira)
        await mira.is_told("From The Inn:")


async def test_a_member_chooses_how_much_is_told_after_a_call(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira

        async def talks(words: str) -> None:
            await tavern.talks(await tavern.calls(mira), words)

            async def is_kept() -> bool:
                return words in (await tavern.asks(mira, "memory", character="wizard")).text

            await tavern.stage.until(is_kept)

        def recaps() -> list[str]:
            return [one.text for one in mira.dms if "Your call with Merlin" in one.text]

        await talks("I found a silver key.")
        await tavern.discord.until(recaps)
        assert "silver key" in recaps()[0]
        off = await tavern.asks(mira, "account", recaps="none")
        assert "After a call\nno recap" in off.text
        await talks("I found an iron key.")
        asked = await tavern.presses(mira, off, "Recaps")
        await tavern.presses(mira, asked, "Brief recaps")
        await talks("I found a copper key.")
        await tavern.discord.until(lambda: len(recaps()) > 1)
        assert len(recaps()) == 2
        assert "copper key" not in recaps()[1]


async def test_many_members_with_closed_messages_cause_no_storm(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(50007,)) as tavern:
        people = [tavern.joins(f"Guest {number}") for number in range(6)]
        for person in people:
            person.closes_dms(50007)
        shown = await asyncio.gather(*(tavern.calls(person) for person in people))
        assert len({one.link("Talk with Merlin") for one in shown}) == 6
        await tavern.discord.until(lambda: tavern.discord.invalid_requests >= 6)
        await asyncio.gather(*(tavern.calls(person) for person in people))
        assert tavern.discord.invalid_requests == 6
