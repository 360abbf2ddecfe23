"""The list that every step adds itself to, in the order of the modules, and what runs a step's statements."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any, cast

import sqlite_utils
from sqlite_utils import Migrations

from storage.database import Database

Step = Callable[[Database], None]

migrations = Migrations("troupe")


def step(what: Step) -> Step:
    """Add a step under its function's name."""
    migrations()(cast("Any", what))
    return what


def all_steps() -> dict[str, Step]:
    """Return every step under its name, in their order."""
    with closing(sqlite3.connect(":memory:")) as empty:
        database = sqlite_utils.Database(empty, execute_plugins=False)
        return {one.name: cast("Step", one.fn) for one in migrations.pending(database)}


def run(database: Database, script: str) -> None:
    """Run statements one by one, within the transaction that is open.

    ``sqlite3.executescript`` ends that transaction first; the library's own does not, but it looks for the
    end of a statement at every character, which took half the time that a new file needs.
    Raises ValueError for what is no whole statement.
    """
    statement = ""
    for piece in script.split(";"):
        statement += piece + ";"
        if sqlite3.complete_statement(statement):
            database.execute(statement)
            statement = ""
    if rest := statement.strip("; \n"):
        raise ValueError(f"no end of a statement: {rest}")
