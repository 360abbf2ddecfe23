"""Conversations as they stand in a file, before it is decided whose lines stay."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from bot.domain.conversation import Transcript

LineSide = Literal["user", "agent", "other"]
_LAST = datetime.max.replace(tzinfo=UTC)


class Line(NamedTuple):
    """One line; ``key`` names its speaker among those of its side, ``number`` counts from 1."""

    number: int
    side: LineSide
    key: str
    raw: str
    other_parts: int
    at: datetime | None
    seconds: float | None


@dataclass
class Draft:
    """A conversation as far as it is read; ``speaker`` names whoever has no name of their own in it.

    With ``by_date`` its lines may stand in any order, and their dates tell which comes first.
    """

    number: int
    header: Transcript
    speaker: str = ""
    by_date: bool = False
    lines: list[Line] = field(default_factory=list)
    seen: int = 0

    @property
    def started_at(self) -> datetime | None:
        """When it began, as its heading says, else its first line with a date."""
        if self.header.started_at is not None:
            return self.header.started_at
        dates = (line.at for line in self.lines if line.at is not None)
        return min(dates, default=None) if self.by_date else next(dates, None)

    def in_order(self) -> list[Line]:
        """Return the lines as they were said; what has no date stays at the end."""
        if not self.by_date:
            return self.lines
        return sorted(self.lines, key=lambda line: line.at or _LAST)
