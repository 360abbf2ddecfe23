"""Looking at a database on a server while others write to it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.errors import SettingsError
from bot.domain.process import Process
from bot.domain.shards import Holders
from storage.examining import Examined
from storage.keyring import check_keys
from storage.postgres.connection import connect, name_of
from storage.postgres.database import PostgresDatabase
from storage.postgres.migrating import NEWEST, compare_steps
from storage.postgres.transactions import READS
from storage.rooms.comparing import errors_of, shelves_in
from storage.rooms.processes import clock_of, living_processes
from storage.rooms.sharding import read_holders
from storage.schema.steps import all_steps


def examine(url: str, keys: Sequence[str]) -> Examined:
    """Look at a database, of which there is nothing to say while it is empty; ``keys`` are SECRET_KEY's.

    Raises SettingsError where it cannot be reached.
    """
    with connect(url) as connection:
        newer, lacking = compare_steps(connection)
        if lacking == all_steps():
            return Examined()
        if newer or lacking:
            return Examined(newer, lacking=len(lacking))
        try:
            check_keys(PostgresDatabase(connection), name_of(url), keys)
        except SettingsError as error:
            return Examined(key_problem=str(error))
    return Examined()


def look_at_processes(url: str) -> tuple[Process, ...]:
    """Return the processes that live on a database; none before it has the schema that we know.

    Raises SettingsError where it cannot be reached.
    """
    with connect(url) as connection:
        if compare_steps(connection) != NEWEST:
            return ()
        return living_processes(PostgresDatabase(connection))


def look_at_clock(url: str) -> datetime:
    """Return what time it is where the database is. Raises SettingsError where it cannot be reached."""
    with connect(url) as connection:
        return clock_of(PostgresDatabase(connection))


def look_at_shards(url: str, now: datetime) -> Holders:
    """Return who holds which of Discord's shards, as ``look_at_processes`` does."""
    with connect(url) as connection:
        if compare_steps(connection) != NEWEST:
            return Holders()
        return read_holders(PostgresDatabase(connection), now)


def look_at_shelves(url: str) -> Iterator[tuple[int, bool]]:
    """Yield each shelf, and whether it holds what its turns say; none where there is no index yet.

    A shelf is one view of the data, so that others write meanwhile. Raises SettingsError.
    """
    with connect(url) as connection:
        if compare_steps(connection) != NEWEST:
            return
        database = PostgresDatabase(connection)
        for shelf in shelves_in(database):
            connection.execute(READS)
            is_right = next(errors_of(database, shelf), "") == ""
            connection.execute("COMMIT")
            yield shelf, is_right


def measure(url: str) -> int:
    """Return how many bytes a database has on its server, indexes included. Raises SettingsError."""
    with connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        return int(row[0]) if row else 0
