"""Reading when a call is to ring."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import CallerError
from bot.domain.moments import LONGEST_AHEAD, parse_moment

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY = datetime(2026, 11, 22, 12, 7, 33, tzinfo=BERLIN)
CALENDAR_CYCLE = timedelta(days=146_097)
"""400 years: weekdays and leap years repeat."""

READ = [
    ("18:30", "22 18:30"),
    ("at 18:30", "22 18:30"),
    ("6:30 pm", "22 18:30"),
    ("18.30", "22 18:30"),
    ("18h30", "22 18:30"),
    ("18 Uhr", "22 18:00"),
    ("12:08", "22 12:08"),
    ("12:07", "23 12:07"),
    ("9:00", "23 09:00"),
    ("11am", "23 11:00"),
    ("noon", "23 12:00"),
    ("midnight", "23 00:00"),
    ("today 18:30", "22 18:30"),
    ("tonight 8pm", "22 20:00"),
    ("tomorrow 9am", "23 09:00"),
    ("  Tomorrow   at 9AM ", "23 09:00"),
    ("9am tomorrow", "23 09:00"),
    ("morgen um 9 Uhr", "23 09:00"),
    ("demain à 9h30", "23 09:30"),
    ("Friday 20:00", "27 20:00"),
    ("next friday 8pm", "27 20:00"),
    ("Freitag 20 Uhr 15", "27 20:15"),
    ("Sunday 20:00", "22 20:00"),
    ("Sunday 9:00", "29 09:00"),
    ("25.11. 18:00", "25 18:00"),
    ("25.11.2026 18:00", "25 18:00"),
    ("11/25 6pm", "25 18:00"),
    ("Nov 25 6pm", "25 18:00"),
    ("25 November 18:00", "25 18:00"),
    ("2026-11-25 18:00", "25 18:00"),
    ("2026-11-25T18:00", "25 18:00"),
    ("2026-11-25 18.30", "25 18:30"),
    ("25.11.26 18:00", "25 18:00"),
    ("11/25/26 6pm", "25 18:00"),
    ("Nov 27 18.30", "27 18:30"),
    ("tomorrow 18.30", "23 18:30"),
    ("friday 20.11", "27 20:11"),
    ("Friday 27.11. 18.30", "27 18:30"),
    ("2026-11-29 12:07", "29 12:07"),
    ("in 7 days 12:00", "29 12:00"),
]
SPANS = [
    ("in 2 hours", timedelta(hours=2)),
    ("in two hours", timedelta(hours=2)),
    ("in 2h", timedelta(hours=2)),
    ("in 1h30", timedelta(hours=1, minutes=30)),
    ("in 1:30", timedelta(hours=1, minutes=30)),
    ("in 1.5 hours", timedelta(hours=1, minutes=30)),
    ("in 1 hour and 30 minutes", timedelta(hours=1, minutes=30)),
    ("in half an hour", timedelta(minutes=30)),
    ("in 90 minutes", timedelta(minutes=90)),
    ("in 1 day 2 hours", timedelta(days=1, hours=2)),
    ("in 2 Stunden", timedelta(hours=2)),
    ("dans 2 heures", timedelta(hours=2)),
    ("en 2 horas", timedelta(hours=2)),
    ("in 168 hours", timedelta(days=7)),
]


def at(text: str, now: datetime = SUNDAY, zone: ZoneInfo = BERLIN) -> datetime:
    return parse_moment(text, now.astimezone(UTC), zone)


def outcome(text: str, now: datetime, zone: ZoneInfo) -> datetime | str:
    try:
        return parse_moment(text, now, zone)
    except CallerError as refused:
        return str(refused)


@pytest.mark.parametrize(("text", "expected"), READ)
def test_a_time_is_the_next_one_in_the_persons_zone(text, expected):
    assert at(text) == datetime.strptime(f"2026-11-{expected} +0100", "%Y-%m-%d %H:%M %z")
    assert at(text).tzinfo is UTC


@pytest.mark.parametrize(("text", "expected"), SPANS)
def test_a_span_of_time_counts_from_now(text, expected):
    assert at(text) == SUNDAY + expected


def test_the_zone_decides_which_day_and_hour_it_is():
    assert at("tomorrow 9am", SUNDAY, ZoneInfo("Asia/Tokyo")) == datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    evening = datetime(2026, 11, 22, 23, 0, tzinfo=BERLIN)
    assert at("tomorrow 9am", evening, ZoneInfo("Asia/Tokyo")) == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "hello", "25:00", "18:61", "31.11. 18:00", "now", "2 hours", "demain 9h", "5 minutes ago",
     "in 9999999999999 hours", "18:00 " + "x" * 60, "1764090000"],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_examples(text):
    with pytest.raises(CallerError, match="cannot read that as a time: write it as 18:30, tomorrow 9am"):
        at(text)


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "friday", "25.11.", "2026-11-25", "in 3 days", "tonight", "friday 20"],
)
def test_a_date_without_a_time_of_day_is_refused(text):
    with pytest.raises(CallerError, match="Add the time of day"):
        at(text)


@pytest.mark.parametrize("text", ["today 9:00", "yesterday 9am", "2026-11-20 18:00", "last friday 20:00"])
def test_a_time_that_is_over_is_refused(text):
    with pytest.raises(CallerError, match="That time is over"):
        at(text)


@pytest.mark.parametrize(
    "text", ["2026-11-29 12:08", "in 169 hours", "3.12. 18:00", "next sunday 20:00", "2027-01-01 9am"]
)
def test_a_time_more_than_seven_days_ahead_is_refused(text):
    with pytest.raises(CallerError, match="at most 7 days ahead"):
        at(text)


@pytest.mark.parametrize("text", ["18:00 UTC", "6pm EST", "2026-11-25T18:00+02:00", "tomorrow 9am CET"])
def test_a_time_zone_in_the_text_is_refused(text):
    with pytest.raises(CallerError, match="Leave the time zone out"):
        at(text)


def test_a_date_with_the_year_first_is_never_read_with_day_and_month_exchanged():
    with pytest.raises(CallerError, match="That time is over"):
        at("2026-11-12 18:00", datetime(2026, 12, 9, tzinfo=BERLIN))


def test_tomorrow_is_the_next_day_until_the_last_instant_of_today():
    last = datetime(2026, 11, 22, 23, 59, 59, 999_999, tzinfo=BERLIN)
    assert at("tomorrow 9am", last) == datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_a_day_beyond_the_twelfth_is_never_taken_for_a_month_or_a_year():
    with pytest.raises(CallerError, match="at most 7 days ahead"):
        at("11/26 18:00", datetime(2026, 11, 5, tzinfo=BERLIN))
    with pytest.raises(CallerError, match="at most 7 days ahead"):
        at("25 18:00", datetime(2025, 3, 10, tzinfo=BERLIN))
    with pytest.raises(CallerError, match="cannot read"):
        at("11/45 18:00")


def test_a_time_that_the_clock_change_leaves_out_rings_an_hour_later():
    evening = datetime(2027, 3, 27, 20, 0, tzinfo=BERLIN)
    assert at("tomorrow 2:30", evening) == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    assert at("tomorrow 2:30", evening).astimezone(BERLIN).strftime("%H:%M") == "03:30"


def test_a_time_that_comes_twice_is_the_first_that_is_not_over():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    for now, expected in [
        (first - timedelta(hours=5), first),
        (first, first),
        (first + timedelta(minutes=15), second),
        (second + timedelta(minutes=1), datetime(2026, 10, 26, 1, 30, tzinfo=UTC)),
    ]:
        assert parse_moment("2:30", now, BERLIN) == expected


@pytest.mark.parametrize("midnight", ["2026-10-24T22:00Z", "2027-03-27T23:00Z"])
def test_a_span_over_a_clock_change_is_as_long_as_it_says(midnight):
    now = datetime.fromisoformat(midnight)
    assert parse_moment("in 3 hours", now, BERLIN) - now == timedelta(hours=3)


TEXTS = st.one_of(
    st.sampled_from([text for text, _ in READ + SPANS]),
    st.sampled_from(
        ["29.2. 18:00", "Feb 29 6pm", "31.1. 9:00", "january 18:00", "monday", "25", "Mon 18:00"]
    ),
    st.from_regex(
        r"(in )?[0-3]?[0-9][:./ h][0-9]{1,2}( ?[ap]m|\. 1[0-9]:[0-5]0| hours| min)?", fullmatch=True
    ),
)
MOMENTS = st.integers(0, 8 * 365 * 24 * 3600).map(
    lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=n)
)


@given(st.one_of(st.text(), TEXTS), MOMENTS, st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"]))
@example("Feb 30 18:00", datetime(2028, 2, 28, tzinfo=UTC), "UTC")
def test_any_text_is_a_moment_within_seven_days_or_one_sentence(text, now, zone):
    found = outcome(text, now, ZoneInfo(zone))
    if isinstance(found, str):
        assert found.endswith(".")
    else:
        assert found.tzinfo is UTC
        assert timedelta(0) <= found - now <= LONGEST_AHEAD


@given(TEXTS.filter(lambda text: not re.search(r"20\d\d|[./]26", text)), MOMENTS)
@example("29.2. 18:00", datetime(2028, 2, 28, tzinfo=UTC))
@example("25 18:00", datetime(2027, 1, 20, tzinfo=UTC))
def test_only_the_given_now_counts_and_never_the_clock_of_the_machine(text, now):
    zone = ZoneInfo("UTC")
    today, later = outcome(text, now, zone), outcome(text, now + CALENDAR_CYCLE, zone)
    assert later == (today if isinstance(today, str) else today + CALENDAR_CYCLE)


@pytest.mark.parametrize("text", ["tomorrow 11:00", "tomorrow 11am", "Monday 11:00"])
def test_a_time_of_day_is_read_although_it_is_just_that_time(text):
    eleven = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
    assert parse_moment(text, eleven, ZoneInfo("UTC")) == eleven + timedelta(days=1)
