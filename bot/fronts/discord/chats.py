"""Chats in direct messages: what a member writes goes to the character, who answers in the same place."""

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable

import discord

from bot.fronts.chats import Close, Note
from bot.fronts.discord import limits
from bot.fronts.discord.escaping import escape
from bot.fronts.discord.mail import nonce_of
from bot.fronts.discord.refusals import UNREACHABLE, describe
from bot.fronts.discord.speech import Speech
from bot.fronts.relay import INTERRUPTED

SILENCE_SECONDS = 600.0
HINT = "I answer to commands: /call with via chat lets a character write with you here, /help lists the rest."
NO_FILES = "Files cannot be read here; write it in words."

log = logging.getLogger(__name__)


class DirectScreen:
    """A chat's screen in somebody's direct messages."""

    def __init__(
        self,
        channel: discord.PartialMessageable,
        speech: Speech,
        note: Note,
        close: Close,
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
        said = self._speech.plain(name) if name.endswith(INTERRUPTED) else name
        for part in limits.split_speech(f"**{escape(said)}:** {escape(words)}"):
            sent = await self._send(part)
            if sent is not None:
                await self._note(str(sent.id))

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


async def wait_for_answer(said: Awaitable[bool], channel: discord.abc.Messageable | None) -> bool:
    """Wait until something is answered, seen to write in a channel; False where nobody heard it."""
    if channel is None:
        return await said
    async with _typing(channel):
        return await said


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
