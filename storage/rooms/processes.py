"""Which processes share the database, and whose chats are over because theirs lives no more."""

from datetime import UTC, datetime
from typing import cast

from bot.domain.call import NewJob
from bot.domain.process import SILENCE, Process, Role
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, reads, takes, writes
from storage.rows import Row, storable, to_text, to_time

_BROKEN = "kind = 'chat' AND holder NOT IN (SELECT id FROM processes)"


class Processes(Room):
    """The part of the store in which processes say that they live.

    When that was is told by the database's clock: those of the machines may differ.
    """

    @takes
    def keep_process(self, database: Database, process: Process) -> bool:
        """Note that a process lives, and what it is now; False if it was not known (any more).

        Each writes its own row alone, every few seconds, and is in nobody's way.
        """
        row = row_of_process(process) | {"seen_at": to_text(clock_of(database))}
        known = database.execute(
            "UPDATE processes SET seen_at = ?, cast_version = ?, address = ?, fronts = ? WHERE id = ?",
            [row[name] for name in ("seen_at", "cast_version", "address", "fronts", "id")],
        ).rowcount
        if not known:
            database.insert("processes", row)
        return bool(known)

    @writes
    def drop_process(self, database: Database, process_id: str) -> None:
        """Forget a process that ended."""
        database.execute("DELETE FROM processes WHERE id = ?", (process_id,))

    async def drop_silent_processes(self) -> int:
        """Forget those that nothing was heard of for ``SILENCE``; return how many."""
        if not await self.reader.read(_has_silent):
            return 0
        return await self.writer.write(_drop_silent)

    @reads
    def fetch_processes(self, database: Database) -> tuple[Process, ...]:
        """Return the processes that live, the first to start first."""
        return living_processes(database)

    async def find_newer_steps(self) -> tuple[str, ...]:
        """Return what a newer Troupe has added to the schema; on a file none runs beside this one."""
        return ()

    @reads
    def fetch_clock(self, database: Database) -> datetime:
        """Return what time it is where the database is."""
        return clock_of(database)

    async def queue_broken_chats(self, now: datetime) -> int:
        """Queue ``broke_off`` for every chat whose line no living process holds; return how many.

        They are looked for before anything is written, as that is done every few seconds.
        """
        if not await self.reader.read(_has_broken):
            return 0
        return await self.writer.write(lambda database: _queue_broken(database, now))


def living_processes(database: Database) -> tuple[Process, ...]:
    """Return the processes that were heard of within ``SILENCE``, the first to start first."""
    rows = database.execute(
        "SELECT * FROM processes WHERE seen_at > ? ORDER BY started_at, id", (_long_ago(database),)
    )
    return tuple(process_from(row) for row in rows)


def clock_of(database: Database) -> datetime:
    """Return what time it is where the database is."""
    (told,) = database.execute("SELECT CURRENT_TIMESTAMP").fetchone()
    return told if isinstance(told, datetime) else datetime.fromisoformat(told).replace(tzinfo=UTC)


def row_of_process(process: Process) -> dict[str, str | int]:
    """Write a process for ``processes``, but for when it was seen."""
    texts = ("id", "host", "version", "public_url", "address", "api_url", "agent_id", "cast_version")
    return {
        **{name: storable(getattr(process, name)) for name in texts},
        "pid": process.pid,
        "started_at": to_text(process.started_at),
        "roles": " ".join(process.roles),
        "fronts": " ".join(process.fronts),
    }


def process_from(row: Row) -> Process:
    """Build a process from ``processes``."""
    texts = ("id", "host", "version", "public_url", "address", "api_url", "agent_id", "cast_version")
    return Process(
        **{name: row[name] for name in texts},
        pid=row["pid"],
        started_at=to_time(row["started_at"]),
        roles=cast("tuple[Role, ...]", tuple(row["roles"].split())),
        fronts=tuple(row["fronts"].split()),
    )


def _has_silent(database: Database) -> bool:
    found = database.execute("SELECT 1 FROM processes WHERE seen_at <= ? LIMIT 1", (_long_ago(database),))
    return found.fetchone() is not None


def _drop_silent(database: Database) -> int:
    return database.execute("DELETE FROM processes WHERE seen_at <= ?", (_long_ago(database),)).rowcount


def _has_broken(database: Database) -> bool:
    return database.execute(f"SELECT 1 FROM lines WHERE {_BROKEN} LIMIT 1").fetchone() is not None  # noqa: S608


def _queue_broken(database: Database, now: datetime) -> int:
    broken = database.execute(f"DELETE FROM lines WHERE {_BROKEN} RETURNING call_id").fetchall()  # noqa: S608
    queue(database, [NewJob("broke_off", row["call_id"], now) for row in broken])
    return len(broken)


def _long_ago(database: Database) -> str:
    return to_text(clock_of(database) - SILENCE)
