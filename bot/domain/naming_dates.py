"""Dates that a question names, as spans of days: "last week", "in March", "vor zwei Wochen", "7 July"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = [
    "january|januar",
    "february|februar",
    "march|märz",
    "april",
    "may|mai",
    "june|juni",
    "july|juli",
    "august",
    "september",
    "october|oktober",
    "november",
    "december|dezember",
]
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split("|")}
_MONTH_OF |= {name[:3]: number for name, number in _MONTH_OF.items() if name != "may"}
_DAYS = (
    "monday|montag",
    "tuesday|dienstag",
    "wednesday|mittwoch",
    "thursday|donnerstag",
    "friday|freitag",
    "saturday|samstag",
    "sunday|sonntag",
)
_DAY_OF = {name: number for number, names in enumerate(_DAYS) for name in names.split("|")}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "couple": 2, "three": 3, "few": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4,
    "fünf": 5, "sechs": 6, "paar": 3,
}  # fmt: skip
_UNITS = {"day": 1, "tag": 1, "week": 7, "woche": 7, "month": 30, "monat": 30, "year": 365, "jahr": 365}
_SEASONS = {
    "spring": 3,
    "frühling": 3,
    "summer": 6,
    "sommer": 6,
    "autumn": 9,
    "fall": 9,
    "herbst": 9,
    "winter": 12,
}

_NUMBER = r"(?P<number>\d{1,3}|" + "|".join(_NUMBERS) + r")"
_UNIT = r"(?P<unit>day|week|month|year|tag|woche|monat|jahr)(?:s|e|en|n)?"
_AGO = re.compile(
    rf"\b(?:a )?{_NUMBER}(?: of)? {_UNIT} ago\b"
    r"|\bvor (?:ein )?(?P<german>\w+) (?P<einheit>tag|woche|monat|jahr)(?:e|en|n)?\b"
)
_LAST = re.compile(
    r"\b(?P<which>last|past|previous|this|letzte[nrs]?|vorige[nrs]?|diese[nrsm]?) "
    r"(?P<what>week(?:end)?|month|year|woche(?:nende)?|monat|jahr|night|"
    rf"{'|'.join([*_DAY_OF, *_SEASONS])})\b"
)
_SINGLE = re.compile(
    r"\b(?P<word>yesterday|today|tonight|this morning|earlier today|the other day|recently|"
    r"gestern|vorgestern|heute|neulich)\b"
)
_WEEKDAY = re.compile(rf"\b(?:on|am) (?P<day>{'|'.join(_DAY_OF)})\b")
_MONTH = "|".join(_MONTH_OF)
_FULL = re.compile(
    r"\b(?:(?P<iso>\d{4}-\d\d-\d\d)"
    rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? (?P<m1>{_MONTH})\b\.?,?(?: (?P<y1>\d{{4}}))?"
    rf"|(?P<m2>{_MONTH})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\d),?(?: (?P<y2>\d{{4}}))?)"
)
_MONTH_ONLY = re.compile(
    r"\b(?:(?P<before>in|im|during|since|of|late|early|mid|last|letzten|this) )?"
    rf"(?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}}))?"
)
"""A month counts with a word before it or a year: May, June and Jan are names as well."""
_YEAR_ONLY = re.compile(r"\b(?:in|during|im jahr|since|of) (?P<year>(?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Named:
    """A span of days that a text names, ``before`` exclusive, and where in the text it stands.

    ``is_relative`` when it is counted from now: its words say nothing about what is looked for.
    """

    since: date
    before: date
    start: int
    end: int
    is_relative: bool


def find_dates(text: str, today: date) -> tuple[Named, ...]:
    """Return the spans of days that a text names, seen from ``today``; the past where it is unclear."""
    low = text.casefold()
    found: list[Named] = []

    def add(match: re.Match[str], span: tuple[date, date] | None, *, is_relative: bool) -> None:
        if span and not any(one.start < match.end() and match.start() < one.end for one in found):
            found.append(Named(*span, match.start(), match.end(), is_relative))

    for match in _FULL.finditer(low):
        add(match, _full(match, today), is_relative=False)
    for match in _AGO.finditer(low):
        add(match, _ago(match, today), is_relative=True)
    for match in _LAST.finditer(low):
        add(match, _last(match["which"], match["what"], today), is_relative=True)
    for match in _SINGLE.finditer(low):
        add(match, _single(match["word"], today), is_relative=True)
    for match in _WEEKDAY.finditer(low):
        day = _weekday(match["day"], today)
        add(match, (day, day + timedelta(1)), is_relative=True)
    for match in _MONTH_ONLY.finditer(low):
        if match["before"] or match["year"]:
            year = int(match["year"]) if match["year"] else 0
            add(match, _month(_MONTH_OF[match["month"]], year, today), is_relative=False)
    for match in _YEAR_ONLY.finditer(low):
        year = int(match["year"])
        add(match, (date(year, 1, 1), date(year + 1, 1, 1)), is_relative=False)
    return tuple(found)


def _full(match: re.Match[str], today: date) -> tuple[date, date] | None:
    try:
        if match["iso"]:
            day = date.fromisoformat(match["iso"])
        else:
            number = int(match["d1"] or match["d2"])
            month = _MONTH_OF[match["m1"] or match["m2"]]
            year = match["y1"] or match["y2"]
            day = date(int(year) if year else today.year, month, number)
            if not year and day > today:
                day = date(today.year - 1, month, number)
    except ValueError:
        return None
    return day, day + timedelta(1)


def _ago(match: re.Match[str], today: date) -> tuple[date, date] | None:
    word, unit = match["number"] or match["german"], match["unit"] or match["einheit"]
    count = int(word) if word.isdecimal() else _NUMBERS.get(word, 0)
    if not 0 < count < 200:
        return None
    days = _UNITS[unit]
    middle = today - timedelta(days * count)
    slack = {1: 0, 7: 4, 30: 20, 365: 190}[days] + (days * count // 12 if count > 2 else 0)
    return middle - timedelta(slack), middle + timedelta(slack + 1)


def _last(which: str, what: str, today: date) -> tuple[date, date] | None:
    tomorrow, monday = today + timedelta(1), today - timedelta(today.weekday())
    if what in _DAY_OF:
        span = (_weekday(what, today), _weekday(what, today) + timedelta(1))
    elif what in _SEASONS:
        span = _season(_SEASONS[what], today)
    elif what == "night":
        span = (today - timedelta(1), tomorrow)
    elif what.startswith(("weekend", "wochenende")):
        span = (monday - timedelta(2), monday) if today.weekday() < 5 else (today - timedelta(2), tomorrow)
    else:
        span = _period(what, today, is_this=which.startswith(("this", "diese")))
    return span


def _period(what: str, today: date, *, is_this: bool) -> tuple[date, date]:
    """Return this week, month or year, or the last; late in a week its beginning is "last week" too."""
    monday, tomorrow = today - timedelta(today.weekday()), today + timedelta(1)
    if what in ("week", "woche"):
        return (monday, tomorrow) if is_this else (monday - timedelta(7), max(monday, today - timedelta(4)))
    if what in ("month", "monat"):
        first = today.replace(day=1)
        return (first, tomorrow) if is_this else ((first - timedelta(1)).replace(day=1), first)
    year = today.year if is_this else today.year - 1
    return date(year, 1, 1), date(year + 1, 1, 1)


def _single(word: str, today: date) -> tuple[date, date]:
    back = {"yesterday": 1, "gestern": 1, "vorgestern": 2}.get(word)
    if back:
        return today - timedelta(back), today - timedelta(back - 1)
    if word in ("recently", "neulich", "the other day"):
        return today - timedelta(14), today + timedelta(1)
    return today, today + timedelta(1)


def _weekday(name: str, today: date) -> date:
    return today - timedelta((today.weekday() - _DAY_OF[name] - 1) % 7 + 1)


def _month(month: int, year: int, today: date) -> tuple[date, date]:
    if not year:
        year = today.year if month <= today.month else today.year - 1
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _season(first_month: int, today: date) -> tuple[date, date]:
    year = today.year if first_month <= today.month else today.year - 1
    since = date(year, first_month, 1)
    return since, since + timedelta(92)
