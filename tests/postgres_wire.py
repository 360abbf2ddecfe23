"""The way to a Postgres server, which breaks off where a test says so."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Literal

from tests.postgres_server import Server

COMMIT, WRITES, READS = b"COMMIT\0", b"pg_current_xact_id", b"READ ONLY"
SOCKET = ".s.PGSQL.5432"
Breaks = Literal["", "before", "after", "for good"]


class Wire:
    """Passes on what goes to and fro; at the next COMMIT of who writes it ``breaks`` once.

    ``before``: the server never gets it. ``after``: it is done, and nobody is told so. ``for good``: the
    same, and nobody gets through any more.
    """

    def __init__(self, server: Server, folder: Path) -> None:
        self._server = server
        self.folder = folder
        self.breaks: Breaks = ""
        self.came = 0
        """How many connections were begun over it."""
        self._is_down = False
        self._open: set[asyncio.StreamWriter] = set()

    def url_of(self, url: str) -> str:
        """Return the address over this wire of a database of the server's."""
        return url.replace(str(self._server.folder), str(self.folder))

    def cut(self) -> None:
        """Break every connection, and let nobody through any more."""
        self._is_down = True
        for writer in self._open:
            writer.close()

    def mend(self) -> None:
        """Let everybody through again."""
        self._is_down = False

    async def is_tried(self, times: int) -> None:
        """Wait until so many more connections were begun."""
        enough = self.came + times
        while self.came < enough:  # noqa: ASYNC110  nobody tells
            await asyncio.sleep(0.02)

    async def serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        self.came += 1
        server, to_server = await asyncio.open_unix_connection(self._server.folder / SOCKET)
        self._open.add(to_client)
        answers = asyncio.create_task(_pump(server, to_client))
        writes = False
        try:
            while not self._is_down and (chunk := await client.read(65_536)):
                writes = WRITES in chunk or (writes and READS not in chunk)
                breaks = self.breaks if COMMIT in chunk and writes else ""
                if breaks:
                    self.breaks = ""
                    self._is_down = breaks == "for good"
                    answers.cancel()
                    await asyncio.wait([answers])
                if breaks == "before":
                    return
                to_server.write(chunk)
                await to_server.drain()
                if breaks:
                    await server.read(65_536)
                    return
        except ConnectionError:
            return
        finally:
            answers.cancel()
            self._open.discard(to_client)
            for writer in (to_client, to_server):
                writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(65_536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


@asynccontextmanager
async def open_wire(server: Server) -> AsyncIterator[Wire]:
    """Lay a wire to the server."""
    with tempfile.TemporaryDirectory(prefix="troupe-wire-", dir="/tmp") as folder:
        wire = Wire(server, Path(folder))
        async with await asyncio.start_unix_server(wire.serve, wire.folder / SOCKET):
            yield wire
