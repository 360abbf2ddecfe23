"""JSON from strangers, read strictly: bounded in size, depth and values, each key once, finite numbers."""

import json
import math
from collections.abc import Iterable
from typing import Any

from bot.domain.errors import ImportRejected
from bot.records.raw import count_values

MAX_JSON_BYTES = 8_000_000
_MAX_VALUES = 300_000
_MAX_DEPTH = 60
_MAX_SHOWN_CHARS = 40
_AGAIN = "export the card again."


def read_object(data: bytes) -> dict[str, Any]:
    """Return the JSON object in these bytes; raises ImportRejected with a sentence without its subject."""
    if len(data) > MAX_JSON_BYTES:
        raise ImportRejected(
            f"holds more than {MAX_JSON_BYTES // 1_000_000} MB of JSON: make the card smaller."
        )
    if count_values(data) > _MAX_VALUES:
        raise ImportRejected(f"holds more than {_MAX_VALUES:,} values, which no card needs: {_AGAIN}")
    try:
        value = json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_each_key_once,
            parse_constant=_finite,
            parse_float=_finite,
        )
    except UnicodeDecodeError:
        raise ImportRejected("is not UTF-8: save it with the encoding UTF-8.") from None
    except RecursionError:
        raise ImportRejected(f"is nested too deep, which no card is: {_AGAIN}") from None
    except json.JSONDecodeError as error:
        raise ImportRejected(f"is not JSON from line {error.lineno:,} on: {_AGAIN}") from None
    except ValueError:
        raise ImportRejected(f"has a number that is far too long: {_AGAIN}") from None
    if not isinstance(value, dict):
        raise ImportRejected("is JSON, but not a character card: choose the card's own file.")
    _check_depth(value)
    return value


def as_bytes(value: Any) -> bytes:
    """Return a value as indented JSON in UTF-8; what UTF-8 cannot say is escaped."""
    try:
        return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value, indent=2).encode() + b"\n"


def _each_key_once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            shown = json.dumps(key)[:_MAX_SHOWN_CHARS]
            raise ImportRejected(f"has the key {shown} twice in one object: remove one of them.")
        found[key] = value
    return found


def _finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        raise ImportRejected(f"has {text[:_MAX_SHOWN_CHARS]} where JSON has a number: {_AGAIN}")
    return number


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_MAX_DEPTH):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return
    raise ImportRejected(f"is nested more than {_MAX_DEPTH} levels deep, which no card is: {_AGAIN}")
