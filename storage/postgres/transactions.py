"""A transaction on Postgres: once more when others were quicker, and what is said when the world is at fault.

Every one that writes is SERIALIZABLE, so that what it read still holds when it is committed, as it does with
the one writer of SQLite. Postgres refuses one of two that could not have come one after the other; that one
begins anew, on what the other left.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg_pool import ConnectionPool

from bot.domain.errors import NotStored, PerhapsStored
from storage.database import Database
from storage.postgres.database import PostgresDatabase

T = TypeVar("T")
Pool = ConnectionPool[psycopg.Connection[Any]]

READS = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; LOCK TABLE schema_steps IN ACCESS SHARE MODE"
"""What is locked first keeps whoever changes the schema (``storage.postgres.migrating``) from the middle."""
_NAMED = "SELECT pg_current_xact_id()::text, stats_reset::text FROM pg_stat_wal"
"""The name by which the server knows a transaction, also after its connection broke, and since when names are
good: a server that crashed gives those anew that it had given and not written down yet. It counts from zero
then (Postgres, "The Cumulative Statistics System": after an unclean shutdown all statistics are reset)."""
WRITES = f"BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE schema_steps IN ROW SHARE MODE; {_NAMED}"
TAKES = f"BEGIN ISOLATION LEVEL READ COMMITTED; LOCK TABLE schema_steps IN ROW SHARE MODE; {_NAMED}"
"""For who takes rows that nobody holds: each is locked and looked at as it is then. What it merely read
before, such as which rows are due, would be in the way of everybody who adds one."""
_ALONE = (
    "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL lock_timeout = '250ms'; "
    f"LOCK TABLE schema_steps IN EXCLUSIVE MODE; SET LOCAL lock_timeout = 0; {_NAMED}"
)
"""Whoever was refused once has the database to itself then, as on SQLite: nobody can be in its way again.
LOCK TABLE takes no snapshot, so what it waits for is seen (Postgres, "Explicit Locking"). It does not wait
for long: everybody who comes later waits behind it, and a process may be stopped in the middle of one."""
_BECAME = "SELECT pg_xact_status(%s::xid8), stats_reset::text FROM pg_stat_wal"
_CROWDED_SECONDS = 0.5
"""For so long after a refusal those that write take turns from the start: what two do, others do as well."""
_MOST_TRIES = 20
_FEW_TRIES = 3
_ASKS_SECONDS = 10.0
"""For how long it is asked what became of a transaction whose connection broke while it was committed."""

_REASONS = {
    "25P03": "this process was stopped for too long in the middle of it",
    "08": "the connection to the database broke",
    "25": "the database may not be written",
    "53": "the database server has no room left",
    "57": "the database server is shutting down",
    "58": "the database server cannot read or write its disk",
    "XX": "the database is damaged",
}
"""Classes of SQLSTATE that are the world's fault (Postgres, appendix A); every other one is ours."""
_GONE = "the database server cannot be reached"


@dataclass
class Crowd:
    """Whether those that write were in each other's way just now, in this process."""

    until: float = 0.0

    def note(self) -> None:
        """Note that somebody was refused."""
        self.until = time.monotonic() + _CROWDED_SECONDS

    @property
    def is_here(self) -> bool:
        """Whether it is better to take turns."""
        return time.monotonic() < self.until


@dataclass(frozen=True)
class _Name:
    """What the server calls a transaction, and the last time that it began to count anew before it."""

    xact: str
    since: str


class _BrokeInCommit(Exception):
    """The connection broke while a transaction was committed: it may be so, or not."""

    def __init__(self, name: _Name, result: Any, unclean: set[str]) -> None:
        super().__init__(name)
        self.name = name
        self.result = result
        self.unclean = unclean


def transact(pool: Pool, crowd: Crowd, begin: str, work: Callable[[Database], T]) -> tuple[T, set[str]]:
    """Run ``work`` as one transaction, several times if it must be; whatever it raises, nothing of it stays.

    Return what it returned, and the tables from which it took something away. Raises NotStored, and
    PerhapsStored where the connection broke while it was committed and the server cannot be asked.
    """
    may_be_alone = begin is WRITES
    for tried in range(_MOST_TRIES):
        is_alone = may_be_alone and (tried > 0 or crowd.is_here)
        try:
            return _once(pool, _ALONE if is_alone else begin, work)
        except _BrokeInCommit as broken:
            if _is_committed(pool, broken.name):
                return broken.result, broken.unclean
        except (errors.SerializationFailure, errors.DeadlockDetected):
            crowd.note()
            may_be_alone = begin is WRITES
        except errors.LockNotAvailable:
            may_be_alone = False  # until it is refused again
        except errors.FeatureNotSupported:
            if tried > pool.max_size:  # each of its connections may have been as old
                raise
        except errors.UniqueViolation:
            # Somebody else added the same just now, or it is our own fault.
            if tried >= _FEW_TRIES:
                raise
        except _WORLDS_FAULT as error:
            if _is_over(error) and tried < _FEW_TRIES:
                pool.check()  # as it ended, so may have those that nobody uses at the moment
                continue
            raise NotStored(f"Nothing was changed: {reason_of(error)}.") from error
    raise NotStored("Nothing was changed: too many others write to the database at this moment.")


_WORLDS_FAULT = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)


def reason_of(error: psycopg.Error) -> str:
    """Return what of the world is at fault."""
    code = error.sqlstate or ""
    return _REASONS.get(code) or _REASONS.get(code[:2], _GONE)


def _is_over(error: psycopg.Error) -> bool:
    """Whether it was this connection alone that came to its end, so that another one may do."""
    return isinstance(error, errors.AdminShutdown | errors.IdleInTransactionSessionTimeout) or (
        error.sqlstate is None
        and not isinstance(error, psycopg.errors.ConnectionTimeout)
        and type(error) is psycopg.OperationalError
    )


def _once(pool: Pool, begin: str, work: Callable[[Database], T]) -> tuple[T, set[str]]:
    connection = pool.getconn()
    try:
        try:
            name = _begin(connection, begin)
            database = PostgresDatabase(connection)
            result = work(database)
        except errors.FeatureNotSupported:
            # A newer Troupe added a column to what this connection had prepared ("cached plan must not
            # change result type"). It would be prepared anew after some ROLLBACKs and not after others.
            connection.close()
            raise
        except BaseException:
            if not connection.closed:
                connection.execute("ROLLBACK")
            raise
        try:
            _commit(connection)
        except _WORLDS_FAULT as error:
            # An error that leaves the connection as it was undid the transaction.
            if name is None or not connection.closed:
                raise
            raise _BrokeInCommit(name, result, database.unclean) from error
        return result, database.unclean
    finally:
        pool.putconn(connection)


def _begin(connection: psycopg.Connection[Any], begin: str) -> _Name | None:
    """Begin, and return the transaction's name; one that only reads has none."""
    begun = connection.execute(begin)
    while begun.nextset():
        pass
    return _Name(*begun.fetchone()) if begun.description else None  # type: ignore[misc]


def _commit(connection: psycopg.Connection[Any]) -> None:
    ended = connection.execute("COMMIT").statusmessage
    if ended != "COMMIT":
        raise RuntimeError(f"a transaction went on after an error, and ended with {ended}")


def _is_committed(pool: Pool, name: _Name) -> bool:
    """Ask the server what became of a transaction. Raises PerhapsStored.

    Source: Postgres, "Transaction ID and Snapshot Information Functions", pg_xact_status.
    """
    deadline = time.monotonic() + _ASKS_SECONDS
    while time.monotonic() < deadline:
        row = None
        with suppress(psycopg.Error):
            connection: psycopg.Connection[Any]
            with pool.connection(timeout=deadline - time.monotonic()) as connection:
                try:
                    row = connection.execute(_BECAME, (name.xact,)).fetchone()
                except errors.InvalidParameterValue:
                    return False  # no transaction has this name yet: it was lost in a crash
        status, since = row or (None, None)
        if status == "aborted":
            return False
        if status == "committed" and since == name.since:
            return True
        if status == "committed":
            break  # it, or another one that got its name after a crash
        time.sleep(0.1)  # it goes on still, or the server starts anew
    raise PerhapsStored("It is not known whether this was stored: the connection to the database broke.")
