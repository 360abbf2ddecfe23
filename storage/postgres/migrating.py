"""Bringing a database on Postgres to the newest schema, be it while others use it, older processes too.

Every transaction of ours locks ``schema_steps`` first, and a step locks it from all of them. So whoever is in
the middle of something ends it first, whoever begins waits as long as the step takes, and nobody is locked
out half-way by another. Steps only add (``storage.schema``), so that older processes go on afterwards.
"""

import logging
import time
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import errors

from bot.domain.errors import SettingsError
from storage.database import Database
from storage.postgres.database import SchemaDatabase
from storage.postgres.tombstones import SCHEMA
from storage.schema.steps import Step, all_steps

_LOCK = 7236581
"""Of Postgres' advisory locks: whoever holds this one brings the schema up to date."""
_ALONE = """
    SET LOCAL lock_timeout = '2s';
    LOCK TABLE schema_steps IN ACCESS EXCLUSIVE MODE
"""
"""Whoever waits for a lock has those wait who come after it: so not for long, but for longer than the second
after which Postgres ends a vacuum that is in the way ("Routine Vacuuming", deadlock_timeout)."""
_PAUSE_SECONDS = 3.0
"""Then what is in the way may be over, such as a backup; the others go on meanwhile."""
_STEPS = (
    'CREATE TABLE IF NOT EXISTS schema_steps (name TEXT COLLATE "C" PRIMARY KEY, applied_at TEXT NOT NULL)'
)


Steps = dict[str, Step]
NEWEST: tuple[tuple[str, ...], Steps] = ((), {})
"""What ``compare_steps`` says of a database that has every step that we know, and no other."""


log = logging.getLogger(__name__)


def migrate(connection: psycopg.Connection[Any], where: str, known: Steps | None = None) -> None:
    """Run the steps that are missing, each in a transaction of its own together with the note of it.

    A process that dies leaves whole steps alone; the next one goes on. Others that start meanwhile wait.
    ``known`` are the steps of this Troupe, all of them unless an older one is played.
    Raises SettingsError for a database that a newer Troupe wrote.
    """
    is_told = False
    while compare_steps(connection, known) != NEWEST or not _has_tombstones(connection):
        try:
            with connection.transaction():
                _take_a_step(connection, where, known)
        except (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure):
            if not is_told:
                log.warning("%s is brought up to date as soon as nothing long, as a backup, reads it.", where)
            is_told = True
            time.sleep(_PAUSE_SECONDS)


def _take_a_step(connection: psycopg.Connection[Any], where: str, known: Steps | None) -> None:
    """Run the first step that is missing, unless another one did while this one waited."""
    # Of what others do meanwhile the next statement is to see all. The lock ends with the transaction, as it
    # does also where a pooler stands in between.
    connection.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
    connection.execute(_STEPS)
    newer, missing = compare_steps(connection, known)
    if newer:
        raise SettingsError(
            f"{where} was written by a newer Troupe (it knows {', '.join(newer)}); update this one."
        )
    if not _has_tombstones(connection):
        connection.execute(SCHEMA)
    for name, step in list(missing.items())[:1]:
        connection.execute(_ALONE)
        step(SchemaDatabase(connection))
        connection.execute("INSERT INTO schema_steps VALUES (%s, %s)", (name, datetime.now(UTC).isoformat()))


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


def find_newer_steps(database: Database) -> tuple[str, ...]:
    """Return the steps of a database that only a newer Troupe knows, with the store open."""
    applied = database.execute("SELECT name FROM schema_steps ORDER BY name")
    known = all_steps()
    return tuple(name for (name,) in applied if name not in known)
