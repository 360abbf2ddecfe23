"""The hours in which no telephone is rung: 21:00 to 8:00 where the number is at home."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIRST_ALLOWED = time(8)
FIRST_QUIET = time(21)
_MINUTE = timedelta(minutes=1)
_MINUTES_TO_LOOK_AHEAD = 2 * 24 * 60


def next_allowed(zones: Sequence[str], at: datetime, fallback: ZoneInfo) -> datetime:
    """Return ``at`` if it is outside the quiet hours in every zone, else the next whole minute that is.

    Aware UTC in and out. ``fallback`` counts where the number has no zone that this machine knows, or where
    its zones have no minute in common within two days. Clocks change on whole minutes everywhere, so that
    no earlier moment is missed.
    """
    for places in (_known(zones), [fallback]):
        found = _first_allowed(places, at) if places else None
        if found:
            return found
    raise AssertionError("every single zone has allowed hours on every day")


def _first_allowed(places: Sequence[ZoneInfo], at: datetime) -> datetime | None:
    if _is_allowed(places, at):
        return at
    minute = at.replace(second=0, microsecond=0)
    ahead = (minute + n * _MINUTE for n in range(1, _MINUTES_TO_LOOK_AHEAD))
    return next((moment for moment in ahead if _is_allowed(places, moment)), None)


def _is_allowed(places: Iterable[ZoneInfo], at: datetime) -> bool:
    return all(FIRST_ALLOWED <= at.astimezone(place).time() < FIRST_QUIET for place in places)


def _known(zones: Sequence[str]) -> list[ZoneInfo]:
    places = []
    for zone in zones:
        try:
            places.append(ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            continue
    return places
