"""Writing our own export, piece by piece, in the form that ``own_export`` reads."""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.domain.export import MARK, VERSION, Export, ExportedCall, ExportedConversation, ExportHead

_ABOUT = "What Troupe keeps of one person, as its own export: /import brings it back."


def schema() -> dict[str, Any]:
    """Return the form of an export as a JSON schema."""
    found = TypeAdapter(Export).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "description": _ABOUT} | found


async def pieces_of_export(
    head: ExportHead,
    calls: AsyncIterator[ExportedCall],
    conversations: AsyncIterator[ExportedConversation],
    now: datetime,
) -> AsyncIterator[bytes]:
    """Yield the file; no more of it is held than one part of a conversation."""
    begun = {MARK: VERSION, "exported_at": now.isoformat(timespec="seconds"), **asdict(head)}
    yield _written(begun)[:-1].encode()
    async for piece in _list("calls", calls):
        yield piece
    async for piece in _list("conversations", conversations):
        yield piece
    yield b"}\n"


async def _list(name: str, entries: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield f',\n"{name}": ['.encode()
    between = "\n"
    async for entry in entries:
        yield (between + _written(asdict(entry))).encode()
        between = ",\n"
    yield b"]"


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
