"""A process that does what others ask it over a socket, one JSON object a line."""

import asyncio
import json
import logging
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LONGEST_LINE = 64 * 1024 * 1024
PATIENCE_SECONDS = 600.0


@dataclass(frozen=True)
class Line:
    """The way to a desk."""

    path: Path

    def ask(self, do: str, **more: Any) -> Any:
        """Have something done and return what came of it."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(PATIENCE_SECONDS)
            line.connect(str(self.path))
            line.sendall(json.dumps({"do": do, **more}).encode() + b"\n")
            with line.makefile("rb") as answers:
                return _read(answers.readline())

    async def ask_from_a_life(self, do: str, **more: Any) -> Any:
        """Do the same without holding up who asks."""
        reader, writer = await asyncio.open_unix_connection(self.path, limit=LONGEST_LINE)
        try:
            writer.write(json.dumps({"do": do, **more}).encode() + b"\n")
            return _read(await reader.readline())
        finally:
            writer.close()


def _read(line: bytes) -> Any:
    if not line:
        raise ConnectionError("whoever was asked is gone")
    answer = json.loads(line)
    if isinstance(answer, dict) and "broke" in answer:
        raise RuntimeError(f"who was asked broke: {answer['broke']}")
    return answer


class Desk:
    """Does what it is asked; each method that begins with ``do_`` is one thing."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one line."""
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
