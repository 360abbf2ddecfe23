"""Everybody's chats in a front, one for each place where somebody writes."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Hashable, Mapping
from weakref import WeakValueDictionary

from bot.calls import messaging
from bot.calls.installation import Installation
from bot.domain.call import CallId
from bot.domain.caller import Caller
from bot.domain.errors import NotStored
from bot.domain.reply import Choice, Reply
from bot.fronts.relay import Relay, Screen

HINT_SECONDS = 3_600.0
MOST_HINTED = 10_000
RESTARTING = "Troupe is being restarted, so our talk ends here. What was said is not lost; /call me again."

Note = Callable[[str], Awaitable[None]]
"""Keeps the id of a message in which a character said something, so that it can be taken back."""
Close = Callable[[], Awaitable[None]]


class Chats:
    """One chat for each key; ``silence_seconds`` says after how long without a word one is hung up."""

    def __init__(self, house: Installation, silence_seconds: Callable[[], float]) -> None:
        self._house = house
        self._silence_seconds = silence_seconds
        self._relays: dict[Hashable, Relay] = {}
        self._opening: WeakValueDictionary[Hashable, asyncio.Lock] = WeakValueDictionary()
        self._hinted: dict[Hashable, float] = {}

    def name_of(self, key: Hashable) -> str:
        """Return with whom somebody chats, empty where they do not."""
        relay = self._relays.get(key)
        return relay.name if relay else ""

    def get(self, key: Hashable) -> Relay | None:
        """Return the chat that is on or just beginning."""
        relay = self._relays.get(key)
        return relay if relay is not None and relay.can_be_ended else None

    def open_keys(self) -> list[Hashable]:
        """Return the keys of all chats that are on or just beginning, the oldest first."""
        return [key for key, relay in self._relays.items() if relay.can_be_ended]

    async def open(
        self,
        key: Hashable,
        caller: Caller,
        call_id: CallId,
        channel_id: str,
        screen_of: Callable[[Note, Close], Screen],
    ) -> None:
        """Begin a chat in the background, in place of one that is on or just beginning."""
        async with self._opening.setdefault(key, asyncio.Lock()):
            await self.hang_up(key)

            async def note(message_id: str) -> None:
                with contextlib.suppress(NotStored):
                    await messaging.note_line(self._house, call_id, channel_id, message_id)

            async def close() -> None:
                if self._relays.get(key) is relay:
                    del self._relays[key]
                with contextlib.suppress(NotStored):
                    await messaging.chat_over(self._house, call_id)

            relay = Relay(self._house, caller, screen_of(note, close), self._silence_seconds())
            await messaging.note_chat(self._house, call_id, channel_id)
            self._relays[key] = relay
            relay.begin(call_id)

    async def whisper(self, key: Hashable, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        relay = self._relays.get(key)
        return relay is not None and await relay.whisper(text)

    async def hang_up(self, key: Hashable, farewell: str = "") -> bool:
        """End a chat, or the attempt to begin one; False where there is none."""
        relay = self.get(key)
        if relay is None:
            return False
        await relay.hang_up(farewell)
        return True

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
        """End all chats with an honest word."""
        relays = list(self._relays.values())
        await asyncio.gather(*(relay.hang_up(RESTARTING) for relay in relays), return_exceptions=True)


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
