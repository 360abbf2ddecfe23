"""Restarts of the whole bot: between a button and its press, with a modal open, with an answer in hand."""

import logging
from pathlib import Path

import pytest

from tests.scenarios.discord.stage import LAVISH, open_discord, open_tavern
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio


async def test_every_button_and_menu_works_after_a_restart(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira, boss = tavern.mira, tavern.boss
            await tavern.asks(boss, "troupe post", character="wizard")
            public = tavern.here.posts[0]
            first = await tavern.asks(mira, "call", character="wizard", topic="my lost ring")
            gallery = await tavern.asks(mira, "characters")
            rule = await tavern.asks(boss, "troupe allow", character="captain")
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            ready = await tavern.presses(mira, first, "Call and remember")
            assert ready.message is first.message
            known = await tavern.presses(mira, ready, "What will Merlin know?")
            assert "my lost ring" in known.text, "what did not fit into the button was kept"
            assert "Page 2 of 2" in (await tavern.presses(mira, gallery, "More")).text
            ready = await tavern.presses(mira, public, "Call Merlin")
            assert "Merlin is ready" in ready.text
            off = await tavern.presses(boss, rule, "Nobody here")
            assert "Captain Nan Tregarth cannot be called by anybody." in off.text
            which = await tavern.asks(mira, "forget")
            await tavern.talks(ready, "I found a silver key.")
            recap = await mira.is_told("Merlin will remember this")
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            assert "Merlin remembers you." in (await tavern.presses(mira, recap, "Call Merlin again")).text
            sure = await tavern.answer(await mira.picks(which, "All with Merlin"))
            assert "This erases all with Merlin" in sure.text
            assert "Mira: I found a silver key." in (await tavern.presses(mira, recap, "Transcript")).text
            assert discord.syncs == 1, "commands are synced when they changed"


async def test_a_link_from_before_a_restart_opens_and_its_recap_comes_home(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            ready = await tavern.calls(mira)
            path = ready.link("Talk with").partition("/t/")[2]
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            async with tavern.stage.browser() as browser:
                await browser.talks(f"{tavern.stage.app.url}/t/{path}", "I found a silver key.")
            assert "silver key" in (await mira.is_told("Merlin will remember this")).text


async def test_a_modal_from_before_a_restart_is_answered_when_it_is_sent(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            await tavern.calls(mira)
            memory = await tavern.asks(mira, "memory", character="wizard")
            adding = (await mira.presses(memory, "Add something")).modal
            added = await tavern.answer(await mira.submits(adding, text="I am allergic to nuts."))
            changing = (await mira.presses(added, "Correct 1")).modal
            gallery = await tavern.asks(mira, "characters")
            searching = (await mira.presses(gallery, "Search")).modal
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            changed = await tavern.answer(await mira.submits(changing, text="I am allergic to almonds."))
            assert changed.is_private
            assert "almonds" in changed.text
            added = await tavern.answer(await mira.submits(adding, text="I play the lute."))
            assert "Merlin will know: “I play the lute.”" in added.text
            found = await tavern.answer(await mira.submits(searching, search="riddles"))
            assert [embed["title"] for embed in found.embeds] == ["Merlin"]
            asked = await mira.presses(added, "Correct 2")
            assert asked.modal.inputs[0].get("value", "") in {"", "I am allergic to almonds."}
            sure = await tavern.asks(mira, "forget", what="everything")
            await tavern.presses(mira, sure, "Erase it")
            gone = await tavern.answer(await mira.submits(changing, text="I am allergic to walnuts."))
            assert gone.is_private
            assert "walnuts" not in (await tavern.asks(mira, "memory", character="wizard")).text


async def test_what_is_in_hand_when_it_is_told_to_stop_is_answered_first(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            await tavern.calls(mira)
            discord.delays(r"/messages/@original", 0.2)
            asked = await mira.types("call", where=tavern.here, character="wizard")
        answered = asked.answers
        assert [shown.is_loading for shown in answered] == [False]
        assert "Merlin is ready" in answered[0].text
        assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_button_of_a_character_who_left_the_cast_says_so(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            await tavern.asks(tavern.boss, "troupe post", character="wizard")
            ready = await tavern.calls(mira)
        few = tmp_path / "personas"
        few.mkdir()
        for name in ("captain.md", "nan.png", "voices.yaml", "house-rules.md"):
            (few / name).write_bytes((PERSONAS / name).read_bytes())
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH, personas=few) as tavern:
            for shown, label in ((ready, "New link"), (tavern.here.posts[0], "Call Merlin")):
                gone = await tavern.presses(mira, shown, label)
                assert gone.is_private
                assert "There is no character" in gone.text
                assert "captain" in gone.text
