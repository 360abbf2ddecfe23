"""A picture that is too large for a persona becomes smaller, and stays the same picture."""

import struct
import zlib

import pytest
from card_samples import SIGNATURE, chunk, ihdr, png
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.picture import MAX_PICTURE_BYTES
from bot.records.cards.picture import PictureRefused, clean_picture
from bot.records.cards.png import read_chunks
from bot.records.cards.shrinking import shrunk, unfiltered


def filtered(rows: list[bytes], kinds: list[int], step: int) -> bytes:
    """PNG's filters as its specification writes them: x now, a left, b above, c above left."""
    found = bytearray()
    above = bytes(len(rows[0]))
    for row, kind in zip(rows, kinds, strict=True):
        found.append(kind)
        for at, x in enumerate(row):
            a = row[at - step] if at >= step else 0
            b, c = above[at], above[at - step] if at >= step else 0
            p = a + b - c
            paeth = min((a, b, c), key=lambda one: abs(p - one))
            found.append((x - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
        above = row
    return bytes(found)


@settings(max_examples=200)
@given(data=st.data(), step=st.sampled_from([1, 2, 3, 4]), width=st.integers(1, 5), height=st.integers(1, 5))
def test_the_rows_of_a_picture_are_found_again_whatever_filters_it_was_written_with(
    data, step, width, height
):
    row = st.binary(min_size=width * step, max_size=width * step)
    rows = data.draw(st.lists(row, min_size=height, max_size=height))
    kinds = data.draw(st.lists(st.integers(0, 4), min_size=height, max_size=height))
    assert list(unfiltered(filtered(rows, kinds, step), height, step)) == rows


def test_a_smaller_picture_has_the_average_of_each_square():
    rows = [bytes((0, 10, 100, 100)), bytes((20, 30, 100, 100)), bytes((7, 7, 0, 0)), bytes((7, 7, 0, 4))]
    assert list(unfiltered(shrunk(rows, 1, 2, 2), 2, 1)) == [bytes((15, 100)), bytes((7, 1))]


def noise(width: int, height: int, color: int) -> bytes:
    """A picture that cannot be packed."""
    step = {2: 3, 6: 4}[color]
    state, pixels = 1, bytearray()
    for _ in range(height):
        pixels.append(0)
        for _ in range(width * step // 4):
            state = state * 1103515245 + 12345 & 0xFFFFFFFF
            pixels += struct.pack(">I", state)
    return png(header=ihdr(width, height, color=color), pixels=bytes(pixels))


@pytest.mark.parametrize("color", [2, 6])
def test_a_picture_of_more_than_256_kb_becomes_smaller_and_keeps_its_shape(color):
    data = noise(480, 720, color)
    assert len(data) > 3 * MAX_PICTURE_BYTES
    header = read_chunks(clean_picture(read_chunks(data)))[0].data
    width, height = struct.unpack(">II", header[:8])
    assert abs(width * 720 - height * 480) < 720
    assert height >= 256
    assert len(clean_picture(read_chunks(data))) <= MAX_PICTURE_BYTES


def test_a_large_picture_that_cannot_be_made_smaller_is_left_out_with_its_size():
    noisy = read_chunks(noise(480, 720, 2))
    deep = [noisy[0]._replace(data=struct.pack(">IIBBBBB", 240, 720, 16, 2, 0, 0, 0)), *noisy[1:]]
    with pytest.raises(PictureRefused, match=r"has 1,0\d\d KB, and 256 KB is the most"):
        clean_picture(deep)


def test_palette_and_transparency_stay_and_a_palette_that_is_missing_is_damage():
    colors, clear = chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", b"\0\xff")
    pixels = b"\0\x1b" * 4
    whole = (
        SIGNATURE
        + ihdr(4, 4, 2, 3)
        + colors
        + clear
        + chunk(b"IDAT", zlib.compress(pixels))
        + chunk(b"IEND", b"")
    )
    kinds = [one.kind for one in read_chunks(clean_picture(read_chunks(whole)))]
    assert kinds == [b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"]
    with pytest.raises(PictureRefused, match="damaged"):
        clean_picture(read_chunks(whole.replace(colors, b"")))


def test_an_interlaced_picture_keeps_all_seven_passes():
    sizes = [
        (1, 1),
        (1, 1),
        (2, 1),
        (2, 2),
        (4, 2),
        (4, 4),
        (8, 4),
    ]  # (columns, rows) of 8 by 8, one byte each
    pixels = b"".join((b"\0" + bytes(columns)) * rows for columns, rows in sizes)
    data = png(header=ihdr(8, 8, 8, 0, interlaced=1), pixels=pixels)
    found = read_chunks(clean_picture(read_chunks(data)))
    assert zlib.decompress(found[1].data) == pixels
    with pytest.raises(PictureRefused, match="damaged"):
        clean_picture(read_chunks(png(header=ihdr(8, 8, 8, 0, interlaced=1), pixels=pixels[:-1])))
