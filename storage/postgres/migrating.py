"""Bringing a database on Postgres to the newest schema, be it while others use it."""

from datetime import UTC, datetime
from typing import Any

import psycopg

from bot.domain.errors import SettingsError
from storage.postgres.database import SchemaDatabase
from storage.postgres.tombstones import SCHEMA
from storage.schema.steps import Step, all_steps

_LOCK = 7236581
"""Of Postgres' advisory locks: whoever holds this one brings the schema up to date."""
_STEPS = (
    'CREATE TABLE IF NOT EXISTS schema_steps (name TEXT COLLATE "C" PRIMARY KEY, applied_at TEXT NOT NULL)'
)


Steps = dict[str, Step]
NEWEST: tuple[tuple[str, ...], Steps] = ((), {})
"""What ``compare_steps`` says of a database that has every step that we know, and no other."""


def migrate(connection: psycopg.Connection[Any], where: str, known: Steps | None = None) -> None:
    """Run the steps that are missing, each in a transaction of its own together with the note of it.

    A process that dies leaves whole steps alone; the next one goes on. Others that start meanwhile wait.
    ``known`` are the steps of this Troupe, all of them unless an older one is played.
    Raises SettingsError for a database that a newer Troupe wrote.
    """
    if compare_steps(connection, known) == NEWEST and _has_tombstones(connection):
        return
    connection.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
    try:
        connection.execute(_STEPS)
        newer, missing = compare_steps(connection, known)
        if newer:
            raise SettingsError(
                f"{where} was written by a newer Troupe (it knows {', '.join(newer)}); update this one."
            )
        if not _has_tombstones(connection):
            connection.execute(SCHEMA)
        for name, step in missing.items():
            with connection.transaction():
                step(SchemaDatabase(connection))
                connection.execute(
                    "INSERT INTO schema_steps VALUES (%s, %s)", (name, datetime.now(UTC).isoformat())
                )
    finally:
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


def _has_tombstones(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute("SELECT to_regclass('troupe_erased.tombstones')").fetchone()
    return found != (None,)


def compare_steps(
    connection: psycopg.Connection[Any], known: Steps | None = None
) -> tuple[tuple[str, ...], Steps]:
    """Return the steps of a database that only a newer Troupe knows, and those that it lacks."""
    known = known or all_steps()
    if connection.execute("SELECT to_regclass('schema_steps')").fetchone() == (None,):
        return (), known
    applied = {name for (name,) in connection.execute("SELECT name FROM schema_steps").fetchall()}
    missing = {name: step for name, step in known.items() if name not in applied}
    return tuple(sorted(applied - set(known))), missing
