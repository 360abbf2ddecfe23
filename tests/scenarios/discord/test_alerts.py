"""What cannot wait is told in the operator's channel: once, and once more when it is over."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.domain.alert import Cause
from tests.fakes.discord import Channel, FakeDiscord
from tests.scenarios.alerts import ENOUGH, LOW, OVER_MEANWHILE, SPENT, happens_meanwhile, look_after
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern, people_of
from tests.scenarios.stage import PERSONAS, Stage

pytestmark = pytest.mark.anyio

UNKNOWN_CHANNEL = 10003
AWAY = {"discord_gateway_url": "ws://127.0.0.1:9", "discord_api_url": "http://127.0.0.1:9"}


@asynccontextmanager
async def opened(
    folder: Path, *, discord: FakeDiscord | None = None, channel: str = "", **more: Any
) -> AsyncIterator[tuple[Tavern, Channel]]:
    """Open a tavern in whose cellar the operator is told what cannot wait, or in another channel."""
    async with AsyncExitStack() as stack:
        discord = discord or await stack.enter_async_context(open_discord(refuses=more.pop("refuses", ())))
        cellar = people_of(discord)[0].channels["cellar"]
        settings = {"alerts": channel or f"discord:{cellar.id}", **LAVISH, **more.pop("settings", {})}
        tavern = await stack.enter_async_context(
            open_tavern(folder, discord=discord, settings=settings, **more)
        )
        yield tavern, cellar


async def at_elevenlabs(stage: Stage, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do something in the dashboard there."""
    async with (
        aiohttp.ClientSession(headers={"xi-api-key": stage.sandbox.api_key}) as http,
        http.request(method, f"{stage.sandbox.url}{path}", json=body) as answer,
    ):
        assert answer.status < 300, await answer.text()
        return dict(await answer.json())


def told(channel: Channel) -> list[str]:
    return [post.text.replace("\\", "") for post in channel.posts]


async def test_credit_that_runs_out_is_told_once_and_that_there_is_enough_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (tavern, channel):
        await look_after(tavern.stage)
        assert told(channel) == []
        await tavern.stage.told("credit", SPENT)
        for _ in range(3):
            await look_after(tavern.stage)
        await tavern.stage.told("credit", {"used": 1_000})
        for _ in range(2):
            await look_after(tavern.stage)
        await tavern.stage.told("credit", SPENT)
        await look_after(tavern.stage)
        first, second, third = told(channel)
    assert LOW in first
    assert "raise the plan" in first
    assert ENOUGH in second
    assert LOW in third


async def test_a_webhook_that_was_switched_off_there_is_told_until_it_is_on_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as (tavern, channel):
        stage = tavern.stage
        url = f"{stage.app.house.terms.public_url}/hooks/elevenlabs"
        settings = {"auth_type": "hmac", "name": "ours", "webhook_url": url}
        made = await at_elevenlabs(stage, "POST", "/v1/workspace/webhooks", {"settings": settings})
        path = f"/v1/workspace/webhooks/{made['webhook_id']}"
        await look_after(stage)
        await at_elevenlabs(stage, "PATCH", path, {"name": "ours", "is_disabled": True})
        for _ in range(2):
            await look_after(stage)
        await at_elevenlabs(stage, "PATCH", path, {"name": "ours", "is_disabled": False})
        for _ in range(2):
            await look_after(stage)
        off, on = told(channel)
    assert "is switched off at ElevenLabs: see that PUBLIC_URL leads here, then troupe agent apply." in off
    assert "is switched on again" in on


async def test_a_character_that_breaks_is_told_with_its_file_and_line_and_when_it_is_mended(
    tmp_path: Path,
) -> None:
    personas = Path(shutil.copytree(PERSONAS, tmp_path / "personas"))
    whole = (personas / "wizard.md").read_text()
    async with opened(tmp_path, personas=personas) as (tavern, channel):
        (personas / "wizard.md").write_text(whole.replace("name: Merlin", "name: Merlin\nwand: oak"))
        await tavern.discord.until(lambda: len(channel.posts) == 1)
        (personas / ".whole").write_text(whole)
        (personas / ".whole").rename(personas / "wizard.md")
        await tavern.discord.until(lambda: len(channel.posts) == 2)
        broken, mended = told(channel)
    assert "wizard.md:3" in broken
    assert "wand" in broken
    assert "mend the file" in broken
    assert "wizard.md can be read again" in mended


async def test_many_files_that_break_at_once_are_a_few_alerts_and_one_for_the_others(tmp_path: Path) -> None:
    personas = Path(shutil.copytree(PERSONAS, tmp_path / "personas"))
    names = [f"bard{number:02}.md" for number in range(40)]
    async with opened(tmp_path, personas=personas) as (tavern, channel):
        for name in names:
            (personas / name).write_text("no front matter")
        await tavern.discord.until(lambda: any("Other files" in text for text in told(channel)))
        await look_after(tavern.stage)
        alerts = told(channel)
        for name in names:
            (personas / name).unlink()
        await tavern.discord.until(lambda: any("All other" in text for text in told(channel)))
        await look_after(tavern.stage)
        ends = told(channel)[len(alerts) :]
    assert sum("Other files of the cast cannot be read either: troupe pers" in text for text in alerts) == 1
    assert sum("no front matter" in text or "bard" in text for text in alerts) == 5
    assert len(alerts) == len(ends) == 6


async def test_what_could_not_be_posted_is_posted_after_a_restart_and_what_was_is_not_repeated(
    tmp_path: Path,
) -> None:
    async with open_discord() as discord:
        async with opened(tmp_path, discord=discord, settings=AWAY, is_there=False) as (tavern, channel):
            house = tavern.stage.app.house
            boards = [str(board) for board in house.terms.alert_boards]
            assert await house.store.settle_cause(Cause("credit", f"{LOW}."), boards, house.now())
            assert told(channel) == []
        for _ in range(2):
            async with opened(tmp_path, discord=discord) as (tavern, channel):
                await tavern.stage.told("credit", SPENT)
                await discord.until(lambda channel=channel: bool(channel.posts))
                await look_after(tavern.stage)
                (text,) = told(channel)
    assert LOW in text


async def test_what_is_over_before_it_could_be_posted_is_posted_with_what_it_was(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with opened(tmp_path, discord=discord, settings=AWAY, is_there=False) as (tavern, channel):
            await happens_meanwhile(tavern.stage)
            assert told(channel) == []
        async with opened(tmp_path, discord=discord) as (tavern, channel):
            await look_after(tavern.stage)
            assert {text.removeprefix("Troupe\n") for text in told(channel)} == OVER_MEANWHILE


async def test_what_a_month_cost_is_told_in_the_channel_too(tmp_path: Path) -> None:
    async with opened(tmp_path, settings={"cost_per_month": 1}) as (tavern, channel):
        await tavern.talks(await tavern.calls(tavern.mira), "Hello there.")
        await tavern.discord.until(lambda: bool(channel.posts))
        await look_after(tavern.stage)
        (text,) = told(channel)
    assert "of 1 credits in" in text
    assert "Mira" not in text


async def test_calls_of_which_no_webhook_came_are_told_until_one_comes(tmp_path: Path) -> None:
    async with opened(tmp_path, webhooks=False) as (tavern, channel):
        stage = tavern.stage
        await talk(tavern, 3)
        await stage.later(minutes=11)
        await look_after(stage)
        stage.sandbox.deliver_webhooks_to(f"{stage.app.url}/hooks/elevenlabs")
        await talk(tavern, 1)
        await stage.later(minutes=11)
        await look_after(stage)
        unheard, heard = told(channel)
    assert "3 calls ended and no webhook of ElevenLabs' came: troupe check says why" in unheard
    assert "come in again" in heard


async def talk(tavern: Tavern, times: int) -> None:
    """Have so many calls, and wait until their transcripts are here."""
    store = tavern.stage.app.house.store
    before = await store.fetch_signs(tavern.stage.clock())
    for _ in range(times):
        await tavern.talks(await tavern.calls(tavern.mira), "Hello there.")

    async def are_here() -> bool:
        later = tavern.stage.clock.moved.__class__(minutes=11)
        now = await store.fetch_signs(tavern.stage.clock() + later)
        return now.ended >= before.ended + times

    await tavern.stage.until(are_here)


async def test_a_channel_that_cannot_be_posted_in_is_named_in_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = "discord:999999999999999999"
    async with opened(tmp_path, channel=unknown, refuses=(UNKNOWN_CHANNEL,)) as (tavern, _):
        await tavern.stage.told("credit", SPENT)
        await look_after(tavern.stage)
    assert "An alert was not posted at discord:999999999999999999 (ALERTS): " in caplog.text
    assert LOW in caplog.text
