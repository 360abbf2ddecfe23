"""What stands in the id of a button, an option or a modal: whose it is, and what it asks for.

Ids have 100 characters. Source: Discord, "Component reference".
"""

import re
from dataclasses import dataclass

from bot.fronts.discord.limits import CUSTOM_ID

ANYBODY = "*"
PATTERN = r"(?P<kind>[bsm])(?P<at>[0-9a-z]{1,2})\|(?P<owner>[0-9]{1,20}|\*)\|(?P<flags>r?)\|(?P<what>.*)"


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


def room_in_tag(owner: str) -> int:
    """Return how many characters of an id are left for what it stands for."""
    return CUSTOM_ID - len(Tag(owner, "", replaces=True).write("b", 99))
