"""The world outside: ElevenLabs and the carrier (the sandbox), browsers and people with telephones.

It runs in a process of its own for the whole run, so that it goes on when a life ends, and what it saw is the
truth. Others ask it over a socket, one JSON object a line.
"""

import asyncio
import json
import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox import Sandbox, open_sandbox
from tests.chaos.board import Board
from tests.chaos.desk import LONGEST_LINE, Desk, Line
from tests.chaos.people import People
from tests.chaos.truth import Truth


@dataclass(frozen=True)
class Outside(Line):
    """The way to the world outside for those who may wait for it: a worker and its judge."""

    url: str
    webhook_secret: str
    pid: int


def start_outside(folder: Path, board: Board, know: Callable[[Sandbox], Truth] = Truth) -> Outside:
    """Fork the process and return when it can be asked; it ends with its parent.

    ``know`` makes who knows the truth.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 1
        try:
            logging.basicConfig(filename=folder / "outside.log", level=logging.WARNING, force=True)
            asyncio.run(_run(folder, board, know, writing, parent))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        line = told.readline()
    if not line:
        raise RuntimeError(f"the world outside did not start: {(folder / 'outside.log').read_text()}")
    said = json.loads(line)
    return Outside(folder / "outside.sock", said["url"], said["webhook_secret"], pid)


async def _run(
    folder: Path, board: Board, know: Callable[[Sandbox], Truth], writing: int, parent: int
) -> None:
    async with open_sandbox(
        listen="127.0.0.1:0", file=folder / "sandbox.db", clock=board.now, keep_webhooks=False
    ) as sandbox:
        desk = _Desk(board, know(sandbox), People(sandbox, board))
        server = await asyncio.start_unix_server(desk.serve, folder / "outside.sock", limit=LONGEST_LINE)
        answering = asyncio.create_task(desk.people.answer_telephones())
        told = {"url": sandbox.url, "webhook_secret": sandbox.webhook_secret}
        os.write(writing, json.dumps(told).encode() + b"\n")
        while os.getppid() == parent:  # noqa: ASYNC110  nobody tells that a parent died
            await asyncio.sleep(0.5)
        answering.cancel()
        server.close()


class _Desk(Desk):
    """What the world outside does when it is asked."""

    def __init__(self, board: Board, truth: Truth, people: People) -> None:
        self._board = board
        self._truth = truth
        self.people = people

    async def do_begin(self, webhooks: str | None) -> None:
        """Begin an episode with nothing remembered and nothing wrong."""
        await self.people.settle()
        await self._truth.begin(webhooks)
        self.people.begin()

    async def do_advance(self, seconds: float) -> None:
        self._board.advance(seconds)
        self._truth.sandbox.clock_moved()

    async def do_browse(self, **how: Any) -> Mapping[str, Any]:
        return await self.people.browse(**how)

    async def do_browse_alone(self, **how: Any) -> None:
        self.people.browse_alone(**how)

    async def do_settle(self) -> None:
        """Return when nobody talks any more."""
        await self.people.settle()

    async def do_expect(self, **how: Any) -> None:
        """Say how somebody will behave whose telephone rings."""
        self.people.expect(**how)

    async def do_heard(self, number: str) -> list[str]:
        """Return what was said to a telephone that was answered, once the talk is over."""
        await self.people.settle()
        return self.people.heard.get(number, [])

    async def do_fault(self, **fault: Any) -> None:
        self._truth.faults.add(fault)

    async def do_mend(self) -> None:
        """Let nothing go wrong any more."""
        self._truth.faults.clear()

    async def do_truth(self) -> Mapping[str, Any]:
        return {**await self._truth.told(), "talks": self.people.talks}
