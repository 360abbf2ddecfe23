"""Days that a question names."""

from datetime import date

import pytest

from bot.domain.naming_dates import find_dates

SATURDAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("text", "since", "before"),
    [
        ("what did I say yesterday?", date(2026, 11, 27), date(2026, 11, 28)),
        ("was habe ich gestern gesagt?", date(2026, 11, 27), date(2026, 11, 28)),
        ("what did we do today", date(2026, 11, 28), date(2026, 11, 29)),
        ("last week", date(2026, 11, 16), date(2026, 11, 24)),
        ("letzte Woche", date(2026, 11, 16), date(2026, 11, 24)),
        ("this week", date(2026, 11, 23), date(2026, 11, 29)),
        ("last month", date(2026, 10, 1), date(2026, 11, 1)),
        ("last year", date(2025, 1, 1), date(2026, 1, 1)),
        ("last summer", date(2026, 6, 1), date(2026, 9, 1)),
        ("what happened in March?", date(2026, 3, 1), date(2026, 4, 1)),
        ("in December", date(2025, 12, 1), date(2026, 1, 1)),
        ("im März", date(2026, 3, 1), date(2026, 4, 1)),
        ("in July 2023", date(2023, 7, 1), date(2023, 8, 1)),
        ("on 7 July, 2023", date(2023, 7, 7), date(2023, 7, 8)),
        ("on July 7th 2023", date(2023, 7, 7), date(2023, 7, 8)),
        ("on 2023-07-07", date(2023, 7, 7), date(2023, 7, 8)),
        ("on 24 December", date(2025, 12, 24), date(2025, 12, 25)),
        ("in 2022", date(2022, 1, 1), date(2023, 1, 1)),
        ("on Monday", date(2026, 11, 23), date(2026, 11, 24)),
        ("last Saturday", date(2026, 11, 21), date(2026, 11, 22)),
        ("am Freitag", date(2026, 11, 27), date(2026, 11, 28)),
        ("three days ago", date(2026, 11, 25), date(2026, 11, 26)),
    ],
)
def test_a_day_or_span_is_named(text, since, before):
    (named,) = find_dates(text, SATURDAY)
    assert (named.since, named.before) == (since, before)


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("two months ago", date(2026, 9, 28)),
        ("vor zwei Monaten", date(2026, 9, 28)),
        ("a couple of weeks ago", date(2026, 11, 14)),
        ("vor einem Jahr", date(2025, 11, 28)),
    ],
)
def test_a_span_counted_back_holds_its_day_and_some_around_it(text, within):
    (named,) = find_dates(text, SATURDAY)
    assert named.since < within < named.before
    assert named.is_relative


@pytest.mark.parametrize(
    "text",
    [
        "may I ask",
        "what did June say to Jan?",
        "on 31 February 2023",
        "march on",
        "vor dem Haus",
        "9999 years ago",
        "",
    ],
)
def test_what_is_no_date_names_none(text):
    assert not [one for one in find_dates(text, SATURDAY) if (one.before - one.since).days <= 1]


def test_only_what_is_counted_from_now_is_relative():
    assert [one.is_relative for one in find_dates("last week, or in March 2023", SATURDAY)] == [True, False]


def test_on_new_years_eve_and_a_leap_day_nothing_breaks():
    for today in (date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1)):
        for text in ("yesterday", "last month", "last year", "in December", "on 29 February", "last winter"):
            for one in find_dates(text, today):
                assert one.since < one.before
