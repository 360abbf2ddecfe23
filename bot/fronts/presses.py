"""What stands behind a button: a command of ours, written short, or kept sealed where it is long or private.

Platforms keep what stands in a button's own id or value; somebody's words do not stand there.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from bot.domain.errors import CallerError


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for: a command of ours, its arguments, and a platform's file that came along."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    attachment: object = None


def given(**arguments: object) -> dict[str, str]:
    """Return the arguments that were given, as text."""
    return {name: str(value) for name, value in arguments.items() if value not in (None, "")}


def whole(arguments: Mapping[str, str]) -> dict[str, str]:
    """Return arguments in whole characters: half a surrogate pair and NUL can be kept nowhere."""
    return {
        name: value.replace("\0", "").encode("utf-8", "replace").decode() for name, value in arguments.items()
    }


ROOM = 100
"""So many characters have a place everywhere."""
PRIVATE = frozenset({"number", "topic", "text", "file", "search", "reason", "whom", "me", "ai", "back"})
"""Arguments that are somebody's own words."""

SHORT: Mapping[str, str] = {
    "character": "c",
    "fact": "f",
    "do": "d",
    "call": "i",
    "what": "w",
    "sure": "s",
    "remember": "r",
    "via": "v",
    "value": "u",
    "line": "l",
    "page": "p",
}
_LONG = {short: name for name, short in SHORT.items()}

NOT_YOURS = "This button is somebody else's. /call and /help are for everybody."
TOO_OLD = "This button is too old, or what stood behind it was erased. Ask again with a command."
_KEPT = re.compile(r"\+([0-9a-f]{32})(?:!([a-z]+\?d=[a-z]+))?")


def too_old() -> CallerError:
    """Return what to say where nothing stands behind a button any more."""
    return CallerError(TOO_OLD)


def not_yours() -> CallerError:
    """Return what to say to somebody who presses another's button."""
    return CallerError(NOT_YOURS)


Keep = Callable[[str], Awaitable[str]]
Fetch = Callable[[str], Awaitable[str | None]]


async def pack(wanted: Wanted, keep: Keep | None, room: int = ROOM, *, asks: bool = False) -> str:
    """Return what stands for a command in ``room`` characters; ``keep`` takes what is longer or private.

    Of a command that ``asks`` first which one it is can be seen all the same.
    """
    written = _write(wanted.command, wanted.arguments)
    is_private = not PRIVATE.isdisjoint(name for name, value in wanted.arguments.items() if value)
    if len(written) <= room and not is_private:
        return written
    if keep is None:
        raise ValueError(f"{wanted.command} cannot be asked for by everybody")
    seen = f"!{_write(wanted.command, {'do': wanted.arguments.get('do', '')})}" if asks else ""
    return f"+{await keep(written)}{seen}"


def seen_of(what: str) -> str:
    """Return what can be seen of a command from its id alone."""
    kept = _KEPT.fullmatch(what)
    return (kept[2] or "") if kept else what


async def unpack(what: str, fetch: Fetch) -> Wanted:
    """Return the command that an id stands for. Raises CallerError where it is kept no more."""
    if kept := _KEPT.fullmatch(what):
        found = await fetch(kept[1])
        if found is None:
            raise too_old()
        what = found
    return read_written(what)


def _write(command: str, arguments: Mapping[str, str]) -> str:
    given = {SHORT.get(name, name): value for name, value in arguments.items() if value}
    return f"{command}?{urlencode(given, errors='replace')}" if given else command


def read_written(what: str) -> Wanted:
    """Return the command that stands in an id itself."""
    command, _, query = what.partition("?")
    return Wanted(command, {_LONG.get(name, name): value for name, value in parse_qsl(query)})
