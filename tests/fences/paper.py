"""Where a chat is shown."""

from typing import TYPE_CHECKING

from bot.domain.caller import Account
from tests.fences.kept import Call

if TYPE_CHECKING:
    from tests.fences.world import World


class Paper:
    """Where a chat is shown: nothing stands on it but what is said in this talk."""

    def __init__(self, world: "World", account: Account, call: Call) -> None:
        self._world = world
        self._account = account
        self._call = call

    async def notice(self, words: str) -> None:
        """Take words of ours."""
        self._look(words)

    async def speak(self, name: str, words: str) -> None:
        """Take what a character says."""
        self._look(f"{name}: {words}")

    async def close(self) -> None:
        """Nothing is left open."""

    def _look(self, words: str) -> None:
        said = {talk.number for talk in self._world.model.talks.values() if talk.call is self._call}
        self._world.judge.note(f"a chat of {self._account}", words, said)
