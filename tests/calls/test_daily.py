"""When the nightly work is due."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from bot.calls.daily import next_time


@dataclass
class House:
    """As much of an installation as a time needs."""

    at: datetime
    zone: str

    def now(self) -> datetime:
        return self.at

    @property
    def terms(self) -> SimpleNamespace:
        return SimpleNamespace(timezone=ZoneInfo(self.zone))


@pytest.mark.parametrize(
    ("zone", "now", "due_at"),
    [
        ("UTC", "2026-03-14T02:59", "2026-03-14T03:00"),
        ("UTC", "2026-03-14T03:00", "2026-03-15T03:00"),
        ("UTC", "2026-12-31T23:59", "2027-01-01T03:00"),
        ("Europe/Berlin", "2026-03-14T01:00", "2026-03-14T02:00"),
        ("America/New_York", "2026-03-14T06:00", "2026-03-14T07:00"),
        ("America/New_York", "2026-03-14T08:00", "2026-03-15T07:00"),
        ("Europe/Berlin", "2026-03-28T12:00", "2026-03-29T01:00"),  # the night that loses an hour
        ("Europe/Berlin", "2026-10-24T12:00", "2026-10-25T02:00"),  # the night that has one twice
    ],
)
def test_the_sweep_is_at_three_by_the_operators_clock_and_never_now(zone, now, due_at):
    house = House(datetime.fromisoformat(now).replace(tzinfo=UTC), zone)
    assert next_time(house, "sweep") == datetime.fromisoformat(due_at).replace(tzinfo=UTC)
