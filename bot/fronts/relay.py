"""A text chat with a character in a terminal: what is typed goes out, what is said is shown."""

import asyncio
import logging

from rich.console import Console
from rich.text import Text

from bot.calls.chatting import Chat, open_chat
from bot.calls.installation import Installation
from bot.domain.call import CallId
from bot.domain.caller import Caller
from bot.domain.errors import CallerError, ProviderUnavailable, TroupeError
from bot.domain.talk import Corrected, Ended, Said, TalkEvent
from bot.domain.variables import strip_control

ANSWER_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Relay:
    """One chat at a time."""

    def __init__(self, house: Installation, caller: Caller, out: Console) -> None:
        self._house = house
        self._caller = caller
        self._out = out
        self._task: asyncio.Task[None] | None = None
        self._chat: Chat | None = None
        self._heard = asyncio.Event()

    @property
    def is_on(self) -> bool:
        """Whether somebody is on the line."""
        return self._chat is not None

    @property
    def can_be_ended(self) -> bool:
        """Whether there is a chat, or one is still connecting."""
        return self._task is not None and not self._task.done()

    @property
    def to(self) -> str:
        """Whom the next line goes to, empty when nobody is on the line."""
        return f"to {self._chat.persona.name}" if self._chat else ""

    async def open(self, call_id: CallId) -> None:
        """Connect, in place of a chat that is on, and wait for the first words."""
        await self.hang_up()
        self._heard.clear()
        self._task = asyncio.create_task(self._run(call_id), name="chat")
        await self._wait()

    async def say(self, text: str) -> None:
        """Say something, and wait until it is answered or the talk is over."""
        if self._chat is None:
            return
        self._heard.clear()
        try:
            await self._chat.talk.say(text)
        except ProviderUnavailable:
            self._show("The talk is over; that was not heard.")
            return
        await self._wait()

    async def hang_up(self) -> None:
        """End the chat, or the attempt to connect, if there is one, and wait until it is closed."""
        if self._task is None:
            return
        if self._chat is not None:
            await self._chat.talk.end()
        else:
            self._task.cancel()
        await asyncio.wait([self._task])
        ended, self._task = self._task, None
        if not ended.cancelled():
            ended.result()

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._heard.wait()
        except TimeoutError:
            self._show("No answer yet. Write on, or /hangup ends it.")

    async def _run(self, call_id: CallId) -> None:
        try:
            async with open_chat(self._house, self._caller, call_id) as self._chat:
                name = self._chat.persona.name
                self._show(
                    f"You are connected with {name}. Write what you want to say; /hangup ends the talk."
                )
                async for event in self._chat.talk.events():
                    self._take(self._chat, event)
        except CallerError as error:
            self._show(str(error))
        except TroupeError as error:
            _log.error("%s", error)
            if self._chat is None:
                self._show("The line is out of order; whoever runs Troupe finds the reason in the log.")
            else:
                self._show("The line broke off. What was said so far is not lost; /call again when you like.")
        finally:
            self._chat = None
            self._heard.set()

    def _take(self, chat: Chat, event: TalkEvent) -> None:
        match event:
            case Said(text):
                self._show(f"{chat.persona.name}: {text}")
                self._heard.set()
            case Corrected(text):
                self._show(f"{chat.persona.name}, interrupted: {text}")
            case Ended():
                self._show("You hung up." if event.by_us else f"{chat.persona.name} hung up.")

    def _show(self, words: str) -> None:
        self._out.print(Text(strip_control(words)))
