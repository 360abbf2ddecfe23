"""Chats in direct messages: what a member writes goes to the character, who answers in the same place."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from weakref import WeakValueDictionary

import discord

from bot.calls import messaging
from bot.calls.installation import Installation
from bot.domain.call import CallId
from bot.domain.caller import Account, Caller
from bot.domain.errors import NotStored
from bot.fronts.discord import limits
from bot.fronts.discord.escaping import escape
from bot.fronts.discord.mail import nonce_of
from bot.fronts.discord.refusals import UNREACHABLE, describe
from bot.fronts.discord.speech import Speech
from bot.fronts.relay import Relay

SILENCE_SECONDS = 600.0
HINT_SECONDS = 3_600.0
MOST_HINTED = 10_000
RESTARTING = "Troupe is being restarted, so our talk ends here. What was said is not lost; /call me again."
HINT = "I answer to commands: /call with via chat lets a character write with you here, /help lists the rest."
NO_FILES = "Files cannot be read here; write it in words."

log = logging.getLogger(__name__)


class DirectScreen:
    """A chat's screen in somebody's direct messages."""

    def __init__(
        self,
        channel: discord.PartialMessageable,
        speech: Speech,
        note: Callable[[discord.Message], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._channel = channel
        self._speech = speech
        self._note = note
        self._close = close

    async def notice(self, words: str) -> None:
        """Send words of ours, in small print."""
        await self._send(f"-# {self._speech.markdown(words)}")

    async def speak(self, name: str, words: str) -> None:
        """Send what a character says, in as many messages as it takes."""
        for part in limits.split_speech(f"**{escape(name)}:** {escape(words)}"):
            sent = await self._send(part)
            if sent is not None:
                await self._note(sent)

    async def close(self) -> None:
        """Note that nobody is on the line any more."""
        await self._close()

    async def _send(self, text: str) -> discord.Message | None:
        """Send a message; one that Discord does not take is lost, the talk goes on."""
        try:
            return await self._channel.send(limits.clip(text, limits.CONTENT), nonce=nonce_of(""))
        except UNREACHABLE as error:
            log.warning("A line of a chat could not be shown: %s", describe(error))
        return None


class Chats:
    """Everybody's chats, one each."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self._relays: dict[Account, Relay] = {}
        self._opening: WeakValueDictionary[Account, asyncio.Lock] = WeakValueDictionary()
        self._hinted: dict[Account, float] = {}

    def name_of(self, account: Account) -> str:
        """Return with whom somebody chats, empty where they do not."""
        relay = self._relays.get(account)
        return relay.name if relay else ""

    async def open(
        self, caller: Caller, call_id: CallId, channel: discord.PartialMessageable, speech: Speech
    ) -> None:
        """Begin a chat in the background, in place of one that is on or just beginning."""
        account = caller.account
        async with self._opening.setdefault(account, asyncio.Lock()):
            await self.hang_up(account)

            async def note(line: discord.Message) -> None:
                with contextlib.suppress(NotStored):
                    await messaging.note_line(self._house, call_id, str(channel.id), str(line.id))

            async def close() -> None:
                if self._relays.get(account) is relay:
                    del self._relays[account]
                with contextlib.suppress(NotStored):
                    await self._house.store.drop_post(call_id, "chat")

            relay = Relay(self._house, caller, DirectScreen(channel, speech, note, close), SILENCE_SECONDS)
            await self._house.store.note_post(call_id, "chat", str(channel.id), "", [])
            self._relays[account] = relay
            relay.begin(call_id)

    async def say(self, account: Account, message: discord.Message) -> bool:
        """Say what was written; False where nobody is on the line."""
        relay = self._relays.get(account)
        if relay is None or not relay.can_be_ended:
            return False
        if relay.is_waiting:
            await relay.say(message.content)
            return True
        async with _typing(message.channel):
            await relay.say(message.content)
        return True

    async def whisper(self, account: Account, text: str) -> bool:
        """Let the character know something; False where nobody is on the line."""
        relay = self._relays.get(account)
        return relay is not None and await relay.whisper(text)

    async def hang_up(self, account: Account, farewell: str = "") -> bool:
        """End somebody's chat, or the attempt to begin one; False where there is none."""
        relay = self._relays.get(account)
        if relay is None or not relay.can_be_ended:
            return False
        await relay.hang_up(farewell)
        return True

    def wants_hint(self, account: Account) -> bool:
        """Whether somebody who writes outside a chat is to be told what to do: once an hour."""
        now = time.monotonic()
        last = self._hinted.get(account)
        if last is not None and now - last < HINT_SECONDS:
            return False
        if len(self._hinted) >= MOST_HINTED:
            self._hinted.clear()
        self._hinted[account] = now
        return True

    async def aclose(self) -> None:
        """End all chats with an honest word."""
        relays = list(self._relays.values())
        await asyncio.gather(*(relay.hang_up(RESTARTING) for relay in relays), return_exceptions=True)


@contextlib.asynccontextmanager
async def _typing(channel: discord.abc.Messageable) -> AsyncIterator[None]:
    """Show that somebody writes, as long as Discord takes it."""
    typing = channel.typing()
    try:
        await typing.__aenter__()
    except UNREACHABLE:
        yield
        return
    try:
        yield
    finally:
        await typing.__aexit__(None, None, None)
