"""A fake Slack that is watched: when a command left it, and when the answers to it had arrived."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from tests.bench.bots import BotProcess
from tests.bench.latency import Timed
from tests.fakes.slack import Channel, FakeSlack, Person, Shown, open_fake_slack
from tests.fakes.slack.acks import Acks
from tests.fakes.slack.act import Act as Interaction

ANSWER_SECONDS = 60.0
NOT_GRANTED = "usergroups.list"
"""What we ask at the start, and may be refused."""


@dataclass(eq=False, kw_only=True)
class Act(Timed):
    """Something that somebody did on Slack."""

    interaction: Interaction

    @property
    def text(self) -> str:
        """What the member reads at last, and the labels of its buttons."""
        shown = Shown(self.interaction.messages[-1])
        return "\n".join([shown.text, *shown.buttons])


class NotedResponses(dict[str, Interaction]):
    """The response addresses; each is looked up when all of an answer has arrived."""

    def __init__(self, arrives: Callable[[str], None]) -> None:
        super().__init__()
        self._arrives = arrives

    def get(self, token: str, default: Any = None) -> Any:
        self._arrives(token)
        return super().get(token, default)


class NotedAcks(Acks):
    """Takes acknowledgements, and notes when."""

    def __init__(self, fake: FakeSlack, arrives: Callable[[Interaction], None]) -> None:
        super().__init__(fake.world, fake.door)
        self._arrives = arrives

    def take(self, act: Interaction, body: Any) -> None:
        self._arrives(act)
        super().take(act, body)


class Watched:
    """A fake with a workspace, members, and somebody who looks at the clock.

    What arrives counts from its last byte on; the fake's own work on it does not.
    """

    def __init__(self, fake: FakeSlack, members: int) -> None:
        self.fake = fake
        self.acme = fake.adds_workspace("Acme", channels=("general",))
        self.members: list[Person] = [self.acme.adds_person(f"Member {number}") for number in range(members)]
        self.mailboxes = {person.id: person.dm.id for person in self.members}
        self.away = 0.0
        self.refused: list[str] = []
        self._by_act: dict[int, Act] = {}
        self._by_token: dict[str, Act] = {}
        fake.world.responses = NotedResponses(self._responds)
        fake.client._acks = NotedAcks(fake, self._acknowledges)

    @property
    def here(self) -> Channel:
        """The channel where members type."""
        return self.acme.channels["general"]

    def goes_by_http(self) -> str:
        """Hand everything over by HTTP from now on; return where a bot has to listen for it."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            address = f"127.0.0.1:{free.getsockname()[1]}"
        self.fake.sends_to(f"http://{address}/hooks/slack")
        return address

    async def is_ready(self, bot: BotProcess) -> None:
        """Wait until a bot that was started is on the line."""
        waiting = asyncio.create_task(self.fake.is_connected(timeout=ANSWER_SECONDS))
        while not waiting.done():
            bot.check()
            await asyncio.wait([waiting], timeout=0.1)
        await waiting

    async def ask(self, person: Person, command: str, focused: str = "", **options: str) -> Act:
        """Type a command and wait for the final answer, and for the acknowledgement, which may come later."""
        assert (command, focused) == ("call", ""), "only calls are measured here"
        about = f" about {options['topic']}" if "topic" in options else ""
        line = f"/ring {options['character']}{about}"
        act = Act(interaction=self.fake.client.command(person, self.here, line))
        self._by_act[id(act.interaction)] = self._by_token[act.interaction.response_token] = act
        act.left = time.perf_counter()
        self.fake.client.send(act.interaction)
        await asyncio.wait_for(act.is_answered.wait(), ANSWER_SECONDS)
        await self.fake.until(lambda: act.acknowledged and act.interaction.messages)
        return act

    async def is_posted(self) -> None:
        """Wait until a direct message came since the last time."""
        await self.fake.until(lambda: self.fake.calls("chat.postMessage"), ANSWER_SECONDS)
        self._forget_requests()

    def tidy(self) -> None:
        """Note what was refused, and forget all else that happened; nothing may be under way."""
        self._forget_requests()
        self._by_act.clear()
        self._by_token.clear()
        world = self.fake.world
        world.responses.clear()
        world.triggers.clear()
        self.fake.courier._by_id.clear()
        self.here.messages.clear()

    def _forget_requests(self) -> None:
        refused = [one for one in self.fake.refused if one.path != NOT_GRANTED]
        self.refused += [str(one) for one in [*refused, *self.fake.unrouted]]
        for done in (self.fake.requests, self.fake.door.acks, self.fake.unrouted):
            done.clear()

    def _acknowledges(self, interaction: Interaction) -> None:
        if act := self._by_act.get(id(interaction)):
            act.acknowledged = act.acknowledged or time.perf_counter()

    def _responds(self, token: str) -> None:
        if act := self._by_token.get(token):
            act.finish(time.perf_counter())


@asynccontextmanager
async def open_watched(members: int) -> AsyncIterator[Watched]:
    """Open a fake with so many members."""
    async with open_fake_slack() as fake:
        yield Watched(fake, members)
