"""Recall and the store's part of it: one person's turns found by their words, among many of others'."""

import asyncio
import itertools
import os
import random
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.calls.recalling import recall
from bot.domain.caller import Account, Person, PersonId
from bot.domain.conversation import Transcript, Turn
from bot.domain.hits import turn_key
from bot.domain.record import Reading
from bot.domain.terms import INDEX_VERSION, Indexed, index_turn
from bot.ports.recall import CANDIDATES
from storage import open_store
from storage.rows import to_text
from storage.sqlite import SqliteStore
from tests.bench.measuring import p50_p99, show
from tests.bench.texts import DATA, Texts

OTHERS = "BENCH_RECALL_OTHERS"
"""The environment variable that says how many turns others have said; 10000000 takes half an hour."""
AT = datetime(2026, 3, 1, tzinfo=UTC)
READING = Reading("wizard", "own")
A_TALK, A_PERSON = 20, 100
"""How many turns a conversation has, and how many each of the others has said."""
NEIGHBOURS = 5


@dataclass(frozen=True)
class Size:
    """How much is stored, and how often it is searched."""

    others: int
    own: tuple[int, ...]
    searches: int


@dataclass(frozen=True)
class Figures:
    """Seconds of each search by what was asked and how much its person had said, and what it took."""

    seconds: dict[tuple[str, int], list[float]]
    adding: dict[int, float]
    erasing: dict[tuple[str, int], float]
    index_bytes: float
    turns: int


def run() -> None:
    """Print p50 and p99 at three sizes, and what the index takes."""
    size = Size(int(os.environ.get(OTHERS, "200000")), (1_000, 10_000, 100_000), 300)
    with tempfile.TemporaryDirectory() as folder:
        show_figures(size, asyncio.run(measure(Path(folder), size)))


def show_figures(size: Size, figures: Figures) -> None:
    """Print a table: milliseconds but where it says otherwise."""
    rows: list[tuple[str, ...]] = []
    for own in size.own:
        asked = [(name, *p50_p99(figures.seconds[name, own])) for name in _SEARCHES]
        cells = [f"{p50} / {p99}" for _, p50, p99 in asked]
        erased = [f"{figures.erasing[what, own] * 1000:.0f}" for what in ("talk", "person")]
        rows.append((f"{own:,}", *cells, f"{figures.adding[own] * 1e6:.0f}", *erased))
    show(
        f"Recall among {size.others:,} turns of others, p50 / p99 of {size.searches}, in ms; the index takes "
        f"{figures.index_bytes:.0f} bytes a turn",
        ("own turns", *_SEARCHES, "add one, us", "erase a talk", "all"),
        rows,
    )


async def measure(folder: Path, size: Size) -> Figures:
    """Fill a database, and ask it."""
    texts = Texts(random.Random(11), os.environ.get(DATA, ""))
    url = f"sqlite:///{folder}/troupe.db"
    seconds: dict[tuple[str, int], list[float]] = {}
    adding: dict[int, float] = {}
    erasing: dict[tuple[str, int], float] = {}
    async with open_store(url) as store:
        for first in range(0, size.others // A_PERSON, 1000):
            people = range(first, min(first + 1000, size.others // A_PERSON))
            await store.writer.write(lambda database, people=people: _insert(database, people, texts))
        members = {}
        for own in size.own:
            members[own] = await store.find_or_add_person(
                Account("discord", "app", f"{own}"), "Mira", PersonId(f"{own}"), AT
            )
            began = time.perf_counter()
            await _say(store, members[own], own, texts)
            adding[own] = (time.perf_counter() - began) / own
        turns, index_bytes = _measure_index(folder / "troupe.db")
        for own, who in members.items():
            searches = _Searches(store, who, texts)
            for name, search in _SEARCHES.items():
                seconds[name, own] = [await search(searches) for _ in range(size.searches)]
    async with open_store(url) as store:
        for own, who in members.items():
            talk = (await store.fetch_history(who.id))[0].id
            for what, erase in (
                ("talk", lambda who=who, talk=talk: store.erase_talk(who.id, talk, AT)),
                ("person", lambda who=who: store.erase_person(who.id, AT)),
            ):
                began = time.perf_counter()
                await erase()
                erasing[what, own] = time.perf_counter() - began
    return Figures(seconds, adding, erasing, index_bytes / turns, turns)


class _Searches:
    """What is asked of one person's turns; each answers how many seconds it took."""

    def __init__(self, store: SqliteStore, who: Person, texts: Texts) -> None:
        self._store, self._who, self._texts = store, who, texts
        self._keys: list[int] = []

    async def hits(self) -> float:
        """Ask with two to twelve words."""
        terms = index_turn("user", self._texts.question()).terms
        began = time.perf_counter()
        hits = await self._store.fetch_hits(self._who.id, READING, terms, CANDIDATES)
        seconds = time.perf_counter() - began
        self._keys = [key + n for key in list(hits.marks)[: 1500 // NEIGHBOURS] for n in range(NEIGHBOURS)]
        return seconds

    async def recall(self) -> float:
        """Ask a question, from its text to the text that answers it."""
        question = self._texts.question()
        began = time.perf_counter()
        await recall(self._store, self._who.id, READING, question, AT, k=25, max_chars=4_000)
        return time.perf_counter() - began

    async def said(self) -> float:
        """Ask for the best of what was found, and its neighbours."""
        await self.hits()
        began = time.perf_counter()
        await self._store.fetch_said(self._who.id, READING, self._keys)
        return time.perf_counter() - began

    async def between(self) -> float:
        """Ask for a month."""
        since = AT - timedelta(days=self._texts.rng.randint(30, 360))
        began = time.perf_counter()
        await self._store.fetch_between(self._who.id, READING, since, since + timedelta(days=30), CANDIDATES)
        return time.perf_counter() - began


_SEARCHES: dict[str, Callable[[_Searches], Awaitable[float]]] = {
    "recall": _Searches.recall,
    "hits": _Searches.hits,
    "said": _Searches.said,
    "between": _Searches.between,
}


async def _say(store: SqliteStore, who: Person, turns: int, texts: Texts) -> None:
    """Bring so many turns, over a year, ten thousand in a file."""
    talks = [
        Transcript(
            tuple(Turn("user", texts.sentence()) for _ in range(A_TALK)),
            started_at=AT - timedelta(days=365 * number * A_TALK / turns),
        )
        for number in range(turns // A_TALK)
    ]
    for number in range(0, len(talks), 500):
        named = [
            (f"{who.id} {number} {place}", one) for place, one in enumerate(talks[number : number + 500])
        ]
        await store.store_import(who.id, "wizard", "own", named, f"{number}", {}, AT)


def _insert(database: Database, people: Sequence[int], texts: Texts) -> None:
    """Let others have said something, row by row in the order of the index: much faster than as they did."""
    insert = database.conn.executemany
    insert("INSERT INTO people VALUES (?, 'Somebody', ?)", ((f"other{n}", to_text(AT)) for n in people))
    insert(
        "INSERT INTO shelves VALUES (?, ?, 'wizard', 0, 'own', ?, ?)",
        ((n + 1, f"other{n}", INDEX_VERSION, A_PERSON) for n in people),
    )
    talks = [(n * A_PERSON // A_TALK + m, n) for n in people for m in range(A_PERSON // A_TALK)]
    said = {talk + 1: texts.rng.choices(texts.ready, k=A_TALK) for talk, _ in talks}
    columns = "id, talk_id, person_id, slug, reach, started_at, duration_seconds, title, summary, shelf"
    insert(
        f"INSERT INTO conversations ({columns}) VALUES (?, ?, ?, 'wizard', 'own', ?, 60, '', '', ?)",
        ((talk + 1, f"talk {talk}", f"other{n}", to_text(AT), n + 1) for talk, n in talks),
    )
    insert(
        "INSERT INTO turns (conversation, position, role, text, seconds) VALUES (?, ?, 'user', ?, 0.0)",
        ((talk, place, text) for talk, some in said.items() for place, (text, _) in enumerate(some)),
    )
    insert("INSERT INTO terms VALUES (?, ?, ?, ?)", _sorted_terms(talks, said))


def _sorted_terms(
    talks: Sequence[tuple[int, int]], said: dict[int, list[tuple[str, Indexed]]]
) -> Iterator[tuple[Any, ...]]:
    for n, some in itertools.groupby(talks, key=lambda pair: pair[1]):
        yield from sorted(
            (n + 1, term, turn_key(talk + 1, place), indexed.marks)
            for talk, _ in some
            for place, (_, indexed) in enumerate(said[talk + 1])
            for term in ("", *indexed.terms)
        )


def _measure_index(file: Path) -> tuple[int, int]:
    """Return how many turns there are, and how many bytes the index takes; 0 where SQLite cannot tell."""
    with closing(Database(file)) as database:
        (turns,) = database.execute("SELECT count(*) FROM turns").fetchone()
        try:
            taken = sum(
                database.execute("SELECT sum(pgsize) FROM dbstat WHERE name = ?", (name,)).fetchone()[0]
                for name in ("terms", "conversations_on_shelf")
            )
        except sqlite3.OperationalError:  # built without dbstat
            taken = 0
    return turns, taken
