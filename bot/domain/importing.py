"""What an import adds, and how it is taken back."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.domain.fact import FactId


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What taking an import back needs: when it was saved, what it added, and what stood there before.

    ``fields`` has, for each profile field that it changed, the value before, as a list that is empty where
    there was none, and a mark of the one that it set: a field that changed since is left alone.
    """

    saved_at: datetime
    facts: tuple[FactId, ...] = ()
    fields: Mapping[str, tuple[tuple[Any, ...], str]] = field(default_factory=dict)

    def write(self) -> str:
        """Return it as text, to stand behind a button."""
        fields = {name: [list(before), mark] for name, (before, mark) in self.fields.items()}
        return json.dumps([self.saved_at.isoformat(), list(self.facts), fields], ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> "TakeBack":
        """Read what ``write`` wrote."""
        saved_at, facts, fields = json.loads(text)
        return cls(
            datetime.fromisoformat(saved_at),
            tuple(map(FactId, facts)),
            {name: (tuple(before), mark) for name, (before, mark) in fields.items()},
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
