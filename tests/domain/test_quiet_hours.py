"""When a telephone may ring."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet_hours import next_allowed

MINUTE = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")
PLACES = [
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "America/St_Johns",
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def is_daytime(zones, at: datetime) -> bool:
    clocks = [at.astimezone(ZoneInfo(zone)) for zone in zones]
    return all(8 * 60 <= clock.hour * 60 + clock.minute < 21 * 60 for clock in clocks)


def test_eight_sharp_is_allowed_and_nine_in_the_evening_sharp_is_quiet():
    eight = utc("2026-11-22 07:00")
    assert next_allowed(["Europe/Berlin"], eight, BERLIN) is eight
    assert next_allowed(["Europe/Berlin"], eight - timedelta(microseconds=1), BERLIN) == eight
    last = utc("2026-11-22 19:59:59.999999")
    assert next_allowed(["Europe/Berlin"], last, BERLIN) is last
    assert next_allowed(["Europe/Berlin"], utc("2026-11-22 20:00"), BERLIN) == utc("2026-11-23 07:00")


@pytest.mark.parametrize(
    ("zone", "evening", "morning"),
    [
        ("Europe/Berlin", "2026-03-28 21:00", "2026-03-29 06:00"),
        ("Europe/Berlin", "2026-10-24 21:00", "2026-10-25 07:00"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08 12:00"),
        ("America/New_York", "2026-11-01 02:30", "2026-11-01 13:00"),
        ("Australia/Lord_Howe", "2026-04-04 11:00", "2026-04-04 21:30"),
        ("Australia/Lord_Howe", "2026-10-03 11:00", "2026-10-03 21:00"),
        ("Africa/Casablanca", "2024-03-09 23:00", "2024-03-10 08:00"),
        ("Africa/Casablanca", "2024-04-13 23:00", "2024-04-14 07:00"),
        ("Pacific/Apia", "2011-12-30 09:00", "2011-12-30 18:00"),  # the 30th of December did not happen there
    ],
)
def test_in_the_night_of_a_clock_change_eight_is_what_the_clock_shows(zone, evening, morning):
    assert next_allowed([zone], utc(evening), BERLIN) == utc(morning)


@given(
    st.lists(st.sampled_from(PLACES), min_size=1, max_size=2),
    st.integers(0, 6 * 365 * 24 * 3600).map(lambda n: utc("2024-01-01") + timedelta(seconds=n)),
)
def test_the_moment_is_allowed_everywhere_and_none_before_it_is(zones, at):
    found = next_allowed(zones, at, BERLIN)
    assert found.tzinfo is UTC
    assert is_daytime(zones, found)
    if found != at:
        assert not is_daytime(zones, at)
        minute = at.replace(second=0, microsecond=0) + MINUTE
        while minute < found:
            assert not is_daytime(zones, minute)
            minute += MINUTE
        assert minute == found


@pytest.mark.parametrize(
    "zones", [[], ["Moon/Tycho"], ["../etc"], ["Europe/London", "Asia/Singapore", "America/Los_Angeles"]]
)
def test_without_a_known_zone_or_a_common_hour_the_fallback_counts(zones):
    assert next_allowed(zones, utc("2026-11-22 23:30"), BERLIN) == utc("2026-11-23 07:00")
    at = utc("2026-11-22 12:00")
    assert next_allowed(zones, at, BERLIN) is at


def test_an_unknown_zone_does_not_hide_a_known_one():
    zones = ["Moon/Tycho", "America/New_York"]
    assert next_allowed(zones, utc("2026-11-22 07:00"), BERLIN) == utc("2026-11-22 13:00")
