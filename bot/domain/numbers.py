"""Telephone numbers: which ones may be rung at all, and how they are shown.

The numbering plans are those of the ``phonenumbers`` package. It is imported where it is used: reading its
tables would make every start of the program slower, also of those that never ring anybody.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from bot.domain.errors import NumberNotAllowed
from bot.domain.nearest import nearest

_LONGEST_TEXT_CHARS = 60
_WRITTEN = re.compile(r"\+?[ ()./-]*[0-9][0-9 ()./-]*")
_SLACK_LINK = re.compile(r"<(tel:[^<>|]*)(?:\|[^<>|]*)?>")
_ALSO_CALLED = {"UK": "GB", "EN": "GB", "USA": "US", "GER": "DE"}

_HOW_TO_WRITE = (
    "I cannot read that as a telephone number: write it alone, with + and country code, "
    "such as +49 30 123456, without letters or extension."
)
_OFF = "Phone calls are switched off here."
_NO_SUCH_NUMBER = "There is no such number: check the digits, and write it with + and country code."
_NOT_A_LINE = "Only mobile and fixed lines can be rung, not premium, free, internet or short numbers."


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number that may be rung; ``region`` is its own ISO region, such as CA for a Canadian +1 number."""

    e164: str = field(repr=False)
    region: str

    @property
    def masked(self) -> str:
        """The number as ``masked`` shows it."""
        return masked(self.e164)


def masked(e164: str) -> str:
    """Return what may be shown and logged: country code and the last three digits, "+49 ••• 678"."""
    import phonenumbers

    return f"+{phonenumbers.parse(e164, None).country_code} ••• {e164[-3:]}"


def parse_number(text: str, regions: frozenset[str]) -> PhoneNumber:
    """Read a number that somebody wrote, and admit it only if it may be rung.

    ``regions`` are the ISO regions on the allow-list. With exactly one, a number without + is read as people
    there write it. Where several regions share a range (mobiles of GP, BL and MF), the number belongs to the
    one that ``phonenumbers`` names, the main one. Raises NumberNotAllowed with a sentence that never repeats
    the number.
    """
    import phonenumbers
    from phonenumbers import PhoneNumberType

    if not regions:
        raise NumberNotAllowed(_OFF)
    plain = _plain(text)
    at_home = next(iter(regions)) if len(regions) == 1 else None
    if len(text) > _LONGEST_TEXT_CHARS or not _WRITTEN.fullmatch(plain):
        raise NumberNotAllowed(_HOW_TO_WRITE)
    try:
        number = phonenumbers.parse(plain, at_home)
    except phonenumbers.NumberParseException:
        raise NumberNotAllowed(_HOW_TO_WRITE) from None
    region = phonenumbers.region_code_for_number(number)
    if region is None or not phonenumbers.is_valid_number(number):
        raise NumberNotAllowed(_NO_SUCH_NUMBER)
    if phonenumbers.number_type(number) not in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
    }:
        raise NumberNotAllowed(_NOT_A_LINE)
    if region not in regions:
        raise NumberNotAllowed(f"Only numbers of {_listed(regions)} can be rung here: give one of those.")
    return PhoneNumber(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), region)


def learn_plans(regions: frozenset[str]) -> None:
    """Read the tables of these regions now; the first number would have to wait for that."""
    import phonenumbers

    for region in regions:
        number = phonenumbers.example_number(region)
        if number is not None:
            phonenumbers.is_valid_number(number)


def parse_regions(text: str) -> frozenset[str]:
    """Read the ISO regions of a setting, with commas or spaces between, in any case; empty text is none.

    Raises ValueError with a sentence, without its full stop, for the first one that is unknown.
    """
    from phonenumbers import SUPPORTED_REGIONS

    found = set()
    for word in re.split(r"[,;\s]+", text.strip()):
        region = word.upper()
        if region in SUPPORTED_REGIONS:
            found.add(region)
        elif word:
            meant = _ALSO_CALLED.get(region) or nearest(region, sorted(SUPPORTED_REGIONS))
            instead = f"write {meant} instead of {word}" if meant else f"there is no region {word}"
            raise ValueError(f"{instead}; regions are two letters such as DE, GB or US")
    return frozenset(found)


def zones_of(e164: str) -> tuple[str, ...]:
    """Return the names of the time zones in which the number may ring, sorted; empty if unknown."""
    import phonenumbers
    from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return ()
    return tuple(sorted(zone for zone in time_zones_for_number(number) if zone != UNKNOWN_TIMEZONE))


def prefix_of(e164: str) -> str:
    """Return the number without its last four digits: numbers that share it are neighbours."""
    return e164[:-4]


def _plain(text: str) -> str:
    """Write every script's digits, dashes, spaces and pluses as ASCII, and unpack ``tel:`` links.

    Address books wrap numbers in invisible direction marks; those go too.
    """
    plain = "".join(map(_plain_char, text)).strip()
    link = _SLACK_LINK.fullmatch(plain)
    plain = link[1] if link else plain
    return plain[4:].strip() if plain[:4].lower() == "tel:" else plain


def _plain_char(char: str) -> str:
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    match unicodedata.category(char):
        case "Zs":
            return " "
        case "Pd":
            return "-"
        case "Cf":
            return ""
    return {"＋": "+", "（": "(", "）": ")", "．": ".", "／": "/"}.get(char, char)


def _listed(regions: frozenset[str]) -> str:
    *first, last = sorted(regions)
    return f"{', '.join(first)} and {last}" if first else last
