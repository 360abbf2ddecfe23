"""The part that is printed: events, look-ups, and both beside commands of Discord's for a while."""

import asyncio
import os
import socket
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice, repeat
from pathlib import Path
from typing import Any

import aiohttp

from bot.calls.installation import Installation
from bot.calls.looking_up import MOST_LOOK_UPS, look_up
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.allowance import UNLIMITED
from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, Played, PlayedVersion, Slot
from bot.domain.caller import Account
from bot.house import open_cast, open_installation
from bot.sandbox import Sandbox, open_sandbox
from tests.bench.bots import PERSONAS, TROUPE, BotProcess
from tests.bench.discord.measuring import MIX
from tests.bench.discord.watching import Watched, open_watched
from tests.bench.filling import SLUG, fill
from tests.bench.measuring import p50_p99, show
from tests.bench.web.loading import (
    QUERY,
    SECRET,
    Load,
    answers,
    ask_at_rate,
    ask_in_turn,
    commit_in_turn,
    events,
    look_ups,
)
from tests.scenarios.discord.stage import TOKEN

SECONDS = "BENCH_WEB_SECONDS"
"""The environment variable that says for how long all is asked at once; 120 for a figure to report."""
BARE = ("-P", str(Path(__file__).resolve().with_name("bare.py")))
COMMANDS_A_SECOND, EVENTS_A_SECOND, LOOK_UPS_A_SECOND = 150.0, 30.0, 30.0
ANSWER_SECONDS = 30.0
VERSION = PlayedVersion("a" * 40, "b" * 40, "c" * 40)


@dataclass(frozen=True)
class Size:
    """How much is stored and asked, on how many connections, and for how long all at once."""

    people: int = 20_000
    turns: int = 200_000
    members: int = 600
    events: int = 2_000
    hands: tuple[int, ...] = (1, 16)
    look_ups: int = 600
    seconds: float = 20.0
    share: float = 1.0
    """How much of the rates is asked at once."""


@dataclass
class Figures:
    """All that was measured."""

    events: dict[str, Load] = field(default_factory=dict)
    look_ups: dict[str, Load] = field(default_factory=dict)
    at_once: dict[str, Load] = field(default_factory=dict)
    megabytes: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def megabytes_a_minute(self) -> float:
        """By how much memory grew in the second half, when all that is kept once is there."""
        half = self.megabytes[len(self.megabytes) // 2 :]
        seconds = range(len(half))
        return statistics.linear_regression(seconds, half).slope * 60 if len(half) > 1 else 0.0


def run() -> None:
    """Print events a second, how long look-ups take, and what becomes of all at once."""
    size = Size(seconds=float(os.environ.get(SECONDS, "20")))
    show_figures(size, asyncio.run(measure(size)))


async def measure(size: Size) -> Figures:
    """Start Troupe, and ask it for everything."""
    figures = Figures()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        discord = await stack.enter_async_context(open_watched(size.members))
        sandbox = await stack.enter_async_context(open_sandbox(listen="127.0.0.1:0"))
        http = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(ANSWER_SECONDS)
            )
        )
        await fill(
            folder, ("discord", discord.fake.application_id), discord.mailboxes, size.people, size.turns
        )
        asked = 2 * size.look_ups + round(LOOK_UPS_A_SECOND * size.share * size.seconds)
        figures.look_ups["the use case itself"], refs = await _begin_calls(folder, discord, size, asked)
        figures.events["bare SQLite commit"] = await asyncio.to_thread(commit_in_turn, folder, size.events)
        async with AsyncExitStack() as life:
            url, _ = await _start(life, folder, BARE, http, {})
            for hands in size.hands:
                some = _take(events(http, url), size.events)
                figures.events[f"bare aiohttp, {hands} at a time"] = await ask_in_turn(some, hands)
        url, bot = await _start_troupe(stack, folder, http, discord, sandbox)
        for hands in size.hands:
            some = _take(events(http, url), size.events)
            figures.events[f"Troupe, {hands} at a time"] = await ask_in_turn(some, hands)
        asks = look_ups(http, url, refs)
        figures.look_ups["over HTTP"] = await ask_in_turn(_take(asks, size.look_ups), 1)
        await _ask_at_once(figures, size, discord, bot, events(http, url), asks)
        discord.tidy()
        figures.refused = discord.refused
    return figures


async def _ask_at_once(
    figures: Figures, size: Size, discord: Watched, bot: BotProcess, posts: Iterator[Any], asks: Iterator[Any]
) -> None:
    todo = zip(cycle(discord.members), cycle(MIX), strict=False)

    async def command() -> None:
        member, (name, focused, options) = next(todo)
        act = discord.word(member, name, focused, **options)
        discord.do(act)
        await asyncio.wait_for(act.is_answered.wait(), ANSWER_SECONDS)

    async def watch() -> None:
        while True:
            figures.megabytes.append(bot.megabytes())
            await asyncio.sleep(1.0)

    watching = asyncio.create_task(watch())
    rates = {
        "commands on Discord": (repeat(command), COMMANDS_A_SECOND),
        "events": (posts, EVENTS_A_SECOND),
        "look-ups": (asks, LOOK_UPS_A_SECOND),
    }
    loads = await asyncio.gather(
        *(ask_at_rate(some, rate * size.share, size.seconds) for some, rate in rates.values())
    )
    watching.cancel()
    figures.megabytes.append(bot.megabytes())
    figures.at_once = dict(zip(rates, loads, strict=True))


async def _begin_calls(folder: Path, discord: Watched, size: Size, asked: int) -> tuple[Load, list[str]]:
    """Let members be on calls for so many look-ups, and time some without a server on the way."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder}/troupe.db",
        personas_dir=PERSONAS,
    )
    cast = await open_cast(settings)
    provider = sandbox_provider("http://127.0.0.1:9")
    async with open_installation(settings, provider, cast, "http://127.0.0.1:8080") as house:
        await house.store.indexed()  # type: ignore[attr-defined]
        refs = [
            await _begin_call(house, discord, number)
            for number in range(asked // (MOST_LOOK_UPS - 1) + 1 + len(size.hands))
        ]
        load, began = Load(), time.perf_counter()
        for _, ref in zip(range(size.look_ups), cycle(refs), strict=False):
            since = time.perf_counter()
            assert "letters" in await look_up(house, ref, QUERY)
            load.seconds.append(time.perf_counter() - since)
        load.lasted = time.perf_counter() - began
        return load, [*refs]


async def _begin_call(house: Installation, discord: Watched, number: int) -> CallRef:
    member = discord.members[number % len(discord.members)]
    account = Account("discord", discord.fake.application_id, member.id)
    person = await house.store.find_person(account)
    assert person is not None
    now = datetime.now(UTC)
    call = Call(
        id=CallId(house.new_id()),
        ref=CallRef(house.new_id()),
        person_id=person.id,
        account=account,
        slug=SLUG,
        version=VERSION,
        delivery=Delivery.PAGE,
        topic="",
        reach="own",
        state=CallState.ASKED,
        asked_at=now,
    )
    await house.store.place_call(call, None, [], {}, UNLIMITED)
    slot = Slot(now + timedelta(days=1), 10**6)
    played = Played(VERSION, {}, "own")
    assert await house.store.bind_conversation(call.id, f"conv_{number}", played, slot, now, []) == "bound"
    return call.ref


async def _start_troupe(
    stack: AsyncExitStack, folder: Path, http: aiohttp.ClientSession, discord: Watched, sandbox: Sandbox
) -> tuple[str, BotProcess]:
    settings = {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": discord.fake.api_url,
        "DISCORD_GATEWAY_URL": discord.fake.gateway_url,
        "DISCORD_SERVERS": discord.inn.id,
        "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
        "PERSONAS_DIR": str(PERSONAS),
        "ELEVENLABS_API_KEY": sandbox.api_key,
        "ELEVENLABS_API_URL": sandbox.url,
        "ELEVENLABS_AGENT_ID": sandbox.agent_id,
        "ELEVENLABS_WEBHOOK_SECRET": SECRET,
        "ELEVENLABS_RECALL_SECRET": SECRET,
        "CALLS_PER_DAY": "1000",
        "MINUTES_PER_MONTH": "44640",
        "MINUTES_PER_MONTH_TOTAL": "100000000",
    }
    url, bot = await _start(stack, folder, TROUPE, http, settings)
    await discord.is_ready(bot)
    return url, bot


async def _start(
    stack: AsyncExitStack,
    folder: Path,
    arguments: tuple[str, ...],
    http: aiohttp.ClientSession,
    settings: dict[str, str],
) -> tuple[str, BotProcess]:
    """Start a program on a free port, and wait until it answers there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    bot = BotProcess(folder, arguments, {**settings, "LISTEN": address})
    stack.push_async_callback(bot.stop)
    await answers(http, f"http://{address}", bot.check)
    return f"http://{address}", bot


def _take(asks: Iterator[Any], count: int) -> list[Any]:
    return list(islice(asks, count))


def show_figures(size: Size, figures: Figures) -> None:
    """Print every table."""
    stored = f"{size.people:,} people and {size.turns:,} turns stored"
    columns = ("what", "a second", "p50 ms", "p99 ms", "errors")
    show(
        f"{size.events:,} events of 10 KB, verified and on disk before they are acknowledged; {stored}",
        columns,
        [_row(what, load) for what, load in figures.events.items()],
    )
    show(
        f"{size.look_ups:,} look-ups, one after the other; {stored}",
        columns,
        [_row(what, load) for what, load in figures.look_ups.items()],
    )
    memory = figures.megabytes
    show(
        f"All at once for {size.seconds:.0f} s; Troupe took {memory[0]:.0f} MB in the beginning, "
        f"{memory[-1]:.0f} MB in the end, {figures.megabytes_a_minute:+.1f} MB a minute in the second half",
        columns,
        [_row(what, load) for what, load in figures.at_once.items()],
    )


def _row(what: str, load: Load) -> tuple[str, ...]:
    return what, f"{load.rate:,.0f}", *p50_p99(load.seconds), str(load.errors)
