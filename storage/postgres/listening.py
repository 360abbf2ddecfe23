"""Being woken by other processes: LISTEN on a connection of its own, which is made anew when it breaks.

Source: Postgres, "NOTIFY"; psycopg, "Asynchronous notifications". A notification is lost while nobody
listens, so whoever does is told then that anything may have changed.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from storage.postgres.connection import HOW
from storage.postgres.database import WAKING

LOOK_SECONDS = 10.0
"""How often a connection on which nothing comes is tried: one that was cut off says nothing."""
_AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


@asynccontextmanager
async def listening(url: str, woken: Callable[[str], None]) -> AsyncIterator[None]:
    """Call ``woken`` with what others say, and with nothing whenever something may have been missed."""
    task = asyncio.create_task(_listen(url, woken), name="listening")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _listen(url: str, woken: Callable[[str], None]) -> None:
    """Listen on one connection after the other; an outage is told once, and its end, however long it is."""
    is_away = False

    def is_there() -> None:
        nonlocal is_away
        if is_away:
            log.warning("The database server can be reached again.")
        is_away = False
        woken("")

    while True:
        try:
            await _listen_once(url, woken, is_there)
        except psycopg.Error as error:
            if not is_away:
                what = "The database server cannot be reached (%s). It is tried again until it can."
                log.warning(what, type(error).__name__)
            is_away = True
        await asyncio.sleep(_AGAIN_SECONDS)
        woken("")


async def _listen_once(url: str, woken: Callable[[str], None], is_there: Callable[[], None]) -> None:
    connection: psycopg.AsyncConnection[Any]
    async with await psycopg.AsyncConnection.connect(url, **HOW) as connection:
        await connection.execute(f"LISTEN {WAKING}")
        is_there()
        while True:
            async for told in connection.notifies(timeout=LOOK_SECONDS):
                woken(told.payload)
            await connection.execute("SELECT 1")
