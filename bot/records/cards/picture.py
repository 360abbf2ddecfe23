"""A card's picture without anything hidden: its pixels alone, written anew, and smaller where it has to be.

Layout: PNG specification, third edition, sections 7 to 11.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.picture import MAX_PICTURE_BYTES
from bot.records.cards.png import Chunk, written
from bot.records.cards.shrinking import shrunk, unfiltered

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_MAX_PIXEL_BYTES = 80_000_000
_MAX_SHRUNK_BYTES = 20_000_000
_LARGEST = {b"PLTE": 768, b"tRNS": 256, b"gAMA": 4, b"sRGB": 1, b"cHRM": 32}
"""What is kept beside the pixels, and how long each may be: too short to hide anything in."""
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_SIDES = (512, 384, 256, 192, 128)


class PictureRefused(Exception):
    """A picture that cannot be taken over; the text says why."""


@dataclass(frozen=True, slots=True)
class _Header:
    width: int
    height: int
    depth: int
    color: int
    is_interlaced: bool

    @property
    def pixel_bytes(self) -> int:
        return _CHANNELS[self.color] * self.depth // 8

    def passes(self) -> Iterator[tuple[int, int]]:
        """Yield bytes a row (its filter's included) and number of rows, of each pass."""
        for x, y, dx, dy in _ADAM7 if self.is_interlaced else ((0, 0, 1, 1),):
            columns, rows = -(-(self.width - x) // dx), -(-(self.height - y) // dy)
            if columns > 0 and rows > 0:
                yield 1 + -(-columns * _CHANNELS[self.color] * self.depth // 8), rows


def clean_picture(chunks: Sequence[Chunk]) -> bytes:
    """Return a PNG of these pixels of at most 256 KB; raises PictureRefused.

    One that is too large is made smaller where it has 8 bits a channel, no palette and no interlacing.
    """
    header = _header(chunks[0].data)
    pixels = _pixels(header, b"".join(chunk.data for chunk in chunks if chunk.kind == b"IDAT"))
    beside: dict[bytes, bytes] = {}
    for kind, data in chunks:
        if len(data) <= _LARGEST.get(kind, -1):
            beside.setdefault(kind, data)
    if header.color == 3 and b"PLTE" not in beside:
        raise PictureRefused("is damaged")
    ordered = [Chunk(kind, beside[kind]) for kind in sorted(beside, key=lambda kind: kind == b"tRNS")]
    ordered.sort(key=lambda chunk: {b"PLTE": 1, b"tRNS": 2}.get(chunk.kind, 0))
    whole = _png(chunks[0].data, ordered, pixels)
    if len(whole) <= MAX_PICTURE_BYTES:
        return whole
    return _smaller(header, ordered, pixels, len(whole))


def _smaller(header: _Header, beside: Sequence[Chunk], pixels: bytes, size_bytes: int) -> bytes:
    too_large = f"has {size_bytes // 1024:,} KB, and {MAX_PICTURE_BYTES // 1024} KB is the most"
    if header.depth != 8 or header.color == 3 or header.is_interlaced or len(pixels) > _MAX_SHRUNK_BYTES:
        raise PictureRefused(too_large)
    rows = unfiltered(pixels, header.height, header.pixel_bytes)
    for side in _SIDES:
        if side >= max(header.width, header.height):
            continue
        width = max(1, header.width * side // max(header.width, header.height))
        height = max(1, header.height * side // max(header.width, header.height))
        small = shrunk(rows, header.pixel_bytes, width, height)
        found = _png(_ihdr(header, width, height), beside, small)
        if len(found) <= MAX_PICTURE_BYTES:
            return found
    raise PictureRefused(too_large)


def _header(data: bytes) -> _Header:
    width, height = int.from_bytes(data[:4]), int.from_bytes(data[4:8])
    depth, color, packing, filtering, interlacing = data[8:]
    known = depth in _DEPTHS.get(color, ()) and not packing and not filtering and interlacing < 2
    if not known or not 0 < width < 2**31 or not 0 < height < 2**31:
        raise PictureRefused("is damaged")
    return _Header(width, height, depth, color, bool(interlacing))


def _ihdr(header: _Header, width: int, height: int) -> bytes:
    return width.to_bytes(4) + height.to_bytes(4) + bytes((header.depth, header.color, 0, 0, 0))


def _pixels(header: _Header, packed: bytes) -> bytes:
    size = sum(row * rows for row, rows in header.passes())
    if size > _MAX_PIXEL_BYTES:
        raise PictureRefused(f"has {header.width:,} by {header.height:,} pixels, which is far too many")
    try:
        pixels = zlib.decompressobj().decompress(packed, size)
    except zlib.error:
        raise PictureRefused("is damaged") from None
    at = 0
    for row, rows in header.passes():
        if max(pixels[at : at + row * rows : row], default=9) > 4:
            raise PictureRefused("is damaged")
        at += row * rows
    if len(pixels) < size:
        raise PictureRefused("is damaged")
    return pixels


def _png(ihdr: bytes, beside: Sequence[Chunk], pixels: bytes) -> bytes:
    idat = Chunk(b"IDAT", zlib.compress(pixels, 9))
    return written([Chunk(b"IHDR", ihdr), *beside, idat, Chunk(b"IEND", b"")])
