"""Discord that is slow, busy, broken or away; and texts that it does not let through."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord.http
import pytest

from bot.fronts import waiting
from tests.fakes.discord import Shown
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern

pytestmark = pytest.mark.anyio

EDITS = r"/webhooks/.*/messages/@original"


@pytest.fixture(autouse=True)
def does_not_wait_to_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let discord.py try again at once where it would wait for seconds."""
    wait = discord.http.asyncio.sleep

    async def shortly(seconds: float, *result: Any) -> Any:
        return await wait(min(seconds, 0.01), *result)

    monkeypatch.setattr(discord.http.asyncio, "sleep", shortly)


async def calls(tavern: Tavern) -> list[Shown]:
    """Let Mira call Merlin, and return all that is answered."""
    asked = await tavern.mira.types("call", where=tavern.here, character="wizard")
    await tavern.answer(asked)
    return asked.answers


def recaps(tavern: Tavern) -> int:
    """Return how many recaps Mira has got."""
    return sum("Your call with Merlin" in shown.text for shown in tavern.mira.dms)


async def test_an_answer_and_its_copy_come_through_limits_and_failures(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        await mira.is_told("From The Inn:")
        for status in (429, 500, 502):
            discord.fails("PATCH", EDITS, status, times=2, retry_after=0.01)
            discord.fails("POST", f"/channels/{mira.dm.id}/messages", status, times=2, retry_after=0.01)
            (ready,) = await calls(tavern)
            copy = await mira.is_told("From The Inn:")
            assert ready.link("Talk with") == copy.link("Talk with"), status
        before = len(mira.dms)
        discord.fails("POST", f"/channels/{mira.dm.id}/messages", 500, takes_effect=True)
        await calls(tavern)
        assert len(mira.dms) == before + 1, "what took effect is not said again"


async def test_a_link_that_cannot_be_sent_by_message_now_stands_in_the_answer(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        before = len(mira.dms)
        discord.fails("POST", f"/channels/{mira.dm.id}/messages", 503, times=10)
        (ready,) = await calls(tavern)
        assert ready.link("Talk with")
        assert len(mira.dms) == before
        discord.faults._faults.clear()
        await calls(tavern)
        assert len(mira.dms) == before + 1, "it is tried again at the next call"


async def test_a_recap_waits_for_discord_and_comes_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        ready = await tavern.calls(mira)
        discord.fails("POST", f"/channels/{mira.dm.id}/messages", 503, times=1_000)
        await tavern.talks(ready, "I found a silver key.")
        tried: Callable[[], bool] = lambda: any(  # noqa: E731
            one.status == 503 for one in tavern.sent_to(mira)
        )
        await discord.until(tried)
        await tavern.settles()
        assert recaps(tavern) == 0
        assert "silver key" in (await tavern.asks(mira, "history")).text
        discord.faults._faults.clear()
        await tavern.later(minutes=6)
        await mira.is_told("Merlin will remember this")
        await tavern.later(hours=2)
        assert recaps(tavern) == 1


async def test_a_recap_that_is_due_while_the_bot_is_not_connected_comes_once_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "FIRST_SECONDS", 0.01)
    async with open_discord() as discord:
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH) as tavern:
            mira = tavern.mira
            await tavern.calls(mira)
            path = mira.dms[0].link("Talk with").partition("/t/")[2]
        discord.fails("GET", r"/users/@me", 503, times=100_000)
        async with open_tavern(tmp_path, discord=discord, settings=LAVISH, is_there=False) as tavern:
            async with tavern.stage.browser() as browser:
                await browser.talks(f"{tavern.stage.app.url}/t/{path}", "I found a silver key.")
            house = tavern.stage.app.house
            person = await house.store.find_person(tavern.caller(mira).account)
            assert person is not None

            async def is_home() -> bool:
                return any(talk.talk_id for talk in await house.store.fetch_history(person.id))

            await tavern.stage.until(is_home)
            for _ in range(6):
                await tavern.later(minutes=10)
            assert recaps(tavern) == 0
            discord.faults._faults.clear()
            await mira.is_told("Merlin will remember this")
            await tavern.later(hours=2)
            assert recaps(tavern) == 1


async def test_what_a_servers_rules_do_not_let_through_is_asked_for_in_direct_messages(
    tmp_path: Path,
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        for code in (200000, 240000):
            discord.fails("PATCH", EDITS, 400, code=code)
            (told,) = await calls(tavern)
            assert (
                told.text == "This server does not let the answer through. Ask again in my direct messages."
            )
            assert told.is_private
            assert (told.buttons, told.embeds, told.files) == ([], [], {})
        assert "Merlin is ready" in (await tavern.calls(mira, where=mira.dm)).text
        assert tavern.here.posts == []


async def test_an_answer_that_discord_never_takes_leaves_the_bot_well(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, discord = tavern.mira, tavern.discord
        await tavern.calls(mira)
        for status, code in ((400, 50035), (404, 10015), (503, 0), (0, 0)):
            discord.fails("PATCH", EDITS, status, code=code, times=5 if status in (0, 503) else 1)
            asked = await mira.types("history", where=tavern.here)
            await tavern.settles()
            assert asked.answers[0].is_loading
            discord.faults._faults.clear()
            assert "Merlin" in (await tavern.asks(mira, "history")).text
    assert caplog.text.count("An answer could not be shown") == 4
    assert "silver" not in caplog.text
