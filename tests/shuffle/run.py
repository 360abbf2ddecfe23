"""One installation with its sandbox in the middle of a run, and what the run leaves."""

import asyncio
import gc
import random
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp

from bot.sandbox import Sandbox, open_sandbox
from storage.rows import to_text
from tests.shuffle.clock import MORNING, Clock
from tests.shuffle.comparing import Rows, read_everything
from tests.shuffle.holding import Start
from tests.shuffle.lives import Lives
from tests.shuffle.posting import Delivery, Post, not_taken

PATIENT_LOOKS = 50
"""How often the same work is seen before time passes, for what was given a lease and then lost."""
SETTLE_SECONDS = 1200.0
ANSWER_TIMEOUT = aiohttp.ClientTimeout(total=10)

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left, and how it went."""

    database: Path
    everything: dict[str, Rows]
    told: Counter[str]
    counts: Counter[str]
    complaints: list[str]
    untaken: list[str]
    restarts: int
    cuts: int
    seconds: float
    """From the first delivery to the last answer."""


@dataclass
class Run:
    """One installation with its sandbox, in the middle of a run."""

    start: Start
    sandbox: Sandbox
    clock: Clock
    lives: Lives
    post: Post
    rng: random.Random
    note: Note

    def fault(self, **fault: object) -> None:
        """Let something go wrong at ElevenLabs."""
        self.sandbox.phone._talks.faults.add(fault)

    def mend(self) -> None:
        """Let nothing go wrong at ElevenLabs any more."""
        self.sandbox.phone._talks.faults.clear()

    async def settle(self, *besides: str) -> None:
        """Let time pass until no work is left but what waits for a night, or is of these kinds."""
        deadline = time.monotonic() + SETTLE_SECONDS
        ignored = ("sweep", "retention", "look_after", "drop_held", *besides)
        seen, looks = None, 0
        while time.monotonic() < deadline:
            now = self.clock()
            with closing(sqlite3.connect(self.lives.database)) as database:
                left, due_at = database.execute(
                    f"""
                    SELECT count(*), min(CASE WHEN lease_until IS NULL THEN due_at ELSE '' END) FROM jobs
                    WHERE kind NOT IN ({",".join("?" * len(ignored))})
                    OR (kind IN ('sweep', 'retention') AND due_at <= ?)
                    """,
                    (*ignored, to_text(now)),
                ).fetchone()
            if not left:
                return
            looks = looks + 1 if (left, due_at) == seen else 0
            seen = left, due_at
            if due_at > to_text(now) or looks % PATIENT_LOOKS == PATIENT_LOOKS - 1:
                self.clock.move(seconds=60)
            self.lives.app.followup.nudge()
            await asyncio.sleep(0.02)
        raise AssertionError(f"{left} jobs are never done")

    async def night(self) -> None:
        """Let it become the next morning, with all that a night does."""
        self.clock.move_to_morning()
        await self.settle()

    async def outcome(self, deliveries: list[Delivery], seconds: float) -> Outcome:
        """Stop, and return what is there."""
        await self.lives.end()
        return Outcome(
            self.lives.database,
            read_everything(self.lives.database),
            self.lives.told,
            self.post.sent.counts,
            self.post.sent.complaints,
            not_taken(deliveries),
            self.lives.restarts,
            self.lives.cuts,
            seconds,
        )


@asynccontextmanager
async def open_run(start: Start, name: str, rng: random.Random, note: Note) -> AsyncIterator[Run]:
    """Open a run on a copy of what was prepared, twenty minutes later."""
    folder = start.folder.parent / f"{name}-0"
    shutil.copytree(start.folder, folder)
    clock = Clock(MORNING + timedelta(minutes=20))
    async with (
        open_sandbox(listen="127.0.0.1:0", file=folder / "sandbox.db", clock=clock) as sandbox,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), timeout=ANSWER_TIMEOUT) as http,
    ):
        lives = Lives(folder, sandbox, clock)
        await lives.begin()
        try:
            yield Run(start, sandbox, clock, lives, Post(lives, http, clock, rng), rng, note)
        finally:
            await lives.end()
            gc.collect()  # asyncio's own leavings, see the tests
