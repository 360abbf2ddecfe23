"""Whose words the lines with role "user" are: another person's words never enter a member's memory."""

from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless

_MAX_LISTED = 5


class Speakers:
    """The people who speak in a file, by name; the empty name stands for whoever has none."""

    def __init__(self, member_name: str) -> None:
        self._member = _key(member_name)
        self._member_shown = make_harmless(member_name.strip())
        self._shown: dict[str, str] = {}

    def name_member(self, name: str) -> None:
        """Take the name that the file itself gives the member, unless we were told another."""
        if not self._member:
            self._member, self._member_shown = _key(name), make_harmless(name.strip())

    def is_member(self, name: str) -> bool:
        """Whether this is the member's name, as far as we were told one."""
        return bool(self._member) and _key(name) == self._member

    def meet(self, name: str) -> str:
        """Note that somebody speaks; returns the key that ``choose`` decides by."""
        key = _key(name)
        self._shown.setdefault(key, make_harmless(name))
        return key

    def choose(self) -> frozenset[str]:
        """The keys whose lines are the member's own; raises ImportRejected when that cannot be told."""
        named = self._shown.keys() - {""}
        if self._member and named:
            if self._member not in named:
                raise ImportRejected(
                    f"has no line by “{self._member_shown}”, only by {self._listed()}: "
                    "give your name as it stands there."
                )
            return frozenset({self._member})
        if len(self._shown) > 1:
            raise ImportRejected(
                f"has lines by several people ({self._listed()}): "
                "say which name is yours, or take the others out."
            )
        return frozenset(self._shown)

    def _listed(self) -> str:
        names = [f"“{name}”" if key else "somebody without a name" for key, name in self._shown.items()]
        more = len(names) - _MAX_LISTED
        return ", ".join(names[:_MAX_LISTED]) + (f" and {more:,} more" if more > 0 else "")


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
