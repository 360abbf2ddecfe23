"""The part that is printed: four tables, and what they were measured with."""

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.bots import PERSONAS, TROUPE, BotProcess
from tests.bench.discord.measuring import HANDS, IN_TIME_SECONDS, Step, find_rate, give_commands
from tests.bench.discord.watching import TOKEN, Watched, open_watched
from tests.bench.filling import fill
from tests.bench.latency import AIM_ACKNOWLEDGED, AIM_ANSWERED, Latency, Way, measure_latency, row
from tests.bench.measuring import show

PICTURE = PERSONAS / "merlin.png"
BARE = ("-P", str(Path(__file__).resolve().with_name("bare.py")))


@dataclass(frozen=True)
class Size:
    """How much is stored, asked and repeated."""

    people: int = 100_000
    turns: int = 1_000_000
    members: int = 2_000
    starts: int = 5
    blocks: int = 10
    calls: int = 40
    far_blocks: int = 4
    far_calls: int = 10
    away_seconds: float = 0.05
    commands: int = 10_000
    load_seconds: float = 6.0
    load_steps: int = 7


@dataclass
class Figures:
    """All that was measured."""

    fill_seconds: float = 0.0
    fill_megabytes: float = 0.0
    sync_seconds: float = 0.0
    starts: dict[str, list[float]] = field(default_factory=dict)
    ways: list[Way[Watched]] = field(default_factory=list)
    far: list[Way[Watched]] = field(default_factory=list)
    memory: dict[str, tuple[float, float]] = field(default_factory=dict)
    commands_a_second: float = 0.0
    rates: dict[str, list[Step]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def run() -> None:
    """Print latency, load, memory and start."""
    size = Size()
    began = time.perf_counter()
    figures = asyncio.run(measure(size))
    show_figures(size, figures)
    print(f"Refused by the fake: {len(figures.refused)}. All of it took {time.perf_counter() - began:.0f} s.")
    for one in figures.refused[:5]:
        print(one[:300])


def show_figures(size: Size, figures: Figures) -> None:
    """Print every table."""
    _show_latency(size, figures)
    _show_rates(size, figures)
    _show_memory(size, figures)


async def measure(size: Size) -> Figures:
    """Start both bots and measure everything."""
    figures = Figures()
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = await stack.enter_async_context(open_watched(size.members))
        theirs = await stack.enter_async_context(open_watched(size.members))
        figures.fill_seconds, figures.fill_megabytes = await fill(
            folder, ("discord", ours.fake.application_id), ours.mailboxes, size.people, size.turns
        )
        figures.starts["importing discord alone"] = [
            await asyncio.to_thread(_import_seconds) for _ in range(size.starts)
        ]
        figures.sync_seconds = await asyncio.to_thread(_sync_seconds, folder / "sync")
        for number in range(size.starts):
            async with AsyncExitStack() as life:
                bare, bare_seconds = await _start(life, folder, BARE, theirs)
                troupe, troupe_seconds = await _start(life, folder, TROUPE, ours)
                figures.starts.setdefault("bare bot", []).append(bare_seconds)
                figures.starts.setdefault("Troupe", []).append(troupe_seconds)
                if number == size.starts - 1:
                    stack.push_async_exit(life.pop_all())
        await _measure_running(size, figures, (ours, troupe), (theirs, bare))
        figures.refused = ours.refused + theirs.refused
    return figures


async def _measure_running(
    size: Size, figures: Figures, ours: tuple[Watched, BotProcess], theirs: tuple[Watched, BotProcess]
) -> None:
    (our_fake, troupe), (their_fake, bare) = ours, theirs
    idle = bare.megabytes(), troupe.megabytes()
    figures.ways = [
        Way("bare bot", their_fake, bare, "Merlin is ready."),
        Way("… with embed and buttons", their_fake, bare, "New link", topic="buttons"),
        Way("… and the picture", their_fake, bare, "New link", topic="picture"),
        Way("Troupe", our_fake, troupe, "New link", is_posted=True),
    ]
    await measure_latency(figures.ways, size.blocks, size.calls)
    figures.far = [replace(way, latency=Latency()) for way in (figures.ways[0], figures.ways[-1])]
    for watched in (their_fake, our_fake):
        watched.is_far(size.away_seconds)
    await measure_latency(figures.far, size.far_blocks, size.far_calls)
    for watched in (their_fake, our_fake):
        watched.is_far(0)
    figures.commands_a_second, _ = await asyncio.gather(
        give_commands(our_fake, size.commands, only_call=False),
        give_commands(their_fake, size.commands, only_call=True),
    )
    figures.memory = {
        "bare bot": (idle[0], bare.megabytes()),
        "Troupe": (idle[1], troupe.megabytes()),
    }
    for way in (figures.ways[0], figures.ways[-1]):
        figures.rates[way.title] = await find_rate(way, size.load_seconds, size.load_steps)


async def _start(
    stack: AsyncExitStack, folder: Path, arguments: tuple[str, ...], watched: Watched
) -> tuple[BotProcess, float]:
    """Start a bot and call; return it, and the seconds until the first call was acknowledged."""
    began = time.perf_counter()
    bot = BotProcess(folder, arguments, _settings(folder, watched))
    stack.push_async_callback(_stop, bot, watched)
    await watched.is_ready(bot)
    act = await watched.ask(watched.members[-1], "call", character="wizard")
    await watched.is_quiet(0.3)
    watched.tidy()
    return bot, act.acknowledged - began


async def _stop(bot: BotProcess, watched: Watched) -> None:
    await bot.stop()
    await watched.fake.is_gone()


def _settings(folder: Path, watched: Watched) -> dict[str, str]:
    return {
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": watched.fake.api_url,
        "DISCORD_GATEWAY_URL": watched.fake.gateway_url,
        "DISCORD_SERVERS": watched.inn.id,
        "DATABASE_URL": f"sqlite:///{folder}/troupe.db",
        "PERSONAS_DIR": str(PERSONAS),
        "LISTEN": "127.0.0.1:0",
        "CALLS_PER_DAY": "1000",
        "MINUTES_PER_MONTH": "44640",
        "MINUTES_PER_MONTH_TOTAL": "100000000",
        "BARE_PICTURE": str(PICTURE),
    }


def _import_seconds() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import discord"], check=True, env={"PATH": os.environ["PATH"]})
    return time.perf_counter() - began


def _show_latency(size: Size, figures: Figures) -> None:
    stored = (
        f"{size.people:,} people and {size.turns:,} turns stored ({figures.fill_megabytes:.0f} MB, filled in "
        f"{figures.fill_seconds:.0f} s; one fdatasync takes {figures.sync_seconds * 1000:.1f} ms)"
    )
    asked = (
        f"/call wizard from the frame to the {{}}, {size.blocks} blocks of {size.calls} in turns; {stored}"
    )
    columns = ("bot", "p50 ms", "p99 ms", "p50 to bare", "block by block", "aim")
    bare = figures.ways[0].latency
    rows = [row(way, way.latency.acknowledged, bare.acknowledged, AIM_ACKNOWLEDGED) for way in figures.ways]
    show(asked.format("acknowledgement"), columns, rows)
    rows = [
        (
            *row(way, way.latency.answered, bare.answered, AIM_ANSWERED),
            f"{statistics.median(way.latency.cpu) * 1000:.1f}",
            f"{statistics.median(way.latency.fake_cpu) * 1000:.1f}",
        )
        for way in figures.ways
    ]
    show(asked.format("final answer"), (*columns, "CPU ms a call", "the fake's"), rows)
    bare = figures.far[0].latency
    rows = [row(way, way.latency.answered, bare.answered, "") for way in figures.far]
    away = f"The same where Discord answers after {size.away_seconds * 1000:.0f} ms"
    show(f"{away}, {size.far_blocks} blocks of {size.far_calls}: to the final answer", columns[:-1], rows)


def _show_rates(size: Size, figures: Figures) -> None:
    rows = []
    for title, steps in figures.rates.items():
        for step in sorted(steps, key=lambda one: one.rate):
            acknowledged, answered, busy = step.acknowledged, step.answered, step.busy
            rows.append(
                (
                    title,
                    f"{step.rate:.0f}",
                    "yes" if step.is_held else "no",
                    f"{acknowledged[0] * 1000:.0f}",
                    f"{acknowledged[1] * 1000:.0f}",
                    f"{answered[0] * 1000:.0f}",
                    f"{answered[1] * 1000:.0f}",
                    f"{busy[0] * 100:.0f} %",
                    f"{busy[1] * 100:.0f} %",
                )
            )
    show(
        f"Calls a second for {size.load_seconds:.0f} s, whatever became of those before. Held: every one "
        f"acknowledged within {IN_TIME_SECONDS} s, and answered {IN_TIME_SECONDS} s after the last",
        (
            "bot",
            "a second",
            "held",
            "ack p50 ms",
            "longest",
            "final p50 ms",
            "longest",
            "bot's core",
            "fake's",
        ),
        rows,
    )


def _show_memory(size: Size, figures: Figures) -> None:
    rows = []
    for title, seconds in figures.starts.items():
        idle, after = figures.memory.get(title, (0.0, 0.0))
        cells = (f"{idle:.0f}", f"{after:.0f}", f"{after - idle:.0f}") if idle else ("", "", "")
        rows.append((title, f"{statistics.median(seconds):.2f}", *cells))
    show(
        f"From start to the first acknowledgement, median of {size.starts}; memory at rest and after "
        f"{size.commands:,} commands of all kinds, {HANDS} at once: {figures.commands_a_second:.0f} a second",
        ("what", "seconds", "MB at rest", "MB after", "more"),
        rows,
    )


def _sync_seconds(file: Path) -> float:
    """Return what it takes here until a page is on the disk, as every call has to wait for."""
    seconds = []
    with file.open("wb", buffering=0) as opened:
        for _ in range(50):
            opened.write(bytes(4096))
            began = time.perf_counter()
            os.fdatasync(opened.fileno())
            seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
