"""Whose words the lines are: another person's words never enter a member's memory."""

from collections.abc import Collection

from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless

_MAX_LISTED = 5


class Speakers:
    """Who speaks in a file, by key: ``people`` and ``ais``; the empty key is whoever has no name, or owns it.

    A key is a platform's id where the file gives one, else the name without case.
    """

    def __init__(self) -> None:
        self.people: dict[str, str] = {}
        self.ais: dict[str, str] = {}
        self._users: dict[str, None] = {}
        self._own_name = ""

    def name_member(self, name: str) -> None:
        """Take the name that the file itself gives the member; what we are told by themselves counts more."""
        self._own_name = self._own_name or name.strip()

    def meet(self, side: str, name: str, speaker_id: str = "") -> str:
        """Note that somebody speaks; returns the key that a choice names them by."""
        key = _key(speaker_id) or _key(name)
        shown = self.ais if side == "agent" else self.people
        if not shown.get(key):
            shown[key] = make_harmless(name) or make_harmless(speaker_id)
        if side == "user":
            self._users.setdefault(key)
        return key

    def name_owner(self, name: str) -> None:
        """Note what whoever owns the file is called in it."""
        if name and not self.people.get(""):
            self.people[""] = make_harmless(name)

    def choose(self, names: Collection[str]) -> str | None:
        """Return the key of the member, who goes by these names; None when that cannot be told."""
        called = [key for name in (names or (self._own_name,)) if (key := _key(name))]
        for key, shown in self.people.items():
            if key and (key in called or _key(shown) in called):
                return key
        named = self._users.keys() - {""}
        if (called and named) or len(self._users) > 1:
            return None
        return next(iter(self._users), "")

    def cannot_tell(self, names: Collection[str]) -> ImportRejected:
        """Return what is said where nobody can be asked."""
        name = next((name.strip() for name in (*names, self._own_name) if name.strip()), "")
        if name and self._users.keys() - {""}:
            return ImportRejected(
                f"has no line by “{make_harmless(name)}”, only by {self._listed()}: "
                "give your name as it stands there."
            )
        return ImportRejected(
            f"has lines by several people ({self._listed()}): "
            "say which name is yours, or take the others out."
        )

    def _listed(self) -> str:
        names = [f"“{self.people[key]}”" if key else "somebody without a name" for key in self._users]
        more = len(names) - _MAX_LISTED
        return ", ".join(names[:_MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
