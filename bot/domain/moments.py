"""Moments in time as people write them: when a scheduled call is to ring."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import product
from zoneinfo import ZoneInfo

from bot.domain.errors import CallerError

LONGEST_AHEAD = timedelta(days=7)
_LONGEST_TEXT_CHARS = 60
_LANGUAGES = ["en", "de", "fr", "es"]
_CALENDAR_CYCLE = timedelta(days=146_097)
_INSTANT = timedelta(microseconds=1)

_SPAN = re.compile(r"(in|dans|en)\s", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_REWRITTEN = [
    (re.compile(r"\bhalf an hour\b", re.IGNORECASE), "30 minutes"),
    (re.compile(r"(?<=^in )(\d{1,2})\s?[h:]\s?(\d{1,2})\b", re.IGNORECASE), r"\1 hours \2 minutes"),
    (re.compile(r"\b(\d{1,2})\s?(?:h|uhr\s)\s?([0-5]\d)\b", re.IGNORECASE), r"\1:\2"),
    (re.compile(r"\b(\d{1,2})\s?uhr\b", re.IGNORECASE), r"\1:00"),
    (re.compile(r"(\S\s)([01]?\d|2[0-3])\.([0-5]\d)$"), r"\1\2:\3"),
    (re.compile(r"^(.*\d[./]\d{1,2}[./])(\d\d\s)"), r"\g<1>20\2"),
]
"""Spellings that dateparser misreads, "1h30" and "18 Uhr", and what it reads rightly."""

_UNREADABLE = (
    "I cannot read that as a time: write it as 18:30, tomorrow 9am, Friday 20:00, 25.11. 18:00 or in 2 hours."
)


def parse_moment(text: str, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment that somebody in ``zone`` means, as aware UTC, from ``now`` to seven days ahead.

    A time of day or weekday without a date is the next one. Day and month are read in the order that lies
    within the seven days. "in 2 hours" is real time, whatever the clocks do meanwhile. A time that a clock
    change leaves out counts as if the clocks had not changed (02:30 rings at 03:30); of a time that comes
    twice, the first that is not over is meant. Raises CallerError with a sentence that says what to write.
    """
    plain = " ".join(text.split())
    for pattern, instead in _REWRITTEN:
        plain = pattern.sub(instead, plain)
    if len(text) > _LONGEST_TEXT_CHARS or not plain:
        raise CallerError(_UNREADABLE)
    found = set(_readings(plain, now.astimezone(zone)))
    ahead = sorted(moment for moment in found if moment >= now)
    if not found:
        raise CallerError(_UNREADABLE)
    if not ahead:
        raise CallerError("That time is over: write one that is still to come, such as tomorrow 9am.")
    if ahead[0] - now > LONGEST_AHEAD:
        raise CallerError(
            "A call can be set at most 7 days ahead: write an earlier time, such as Friday 20:00."
        )
    return ahead[0]


def _readings(text: str, local: datetime) -> Iterator[datetime]:
    """Yield every moment that the text may mean; raises CallerError where a part of it is missing."""
    # Never on a whole second, else dateparser takes a time of day that is now for one that is missing.
    base = local.replace(tzinfo=None, microsecond=1)
    cycle = timedelta(0) if _YEAR.search(text) else _CALENDAR_CYCLE
    for order, prefer in product(("DMY", "MDY"), ("current_period", "future")):
        read = _read(text, base, order, prefer)
        again = _read(text, base + cycle + _INSTANT, order, prefer)
        if read is None or again is None:
            continue
        # 400 years on, the calendar is the same: only a year can make a difference, one that dateparser saw
        # in the 26 of 11/26. What moves with every instant is a span of time, not a time of day.
        moved = again - read - cycle
        if moved == _INSTANT and _SPAN.match(text):
            yield local.astimezone(UTC) + (read - base)
        elif moved == timedelta(0):
            yield from _instants(read, local.tzinfo)


def _instants(clock: datetime, zone: tzinfo | None) -> Iterator[datetime]:
    """Yield the moments at which a clock in the zone shows this, or, where none does, would have shown it."""
    first, second = (clock.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    yield first
    if second > first:
        yield second


def _read(text: str, base: datetime, order: str, prefer: str) -> datetime | None:
    """Let dateparser read the text as if it were ``base`` o'clock; all times without a zone."""
    from dateparser.date import DateDataParser  # takes a fifth of a second, once

    parser = DateDataParser(
        languages=_LANGUAGES,
        settings={
            "DATE_ORDER": order,
            "PARSERS": ["relative-time", "absolute-time"],
            "PREFER_DATES_FROM": prefer,
            "PREFER_LOCALE_DATE_ORDER": False,
            "RELATIVE_BASE": base,
            "RETURN_TIME_AS_PERIOD": True,
            "TIMEZONE": "UTC",  # else it asks the machine for its zone
        },
    )
    try:
        found = parser.get_date_data(text)
    except (ValueError, OverflowError):
        return None
    if found.date_obj is None:
        return None
    if found.date_obj.tzinfo is not None:
        raise CallerError(
            "Leave the time zone out: write the time as your clock here shows it, such as 18:30."
        )
    if found.period != "time":
        raise CallerError("Add the time of day, with minutes or am and pm: tomorrow 9:00, Friday 8pm.")
    return found.date_obj
