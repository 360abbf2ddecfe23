"""The members: each does one thing after another, at whichever process answers."""

import asyncio
import contextlib
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.chaos.acts import FAULTS
from tests.chaos.desk import Line
from tests.chaos.life import Member
from tests.together.stage import Stage

AT_ONCE = 96
CALLS_EACH = 40
"""How many calls one member places before another one comes in their place."""
PATIENCE_SECONDS = 25.0
OPENINGS = 6
FORGETS, GOES_WRONG, LEAVES = 0.15, 0.01, 0.2
HOW = {"page": 0.5, "phone": 0.3, "chat": 0.2}


@dataclass
class Crowd:
    """Everybody; ``calls`` are to be placed in all, before ``ends_at`` (of ``time.monotonic``)."""

    stage: Stage
    calls: int
    seed: int
    ends_at: float
    placed: Counter[str] = field(default_factory=Counter)
    _next: int = 0

    async def act(self) -> None:
        """Act until as many calls are placed."""
        await asyncio.gather(*(self._sit(chair) for chair in range(min(AT_ONCE, self.calls))))

    async def _sit(self, chair: int) -> None:
        """Let one member after another sit on a chair."""
        chance = random.Random(f"crowd {self.seed}/{chair}")
        while not self._is_over:
            self._next += 1
            member = Member(f"{self._next:05d}x0")
            guest = Guest(self, member, chance)
            await guest.arrive()
            for _ in range(CALLS_EACH):
                if self._is_over:
                    break
                await guest.call()
            if chance.random() < FORGETS:
                await guest.forget()

    @property
    def _is_over(self) -> bool:
        return self.placed.total() >= self.calls or time.monotonic() >= self.ends_at

    def note(self, how: str) -> None:
        """Count a call that its member was told of."""
        self.placed[how] += 1
        self.stage.board.next_act = self.placed.total()


class Guest:
    """One member, who tries another process where one does not answer."""

    def __init__(self, crowd: Crowd, member: Member, chance: random.Random) -> None:
        self._crowd = crowd
        self._stage = crowd.stage
        self._member = member
        self._chance = chance

    async def arrive(self) -> None:
        """Agree to be remembered, and verify a telephone."""
        words = ["Yes, it is me.", *self._member.words]
        how = {"how": self._chance.choices(("answer", "busy"), (9, 1))[0], "words": words}
        for _ in range(OPENINGS):
            if not await self._ask("owns_a_telephone", member=self._member.key, how=how):
                return

    async def call(self) -> None:
        """Place one call, in one of the ways."""
        how = self._chance.choices(list(HOW), list(HOW.values()))[0]
        await getattr(self, f"_{how}")()

    async def forget(self) -> None:
        """Have everything forgotten."""
        await self._asks("forget", what="everything", sure="yes")

    async def _page(self) -> None:
        told = await self._asks("call", character="wizard", topic=f"t{self._member.key}")
        if not told["links"]:
            return
        self._crowd.note("page")
        link = told["links"][0].partition("/t/")[2]
        leaves = self._chance.random() < LEAVES
        for _ in range(OPENINGS):
            door = self._chance.choice(self._stage.doors)
            how = {"words": self._member.words, "seconds": 0, "tells_the_end": not leaves}
            browsing = self._stage.outside.ask_from_a_life("browse", link=f"{door}/t/{link}", **how)
            with contextlib.suppress(TimeoutError):  # that page may come up later all the same
                async with asyncio.timeout(PATIENCE_SECONDS):
                    if (await browsing)["talked"]:
                        return
            await asyncio.sleep(0.3)

    async def _phone(self) -> None:
        if self._chance.random() < GOES_WRONG:
            fault = self._chance.choice(list(FAULTS.values()))
            await self._stage.outside.ask_from_a_life("fault", operation="*_outbound_call", **fault)
        told = await self._asks("call", character="wizard", via="phone", topic=f"t{self._member.key}")
        if told["text"].startswith("Calling "):
            self._crowd.note("phone")

    async def _chat(self) -> None:
        if await self._ask("chats", member=self._member.key):
            self._crowd.note("chat")

    async def _asks(self, command: str, **arguments: str) -> Any:
        return await self._ask("asks", member=self._member.key, command=command, arguments=arguments)

    async def _ask(self, do: str, **more: Any) -> Any:
        """Ask any process; one that is stopped may do it later all the same, beside the one asked next."""
        while True:
            line = Line(self._stage.desk_of(self._chance.randrange(len(self._stage.doors))))
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await line.ask_from_a_life(do, **more)
            except (OSError, TimeoutError):
                await asyncio.sleep(0.1)
