"""The list that every step adds itself to, in the order of the modules, and what runs a step's statements."""

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("troupe")


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
