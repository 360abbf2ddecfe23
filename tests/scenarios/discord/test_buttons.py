"""Buttons: everybody's, somebody's own, pressed twice, too late, or by the wrong person."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenarios.discord.stage import LAVISH, open_tavern

pytestmark = pytest.mark.anyio

NOT_YOURS = "This button is somebody else's."
TOO_OLD = "This button is too old, or what stood behind it was erased. Ask again with a command."


def calls_placed(folder: Path) -> int:
    """Return how many calls were ever placed, withdrawn ones too."""
    with closing(sqlite3.connect(f"file:{folder}/troupe.db?mode=ro", uri=True)) as database:
        return int(database.execute("SELECT count(*) FROM calls").fetchone()[0])


async def test_two_who_press_the_same_public_button_get_an_answer_each(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, ben = tavern.mira, tavern.joins("Ben")
        posted = await tavern.asks(tavern.boss, "troupe post", character="wizard")
        assert posted.text == "Posted."
        assert posted.is_private
        (card,) = tavern.here.posts
        assert card.buttons == ["Call Merlin"]
        assert card.pictures

        asked = await asyncio.gather(*(person.presses(card, "Call Merlin") for person in (mira, ben)))
        assert [one.acknowledged for one in asked] == ["deferred privately"] * 2
        cards = [await tavern.answer(one) for one in asked]
        ready = [
            await tavern.presses(person, shown, "Call and remember")
            for person, shown in zip((mira, ben), cards, strict=True)
        ]
        assert [shown.message.viewer for shown in ready] == [mira, ben]
        assert len({shown.link("Talk with") for shown in ready}) == 2
        assert card.text == tavern.here.posts[0].text, "what everybody sees stays as it is"
        assert len(tavern.here.posts) == 1

        await tavern.talks(ready[0], "I found a silver key.")
        await mira.is_told("silver key")
        memory = await tavern.asks(ben, "memory", character="wizard")
        assert "silver key" not in memory.text


async def test_a_private_button_is_its_owners_alone(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, ben = tavern.mira, tavern.joins("Ben")
        card = await tavern.asks(mira, "call", character="wizard", topic="my lost ring")
        await tavern.calls(ben)
        placed = calls_placed(tmp_path)
        for label in ("Call and remember", "Call, don't remember", "Not now"):
            forged = await tavern.answer(await ben.presses(card, label, forged=True))
            assert forged.text.startswith(NOT_YOURS), label
            assert forged.message.viewer is ben
        assert calls_placed(tmp_path) == placed
        assert "Before your first call" in card.text, "her card stands as it stood"
        ready = await tavern.presses(mira, card, "Call and remember")
        await tavern.talks(ready, "I found a silver key.")
        recap = await mira.is_told("Merlin will remember this")
        for label in ("Transcript", "Memory", "Forget this call", "Share a line", "Call Merlin again"):
            stolen = recap.button(label)["custom_id"].replace(mira.id, ben.id)
            forged = await tavern.answer(await ben.presses(ben.dms[0], custom_id=stolen, forged=True))
            assert "silver" not in forged.text, label
            assert forged.message.viewer is ben
        assert "I found a silver key" in (await tavern.presses(mira, recap, "Transcript")).text


async def test_the_same_interaction_delivered_twice_places_one_call(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        placed = calls_placed(tmp_path)
        asked = await mira.types("call", where=tavern.here, character="wizard", twice=True)
        ready = await tavern.answer(asked)
        assert "Merlin is ready" in ready.text
        assert calls_placed(tmp_path) == placed + 1
        pressed = await mira.presses(ready, "New link", twice=True)
        await tavern.answer(pressed)
        assert calls_placed(tmp_path) == placed + 2
        assert len(pressed.answers) == 1


async def test_who_is_not_the_first_to_acknowledge_places_nothing(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        placed = calls_placed(tmp_path)
        discord.fails("POST", r"/interactions/.*/callback", 400, code=40060)
        await mira.types("call", where=tavern.here, character="wizard", waits=False)
        await discord.until(lambda: discord.requests[-1].status == 400)
        await tavern.settles()
        assert calls_placed(tmp_path) == placed
        assert discord.requests[-1].path.endswith("/callback"), "nothing is said to an answered one"


async def test_what_is_acknowledged_too_late_places_nothing(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(10062,)) as tavern:
        mira, discord = tavern.mira, tavern.discord
        ready = await tavern.calls(mira)
        memory = await tavern.asks(mira, "memory", character="wizard")
        placed = calls_placed(tmp_path)
        for act in (
            lambda: mira.types("call", where=tavern.here, character="wizard", waits=False),
            lambda: mira.presses(ready, "New link", waits=False),
            lambda: mira.presses(memory, "Add something", waits=False),
        ):
            before = len(discord.requests)
            await act()
            discord.moves_clock(seconds=4)
            await discord.until(lambda: len(discord.requests) > before)  # noqa: B023
            await tavern.settles()
            assert [one.answer["code"] for one in discord.requests[before:]] == [10062]
        assert calls_placed(tmp_path) == placed


async def test_buttons_that_nothing_stands_behind_any_more_say_so(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard", topic="my lost ring")
        await tavern.later(days=40)
        old = await tavern.answer(await mira.presses(card, "Call and remember"))
        assert old.text == TOO_OLD
        assert "Before your first call" in card.text

        ready = await tavern.calls(mira, topic="my lost ring")
        sure = await tavern.asks(mira, "forget", what="everything")
        await tavern.presses(mira, sure, "Erase it")
        assert (await tavern.presses(mira, ready, "New link")).text == TOO_OLD
        for custom_id in ("call:wizard", "b0|nonsense", "x" * 100, "🎭", "b0|*|q|call?character=wizard"):
            strange = await mira.presses(ready, custom_id=custom_id, forged=True)
            assert (await tavern.answer(strange)).text == TOO_OLD, custom_id
        for what in ("nonsense", "call?at=1&via=pigeon", "memory?character=wizard&do=burn", "share"):
            forged = await mira.presses(ready, custom_id=f"b0|{mira.id}||{what}", forged=True)
            shown = await tavern.answer(forged)
            assert shown.is_private
            assert "in the log" not in shown.text, what
