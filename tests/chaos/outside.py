"""The world outside: ElevenLabs and the carrier (the sandbox), browsers and people with telephones.

It runs in a process of its own for the whole run, so that it goes on when a life ends, and what it saw is the
truth. Others ask it over a socket, one JSON object a line.
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox import open_sandbox
from tests.chaos.board import Board
from tests.chaos.people import People
from tests.chaos.truth import Truth

LONGEST_LINE = 64 * 1024 * 1024
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Outside:
    """The way to the world outside for those who may wait for it: a worker and its judge."""

    url: str
    webhook_secret: str
    path: Path
    pid: int

    def ask(self, do: str, **more: Any) -> Any:
        """Have something done and return what came of it."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(str(self.path))
            line.sendall(json.dumps({"do": do, **more}).encode() + b"\n")
            with line.makefile("rb") as answers:
                return _read(answers.readline())

    async def ask_from_a_life(self, do: str, **more: Any) -> Any:
        """Do the same without holding up the bot."""
        reader, writer = await asyncio.open_unix_connection(self.path, limit=LONGEST_LINE)
        try:
            writer.write(json.dumps({"do": do, **more}).encode() + b"\n")
            return _read(await reader.readline())
        finally:
            writer.close()


def _read(line: bytes) -> Any:
    answer = json.loads(line)
    if isinstance(answer, dict) and "broke" in answer:
        raise RuntimeError(f"the world outside broke: {answer['broke']}")
    return answer


def start_outside(folder: Path, board: Board) -> Outside:
    """Fork the process and return when it can be asked; it ends with its parent."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 1
        try:
            logging.basicConfig(filename=folder / "outside.log", level=logging.WARNING, force=True)
            asyncio.run(_run(folder, board, writing, parent))
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        line = told.readline()
    if not line:
        raise RuntimeError(f"the world outside did not start: {(folder / 'outside.log').read_text()}")
    said = json.loads(line)
    return Outside(said["url"], said["webhook_secret"], folder / "outside.sock", pid)


async def _run(folder: Path, board: Board, writing: int, parent: int) -> None:
    async with open_sandbox(
        listen="127.0.0.1:0", file=folder / "sandbox.db", clock=board.now, keep_webhooks=False
    ) as sandbox:
        desk = _Desk(board, Truth(sandbox), People(sandbox, board))
        server = await asyncio.start_unix_server(desk.serve, folder / "outside.sock", limit=LONGEST_LINE)
        answering = asyncio.create_task(desk.people.answer_telephones())
        told = {"url": sandbox.url, "webhook_secret": sandbox.webhook_secret}
        os.write(writing, json.dumps(told).encode() + b"\n")
        while os.getppid() == parent:  # noqa: ASYNC110  nobody tells that a parent died
            await asyncio.sleep(0.5)
        answering.cancel()
        server.close()


class _Desk:
    """Does what it is asked; each method that begins with ``do_`` is one thing."""

    def __init__(self, board: Board, truth: Truth, people: People) -> None:
        self._board = board
        self._truth = truth
        self.people = people

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            asked: dict[str, Any] = json.loads(await reader.readline() or b"{}")
            answer = await self._do(asked) if asked else None
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            return  # who asked is dead
        finally:
            writer.close()

    async def _do(self, asked: dict[str, Any]) -> Any:
        try:
            return await getattr(self, f"do_{asked.pop('do')}")(**asked)
        except Exception as error:
            logging.exception("what was asked could not be done")
            return {"broke": repr(error)}

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
