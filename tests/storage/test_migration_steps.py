"""Running the statements of one step of the schema's history."""

import re
import sqlite3

import pytest
from sqlite_utils import Database

from storage.schema.steps import all_steps, run
from storage.sqlite.transactions import transaction

TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"


@pytest.fixture
def database():
    with Database(sqlite3.connect(":memory:", isolation_level=None), execute_plugins=False) as opened:
        yield opened


def test_a_step_is_undone_with_the_transaction_that_it_runs_in(database):
    with pytest.raises(ZeroDivisionError), transaction(database, "BEGIN IMMEDIATE"):  # noqa: PT012
        run(database, "CREATE TABLE one (id); CREATE TABLE two (id);")
        assert [name for (name,) in database.execute(TABLES)] == ["one", "two"]
        raise ZeroDivisionError
    assert database.execute(TABLES).fetchall() == []


def test_a_semicolon_in_quotes_ends_no_statement(database):
    run(database, "CREATE TABLE one (word TEXT DEFAULT 'a;b'); INSERT INTO one DEFAULT VALUES;")
    assert database.execute("SELECT word FROM one").fetchall() == [("a;b",)]


def test_what_is_no_whole_statement_is_not_passed_over(database):
    with pytest.raises(ValueError, match="CREATE TABLE one"):
        run(database, "CREATE TABLE one (word TEXT DEFAULT 'a;")


ADDS = re.compile(
    r"""
    CREATE\ TABLE\ (?P<made>\w+)
    | CREATE\ INDEX\ \w+\ ON\ \w+
    | CREATE\ UNIQUE\ INDEX\ \w+\s+ON\ (?P<unique>\w+)
    | ALTER\ TABLE\ \w+\ ADD\ COLUMN\ \w+\ \w+(?:\ NOT\ NULL\ DEFAULT\ .*|\ REFERENCES\ .*|\ DEFAULT\ .*)?;?$
    """,
    re.VERBOSE,
)
BEFORE_THAT_RULE = {"m005_generations", "m006_retention", "m008_telephone"}
HARMLESS = {"m025_holding"}
"""Notes once more what older processes keep elsewhere, and takes nothing from there."""


def only_adds(statements: list[str]) -> bool:
    """Say whether a process that knows nothing of these statements goes on after them as before."""
    made: set[str] = set()
    for statement in statements:
        found = ADDS.match(" ".join(statement.split()))
        if found is None or (found["unique"] and found["unique"] not in made):
            return False
        made.add(found["made"] or "")
    return True


def test_steps_only_add_so_that_processes_of_the_release_before_go_on(database):
    changing = set()
    for name, step in all_steps().items():
        seen = []
        database.conn.set_trace_callback(seen.append)
        step(database)
        database.conn.set_trace_callback(None)
        if not only_adds([one for one in seen if not one.startswith(("BEGIN", "COMMIT", "--"))]):
            changing.add(name)
    assert changing == BEFORE_THAT_RULE | HARMLESS


@pytest.mark.parametrize(
    "statement",
    [
        "DROP INDEX calls_open",
        "ALTER TABLE calls DROP COLUMN topic",
        "ALTER TABLE calls ADD COLUMN mood TEXT NOT NULL",
        "ALTER TABLE calls RENAME COLUMN topic TO about",
        "CREATE UNIQUE INDEX one_topic ON calls (topic)",
        "UPDATE calls SET topic = ''",
    ],
)
def test_what_older_processes_would_stumble_over_does_not_only_add(statement):
    assert not only_adds(["CREATE TABLE moods (id TEXT)", statement])
