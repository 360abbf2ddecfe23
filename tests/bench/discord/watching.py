"""A fake Discord that is watched: when a frame left it, and when the answers to it had arrived."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.bench.bots import BotProcess
from tests.bench.latency import Timed
from tests.fakes.discord import Channel, FakeDiscord, Inn, Person, Shown, open_fake_discord
from tests.fakes.discord.interaction import AUTOCOMPLETE, Interaction
from tests.fakes.discord.server import Request

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GaBcDe.abcdefghijklmnopqrstuvwxyz0123456789AB"
ANSWER_SECONDS = 60.0
AT_ONCE_BYTES = 100_000
"""What aiohttp takes in without being read."""
_FRAME = re.compile(r'"t": "INTERACTION_CREATE", "s": \d+, "d": \{"id": "(\d+)"')
_ACKNOWLEDGED = re.compile(r"/interactions/(\d+)/[^/]+/callback")
_ANSWERED = re.compile(r"/webhooks/\d+/([^/]+)(?:/messages/@original)?")
_POSTED = re.compile(r"/channels/(\d+)/messages")


@dataclass(eq=False, kw_only=True)
class Act(Timed):
    """Something that somebody did on Discord."""

    interaction: Interaction

    @property
    def text(self) -> str:
        """What the member reads at last."""
        original = self.interaction.original
        return Shown(original).text if original else str(self.interaction.choices or "")


class Watched:
    """A fake with a server, members, and somebody who looks at the clock.

    What arrives counts from its last byte on: a picture counts with the answer that it belongs to, and the
    fake's own work on it does not.
    """

    def __init__(self, fake: FakeDiscord, members: int) -> None:
        self.fake = fake
        self.inn: Inn = fake.adds_server("The Inn", channels=("tavern",))
        self.members: list[Person] = []
        self.mailboxes: dict[str, str] = {}
        for number in range(members):
            person = fake.adds_person(f"Member {number}")
            self.inn.admits(person)
            self.members.append(person)
            self.mailboxes[person.id] = list(fake.world.channels.values())[-1].id
        self.away = 0.0
        self.refused: list[str] = []
        self._by_id: dict[str, Act] = {}
        self._by_token: dict[str, Act] = {}
        self._post = asyncio.Event()
        self._last_request = 0.0
        self._read = fake.door._read
        fake.door._read = self._read_and_note  # type: ignore[method-assign]

    @property
    def here(self) -> Channel:
        """The channel where members type."""
        return self.inn.channels["tavern"]

    async def is_ready(self, bot: BotProcess) -> None:
        """Wait until a bot that was started is on the line; from then on its frames are watched."""
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self.fake.is_connected:
            bot.check()
            if time.monotonic() > deadline:
                raise TimeoutError(f"The bot does not connect:\n{bot.said}")
            await asyncio.sleep(0.002)
        for line in self.fake.gateway.lines:
            send = line.socket.send_str

            async def send_and_note(text: str, *rest: Any, send: Any = send) -> None:
                found = _FRAME.search(text, 0, 200)
                if found and (act := self._by_id.get(found[1])):
                    act.left = time.perf_counter()
                await send(text, *rest)

            line.socket.send_str = send_and_note  # type: ignore[method-assign]

    def word(self, person: Person, command: str, focused: str = "", **options: Any) -> Act:
        """Return an act that is not done yet."""
        found = self.fake.client.command(person, self.here, command, options, focused=focused)
        act = Act(interaction=found)
        self._by_id[found.id] = self._by_token[found.token] = act
        return act

    def do(self, act: Act) -> None:
        """Hand an act to the bot."""
        self.fake.client.send(act.interaction)

    async def ask(self, person: Person, command: str, focused: str = "", **options: Any) -> Act:
        """Do something and wait for the final answer."""
        act = self.word(person, command, focused, **options)
        self.do(act)
        await asyncio.wait_for(act.is_answered.wait(), ANSWER_SECONDS)
        return act

    async def is_posted(self) -> None:
        """Wait until a direct message came since the last time."""
        await asyncio.wait_for(self._post.wait(), ANSWER_SECONDS)
        self._post.clear()

    async def is_quiet(self, seconds: float) -> None:
        """Wait until there was no request for a while."""
        self._last_request = time.perf_counter()
        while (left := self._last_request + seconds - time.perf_counter()) > 0:  # noqa: ASYNC110  no event
            await asyncio.sleep(left)

    def is_far(self, seconds: float) -> None:
        """Let every answer of the fake come so much later."""
        self.away = seconds
        self.fake.faults._delays.clear()
        if seconds:
            self.fake.delays("", seconds, times=10**9)

    def tidy(self) -> None:
        """Note what was refused, and forget all else that happened; nothing may be under way."""
        self.refused += [str(one) for one in [*self.fake.refused, *self.fake.unrouted]]
        self.forget()

    def forget(self) -> None:
        """Forget all that happened, also what was refused because it came too fast.

        Direct messages stay without their files: they are edited when the next link comes.
        """
        self._by_id.clear()
        self._by_token.clear()
        self.fake.requests.clear()
        world = self.fake.world
        for store in (world.interactions, world.files, world.nonces):
            store.clear()
        self.here.messages.clear()
        for mailbox in self.mailboxes.values():
            for message in world.channels[mailbox].messages:
                message.attachments.clear()
        self._post.clear()

    async def _read_and_note(self, request: web.Request, asked: Request) -> None:
        request.content.on_eof(lambda: self._arrives(asked.path))
        if (request.content_length or 0) < AT_ONCE_BYTES:
            await request.content.wait_eof()  # aiohttp reads parts that are still arriving with a warning
        await self._read(request, asked)

    def _arrives(self, path: str) -> None:
        now = self._last_request = time.perf_counter()
        if found := _ACKNOWLEDGED.fullmatch(path):
            if act := self._by_id.get(found[1]):
                act.acknowledged = act.acknowledged or now
                if act.interaction.kind == AUTOCOMPLETE:
                    act.finish(now)
        elif found := _ANSWERED.fullmatch(path):
            if act := self._by_token.get(found[1]):
                act.finish(now)
        elif _POSTED.fullmatch(path):
            self._post.set()


@asynccontextmanager
async def open_watched(members: int) -> AsyncIterator[Watched]:
    """Open a fake with so many members."""
    async with open_fake_discord(TOKEN) as fake:
        yield Watched(fake, members)
