"""What became of something a person did."""

from dataclasses import dataclass

from tests.fakes.slack.act import FAILED, PATIENCE, TIMED_OUT, Act
from tests.fakes.slack.server import Request
from tests.fakes.slack.shown import Modal, Shown
from tests.fakes.slack.world import World


@dataclass(frozen=True)
class Asked:
    """An act of a person, and the answers to it."""

    act: Act
    world: World
    requests: list[Request]

    def __repr__(self) -> str:
        return f"<{self.story()}>"

    @property
    def acknowledged(self) -> str | None:
        """How it was acknowledged in time, if it was: bare, or by what came with it."""
        return self.act.acknowledged

    @property
    def acknowledged_after(self) -> float | None:
        """The seconds until it was acknowledged."""
        sent, answered = self.act.sent_at, self.act.answered_at
        return (answered - sent).total_seconds() if sent and answered else None

    @property
    def failure(self) -> str | None:
        """What Slack itself tells the person when the app fails, if it does."""
        act = self.act
        if act.acknowledged:
            return None
        failures = [one.failure for one in act.deliveries]
        if act.failure or (failures and all(failures)):
            return act.failure or (TIMED_OUT if TIMED_OUT in failures else FAILED)
        return TIMED_OUT if self.world.clock() - (act.sent_at or act.at) > PATIENCE else None

    @property
    def is_settled(self) -> bool:
        """Whether the person knows that it worked, or that it did not."""
        return bool(self.acknowledged or self.failure)

    @property
    def is_late(self) -> bool:
        """Whether an acknowledgement came when nobody waited any more."""
        return any(one.is_late for one in self.act.deliveries)

    @property
    def modal(self) -> Modal:
        """The modal that opened, or came next."""
        assert self.act.views, f"no modal opened: {self.story()}"
        return Modal(self.act.views[-1])

    @property
    def errors(self) -> dict[str, str]:
        """What was wrong with what was sent, by block."""
        return self.act.errors

    @property
    def answers(self) -> list[Shown]:
        """What was answered so far, with the acknowledgement or through the response address."""
        return [Shown(message) for message in self.act.messages if not message.is_deleted]

    async def acknowledges(self, timeout: float = 10) -> str:
        """Wait for the acknowledgement and return what it was."""
        await self.world.bell.until(lambda: self.acknowledged, timeout, self.story)
        assert self.acknowledged is not None
        return self.acknowledged

    async def answer(self, timeout: float = 10) -> Shown:
        """Wait for the first answer."""
        return (await self.answers_number(1, timeout))[0]

    async def answers_number(self, count: int, timeout: float = 10) -> list[Shown]:
        """Wait until there are so many answers."""
        enough = await self.world.bell.until(
            lambda: self.answers if len(self.answers) >= count else [], timeout, self.story
        )
        return list(enough)

    async def opens(self, words: str = "", timeout: float = 10) -> Modal:
        """Wait until a modal is open that shows these words."""
        await self.world.bell.until(
            lambda: bool(self.act.views) and words in self.modal.text, timeout, self.story
        )
        return self.modal

    def story(self) -> str:
        """Tell what was asked and what came back, for whoever reads a failure."""
        act = self.act
        told = [str(one) for one in self.requests if one.at >= act.at]
        heard = "was told" if act.sent_at else "heard nothing"
        shows = [shown.text for shown in self.answers]
        return (
            f"{act.person.name} did {act.kind} {act.payload}; the app {heard}, "
            f"acknowledged {act.acknowledged}, failed with {self.failure}, shows {shows} and "
            f"{len(act.views)} modals; requests since: {told}"
        )
