"""Running the statements of one step of the schema's history."""

import sqlite3

import pytest
from sqlite_utils import Database

from storage.schema.steps import run
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
