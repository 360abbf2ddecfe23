"""Inputs that no program wrote: samples with bytes or values exchanged, and whatever Hypothesis draws."""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

FOLDERS = (Path(__file__).parents[1] / "records" / "samples", Path(__file__).parent / "samples")
"""One conversation each; then what an operator brings of many people, and the map of their accounts."""
PATHS = tuple(path for folder in FOLDERS for path in sorted(folder.iterdir()))
SAMPLES = tuple(path.read_bytes() for path in PATHS)
JSON_SAMPLES = tuple(path.read_bytes() for path in PATHS if path.suffix != ".csv")
TOKENS = (
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b'"',
        b",",
        b":",
        b"null",
        b"true",
        b"-1",
        b"1e999",
        b"{}",
        b"[]",
        b'""',
        b"\\",
    ),
    *(
        b"\\u0000",
        b"\\ud800",
        b"\xff",
        b"\xef\xbb\xbf",
        b"\n",
        b"\0",
        b'"role":"user",',
        b'"turns":[',
        b"NaN",
    ),
)
BATCH = 250
GRAFTS = 3
"""Into so many samples each drawn value is put, beside being an input of its own."""
PACKED = 0.05
ODD = (
    None,
    True,
    -1,
    0,
    1e308,
    10**30,
    "",
    " ",
    "\0",
    "\ud800",
    "{{x}}",
    [],
    {},
    [[]],
    {"a": {}},
    "x" * 25_000,
)
KEYS = (
    *(
        "role",
        "content",
        "text",
        "name",
        "author",
        "user",
        "bot_id",
        "ts",
        "type",
        "subtype",
        "mes",
        "is_user",
    ),
    *("swipes", "extra", "turns", "candidates", "raw_content", "is_human", "msgs", "histories", "messages"),
    *(
        "conversations",
        "facts",
        "profile",
        "troupe_export",
        "id",
        "character",
        "reach",
        "added_at",
        "mapping",
    ),
    *("account", "conversation", "pinned", "for_everyone", "source", "call", "replaced_by", "replaced_at"),
    *("current_node", "transcript", "data", "Contents", "Timestamp", "isBot", "timestamp", "chat_metadata"),
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
VALUES = st.recursive(
    SCALARS | st.sampled_from(KEYS),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=7),
    max_leaves=40,
)


def mutations(count: int, chance: random.Random) -> Iterator[bytes]:
    """Yield samples that were changed: their bytes, or the values in them; some are packed as well."""
    for _ in range(count):
        if chance.random() < 0.6:
            data = _other_values(chance.choice(JSON_SAMPLES), chance)
        else:
            data = _other_bytes(chance.choice(SAMPLES), chance)
        yield _packed(data, chance) if chance.random() < PACKED else data


def drawn(count: int, number: int) -> Iterator[bytes]:
    """Yield what Hypothesis draws, each followed by samples that hold it somewhere."""
    chance = random.Random(number)
    left = count
    while left > 0:
        for value, data in _batch(min(BATCH, left), number * 1_000_003 + left):
            grafted = (_grafted(chance.choice(JSON_SAMPLES), value, chance) for _ in range(GRAFTS))
            for one in (data, *grafted):
                if left > 0:
                    yield one
                left -= 1


def _batch(count: int, number: int) -> list[tuple[Any, bytes]]:
    found: list[tuple[Any, bytes]] = []

    @seed(number)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(VALUES, min_size=1, max_size=4) | VALUES, st.booleans())
    def draw(value: Any, as_lines: bool) -> None:
        if as_lines and isinstance(value, list):
            found.append((value, "\n".join(map(json.dumps, value)).encode()))
        else:
            found.append((value, json.dumps(value).encode()))

    draw()
    return found


def _other_bytes(sample: bytes, chance: random.Random) -> bytes:
    data = bytearray(sample)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((0, 1, 3, 30, 400)))
        other = chance.choice(SAMPLES)
        start = chance.randrange(len(other))
        data[at:end] = chance.choice(
            (b"", chance.choice(TOKENS), chance.randbytes(3), other[start : start + chance.randrange(200)])
        )
    return bytes(data) * chance.choice((1, 1, 1, 1, 2, 5))


def _other_values(sample: bytes, chance: random.Random) -> bytes:
    values = _values(sample)
    for _ in range(chance.randint(1, 5)):
        holders = [one for one in _nodes(values) if one]
        if not holders:
            break
        holder: Any = chance.choice(holders)
        key = _place(holder, chance)
        donor: Any = chance.choice(holders)
        given = chance.choice(list(donor.values()) if isinstance(donor, dict) else donor)
        match chance.randrange(4):
            case 0:
                holder[key] = _copy(chance.choice(ODD))
            case 1:
                holder[key] = _copy(given)
            case 2 if isinstance(holder, dict):
                holder[chance.choice(KEYS)] = holder.pop(key)
            case _:
                del holder[key]
    return _lines(values)


def _grafted(sample: bytes, value: Any, chance: random.Random) -> bytes:
    values = _values(sample)
    holder: Any = chance.choice([one for one in _nodes(values) if one])
    holder[_place(holder, chance)] = _copy(value)
    return _lines(values)


def _packed(data: bytes, chance: random.Random) -> bytes:
    packed = gzip.compress(data, mtime=0)
    if chance.random() < 0.5:  # the checksum refuses nearly everything that was changed once it was packed
        return packed
    return packed[: chance.randrange(len(packed))] + chance.randbytes(3)


def _values(sample: bytes) -> list[Any]:
    try:
        return [json.loads(sample)]
    except ValueError:
        return [json.loads(line) for line in sample.splitlines() if line.strip()]


def _lines(values: list[Any]) -> bytes:
    return "\n".join(map(json.dumps, values)).encode()


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def _place(holder: Any, chance: random.Random) -> Any:
    return chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))


def _nodes(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _nodes(inner)
