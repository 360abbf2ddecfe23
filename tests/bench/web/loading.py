"""Who asks: one after the other on some connections, or so many in a second whatever comes back."""

import asyncio
import contextlib
import hashlib
import hmac
import itertools
import json
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

EVENT_BYTES = 10_000
QUERY = "What did I say about the letters that never came?"
SECRET = "a-secret-of-the-bench"
Ask = Callable[[], Awaitable[None]]


@dataclass
class Load:
    """Seconds of each answer, how many were none, and how long all of it took."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0
    lasted: float = 0.0

    @property
    def rate(self) -> float:
        """How many were answered in a second."""
        return len(self.seconds) / self.lasted

    async def time(self, ask: Ask) -> None:
        """Ask, and note how long it took, or that it failed."""
        began = time.perf_counter()
        try:
            await ask()
        except (aiohttp.ClientError, TimeoutError, AssertionError):
            self.errors += 1
        else:
            self.seconds.append(time.perf_counter() - began)


async def ask_in_turn(asks: Sequence[Ask], hands: int) -> Load:
    """Ask all, on so many connections, each when it has its answer to the one before."""
    load, todo, began = Load(), iter(asks), time.perf_counter()

    async def work() -> None:
        for ask in todo:
            await load.time(ask)

    await asyncio.gather(*(work() for _ in range(hands)))
    load.lasted = time.perf_counter() - began
    return load


async def ask_at_rate(asks: Iterator[Ask], rate: float, seconds: float) -> Load:
    """Ask so many times in a second, for so long, whether or not there was an answer to those before."""
    load, began = Load(), time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            group.create_task(load.time(next(asks)))
        load.lasted = time.perf_counter() - began
    return load


def events(http: aiohttp.ClientSession, url: str) -> Iterator[Ask]:
    """Yield what posts another event each time: 10 KB, signed, of a conversation that nobody knows."""
    for number in itertools.count():
        data = {"conversation_id": f"conv_bench_{time.time_ns()}_{number}", "transcript": [], "padding": ""}
        raw = json.dumps({"type": "post_call_transcription", "event_timestamp": 1, "data": data}).encode()
        raw = raw[:-3] + b"x" * (EVENT_BYTES - len(raw)) + raw[-3:]
        yield lambda raw=raw: _post(http, f"{url}/hooks/elevenlabs", raw, _signature(raw))


def look_ups(http: aiohttp.ClientSession, url: str, refs: Sequence[str]) -> Iterator[Ask]:
    """Yield what looks something up in one call after the other."""
    for ref in itertools.cycle(refs):
        raw = json.dumps({"call_ref": ref, "query": QUERY}).encode()
        yield lambda raw=raw: _post(http, f"{url}/tools/recall", raw, {"X-Troupe-Secret": SECRET}, "letters")


def _signature(raw: bytes) -> dict[str, str]:
    at = int(time.time())
    digest = hmac.new(SECRET.encode(), b"%d." % at + raw, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={at},v0={digest}"}


async def _post(
    http: aiohttp.ClientSession, url: str, raw: bytes, headers: dict[str, str], words: str = ""
) -> None:
    async with http.post(url, data=raw, headers=headers) as answer:
        assert answer.status == 200, answer.status
        assert words in await answer.text()


async def answers(http: aiohttp.ClientSession, url: str, check: Callable[[], None]) -> None:
    """Wait until somebody answers at an address; ``check`` raises where nobody ever will."""
    async with asyncio.timeout(60):
        while True:
            check()
            with contextlib.suppress(aiohttp.ClientError):
                async with http.get(f"{url}/healthz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)


def commit_in_turn(folder: Path, count: int) -> Load:
    """Store as much as an event, one commit each, in a file with one table, on disk before the next."""
    load, raw = Load(), b"x" * EVENT_BYTES
    with closing(sqlite3.connect(folder / "bare.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("CREATE TABLE events (key TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT")
        began = time.perf_counter()
        for number in range(count):
            since = time.perf_counter()
            database.execute("INSERT INTO events VALUES (?, ?)", (f"event {number}", raw))
            load.seconds.append(time.perf_counter() - since)
        load.lasted = time.perf_counter() - began
    return load
