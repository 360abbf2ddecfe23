"""Canaries: everything that anybody says, brings or is called carries one that nobody else's text has."""

import base64
import re
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

_CANARY = re.compile(r"canary(\d+)x([a-z])", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s\"'\\]+")

Kinds = Mapping[int, set[str]]
"""The numbers of the canaries that stand somewhere, each with what was said there.

A talk has one number for all of it: ``t`` stands in its title, ``s`` in its summary, ``u`` and ``a`` in what
the member and the character said. The others are ``f`` a fact, ``o`` a topic, ``p`` a field of a profile,
``n`` a name, ``w`` what was whispered.
"""


def canary(number: int, kind: str) -> str:
    """Return what stands at the beginning of a text, where nothing is ever cut off."""
    return f"canary{number}x{kind}"


THINGS = ("harbour", "violin", "orchard", "glacier", "lantern", "compass")
"""What talks are about; other people talk about the same things."""


def thing_of(number: int) -> str:
    """Return what the talk with this number is about."""
    return THINGS[number % len(THINGS)]


def thing_in(text: str) -> str:
    """Return what a topic is about, empty for nothing that is talked about."""
    return next((thing for thing in THINGS if thing in text), "")


def find(text: str) -> Kinds:
    """Return every canary in a text, those included that an address carries in base64."""
    found: defaultdict[int, set[str]] = defaultdict(set)
    for readable in (text, *_carried(text)):
        for number, kind in _CANARY.findall(readable):
            found[int(number)].add(kind.lower())
    return found


def find_in_bytes(data: bytes) -> set[int]:
    """Return the numbers of the canaries in a file."""
    return {int(number) for number, _ in _CANARY.findall(data.decode("latin-1"))}


def _carried(text: str) -> list[str]:
    """Return what the addresses in a text carry as variables."""
    if "vars=" not in text:
        return []
    carried = []
    for address in _ADDRESS.findall(text):
        values = parse_qs(urlsplit(address).query).get("vars", [])
        carried += [base64.b64decode(value).decode() for value in values]
    return carried
