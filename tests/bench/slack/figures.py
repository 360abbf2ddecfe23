"""The part that is printed: two tables for each mode, and what they were measured with."""

import asyncio
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench.bots import PERSONAS, TROUPE, BotProcess
from tests.bench.filling import fill
from tests.bench.latency import AIM_ACKNOWLEDGED, AIM_ANSWERED, Way, measure_latency, row
from tests.bench.measuring import show
from tests.bench.slack.watching import Watched, open_watched

BARE = ("-P", str(Path(__file__).resolve().with_name("bare.py")))
MODES = ("socket", "HTTP")


@dataclass(frozen=True)
class Size:
    """How much is stored, asked and repeated."""

    people: int = 20_000
    turns: int = 200_000
    members: int = 600
    blocks: int = 10
    calls: int = 40


@dataclass
class Figures:
    """All that was measured, by mode."""

    fill_seconds: float = 0.0
    fill_megabytes: float = 0.0
    ways: dict[str, list[Way[Any]]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def run() -> None:
    """Print how long members wait, over a socket and by HTTP."""
    size = Size()
    began = time.perf_counter()
    figures = asyncio.run(measure(size))
    show_figures(size, figures)
    print(f"Refused by the fake: {len(figures.refused)}. All of it took {time.perf_counter() - began:.0f} s.")
    for one in figures.refused[:5]:
        print(one[:300])


async def measure(size: Size) -> Figures:
    """Start both bots in either mode, and measure them."""
    figures = Figures()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = await stack.enter_async_context(open_watched(size.members))
        theirs = await stack.enter_async_context(open_watched(size.members))
        figures.fill_seconds, figures.fill_megabytes = await fill(
            folder, ("slack", ours.acme.id), ours.mailboxes, size.people, size.turns
        )
        for mode in MODES:
            async with AsyncExitStack() as life:
                bare = await _start(life, folder, BARE, theirs, mode)
                troupe = await _start(life, folder, TROUPE, ours, mode)
                known = ours.members[: size.calls]
                figures.ways[mode] = [
                    Way("bare bot", theirs, bare, "Merlin is ready."),
                    Way("… with picture and buttons", theirs, bare, "New link", topic="buttons"),
                    Way("Troupe", ours, troupe, "New link", is_posted=True, members=known),
                    Way("Troupe, to whom it does not know yet", ours, troupe, "New link", is_posted=True,
                        members=ours.members[size.calls :]),
                ]  # fmt: skip
                await measure_latency(figures.ways[mode], size.blocks, size.calls)
        figures.refused = ours.refused + theirs.refused
    return figures


async def _start(
    life: AsyncExitStack, folder: Path, arguments: tuple[str, ...], watched: Watched, mode: str
) -> BotProcess:
    address = watched.goes_by_http() if mode == "HTTP" else "127.0.0.1:0"
    bot = BotProcess(folder, arguments, _settings(folder, watched, mode, address))
    life.push_async_callback(bot.stop)
    await watched.is_ready(bot)
    return bot


def _settings(folder: Path, watched: Watched, mode: str, address: str) -> dict[str, str]:
    fake, token = watched.fake, watched.acme.bot_token
    way = {"SLACK_APP_TOKEN": fake.app_token} if mode == "socket" else {}
    secret = {} if way else {"SLACK_SIGNING_SECRET": fake.signing_secret, "BARE_SECRET": fake.signing_secret}
    return {
        **way,
        **secret,
        "SLACK_BOT_TOKEN": token,
        "BARE_TOKEN": token,
        "SLACK_API_URL": fake.api_url.rstrip("/"),
        "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
        "PERSONAS_DIR": str(PERSONAS),
        "LISTEN": address,
        "CALLS_PER_DAY": "1000",
        "MINUTES_PER_MONTH": "44640",
        "MINUTES_PER_MONTH_TOTAL": "100000000",
    }


def show_figures(size: Size, figures: Figures) -> None:
    """Print every table."""
    stored = f"{size.people:,} people and {size.turns:,} turns stored ({figures.fill_megabytes:.0f} MB)"
    columns = ("bot", "p50 ms", "p99 ms", "p50 to bare", "block by block", "aim")
    for mode, ways in figures.ways.items():
        asked = f"/ring wizard by {mode} to the {{}}, {size.blocks} blocks of {size.calls} in turns; {stored}"
        bare = ways[0].latency
        rows = [row(way, way.latency.acknowledged, bare.acknowledged, AIM_ACKNOWLEDGED) for way in ways]
        show(asked.format("acknowledgement"), columns, rows)
        rows = [
            (
                *row(way, way.latency.answered, bare.answered, AIM_ANSWERED),
                f"{statistics.median(way.latency.cpu) * 1000:.1f}",
                f"{statistics.median(way.latency.fake_cpu) * 1000:.1f}",
            )
            for way in ways
        ]
        show(asked.format("final answer"), (*columns, "CPU ms a call", "the fake's"), rows)
