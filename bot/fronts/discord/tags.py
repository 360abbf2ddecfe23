"""What stands in the id of a button, an option or a modal: whose it is, and what it asks for.

Ids have 100 characters and are kept by Discord. What is longer, or somebody's words, is kept here instead,
sealed, under a random id. Source: Discord, "Component reference".
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from bot.domain.errors import CallerError
from bot.fronts.discord.doors import Wanted
from bot.fronts.discord.limits import CUSTOM_ID, OPTION_TEXT

ANYBODY = "*"
PRIVATE = frozenset({"number", "topic", "text", "file", "search", "reason", "whom"})
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
PATTERN = r"(?P<kind>[bsm])(?P<at>[0-9a-z]{1,2})\|(?P<owner>[0-9]{1,20}|\*)\|(?P<flags>r?)\|(?P<what>.*)"
_KEPT = re.compile(r"\+([0-9a-f]{32})(?:!([a-z]+\?d=[a-z]+))?")


def too_old() -> CallerError:
    """Return what to say where nothing stands behind a button any more."""
    return CallerError(TOO_OLD)


def not_yours() -> CallerError:
    """Return what to say to somebody who presses another's button."""
    return CallerError(NOT_YOURS)


Keep = Callable[[str], Awaitable[str]]
Fetch = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, slots=True)
class Tag:
    """One id, read: ``owner`` is an account's id or ``*``, ``what`` a command or where it is kept."""

    owner: str
    what: str
    replaces: bool = False

    def belongs_to(self, user_id: int) -> bool:
        """Whether this member may press it."""
        return self.owner in {ANYBODY, str(user_id)}

    def write(self, kind: str, at: int) -> str:
        """Return the id; ``at`` makes it the only one of its kind in a message."""
        return f"{kind}{at}|{self.owner}|{'r' if self.replaces else ''}|{self.what}"


def read_tag(custom_id: str) -> Tag | None:
    """Read an id; None for one that is not ours, or of another time."""
    found = re.fullmatch(PATTERN, custom_id, re.DOTALL)
    return Tag(found["owner"], found["what"], bool(found["flags"])) if found else None


async def pack(wanted: Wanted, keep: Keep | None, room: int = OPTION_TEXT, *, asks: bool = False) -> str:
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


def room_in_tag(owner: str) -> int:
    """Return how many characters of an id are left for what it stands for."""
    return CUSTOM_ID - len(Tag(owner, "", replaces=True).write("b", 99))


def _write(command: str, arguments: Mapping[str, str]) -> str:
    given = {SHORT.get(name, name): value for name, value in arguments.items() if value}
    return f"{command}?{urlencode(given, errors='replace')}" if given else command


def read_written(what: str) -> Wanted:
    """Return the command that stands in an id itself."""
    command, _, query = what.partition("?")
    return Wanted(command, {_LONG.get(name, name): value for name, value in parse_qsl(query)})
