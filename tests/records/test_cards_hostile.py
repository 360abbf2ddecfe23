"""A card is a stranger's file: whatever is in it is refused in one sentence, and costs little memory."""

import base64
import json
import tracemalloc
import zlib
from contextlib import suppress

import pytest
from card_samples import (
    PIXELS,
    SIGNATURE,
    chunk,
    ihdr,
    international_text,
    packed,
    packed_text,
    png,
    sample,
    text,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import ImportRejected
from bot.records.cards.card import read_card_file
from bot.records.cards.picture import PictureRefused, clean_picture
from bot.records.cards.png import Chunk, read_chunks, written

V2 = sample(2)
GOOD = png(text("chara", V2))
BODY = json.dumps(V2)


def in_json(old: str, new: str) -> bytes:
    assert old in BODY
    return BODY.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"\0" * 32_000_001, "larger than 32 MB", id="huge-file"),
        pytest.param(SIGNATURE, "cut off", id="signature-alone"),
        pytest.param(GOOD[:-30], "cut off", id="cut-off"),
        pytest.param(png()[:-12], "cut off", id="without-its-end"),
        pytest.param(SIGNATURE + ihdr() + chunk(b"tEXt", b"chara\0", length=2**31 - 1), "cut off", id="2-GB"),
        pytest.param(SIGNATURE + ihdr() + chunk(b"tEXt", b"chara\0", length=2**32 - 1), "cut off", id="4-GB"),
        pytest.param(png(chunk(b"tEXt", b"chara\0" + packed(V2), crc=1)), "damaged", id="wrong-checksum"),
        pytest.param(png(text("chara", V2), header=chunk(b"IHDR", b"")), "damaged", id="no-header"),
        pytest.param(png(*[chunk(b"tEXt", b"a\0b")] * 10_000), "10,000 chunks", id="chunks"),
        pytest.param(png(), "without a character card", id="no-card"),
        pytest.param(png(text("Chara Card", V2)), "without a character card", id="other-keyword"),
        pytest.param(png(text("chara", b"@@@@")), "damaged", id="not-base64"),
        pytest.param(png(text("chara", base64.b64encode(b"\xff\xfe{}"))), "not UTF-8", id="not-utf-8-inside"),
        pytest.param(png(packed_text("chara", b" " * 20_000_000)), "unpacks to more than", id="bomb"),
        pytest.param(
            png(international_text("ccv3", b" " * 20_000_000, is_packed=True)),
            "unpacks to more",
            id="bomb-iTXt",
        ),
        pytest.param(png(chunk(b"zTXt", b"chara\0\0" + b"no zlib")), "damaged", id="not-packed"),
        pytest.param(
            png(chunk(b"zTXt", b"chara\0\0" + zlib.compress(packed(V2))[:-9])), "damaged", id="half-packed"
        ),
        pytest.param(b"PK\x03\x04", "unpack it as a ZIP", id="charx"),
        pytest.param(b"\xff\xd8\xff\xe0", "JPEG", id="jpeg"),
        pytest.param(b"{" + b" " * 8_000_001 + b"}", "8 MB of JSON", id="huge-json"),
        pytest.param(b"[" * 100_000, "nested too deep", id="depth"),
        pytest.param(in_json('"fav": false', '"fav": ' + "[" * 61 + "]" * 61), "60 levels", id="deep"),
        pytest.param(in_json('"fav": false', f'"fav": [{"{}," * 200_000}0]'), "300,000 values", id="values"),
        pytest.param(in_json('"fav": false', '"fav": 1, "fav": 2'), '"fav" twice', id="same-key"),
        pytest.param(in_json('"fav": false', '"fav": NaN'), "NaN", id="nan"),
        pytest.param(in_json('"fav": false', '"fav": -Infinity'), "-Infinity", id="infinity"),
        pytest.param(in_json('"fav": false', '"fav": 1e999'), "1e999", id="overflow"),
        pytest.param(in_json('"fav": false', '"fav": ' + "9" * 5_000), "far too long", id="long-number"),
        pytest.param(b'{"name": "\xff"}', "not UTF-8", id="not-utf-8"),
        pytest.param(b"name: Merlin", "is not JSON", id="yaml"),
        pytest.param(b"[]", "not a character card", id="list"),
        pytest.param(b'{"name": "x"}', "not a character card", id="only-a-name"),
        pytest.param(b'{"spec": "chara_card_v9", "data": {}}', "does not know", id="other-version"),
        pytest.param(b'{"spec": ["chara_card_v2"], "data": {}}', "does not know", id="spec-is-a-list"),
        pytest.param(b'{"spec": "chara_card_v2", "data": []}', "without its data", id="no-data"),
        pytest.param(
            b'{"spec": "chara_card_v3", "data": {"name": 7}}', "without a name", id="name-is-a-number"
        ),
        pytest.param(b'{"spec": "lorebook_v3", "data": {"entries": []}}', "lorebook", id="lorebook"),
    ],
)
def test_a_hostile_file_is_refused_in_one_sentence_that_says_what_to_do(data, said):
    with pytest.raises(ImportRejected, match=r"^\w") as refused:
        read_card_file(data)
    sentence = str(refused.value)
    assert said in sentence
    assert ": " in sentence or "CHARX" in sentence, "it says what to do"
    assert sentence.endswith(".")
    assert sentence.count("\n") == 0
    assert len(sentence) < 150


def test_a_bomb_costs_no_more_memory_than_a_large_card():
    bomb = png(packed_text("chara", b" " * 100_000_000))
    wide = png(header=ihdr(1 << 20, 1 << 20))
    long = png(pixels=b"\0" * 100_000_000)
    tracemalloc.start()
    with pytest.raises(ImportRejected):
        read_card_file(bomb)
    with pytest.raises(PictureRefused, match="far too many"):
        clean_picture(read_chunks(wide))
    clean_picture(read_chunks(long))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 30_000_000


def test_a_taken_picture_has_its_pixels_and_nothing_that_was_hidden_beside_them():
    secret = b"mira@example.org"
    data = png(
        text("chara", V2),
        chunk(b"tEXt", b"Comment\0" + secret),
        chunk(b"eXIf", secret),
        chunk(b"gAMA", secret),
        pixels=PIXELS + secret,
        after=secret,
    )
    found = clean_picture(read_chunks(data))
    kinds = [one.kind for one in read_chunks(found)]
    assert kinds == [b"IHDR", b"IDAT", b"IEND"]
    assert zlib.decompress(read_chunks(found)[1].data) == PIXELS
    assert len(found) == len(written(read_chunks(found)))


@settings(max_examples=300)
@given(
    at=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=6),
    cut=st.integers(0, len(GOOD)),
)
def test_a_png_with_any_bytes_changed_is_read_or_refused(at, cut):
    data = bytearray(GOOD)
    for place, byte in at:
        data[place] = byte
    for changed in (bytes(data), bytes(data[:cut]), bytes(data[cut:])):
        with suppress(ImportRejected):
            read_card_file(changed)


@settings(max_examples=300)
@given(
    number=st.integers(0, 3),
    content=st.binary(max_size=40) | st.binary(max_size=40).map(zlib.compress),
    kind=st.sampled_from([b"IHDR", b"IDAT", b"tEXt", b"zTXt", b"iTXt", b"PLTE", b"tRNS"]),
    prefix=st.sampled_from([b"", b"chara\0", b"chara\0\0", b"ccv3\0\1\0\0\0", b"\0\0\0\4\0\0\0\4\10"]),
)
def test_chunks_with_anything_in_them_and_right_checksums_are_read_or_refused(number, content, kind, prefix):
    chunks = list(read_chunks(GOOD))
    chunks[number] = Chunk(kind, prefix + content)
    with suppress(ImportRejected, PictureRefused):
        found = read_card_file(written([*chunks, Chunk(b"IEND", b"")]))
        clean_picture(found.picture)


@settings(max_examples=100)
@given(content=st.binary(min_size=13, max_size=13), color=st.sampled_from([0, 2, 3, 4, 6]))
def test_any_header_gives_a_picture_or_a_refusal(content, color):
    small = bytes(
        (0, 0, 0, content[0] % 9, 0, 0, 0, content[1] % 9, 1 << content[2] % 5, color, 0, 0, content[3] % 2)
    )
    for header in (content, small):
        data = png(header=chunk(b"IHDR", header), pixels=b"\0" * 2_000)
        try:
            found = clean_picture(read_chunks(data))
        except PictureRefused:
            continue
        assert clean_picture(read_chunks(found)) == found
