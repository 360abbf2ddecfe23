"""Threads that share a pool of connections, and what runs on them: transactions, and vacuuming.

The connections are plain ones in threads, not asyncio's: what a transaction does is a function over a
connection, the same for SQLite and for Postgres. Awaiting in the middle of one would need every room twice.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

import psycopg

from storage.cleaner import Cleaner
from storage.database import Database
from storage.postgres.database import NOTIFY, WAKING
from storage.postgres.transactions import READS, TAKES, WRITES, Crowd, Pool, transact
from storage.waiting import run_to_the_end

T = TypeVar("T")


class PostgresEngine:
    """A ``storage.database.Engine`` over a pool; any number of transactions run side by side.

    A caller that is cancelled stops waiting; its transaction runs to the end all the same.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._executor = ThreadPoolExecutor(pool.max_size, thread_name_prefix="troupe-database")
        self._crowd = Crowd()
        self._unclean: set[str] = set()
        self.cleaner = Cleaner(lambda: self._run(self._clean))

    async def read(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` on one unchanging view of the data."""
        return (await self._run(lambda: transact(self._pool, self._crowd, READS, work)))[0]

    async def write(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` and commit it."""
        return (await self._run(lambda: transact(self._pool, self._crowd, WRITES, work)))[0]

    async def take(self, work: Callable[[Database], T]) -> T:
        """Run ``work`` and commit it; rows that others lock are passed over where it says so."""
        return (await self._run(lambda: transact(self._pool, self._crowd, TAKES, work)))[0]

    async def erase(self, work: Callable[[Database], T]) -> T:
        """Run ``work``, commit it, and soon vacuum the tables from which it took something away.

        What the server's log and its backups hold of it goes when those age out.
        """
        result, unclean = await self._run(lambda: transact(self._pool, self._crowd, WRITES, work))
        if unclean:
            self._unclean |= unclean
            self.cleaner.soon()
        return result

    async def notify(self, whom: str) -> None:
        """Wake whoever listens, now; whether anybody does, or this is lost, nobody learns."""

        def tell() -> None:
            connection: psycopg.Connection[Any]
            with suppress(psycopg.Error), self._pool.connection() as connection:
                connection.execute(NOTIFY, (WAKING, whom))

        await self._run(tell)

    async def aclose(self) -> None:
        """Finish what is queued and vacuum once more, then close the connections and end the threads."""
        await self.cleaner.aclose()
        await asyncio.shield(asyncio.get_running_loop().run_in_executor(None, self._close))

    def _close(self) -> None:
        self._executor.shutdown()  # once also what nobody waits for any more has run to its end
        self._pool.close()

    async def _run(self, work: Callable[[], T]) -> T:
        return await run_to_the_end(self._executor, work)

    def _clean(self) -> bool:
        """Vacuum what is unclean; False if that must wait."""
        tables, self._unclean = self._unclean, set()
        try:
            connection: psycopg.Connection[Any]
            with self._pool.connection() as connection:
                for table in sorted(tables):
                    connection.execute(f"VACUUM {table}")
        except psycopg.Error:
            self._unclean |= tables
            return False
        return True
