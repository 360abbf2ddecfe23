"""A text chat with a character inside a front: what a member writes goes out, what is said is shown."""

import asyncio
import logging
from typing import Protocol

from bot.calls.chatting import Chat, open_chat
from bot.calls.installation import Installation
from bot.domain.call import CallId
from bot.domain.caller import Caller
from bot.domain.errors import CallerError, ProviderUnavailable, TroupeError
from bot.domain.quoting import whispered
from bot.domain.talk import Corrected, Ended, Said, TalkEvent
from bot.domain.words import SHORT_ID_CHARS
from bot.fronts import apologies

ANSWER_SECONDS = 60.0
BROKE_OFF = "The line broke off. What was said so far is not lost; /call again when you like."
NOT_HEARD = "The talk is over; that was not heard."
INTERRUPTED = ", interrupted"
"""Follows a character's name where what they really got to say is shown."""

_log = logging.getLogger(__name__)


class Screen(Protocol):
    """Where a chat is shown."""

    async def notice(self, words: str) -> None:
        """Show words of ours."""
        ...

    async def speak(self, name: str, words: str) -> None:
        """Show what a character says."""
        ...

    async def close(self) -> None:
        """Take note that nobody is on the line any more."""
        ...


class Dark:
    """A screen that shows nothing any more; the one that it takes the place of is closed all the same."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen

    async def notice(self, words: str) -> None:
        """Show nothing."""

    async def speak(self, name: str, words: str) -> None:
        """Show nothing."""

    async def close(self) -> None:
        """Take note that nobody is on the line any more."""
        await self._screen.close()


class Relay:
    """One chat at a time; ``silence_seconds`` is after how long without a word it is hung up."""

    def __init__(
        self, house: Installation, caller: Caller, screen: Screen, silence_seconds: float | None = None
    ) -> None:
        self._house = house
        self._caller = caller
        self._screen = screen
        self._silence_seconds = silence_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._chat: Chat | None = None
        self.is_waiting = False
        """Whether somebody waits for an answer already; what is said meanwhile is heard as well."""
        self._heard = asyncio.Event()
        self._connected = asyncio.Event()
        """Set once somebody is on the line, or nobody will be."""
        self._farewell = ""

    @property
    def is_on(self) -> bool:
        """Whether somebody is on the line."""
        return self._chat is not None

    @property
    def can_be_ended(self) -> bool:
        """Whether there is a chat, or one is still connecting."""
        return self._task is not None and not self._task.done()

    @property
    def name(self) -> str:
        """Who is on the line, empty when nobody is."""
        return self._chat.persona.name if self._chat else ""

    async def open(self, call_id: CallId) -> None:
        """Connect, in place of a chat that is on, and wait for the first words."""
        await self.hang_up()
        self.begin(call_id)
        await self._wait()

    def begin(self, call_id: CallId) -> None:
        """Connect in the background; whoever speaks meanwhile is heard once somebody is on the line."""
        self._heard.clear()
        self._connected.clear()
        self._farewell = ""
        self._task = asyncio.create_task(self._run(call_id), name="chat")

    async def say(self, text: str) -> None:
        """Say something, once somebody is on the line, and wait until it is answered or the talk is over."""
        if self.can_be_ended:
            await self._connected.wait()
        if self._chat is None:
            return
        self._heard.clear()
        self._await_words()
        try:
            await self._chat.talk.say(text)
        except ProviderUnavailable:
            await self._screen.notice(NOT_HEARD)
            return
        if not self.is_waiting:
            await self._wait()

    async def whisper(self, text: str) -> bool:
        """Let the character know something without interrupting it; False where nobody is on the line."""
        if self._chat is None:
            return False
        self._await_words()
        try:
            await self._chat.talk.add_context(whispered(text))
        except ProviderUnavailable:
            return False
        return True

    async def hang_up(self, farewell: str = "") -> None:
        """End the chat, or the attempt to connect, if there is one, and wait until it is closed.

        ``farewell`` is said instead of "You hung up".
        """
        ended = self._task
        if ended is None:
            return
        self._farewell = farewell or self._farewell
        if self._chat is not None:
            await self._chat.talk.end()
        else:
            ended.cancel()
        await asyncio.wait([ended])
        if self._task is ended:
            self._task = None
        if not ended.cancelled():
            ended.result()

    async def cut(self) -> None:
        """End the chat without a word: it was erased, or its member was told already that it is over."""
        self._screen = Dark(self._screen)
        await self.hang_up()

    def _await_words(self) -> None:
        """Begin to wait anew for what the member writes."""
        if self._timer is not None:
            self._timer.cancel()
        if self._silence_seconds is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(self._silence_seconds, self._fall_silent)

    def _fall_silent(self) -> None:
        if self._chat is not None:
            self._farewell = f"You wrote nothing for a while, so {self.name} hung up. /call when you like."
            self._ending = asyncio.create_task(self._chat.talk.end(), name="silence")

    async def _wait(self) -> None:
        self.is_waiting = True
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            await self._screen.notice("No answer yet. Write on, or /hangup ends it.")
        finally:
            self.is_waiting = False

    async def _run(self, call_id: CallId) -> None:
        was_on = False
        try:
            async with open_chat(self._house, self._caller, call_id) as self._chat:
                was_on = True
                name = self._chat.persona.name
                await self._screen.notice(
                    f"You are connected with {name}. Write what you want to say; /hangup ends the talk."
                )
                self._await_words()
                self._connected.set()
                async for event in self._chat.talk.events():
                    await self._take(name, event)
        except TroupeError as error:
            short = self._house.new_id()[:SHORT_ID_CHARS]
            if not apologies.is_members_own(error):
                _log.error("%s: %s", short, error)
            is_cut = was_on and not isinstance(error, CallerError)
            await self._screen.notice(BROKE_OFF if is_cut else apologies.in_words(error, short))
        except Exception:  # noqa: BLE001  whatever it was, somebody is waiting for words
            _log.exception("A chat broke off")
            await self._screen.notice(BROKE_OFF)
        finally:
            self._chat = None
            if self._timer is not None:
                self._timer.cancel()
            self._heard.set()
            self._connected.set()
            await self._screen.close()

    async def _take(self, name: str, event: TalkEvent) -> None:
        match event:
            case Said(text):
                await self._screen.speak(name, text)
                self._heard.set()
            case Corrected(text):
                await self._screen.speak(f"{name}{INTERRUPTED}", text)
            case Ended():
                over = "You hung up." if event.by_us else f"{name} hung up."
                await self._screen.notice(self._farewell or over)
