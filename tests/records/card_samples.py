"""Cards made by hand, as the specifications describe them: their JSON, and PNGs that carry it."""

import base64
import json
import struct
import zlib
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "cards"
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PIXELS = b"".join(b"\x00" + b"".join(bytes((x * 60, y * 60, 99)) for x in range(4)) for y in range(4))


def sample(version: int) -> dict[str, Any]:
    return json.loads((SAMPLES / f"v{version}.json").read_text())


def chunk(kind: bytes, data: bytes, crc: int | None = None, length: int | None = None) -> bytes:
    found = zlib.crc32(kind + data) if crc is None else crc
    return struct.pack(">I", len(data) if length is None else length) + kind + data + struct.pack(">I", found)


def ihdr(width: int = 4, height: int = 4, depth: int = 8, color: int = 2, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced))


def png(*between: bytes, header: bytes = b"", pixels: bytes = PIXELS, after: bytes = b"") -> bytes:
    """A PNG with more chunks between its pixels and its end."""
    idat = chunk(b"IDAT", zlib.compress(pixels))
    return SIGNATURE + (header or ihdr()) + idat + b"".join(between) + chunk(b"IEND", b"") + after


def packed(card: Any) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


def text(keyword: str, card: Any) -> bytes:
    return chunk(b"tEXt", keyword.encode() + b"\0" + (card if isinstance(card, bytes) else packed(card)))


def packed_text(keyword: str, content: bytes) -> bytes:
    return chunk(b"zTXt", keyword.encode() + b"\0\0" + zlib.compress(content))


def international_text(keyword: str, content: bytes, *, is_packed: bool) -> bytes:
    inside = zlib.compress(content) if is_packed else content
    return chunk(b"iTXt", keyword.encode() + b"\0" + bytes((is_packed, 0)) + b"en\0\0" + inside)


def texts_of(data: bytes) -> dict[str, Any]:
    """The cards in a PNG, read with nothing of ours."""
    found, at = {}, len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, content = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + content) == struct.unpack_from(">I", data, at + 8 + length)[0]
        if kind == b"tEXt":
            keyword, _, value = content.partition(b"\0")
            found[keyword.decode()] = json.loads(base64.b64decode(value, validate=True))
        at += 12 + length
    return found
