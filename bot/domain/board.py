"""A channel where new characters are announced, as the operator names it in ``TROUPE_ANNOUNCE``."""

import re
from dataclasses import dataclass

HOW = (
    "write discord: and a channel's id, or slack: with TEAM/CHANNEL such as slack:T0123ABCD/C0123ABCD; "
    "several with commas"
)
_DISCORD = re.compile(r"discord:([0-9]{15,20})")
_SLACK = re.compile(r"slack:(T[A-Z0-9]{2,20})/([CG][A-Z0-9]{2,20})")


@dataclass(frozen=True, slots=True)
class Board:
    """A channel for everybody; ``tenant`` is Slack's team, and empty on Discord."""

    platform: str
    tenant: str
    channel_id: str

    def __str__(self) -> str:
        return f"{self.platform}:{self.tenant}{'/' * bool(self.tenant)}{self.channel_id}"


def read_boards(text: str) -> tuple[Board, ...]:
    """Read what is written in the setting, each channel once. Raises ValueError with what to write."""
    boards = [_read(part.strip()) for part in text.split(",") if part.strip()]
    return tuple(dict.fromkeys(boards))


def _read(text: str) -> Board:
    if found := _DISCORD.fullmatch(text):
        return Board("discord", "", found[1])
    if found := _SLACK.fullmatch(text):
        return Board("slack", found[1], found[2])
    raise ValueError(HOW)
