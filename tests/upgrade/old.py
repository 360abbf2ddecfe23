"""A database of the first release: people, their calls, and what was said, with the schema as it was then."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from storage.database import Database
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrating import migrate
from storage.rows import to_text
from storage.schema import migrations
from storage.schema.steps import all_steps
from storage.sqlite.database import SqliteDatabase
from storage.sqlite.transactions import transaction
from tests.chaos.old_files import CALL, OLDEST

CALLS_EACH, TURNS = 10, 10
"""How many calls everybody had, and how many turns each of them."""
_AT_ONCE = 2_000
_CONVERSATION = (
    "INSERT INTO conversations (id, talk_id, person_id, slug, reach, call_id, started_at, duration_seconds,"
    " title, summary) VALUES (?, ?, ?, 'wizard', 'own', ?, ?, 90, '', '')"
)
_WORDS = "I sold the {} lamps and kept one for the harbour, where it burns since."


def account_of(number: int) -> str:
    """Return the name in the terminal of one of the people, from 0."""
    return f"old{number}"


def make_old_file(path: Path, calls: int) -> None:
    """Make a file of the first release with so many calls in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        database = SqliteDatabase(connection, execute_plugins=False)
        names = [step.name for step in migrations.pending(database)]
        migrations.apply(database, stop_before=names[OLDEST])
        with transaction(database, "BEGIN IMMEDIATE"):
            _fill(database, calls)


def make_old_server(url: str, calls: int) -> None:
    """Make a database on a server as the first release would have made it, with so many calls in it."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection, "the old database", dict(itertools.islice(all_steps().items(), OLDEST)))
        with connection.transaction():
            _fill(PostgresDatabase(connection), calls)
            connection.execute("SELECT setval(pg_get_serial_sequence('conversations', 'id'), %s)", (calls,))
        connection.execute("ANALYZE")


def _fill(database: Database, calls: int) -> None:
    for statement, rows in _rows(calls):
        while some := list(itertools.islice(rows, _AT_ONCE)):
            database.executemany(statement, some)


def _rows(calls: int) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    people, first = range(-(-calls // CALLS_EACH)), datetime(2026, 1, 1, tzinfo=UTC)
    at = [to_text(first + timedelta(minutes=3 * number)) for number in range(calls)]
    yield "INSERT INTO people VALUES (?, ?, ?)", ((f"p{n}", f"Member {n}", at[0]) for n in people)
    yield (
        "INSERT INTO accounts VALUES ('console', 'default', ?, ?)",
        ((account_of(n), f"p{n}") for n in people),
    )
    yield (
        "INSERT INTO consents (person_id, text_version, remember, answered_at) VALUES (?, 'v', 1, ?)",
        ((f"p{n}", at[0]) for n in people),
    )
    yield (
        CALL.replace("'p-old'", "?").replace("'old'", "?"),
        (
            (
                f"c{n}",
                f"r{n}",
                f"p{n // CALLS_EACH}",
                account_of(n // CALLS_EACH),
                "done",
                at[n],
                at[n],
                at[n],
                90,
            )
            for n in range(calls)
        ),
    )
    yield (
        "INSERT INTO bindings (conversation_id, call_id, reach, finished_at) VALUES (?, ?, 'own', ?)",
        ((f"conv_{n}", f"c{n}", at[n]) for n in range(calls)),
    )
    yield (
        _CONVERSATION,
        ((n + 1, f"c{n}", f"p{n // CALLS_EACH}", f"c{n}", at[n]) for n in range(calls)),
    )
    yield (
        "INSERT INTO turns (conversation, position, role, text, seconds) VALUES (?, ?, ?, ?, ?)",
        (
            (n + 1, place, "user" if place % 2 else "agent", _WORDS.format(n + place), 9.0 * place)
            for n in range(calls)
            for place in range(TURNS)
        ),
    )
