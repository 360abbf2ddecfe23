"""What became of something a person did."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.discord import interaction as kinds
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.server import Request
from tests.fakes.discord.shown import Modal, Shown
from tests.fakes.discord.world import World


@dataclass(frozen=True)
class Asked:
    """An act of a person, and the answers to it."""

    interaction: Interaction
    world: World
    requests: list[Request]

    def __repr__(self) -> str:
        return f"<{self.story()}>"

    @property
    def acknowledged(self) -> str | None:
        """How it was first answered, if it was."""
        return self.interaction.acknowledged

    @property
    def acknowledged_after(self) -> float | None:
        """The seconds until it was first answered."""
        sent, answered = self.interaction.sent_at, self.interaction.answered_at
        return (answered - sent).total_seconds() if sent and answered else None

    @property
    def modal(self) -> Modal:
        """The modal that opened."""
        assert self.interaction.modal is not None, f"no modal opened: {self.story()}"
        return self.interaction.modal

    @property
    def answers(self) -> list[Shown]:
        """What was answered so far, the original first; an unchanged message with buttons is no answer."""
        found = self.interaction
        unchanged = found.callback == kinds.DEFERS_UPDATE and (
            found.original is None or found.original.revision == found.original_revision
        )
        messages = found.follow_ups if unchanged else found.messages
        return [Shown(message) for message in messages if not message.is_deleted]

    async def acknowledges(self, timeout: float = 10) -> str:
        """Wait for the first answer and return what it was."""
        await self.world.bell.until(lambda: self.acknowledged, timeout, self.story)
        assert self.acknowledged is not None
        return self.acknowledged

    async def answer(self, timeout: float = 10) -> Shown:
        """Wait until there is more to read than a placeholder, and return it."""

        def whole() -> list[Shown]:
            assert self.interaction.modal is None, "a modal opened instead of an answer"
            return [] if any(shown.is_loading for shown in self.answers) else self.answers

        return (await self.world.bell.until(whole, timeout, self.story))[0]

    async def answers_number(self, count: int, timeout: float = 10) -> list[Shown]:
        """Wait until there are so many answers."""
        enough = await self.world.bell.until(
            lambda: self.answers if len(self.answers) >= count else [], timeout, self.story
        )
        return list(enough)

    def story(self) -> str:
        """Tell what was asked and what came back, for whoever reads a failure."""
        found = self.interaction
        asked: dict[str, Any] = found.payload.get("data", {})
        told = [str(one) for one in self.requests if found.token in one.path]
        heard = "was told" if found.sent_at else "heard nothing"
        return (
            f"{found.person.name} asked {asked}; the application {heard}, answered {self.acknowledged}, "
            f"shows {[shown.text for shown in self.answers]}; its requests: {told}"
        )
