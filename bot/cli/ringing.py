"""The sandbox's telephone in this terminal: it rings here, and is answered here."""

from collections.abc import Callable, Coroutine, Mapping

from rich.console import Console
from rich.text import Text

from bot.sandbox import Inbound, Line, NotRingingError, Phone, Ring


class SandboxPhone:
    """Rings in the terminal; ``commands`` are what a person types meanwhile."""

    def __init__(self, phone: Phone, inbound: Inbound, out: Console) -> None:
        self._phone = phone
        self._inbound = inbound
        self._out = out
        self._ring: Ring | None = None
        self._line: Line | None = None
        self.commands: Mapping[str, Callable[[str], Coroutine[None, None, None]]] = {
            "answer": self._answer,
            "decline": self._decline,
            "say": self._say,
            "hangup": self._hang_up,
            "sandbox-ring": self._ring_agent,
        }

    async def watch(self) -> None:
        """Show every call that rings, until cancelled."""
        async for ring in self._phone.ringing():
            self._ring = ring
            self._print(
                f"☎  {ring.number} is ringing in the sandbox. /answer takes the call, /decline does not."
            )

    async def _answer(self, _: str) -> None:
        if self._ring is None:
            self._print("No telephone is ringing.")
            return
        ring, self._ring = self._ring, None
        try:
            self._line = await ring.answer()
        except NotRingingError:
            self._print("It has stopped ringing.")
            return
        if self._line.failure:
            self._print(f"The line is dead: {self._line.failure}")
        self._print("You are on the telephone. /say WORDS speaks, /hangup ends the call.")
        self._hear(self._line.first_words)

    async def _ring_agent(self, number: str) -> None:
        """Ring the agent as if from a number, whosever it is."""
        if self._line is not None and self._line.open:
            self._print("You are on the telephone already. /hangup ends that call.")
        elif not number:
            self._print("Which number shall show? Write it: /sandbox-ring +4915112345678.")
        else:
            _, self._line = await self._inbound.ring(number.replace(" ", ""))
            if self._line.failure:
                self._print(f"The line is dead: {self._line.failure}")
            self._hear(self._line.first_words)

    async def _decline(self, _: str) -> None:
        if self._ring is None:
            self._print("No telephone is ringing.")
            return
        ring, self._ring = self._ring, None
        try:
            await ring.decline()
        except NotRingingError:
            self._print("It has stopped ringing.")

    async def _say(self, words: str) -> None:
        if self._line is None or not self._line.open:
            self._print("You are not on the telephone.")
        elif not words:
            self._print("Write what you want to say: /say hello there.")
        else:
            self._hear(await self._line.say(words))

    async def _hang_up(self, _: str) -> None:
        if self._line is None or not self._line.open:
            self._print("You are not on the telephone.")
            return
        await self._line.hang_up()
        self._line = None
        self._print("You hung up.")

    def _hear(self, words: list[str]) -> None:
        for sentence in words:
            self._print(f"☎  {sentence}")

    def _print(self, text: str) -> None:
        self._out.print(Text(text))
