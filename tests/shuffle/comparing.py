"""Two databases, as far as they have to be the same."""

import hashlib
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

LEFT_OUT = {
    ("conversations", "id"): "a row id",
    ("conversations", "talk_id"): "random, made when the transcript is stored",
    ("turns", "id"): "a row id",
    ("consents", "id"): "a row id",
    ("jobs", "id"): "a row id",
    ("inbox", "received_at"): "when the event came",
    ("conversations", "shelf"): "a row id, given in the order in which transcripts came",
    ("do_not_call", "added_at"): "when the wish was read in a transcript",
}
"""Columns that rightly differ, and why; every other one of every table is compared as it is."""

WHETHER_ONLY = {
    ("bindings", "finished_at"): "when the transcript was stored",
    ("bindings", "erased_there_at"): "when ElevenLabs' copy was erased",
    ("conversations", "held_until"): "a week after the transcript was stored",
}
"""Columns of which only counts whether they are empty, and why."""

_OWN_TABLES = ("sqlite_", "_sqlite_", "terms", "shelves")
"""SQLite's, and the index of terms, which follows from the turns and is keyed by row ids."""
Rows = Counter[tuple[tuple[str, Any], ...]]


def read_everything(database_file: Path, *, without: frozenset[str] = frozenset()) -> dict[str, Rows]:
    """Return the rows of every table, in no order; what points to a row id names the row's content instead.

    Raises AssertionError for a file that is damaged.
    """
    with closing(sqlite3.connect(database_file)) as database:
        database.row_factory = sqlite3.Row
        assert [tuple(row) for row in database.execute("PRAGMA integrity_check")] == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        names = [
            row["name"] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        tables = {name for name in names if not name.startswith(_OWN_TABLES)} - without
        talks = _names_of_talks(database)
        return {name: _rows(database, name, talks) for name in sorted(tables)}


def differences(expected: dict[str, Rows], found: dict[str, Rows]) -> list[str]:
    """Return one line for each row that only one of the two has."""
    lines = []
    for table in sorted(expected.keys() | found.keys()):
        wanted, there = expected.get(table, Counter()), found.get(table, Counter())
        lines += [f"{table}: missing {_shown(row)}" for row in (wanted - there).elements()]
        lines += [f"{table}: too much {_shown(row)}" for row in (there - wanted).elements()]
    return lines


def _names_of_talks(database: sqlite3.Connection) -> dict[int, str]:
    """Return for each stored conversation a name that is the same in every run: its call and its words."""
    names = {}
    for row in database.execute("SELECT id, call_id FROM conversations").fetchall():
        turns = database.execute(
            "SELECT role, text FROM turns WHERE conversation = ? ORDER BY position", (row["id"],)
        ).fetchall()
        digest = hashlib.sha256(repr([tuple(turn) for turn in turns]).encode()).hexdigest()
        names[row["id"]] = f"{row['call_id']}:{digest[:16]}"
    return names


def _rows(database: sqlite3.Connection, table: str, talks: dict[int, str]) -> Rows:
    rows: Rows = Counter()
    # The names come from the schema.
    for row in database.execute(f"SELECT * FROM [{table}]"):
        values: dict[str, Any] = {}
        for column in row.keys():  # noqa: SIM118  a Row's iterator gives its values
            value = row[column]
            if (table, column) in WHETHER_ONLY:
                value = value is not None
            if (table, column) == ("turns", "conversation"):
                value = talks[value]
            if (table, column) not in LEFT_OUT:
                values[column] = value
        if table == "jobs" and values["kind"] == "drop_held":
            values["due_at"] = "a week after the transcript was stored"
        if table != "jobs" or values["kind"] != "look_after":  # it begins anew every few minutes
            rows[tuple(values.items())] += 1
    return rows


def _shown(row: tuple[tuple[str, Any], ...]) -> str:
    return ", ".join(f"{column}={str(value)[:60]!r}" for column, value in row)
