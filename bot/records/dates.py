"""Dates as files write them: ISO 8601, or unix time in seconds, milliseconds or microseconds.

SillyTavern writes two more: ``June 19, 2023 2:20pm`` and ``2023-6-2 @21h 09m 51s 363ms``.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""A fixed end, so that reading a file needs no clock."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER = re.compile(r"[0-9]{1,17}(?:\.[0-9]{1,9})?")
_LONGEST_DATE = 64
_TAVERN = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2}) ?@ ?(\d{1,2})h ?(\d{1,2})m ?(\d{1,2})s(?: ?(\d{1,3})ms)?", re.ASCII
)
_SPOKEN = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4}) (\d{1,2}):(\d{2}) ?([ap]m)", re.ASCII)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)


def read_date(value: Any) -> datetime | None:
    """Return an aware UTC time between 1990 and 2100, or None; without an offset it is taken as UTC."""
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return _from_unix(float(text))
        return _from_text(text) if len(text) <= _LONGEST_DATE else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_unix(value)
    return None


def _from_unix(number: float) -> datetime | None:
    if not 0 < number < 1e17:
        return None
    seconds = number / (1e6 if number > 1e14 else 1e3 if number > 1e11 else 1)
    return _if_sensible(_EPOCH + timedelta(seconds=seconds)) if seconds < 1e10 else None


def _from_text(text: str) -> datetime | None:
    try:
        if found := _TAVERN.fullmatch(text):
            year, month, day, hour, minute, second, milliseconds = (int(part or 0) for part in found.groups())
            return _if_sensible(
                datetime(year, month, day, hour, minute, second, milliseconds * 1_000, tzinfo=UTC)
            )
        if (found := _SPOKEN.fullmatch(text)) and found[1].lower() in _MONTHS:
            hour = int(found[4]) % 12 + 12 * (found[6] == "pm")
            month = _MONTHS.index(found[1].lower()) + 1
            return _if_sensible(
                datetime(int(found[3]), month, int(found[2]), hour, int(found[5]), tzinfo=UTC)
            )
    except ValueError:
        return None
    return _from_iso(text)


def _from_iso(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not EARLIEST.year - 1 <= when.year <= LATEST.year:  # the very first and last years cannot change zone
        return None
    return _if_sensible(when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC))


def _if_sensible(when: datetime) -> datetime | None:
    return when if EARLIEST <= when < LATEST else None
