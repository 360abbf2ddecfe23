"""Reload of one among many characters: its milliseconds, and how long it holds up everything else."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from bot.cast import LiveCast
from tests.bench.bots import PERSONAS
from tests.bench.measuring import p50_p99, show
from tests.scenarios.stage import Member, Stage, open_stage

T = TypeVar("T")
LAVISH = {"calls_per_day": 1_000, "minutes_per_month": 44_640, "minutes_per_month_total": 1_000_000}
COMMANDS = ("/help", "/memory {}", "/history", "/account", "/call {}")
"""Not ``/characters``: the terminal draws a card for each, which takes half a second for 1,000 by itself."""


@dataclass(frozen=True)
class Size:
    """How many characters, commands a second, seconds of each kind, and changes."""

    characters: int = 1_000
    commands_a_second: int = 50
    seconds: float = 20.0
    changes: int = 10


@dataclass
class Figures:
    """Seconds of commands without and with reloads, of reloads, and by which the event loop was late."""

    commands: dict[str, list[float]] = field(default_factory=dict)
    late: dict[str, list[float]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    first: float = 0.0
    one: list[float] = field(default_factory=list)
    none: list[float] = field(default_factory=list)
    all_of_them: float = 0.0


def run() -> None:
    """Print what a reload costs, and whom it holds up."""
    size = Size()
    show_figures(size, asyncio.run(measure(size)))


def show_figures(size: Size, figures: Figures) -> None:
    """Print both tables."""
    reads = [
        ("all, at the start", f"{figures.first * 1000:.0f}"),
        ("one that changed (median)", p50_p99(figures.one)[0]),
        ("nothing changed (median)", p50_p99(figures.none)[0]),
        ("all, after a change of voices.yaml", f"{figures.all_of_them * 1000:.0f}"),
    ]
    show(f"Reading {size.characters:,} characters", ("what is read", "ms"), reads)
    rows = [
        (
            title,
            f"{len(seconds)}",
            *p50_p99(seconds),
            f"{max(figures.late[title]) * 1000:.0f}",
        )
        for title, seconds in figures.commands.items()
    ]
    columns = ("", "commands", "p50 ms", "p99 ms", "longest stall of the loop, ms")
    show(
        f"{size.commands_a_second} commands a second for {size.seconds:.0f} s, terminal front", columns, rows
    )
    print(f"Failed commands: {len(figures.failed)}. {' '.join(figures.failed[:3])}")


async def measure(size: Size) -> Figures:
    """Measure reading alone, then commands without and with reloads."""
    figures = Figures()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "personas"
        _fill(folder, size.characters)
        await asyncio.to_thread(_measure_reading, folder, size, figures)
        async with open_stage(Path(name), personas=folder, settings=LAVISH) as stage:
            member = stage.member("console:alice")
            await member.calls("c0001")
            for title, change in (("without reloads", None), ("with reloads", lambda n: _change(folder, n))):
                await _give_commands(stage, member, title, change, size, figures)
    return figures


def _measure_reading(folder: Path, size: Size, figures: Figures) -> None:
    live, figures.first = _timed(lambda: LiveCast(folder))
    for number in range(size.changes):
        _change(folder, number)
        figures.one.append(_timed(live.refresh)[1])
        figures.none.append(_timed(live.refresh)[1])
    voices = folder / "voices.yaml"
    voices.write_text(voices.read_text().replace("licence: ", "licence: our "))
    figures.all_of_them = _timed(live.refresh)[1]


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    made = act()
    return made, time.perf_counter() - began


async def _give_commands(
    stage: Stage,
    member: Member,
    title: str,
    change: Callable[[int], None] | None,
    size: Size,
    figures: Figures,
) -> None:
    figures.commands[title], figures.late[title] = [], [0.0]
    count = int(size.commands_a_second * size.seconds)
    every = max(1, count // size.changes)
    async with _watched(figures.late[title]), asyncio.TaskGroup() as tasks:
        began = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / size.commands_a_second - time.perf_counter()))
            if change is not None and number % every == 0:
                await asyncio.to_thread(change, number)
            line = COMMANDS[number % len(COMMANDS)].format(f"c{number % size.characters:04}")
            tasks.create_task(_give(member, line, figures.commands[title], figures.failed))
    await stage.rests()


async def _give(member: Member, line: str, seconds: list[float], failed: list[str]) -> None:
    began = time.perf_counter()
    try:
        await member.front.take(line)
    except Exception as error:  # noqa: BLE001  it is what is measured
        failed.append(f"{line}: {error!r}")
    seconds.append(time.perf_counter() - began)


@asynccontextmanager
async def _watched(late: list[float]) -> AsyncIterator[None]:
    """Note by how much the event loop wakes a sleeper too late."""

    async def watch() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - began - 0.005)

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()


def _fill(folder: Path, characters: int) -> None:
    folder.mkdir()
    for name in ("voices.yaml", "house-rules.md"):
        (folder / name).write_text((PERSONAS / name).read_text())
    text = (PERSONAS / "wizard.md").read_text().replace("picture: merlin.png\n", "")
    for number in range(characters):
        (folder / f"c{number:04}.md").write_text(text.replace("name: Merlin", f"name: Merlin {number}"))


def _change(folder: Path, number: int) -> None:
    path = folder / f"c{number % 7:04}.md"
    path.write_text(f"{path.read_text()}Change {number}.\n")
