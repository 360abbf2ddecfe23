"""Everybody's chats in a front, one for each place where somebody writes."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

from bot.calls import messaging
from bot.calls.installation import Installation
from bot.domain.call import CallId
from bot.domain.caller import Account, Caller
from bot.domain.errors import NotStored
from bot.domain.line import Carried, HeldLine
from bot.domain.reply import Choice, Reply
from bot.fronts.ends import End, Here, There
from bot.fronts.relay import Relay, Screen

HINT_SECONDS = 3_600.0
MOST_HINTED = 10_000
RESTARTING = "Troupe is being restarted, so our talk ends here. What was said is not lost; /call me again."

Note = Callable[[str], Awaitable[None]]
"""Keeps the id of a message in which a character said something, so that it can be taken back."""
Close = Callable[[], Awaitable[None]]


class Chats:
    """One chat for each key, here or in another process.

    ``silence_seconds`` says after how long without a word one is hung up, ``elsewhere`` finds the one of a
    key that is not relayed here. Who was told how things go lately each process knows for itself.
    """

    def __init__(
        self,
        house: Installation,
        silence_seconds: Callable[[], float],
        elsewhere: Callable[[Any], Awaitable[HeldLine | None]],
    ) -> None:
        self._house = house
        self._silence_seconds = silence_seconds
        self._elsewhere = elsewhere
        self._relays: dict[Hashable, tuple[CallId, Relay]] = {}
        self._turns: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._opening: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._hinted: dict[Hashable, float] = {}

    def turn(self, account: Account) -> AbstractAsyncContextManager[object]:
        """Take what somebody writes one by one, from when it comes until it is handed over."""
        return self._turns.setdefault(account, asyncio.Lock())

    def open_keys(self) -> list[Hashable]:
        """Return the keys of all chats that are on or just beginning here, the oldest first."""
        return [key for key, (_, relay) in self._relays.items() if relay.can_be_ended]

    async def find(self, key: Hashable) -> End | None:
        """Return the chat that is on or just beginning."""
        call_id, relay = self._relays.get(key, (None, None))
        if call_id is not None and relay is not None and relay.can_be_ended:
            return Here(self._house, call_id, relay)
        line = await self._elsewhere(key) if self._house.lines.shared else None
        return There(self._house, line) if line else None

    async def name_of(self, key: Hashable) -> str:
        """Return with whom somebody chats, empty where they do not."""
        end = await self.find(key)
        return end.name if end else ""

    async def open(
        self,
        key: Hashable,
        caller: Caller,
        call_id: CallId,
        channel_id: str,
        screen_of: Callable[[Note, Close], Screen],
        *,
        alone: bool = False,
    ) -> None:
        """Begin a chat in the background, in place of one that is on or just beginning.

        It is ``alone`` where an account has one chat at a time: of two that begin at once in two processes
        the later one is on.
        """
        async with self._opening.setdefault(key, asyncio.Lock()):
            await self.hang_up(key)

            async def note(message_id: str) -> None:
                with contextlib.suppress(NotStored):
                    await messaging.note_line(self._house, caller.account, call_id, channel_id, message_id)

            async def close() -> None:
                if self._relays.get(key) == (call_id, relay):
                    del self._relays[key]
                await self._house.lines.let_go(call_id, hold)

            async def cut(_: bool) -> None:
                await relay.cut()

            relay = Relay(self._house, caller, screen_of(note, close), self._silence_seconds())
            hold = await self._house.lines.hold(call_id, "chat", partial(_take, relay), cut, alone=alone)
            self._relays[key] = (call_id, relay)
            relay.begin(call_id)

    async def whisper(self, key: Hashable, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        end = await self.find(key)
        return end is not None and await end.whisper(text)

    async def hang_up(self, key: Hashable) -> bool:
        """End a chat, or the attempt to begin one; False where there is none."""
        end = await self.find(key)
        return end is not None and await end.hang_up()

    def wants_hint(self, key: Hashable) -> bool:
        """Whether somebody who writes outside a chat is to be told what to do: once an hour."""
        now = time.monotonic()
        last = self._hinted.get(key)
        if last is not None and now - last < HINT_SECONDS:
            return False
        if len(self._hinted) >= MOST_HINTED:
            self._hinted.clear()
        self._hinted[key] = now
        return True

    async def aclose(self) -> None:
        """End all chats with an honest word; those of which others told that they are over, without one."""
        for call_id, _ in list(self._relays.values()):
            with contextlib.suppress(NotStored):
                await self._house.lines.look(call_id)
        relays = list(self._relays.values())
        await asyncio.gather(*(relay.hang_up(RESTARTING) for _, relay in relays), return_exceptions=True)


async def _take(relay: Relay, carried: Carried) -> bool:
    """Do what was carried here from another process; False where nobody is on the line."""
    match carried.kind:
        case "say":
            await relay.say(carried.text)
            return True
        case "whisper":
            return await relay.whisper(carried.text)
        case "hang_up":
            await relay.hang_up()
            return True
    return False


def ask_to_switch(name: str, arguments: Mapping[str, str]) -> Reply:
    """Ask before a chat with somebody is left for the call that these arguments ask for."""
    again = {"via": "chat", **{key: value for key, value in arguments.items() if value}, "switch": "yes"}
    return Reply(
        f"You are talking with {name}. Shall I hang up?",
        choices=(
            Choice("Hang up and call", "call", again, replaces=True),
            Choice(f"Stay with {name}", "dismiss", replaces=True),
        ),
    )
