"""Making a picture of 8 bits a channel smaller: PNG's row filters undone, and pixels averaged.

Filters: PNG specification, third edition, section 9.2.
"""

from collections.abc import Sequence
from itertools import pairwise

_SUB, _UP, _AVERAGE, _PAETH = 1, 2, 3, 4


def unfiltered(pixels: bytes, height: int, step: int) -> Sequence[bytes]:
    """Return the rows that stand filtered in these bytes; ``step`` is the number of bytes a pixel has."""
    length = len(pixels) // height
    above = bytes(length - 1)
    rows: list[bytes] = []
    for at in range(0, length * height, length):
        above = _unfiltered_row(pixels[at], bytearray(pixels[at + 1 : at + length]), above, step)
        rows.append(above)
    return rows


def shrunk(rows: Sequence[bytes], step: int, width: int, height: int) -> bytes:
    """Return the filtered bytes of a picture at a smaller size: each pixel the average of those it covers."""
    old_width, old_height = len(rows[0]) // step, len(rows)
    edges = [x * old_width // width for x in range(width + 1)]
    result = bytearray()
    before = bytes(width * step)
    for y in range(height):
        under = rows[y * old_height // height : (y + 1) * old_height // height]
        sums = [sum(column) for column in zip(*under, strict=True)]
        row = bytearray(width * step)
        for channel in range(step):
            line = sums[channel::step]
            row[channel::step] = bytes(
                sum(line[left:right]) // ((right - left) * len(under)) for left, right in pairwise(edges)
            )
        result.append(_UP)
        result += bytes((now - old) & 255 for now, old in zip(row, before, strict=True))
        before = bytes(row)
    return bytes(result)


def _unfiltered_row(kind: int, row: bytearray, above: bytes, step: int) -> bytes:
    if kind == _UP:
        return bytes((now + up) & 255 for now, up in zip(row, above, strict=True))
    if kind == _SUB:
        for at in range(step, len(row)):
            row[at] = (row[at] + row[at - step]) & 255
    elif kind == _AVERAGE:
        for at, up in enumerate(above):
            left = row[at - step] if at >= step else 0
            row[at] = (row[at] + (left + up) // 2) & 255
    elif kind == _PAETH:
        for at, up in enumerate(above):
            left, corner = (row[at - step], above[at - step]) if at >= step else (0, 0)
            row[at] = (row[at] + _nearest(left, up, corner)) & 255
    return bytes(row)


def _nearest(left: int, up: int, corner: int) -> int:
    """PNG's Paeth predictor: whichever is nearest to left + up - corner."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner
