"""A member's end of a chat: the same, whether this process relays it or another one does."""

import asyncio
from collections.abc import Awaitable
from typing import Protocol

from bot.calls.installation import Installation, character_names
from bot.domain.call import CallId
from bot.domain.line import HeldLine
from bot.fronts.relay import Relay


class End(Protocol):
    """What a front does with a chat that goes on."""

    @property
    def name(self) -> str:
        """Who is on the line; empty while nobody is yet."""
        ...

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for an answer already."""
        ...

    async def hand_over(self, text: str) -> Awaitable[bool]:
        """Have something said: what is handed over first is said first.

        What is returned waits until it is answered, and is False where nobody heard it, which is to be said.
        """
        ...

    async def whisper(self, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        ...

    async def hang_up(self) -> bool:
        """End the chat and wait until it is closed; False where it was over."""
        ...


class Here:
    """An end of a chat that this process relays."""

    def __init__(self, house: Installation, call_id: CallId, relay: Relay) -> None:
        self._house = house
        self._call_id = call_id
        self._relay = relay

    @property
    def name(self) -> str:
        """Who is on the line; empty while nobody is yet."""
        return self._relay.name

    @property
    def is_waiting(self) -> bool:
        """Whether somebody waits for an answer already."""
        return self._relay.is_waiting

    async def hand_over(self, text: str) -> Awaitable[bool]:
        """Have something said, after what was said before it elsewhere; the relay itself tells of trouble."""
        await self._house.lines.look(self._call_id)
        return asyncio.create_task(self._say(text), name="words")

    async def whisper(self, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        return await self._relay.whisper(text)

    async def hang_up(self) -> bool:
        """End the chat, or the attempt to begin one, and wait until it is closed."""
        await self._relay.hang_up()
        return True

    async def _say(self, text: str) -> bool:
        await self._relay.say(text)
        return True


class There:
    """An end of a chat that another process relays."""

    is_waiting = False

    def __init__(self, house: Installation, line: HeldLine) -> None:
        self._house = house
        self._line = line

    @property
    def name(self) -> str:
        """Who is on the line."""
        return character_names(self._house).get(self._line.slug, self._line.slug)

    async def hand_over(self, text: str) -> Awaitable[bool]:
        """Have something said there; what is returned waits until it is heard."""
        lines = self._house.lines
        return lines.outcome(await lines.send(self._line.call_id, "say", text))

    async def whisper(self, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        return await self._house.lines.carry(self._line.call_id, "whisper", text)

    async def hang_up(self) -> bool:
        """End the chat there and wait until it is closed; False where nobody relays it any more."""
        return await self._house.lines.carry(self._line.call_id, "hang_up", "")
