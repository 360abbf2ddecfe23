"""What can be told about a file from its bytes alone, before anything is parsed."""

import zlib
from collections.abc import Iterator
from itertools import accumulate

from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless

MAX_BYTES = 50_000_000
MAX_DEPTH = 200
MAX_VALUES = 3_000_000
"""Objects, lists and commas together: keeps a small file from becoming gigabytes of tiny Python objects."""

_MARKS = b'[]{},"'
_NO_MARKS = bytes(set(range(256)) - set(_MARKS))
_STEP = tuple({"[": 1, "{": 1, "]": -1, "}": -1}.get(chr(byte), 0) for byte in range(256))
_JSON_STARTS = b'{["-0123456789tfnNI'
_MAX_SHOWN_BYTES = 24
_STRETCH_BYTES = 1 << 20
_MAX_START_BYTES = 4_096
_GZIP = b"\x1f\x8b"
_UTF8_BOM = b"\xef\xbb\xbf"
_UTF16_STARTS = (b"\xff\xfe", b"\xfe\xff", b"\x00{", b"\x00[", b"{\x00", b"[\x00")
_OTHER_FILES = {
    b"\0": "is binary and not JSON: export the conversation as JSON.",
    b"PK\x03\x04": "is a ZIP archive: unpack it and send the JSON file inside (conversations.json).",
    b"%PDF": "is a PDF and not JSON: export the conversation as JSON.",
    b"<": "is a web page and not JSON: send the .json file from the same export.",
}


def check_raw(data: bytes) -> None:
    """Refuse what cannot be read as JSON within our limits; raises ImportRejected."""
    if not data.removeprefix(_UTF8_BOM).strip():
        raise ImportRejected("is empty: choose the file that holds the conversation.")
    check_size(len(data))
    if data.startswith(_UTF16_STARTS):
        raise ImportRejected("is saved as UTF-16: save it again with the encoding UTF-8.")
    text = data[start_of_text(data) : _MAX_START_BYTES].lstrip()
    for start, reason in _OTHER_FILES.items():
        if text.startswith(start):
            raise ImportRejected(reason)
    if text[:1] not in _JSON_STARTS:
        shown = make_harmless(text[:_MAX_SHOWN_BYTES].decode("utf-8", "replace")).split("\n")[0].strip()
        raise ImportRejected(f"is not JSON, it begins with “{shown}”: export the conversation as JSON.")
    if (nul := data.find(0)) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise ImportRejected(f"contains a NUL byte in line {line:,}: it is damaged, export it again.")
    _check_structure(data)


def unpack(data: bytes) -> bytes:
    """Return what a file holds, unpacked if it is gzip; raises ImportRejected if that is damaged or large."""
    if not data.startswith(_GZIP):
        return data
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        unpacked = unpacker.decompress(data, MAX_BYTES)
    except zlib.error:
        raise ImportRejected("is packed, and damaged: export it again.") from None
    if unpacker.unconsumed_tail:
        megabytes = MAX_BYTES // 1_000_000
        raise ImportRejected(f"is {megabytes} MB or more once it is unpacked: send it in several files.")
    if not unpacker.eof:
        raise ImportRejected("is packed, and cut off: export it again.")
    return unpacked


def check_size(size_bytes: int) -> None:
    """Refuse a file of 50 MB or more; raises ImportRejected."""
    if size_bytes >= MAX_BYTES:
        megabytes = MAX_BYTES // 1_000_000
        raise ImportRejected(
            f"is {size_bytes / 1e6:.0f} MB: send less than {megabytes} MB, in several files."
        )


def start_of_text(data: bytes) -> int:
    """Where the JSON begins: after a byte order mark, if there is one."""
    return len(_UTF8_BOM) if data.startswith(_UTF8_BOM) else 0


def count_values(data: bytes) -> int:
    """Return how many objects, lists and commas there are in JSON that may be cut off anywhere."""
    return sum(_count(outside) for outside in _outside_of_texts(data))


def _count(outside: bytes) -> int:
    return len(outside) - (outside.count(b"]") + outside.count(b"}"))


def _check_structure(data: bytes) -> None:
    depth = values = 0
    for outside in _outside_of_texts(data):
        depths = list(accumulate(map(_STEP.__getitem__, outside.translate(None, b",")), initial=depth))
        if max(depths) >= MAX_DEPTH:
            raise ImportRejected(
                f"is nested {MAX_DEPTH} levels deep or more, which no conversation is: export it again."
            )
        depth, values = depths[-1], values + _count(outside)
    if values > MAX_VALUES:
        raise ImportRejected(f"holds more than {MAX_VALUES:,} values: send it in several smaller files.")


def _outside_of_texts(data: bytes) -> Iterator[bytes]:
    """Yield the brackets and commas that stand outside of texts, a stretch of the data at a time.

    A stretch never ends between a backslash and what it escapes. Of the rest everything but brackets, commas
    and quotes goes, then neighbouring quotes: that changes nothing about which side of a quote is outside.
    """
    inside = begin = 0
    while begin < len(data):
        end = begin + _STRETCH_BYTES
        stretch = data[begin:end]
        if (len(stretch) - len(stretch.rstrip(b"\\"))) % 2:
            end += 1
            stretch = data[begin:end]
        begin = end
        marks = stretch.replace(b"\\\\", b"").replace(b'\\"', b"").translate(None, _NO_MARKS)
        pieces = marks.replace(b'""', b"").split(b'"')
        yield b"".join(pieces[inside::2])
        inside = (inside + len(pieces) - 1) % 2
