"""Talk links: how long they stand, what takes their place, and hosted ones, which are long."""

import asyncio
from pathlib import Path

import pytest

from bot.calls.facts import add_fact
from tests.scenarios.discord.stage import LAVISH, open_tavern
from tests.scenarios.test_hosted_links import BRING, variables_in

pytestmark = pytest.mark.anyio

ONCE_MORE = "This link to Merlin is no longer good."


async def test_a_link_that_was_not_used_in_time_gives_way_to_a_new_one(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        await tavern.asks(mira, "characters")
        ready = await tavern.calls(mira, topic="my lost ring")
        assert "New link" in ready.buttons, "nobody can edit this answer in fifteen minutes"
        copy = await mira.is_told("From The Inn:")
        await tavern.later(minutes=14)
        assert copy.buttons == ["Talk with Merlin", "What will Merlin know?"]
        async with tavern.stage.browser() as browser, browser.http.get(ready.link("Talk with")) as page:
            assert "run out" not in await page.text()
        await tavern.later(minutes=2)
        over = await tavern.becomes(copy, ONCE_MORE)
        assert over.buttons == ["New link"]
        assert (over.embeds, over.files) == ([], {})
        assert ready.link("Talk with"), "the private answer stands as it stood"
        async with tavern.stage.browser() as browser, browser.http.get(ready.link("Talk with")) as page:
            assert "run out" in await page.text()

        old = ready.link("Talk with")
        in_place = await tavern.presses(mira, ready, "New link")
        assert in_place.message is ready.message
        beside = await tavern.presses(mira, over, "New link")
        assert beside.message is not over.message
        for fresh in (in_place, beside):
            assert fresh.is_private
            assert fresh.link("Talk with") != old
            known = await tavern.presses(mira, fresh, "What will Merlin know?")
            assert "my lost ring" in known.text, "it is about the same"
        await tavern.talks(fresh, "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        assert tavern.here.posts == []


async def test_a_newer_link_takes_the_older_ones_away(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        first = await tavern.calls(mira)
        copy = await mira.is_told("From The Inn:")
        old = first.link("Talk with")
        second = await tavern.presses(mira, first, "New link")
        assert second.link("Talk with") != old
        await tavern.becomes(copy, ONCE_MORE)
        newest = next(shown for shown in mira.dms if "Talk with Merlin" in shown.buttons)
        assert newest.link("Talk with") == second.link("Talk with")
        async with tavern.stage.browser() as browser:
            async with browser.http.get(old) as page:
                assert "run out" in await page.text()
            await browser.talks(second.link("Talk with"), "I found a silver key.")


async def test_who_presses_in_haste_sees_the_link_that_is_good(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern, tavern.stage.browser() as browser:
        mira = tavern.mira
        ready = await tavern.calls(mira)
        tavern.discord.delays("/messages/@original", 0.2)
        await asyncio.gather(*(mira.presses(ready, "New link") for _ in range(3)))
        await tavern.settles()
        good = ready.link("Talk with")
        for shown in mira.dms:
            if "Talk with Merlin" not in shown.buttons or shown.link("Talk with") != good:
                await tavern.becomes(shown, ONCE_MORE)
        assert any("Talk with Merlin" in shown.buttons for shown in mira.dms)
        await browser.talks(good, "I found a silver key.")


async def test_a_link_in_a_deleted_message_bothers_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH, refuses=(10008,)) as tavern:
        mira = tavern.mira
        await tavern.calls(mira)
        copy = await mira.is_told("From The Inn:")
        tavern.discord.world.remove(copy.message)
        await tavern.later(minutes=16)
        await tavern.later(hours=2)
        edits = [one for one in tavern.discord.requests if copy.message.id in one.path]
        assert len(edits) == 1
        assert "Merlin is ready" in (await tavern.calls(mira)).text
    assert "Traceback" not in caplog.text


async def test_a_link_is_used_and_its_message_gives_way_too(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira = tavern.mira
        ready = await tavern.calls(mira)
        copy = await mira.is_told("From The Inn:")
        await tavern.talks(ready, "I found a silver key.")
        await mira.is_told("Merlin will remember this")
        await tavern.later(minutes=16)
        over = await tavern.becomes(copy, ONCE_MORE)
        assert over.buttons == ["New link"]


async def test_a_hosted_link_stands_alone_and_whole(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, hosted=True, settings=LAVISH) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard")
        ready = await tavern.presses(mira, card, "Call and remember")
        link = ready.link("Talk with Merlin")
        assert len(link) > 512, "it does not fit on a button"
        assert ready.content == f"[Talk with Merlin](<{link}>)"
        assert ready.buttons == ["What will Merlin know?", "New link"]
        assert "Whoever has this link can use it; it carries your name." in ready.text
        assert "Only for you" not in ready.text
        copy = await mira.is_told("Talk with Merlin")
        assert copy.link("Talk with Merlin") == link
        assert any("From The Inn" in (embed.get("description") or "") for embed in copy.embeds)
        async with tavern.stage.browser() as browser, browser.http.get(link) as page:
            assert page.status == 200
        await tavern.later(minutes=20)
        assert copy.link("Talk with Merlin") == link, "a hosted link goes on being good"


async def test_a_memory_is_brought_into_a_hosted_link_by_a_button(tmp_path: Path) -> None:
    settings = {**LAVISH, "hosted_context": "full"}
    async with open_tavern(tmp_path, hosted=True, settings=settings) as tavern:
        mira = tavern.mira
        card = await tavern.asks(mira, "call", character="wizard")
        ready = await tavern.presses(mira, card, "Call and remember")
        assert BRING not in ready.buttons, "nothing is remembered yet"
        await add_fact(tavern.stage.app.house, tavern.caller(mira), "wizard", "I keep bees in the old tower.")
        ready = await tavern.asks(mira, "call", character="wizard")
        assert ready.buttons == [BRING, "What will Merlin know?", "New link"]
        assert "If you bring it, whoever gets the link can read it." in ready.text
        brought = await tavern.presses(mira, ready, BRING)
        assert "I keep bees in the old tower." in brought.text
        assert "can read your name and your memory in it" in brought.text
        link = brought.link("Talk with Merlin")
        assert "I keep bees in the old tower." in variables_in(link)["context"]
        assert variables_in(link)["call_ref"] == variables_in(ready.link("Talk with Merlin"))["call_ref"]
        assert len(link) <= 1_800
