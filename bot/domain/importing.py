"""What an import adds, and how it is taken back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.fact import FactId


@dataclass(frozen=True, slots=True)
class Grown:
    """A conversation that came again with ``added`` more lines at its end, and how it was with ``lines``.

    ``digest`` is what it was recognised by, ``mark`` what it is since; ``begun`` when its file says that it
    began, empty without a date; ``is_extract``: its summary was ours.
    """

    talk_id: str
    lines: int
    added: int
    digest: str
    mark: str
    begun: str
    duration_seconds: int
    title: str
    summary: str
    is_extract: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of some conversations of a file: so many are new, these grew, the others were there."""

    new: int = 0
    grown: tuple[Grown, ...] = ()

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(self.new + other.new, self.grown + other.grown)

    @property
    def added_lines(self) -> int:
        """How many lines those that grew got."""
        return sum(one.added for one in self.grown)


NOTHING_KEPT = Kept()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What taking an import back needs: when it was saved, what it added, and what stood there before.

    What a conversation got on top of its lines later goes with them. ``fields`` has, for each profile field
    that it changed, the value before, as a list that is empty where there was none, and a mark of the one
    that it set: a field that changed since is left alone.
    """

    saved_at: datetime
    facts: tuple[FactId, ...] = ()
    fields: Mapping[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)
    grown: tuple[Grown, ...] = ()

    def write(self) -> str:
        """Return it as text, to stand behind a button."""
        fields = {name: [list(before), mark] for name, (before, mark) in self.fields.items()}
        grown = [astuple(one) for one in self.grown]
        return json.dumps([self.saved_at.isoformat(), list(self.facts), fields, grown], ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "TakeBack":
        """Read what ``write`` wrote, also before conversations could grow."""
        saved_at, facts, fields, *rest = json.loads(text)
        return cls(
            datetime.fromisoformat(saved_at),
            tuple(map(FactId, facts)),
            {name: (tuple(before), mark) for name, (before, mark) in fields.items()},
            tuple(Grown(*one) for one in rest[0]) if rest else (),
        )


def changed_fields(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[tuple[Any, ...], str]]:
    """Return what ``TakeBack.fields`` says of a profile that is about to get these fields."""
    return {
        name: ((before[name],) if name in before else (), mark_of(value))
        for name, value in after.items()
        if name not in before or before[name] != value
    }


def mark_of(value: Any) -> str:
    """Return what a profile value is recognised by."""
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]
