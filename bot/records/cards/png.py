"""The PNG that carries a card: its chunks read with care, and a card put into one.

Layout: PNG specification, third edition, sections 5 (chunks) and 11.3.3 (tEXt, zTXt, iTXt). Where a card
stands: Character Card V2 (chunk ``chara``) and V3 (chunk ``ccv3``): base64 of JSON in UTF-8.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from bot.domain.errors import ImportRejected

SIGNATURE = b"\x89PNG\r\n\x1a\n"
KEYWORDS = ("ccv3", "chara")
"""Where a card may stand; where both do, the first counts (Character Card V3, "PNG/APNG")."""

_MAX_CHUNKS = 10_000
_MAX_LENGTH = 2**31 - 1
_MAX_TEXT_BYTES = 12_000_000
_TEXTS = (b"tEXt", b"zTXt", b"iTXt")
_ASSET = b"chara-ext-asset_"
_DAMAGED = "is damaged: download the card again."


class Chunk(NamedTuple):
    """One chunk of a PNG whose checksum is right."""

    kind: bytes
    data: bytes


def read_chunks(data: bytes) -> Sequence[Chunk]:
    """Return a PNG's chunks up to its end, without what may follow; raises ImportRejected."""
    chunks: list[Chunk] = []
    at = len(SIGNATURE)
    while not chunks or chunks[-1].kind != b"IEND":
        length, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if length > _MAX_LENGTH or at + 12 + length > len(data):
            raise ImportRejected("is cut off, or not a PNG inside: download the card again.")
        content = data[at + 8 : at + 8 + length]
        at += 12 + length
        if zlib.crc32(content, zlib.crc32(kind)) != int.from_bytes(data[at - 4 : at]):
            raise ImportRejected(_DAMAGED)
        chunks.append(Chunk(kind, content))
        if len(chunks) > _MAX_CHUNKS:
            raise ImportRejected(f"has more than {_MAX_CHUNKS:,} chunks, which no card has: save it anew.")
    if chunks[0].kind != b"IHDR" or len(chunks[0].data) != 13:
        raise ImportRejected(_DAMAGED)
    return chunks


def card_of(chunks: Sequence[Chunk]) -> bytes:
    """Return the JSON of the card in a PNG; raises ImportRejected."""
    for keyword in KEYWORDS:
        for chunk in chunks:
            if _keyword(chunk) == keyword.encode():
                return _decoded(_text(chunk))
    raise ImportRejected("is a picture without a character card in it: choose the card's own file.")


def count_assets(chunks: Sequence[Chunk]) -> int:
    """Return how many files a card brings along in chunks of its PNG (Character Card V3, "PNG/APNG")."""
    return sum(_keyword(chunk).startswith(_ASSET) for chunk in chunks)


def with_cards(picture: bytes, cards: Mapping[str, bytes]) -> bytes:
    """Return a picture with cards in it, JSON by keyword; any that it had are gone. Raises ImportRejected."""
    kept = [chunk for chunk in read_chunks(picture) if _keyword(chunk) not in map(str.encode, KEYWORDS)]
    texts = [
        Chunk(b"tEXt", keyword.encode() + b"\0" + base64.b64encode(card)) for keyword, card in cards.items()
    ]
    return written([*kept[:-1], *texts, kept[-1]])


def written(chunks: Sequence[Chunk]) -> bytes:
    """Return the PNG that these chunks make, with their checksums."""
    return SIGNATURE + b"".join(
        len(data).to_bytes(4) + kind + data + zlib.crc32(data, zlib.crc32(kind)).to_bytes(4)
        for kind, data in chunks
    )


def _keyword(chunk: Chunk) -> bytes:
    return chunk.data[:80].partition(b"\0")[0].lower() if chunk.kind in _TEXTS else b""


def _text(chunk: Chunk) -> bytes:
    rest = chunk.data.partition(b"\0")[2]
    if chunk.kind == b"zTXt":
        return _unpacked(rest[1:])
    if chunk.kind == b"iTXt":
        text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
        return _unpacked(text) if rest[:1] == b"\1" else text
    return rest


def _unpacked(data: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(data, _MAX_TEXT_BYTES)
    except zlib.error:
        raise ImportRejected(_DAMAGED) from None
    if unpacker.unconsumed_tail:
        megabytes = _MAX_TEXT_BYTES // 1_000_000
        raise ImportRejected(f"unpacks to more than {megabytes} MB, which no card needs: save it anew.")
    if not unpacker.eof:
        raise ImportRejected(_DAMAGED)
    return text


def _decoded(text: bytes) -> bytes:
    packed = b"".join(text.split())
    if packed.startswith(b"{"):
        return text
    try:
        return base64.b64decode(packed + b"=" * (-len(packed) % 4), validate=True)
    except binascii.Error:
        raise ImportRejected(_DAMAGED) from None
