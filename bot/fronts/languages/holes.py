"""What stands in the holes of our sentences, told by their names: ours is said in the language, words of
people and characters stay as they are.

``n`` is a number, ``id`` a call's, ``when``, ``moment`` and ``day`` a date, ``length`` how long a talk was,
``numbers`` masked telephone numbers, ``either`` names without spaces and ``options`` any, with "or" before
the last, ``place`` where an account is, and ``accounts`` names, each with its place. A digit at the end
tells two holes of a kind apart. A language adds its phrases and counted nouns. All else is somebody's words:
on one line, and never translated.
"""

import re
from collections.abc import Callable
from itertools import chain

from bot.fronts.languages.language import MONTHS, SHORT_MONTHS, WEEKDAYS, Dates, Grammar

ANYTHING = r"[^\n]+?"
_WEEKDAY, _IN_SHORT = "|".join(WEEKDAYS), "|".join(SHORT_MONTHS)
_MONTH = "|".join((*MONTHS, *SHORT_MONTHS))
_PHONE = r"\+[0-9]{1,3} ••• [0-9]{3}"
_WHEN = rf"(?:{_WEEKDAY}) [0-9]{{1,2}} (?:{_IN_SHORT}), [0-9]{{2}}:[0-9]{{2}}(?: \([A-Za-z0-9_+/-]+\))?"
_MOMENT = rf"[0-9]{{1,2}} (?:{_IN_SHORT}) [0-9]{{4}}, [0-9]{{2}}:[0-9]{{2}}"
_DAY = rf"[0-9]{{1,2}} (?:{_MONTH}) [0-9]{{4}}"
_LENGTH = r"[0-9]{1,2} seconds?|[0-9,]+ minutes?(?: [0-9]{1,2} s)?"
_ON = "on "
_PLACE = rf"{_ON}[A-Z][a-z]+|in the terminal|elsewhere"
_ACCOUNT = re.compile(rf"(somebody)? ({_PLACE})(?=(, | and )|$)(?: and )?")

Fill = Callable[[str], str]


def kind_of(hole: str) -> str:
    """Return what kind of hole this is: its name without the digit that tells it from another."""
    return hole.rstrip("0123456789")


class Kinds:
    """The kinds of holes that every language has, as patterns and as what is said for what they hold."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        self.patterns = {
            "n": r" *[0-9,]+",
            "id": "[0-9A-Za-z]+",
            "bar": "[▰▱]+",
            "when": _WHEN,
            "moment": _MOMENT,
            "day": _DAY,
            "length": _LENGTH,
            "numbers": f"{_PHONE}(?: and {_PHONE})*",
            "either": r"\S+?(?:, \S+?)*(?: or \S+?)?",
            "options": ANYTHING,
            "place": _PLACE,
            "accounts": rf"{ANYTHING} (?:{_PLACE})",
        }
        self.fills: dict[str, Fill] = {
            "n": self._number,
            "id": str,
            "bar": str,
            "when": self._date,
            "moment": self._date,
            "day": self._date,
            "length": self._length,
            "numbers": lambda text: text.replace(" and ", grammar.and_),
            "either": self._listed,
            "options": self._listed,
            "place": self._place,
            "accounts": self._accounts,
        }
        for hole, nouns in grammar.counted.items():
            words = "|".join(re.escape(noun) for noun in chain.from_iterable(one[:2] for one in nouns))
            one = f"[0-9,]+ (?:{words})"
            self.patterns[hole] = f"{one}(?:(?:, | and ){one})*"
            self.fills[hole] = _counting(hole, grammar, self._number)

    def _number(self, text: str) -> str:
        return text.replace(",", self._grammar.thousands)

    def _length(self, text: str) -> str:
        counted = self.fills.get("length_parts", str)
        number = " ".join(text.split()[:2])
        return counted(number) + text[len(number) :]

    def _listed(self, text: str) -> str:
        most, between, last = text.rpartition(" or ")
        return f"{most}{self._grammar.or_}{last}" if between else text

    def _place(self, text: str) -> str:
        if text.startswith(_ON):
            return self._grammar.on.format(platform=text.removeprefix(_ON))
        return self._grammar.elsewhere.get(text, text)

    def _accounts(self, text: str) -> str:
        """Say where each account is; the names before that stay."""
        return _ACCOUNT.sub(self._account, text)

    def _account(self, found: re.Match[str]) -> str:
        whose = self._grammar.somebody if found[1] else ""
        ending = self._grammar.and_ if found[3] == " and " else ""
        return f"{whose} {self._place(found[2])}{ending}"

    def _date(self, text: str) -> str:
        return _written(self._grammar.dates, text)


def _counting(hole: str, grammar: Grammar, number: Fill) -> Fill:
    """Return what says ``3 calls, 1 turn`` in a language."""
    said: dict[str, tuple[str, str]] = {}
    for one, many, said_one, said_many in grammar.counted[hole]:
        said |= {one: (said_one, said_many), many: (said_one, said_many)}

    def fill(text: str) -> str:
        parts = re.split(r"(, | and )(?=[0-9])", text)
        for at in range(0, len(parts), 2):
            count, _, noun = parts[at].partition(" ")
            parts[at] = f"{number(count)} {said[noun][count != '1']}"
        return "".join(part if part != " and " else grammar.and_ for part in parts)

    return fill


def _written(dates: Dates, text: str) -> str:
    """Write ``Sun 29 Nov, 00:00 (UTC)``, ``22 Nov 2026, 10:03`` or ``3 May 2026`` as the language does."""
    date, _, clock = text.partition(", ")
    time, _, zone = clock.partition(" (")
    words = date.split(" ")
    parts = {"time": time, "zone": f" ({zone}" if zone else ""}
    if words[0] in WEEKDAYS:
        weekday, day, month = words
        said = dates.weekdays[WEEKDAYS.index(weekday)]
        return dates.when.format(
            weekday=said, day=day, month=dates.short_months[SHORT_MONTHS.index(month)], **parts
        )
    day, month, year = words
    is_short = bool(time) or month not in MONTHS
    names = dates.short_months if is_short else dates.months
    name = names[(SHORT_MONTHS if is_short else MONTHS).index(month)]
    return (dates.moment if time else dates.day).format(day=day, month=name, year=year, **parts)
