"""The first call of a member: the card, the link, the talk, the recap; and the next call, which remembers."""

from pathlib import Path

import pytest

from bot.calls.remembering import see_memory
from tests.fakes.discord import Shown
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import Tavern, open_tavern
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio


async def told(tavern: Tavern, topic: str = "") -> str:
    """Return what Merlin will be told about Mira."""
    known = await see_memory(tavern.stage.app.house, tavern.caller(tavern.mira), "wizard", topic)
    return known.prepared.context


def read_there(shown: Shown) -> str:
    """Return the context as it is read on the card."""
    return read(shown.embeds[0]["description"]).shown


async def test_a_member_calls_talks_and_is_remembered(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mira = tavern.mira
        asked = await mira.types("call", where=tavern.here, character="wizard", topic="my lost ring")
        assert asked.acknowledged == "deferred privately"
        card = await asked.answer()
        assert card.is_private
        assert "Merlin is an AI. What you say is transcribed by ElevenLabs" in card.text
        assert "You must be 18 or older" in card.text
        assert card.buttons == ["Call and remember", "Call, don't remember", "Not now"]

        pressed = await mira.presses(card, "Call and remember")
        ready = await pressed.answer()
        assert ready.message is card.message, "the link takes the card's place"
        assert "Call and remember" not in ready.buttons
        assert ready.buttons == ["Talk with Merlin", "What will Merlin know?", "New link"]
        embed = ready.embeds[0]
        assert embed["title"] == "Merlin is ready"
        assert embed["description"] == "Court wizard with a tower full of riddles"
        assert embed["author"] == {"name": "by @troupe"}
        assert embed["color"] == 0x5B3FD6
        assert embed["thumbnail"]["url"] == "attachment://wizard.png"
        assert ready.pictures == {"wizard.png": (PERSONAS / "merlin.png").read_bytes()}
        assert "Only for you, in one browser" in ready.text
        assert "2 calls today and 15 minutes this month are left" in ready.text

        copy = await mira.is_told("From The Inn:")
        assert copy.link("Talk with Merlin") == ready.link("Talk with Merlin")
        assert copy.pictures == ready.pictures
        assert len(mira.dms) == 1

        for shown in (ready, copy):
            known = await tavern.presses(mira, shown, "What will Merlin know?")
            assert known.is_private
            assert read_there(known) == await told(tavern, "my lost ring")
            assert "my lost ring" in read_there(known)

        await tavern.talks(ready, "I lost my *silver* ring [here](https://evil.example) at the lake.")
        recap = await mira.is_told("Merlin will remember this")
        assert "silver" in recap.text
        assert recap.buttons == [
            "Call Merlin again",
            "Transcript",
            "Memory",
            "Forget this call",
            "Share a line",
        ]
        known = await tavern.presses(mira, recap, "Memory")
        assert read_there(known) == await told(tavern)
        assert "Mira said: “I lost my *silver* ring [here](https://evil.example) at the lake.”" in read_there(
            known
        )

        again = await tavern.presses(mira, recap, "Call Merlin again")
        assert again.is_private
        assert "Merlin remembers you." in again.text
        talk = await tavern.talks(again, "Do you remember my ring?")
        assert "silver" in talk.heard[-1]


async def test_who_does_not_want_to_be_remembered_calls_all_the_same(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard")
        ready = await tavern.presses(mira, card, "Call, don't remember")
        talk = await tavern.talks(ready, "I found a silver key.")
        recap = await mira.is_told("Nothing that was said is kept, here or at ElevenLabs")
        assert recap.buttons == ["Call Merlin again"]
        assert "silver key" not in recap.text

        async def is_erased_there() -> bool:
            return await tavern.stage.is_erased_there(talk.conversation_id)

        await tavern.stage.until(is_erased_there)
        memory = await tavern.asks(mira, "memory", character="wizard")
        assert "silver key" not in memory.text
        assert "remembering is off, so nothing is told or kept" in memory.text
        assert "Merlin is ready" in (await tavern.presses(mira, memory, "Call Merlin")).text


async def test_who_does_not_want_to_call_now_is_asked_again_next_time(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard")
        fine = await tavern.presses(mira, card, "Not now")
        assert fine.message is card.message
        assert fine.text.startswith("Fine. Nothing was kept; </call:")
        assert fine.text.endswith("> asks you again.")
        assert fine.buttons == []
        assert fine.embeds == []
        assert fine.files == {}
        assert mira.dms == []
        card = await tavern.asks(mira, "call", character="wizard", where=mira.dm)
        assert "Before your first call" in card.text
        ready = await tavern.presses(mira, card, "Call and remember")
        assert "Merlin is ready" in ready.text
        assert mira.dms == [], "who asks in direct messages needs no copy there"


async def test_a_call_without_a_name_offers_whom_to_call(tmp_path: Path) -> None:
    async with open_tavern(tmp_path) as tavern:
        mira = tavern.mira
        gallery = await tavern.asks(mira, "characters")
        assert gallery.is_private
        assert len(gallery.embeds) == 4
        assert "Page 1 of 2" in gallery.text
        assert all(name.endswith(".png") for name in gallery.pictures)
        more = await tavern.presses(mira, gallery, "More")
        assert more.message is gallery.message
        assert "Page 2 of 2" in more.text
        back = await tavern.presses(mira, more, "◀ Back")
        asked = await mira.presses(back, "Search")
        searched = await (await mira.submits(asked.modal, {"search": "riddles"})).answer()
        assert [embed["title"] for embed in searched.embeds] == ["Merlin"]
        ready = await tavern.presses(mira, searched, "Call Merlin")
        assert "Before your first call" in ready.text
        none = await tavern.asks(mira, "characters", search="submarines")
        assert "Nobody here is described by “submarines”." in none.text
        everybody = await tavern.presses(mira, none, "All characters")
        assert everybody.message is none.message
        assert "Page 1 of 2" in everybody.text
