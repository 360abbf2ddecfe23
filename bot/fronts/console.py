"""The terminal front: a prompt where there is a terminal, plain lines where there is none."""

import logging
import re
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from bot.calls.figures import Waiting
from bot.calls.handling import handling
from bot.calls.installation import Installation
from bot.domain.board import Board
from bot.domain.call import Post
from bot.domain.caller import Account, Caller
from bot.domain.errors import CallerError, NobodyThere, PostRefused, TroupeError
from bot.domain.permission import Spot
from bot.domain.reply import Ask, Choice, Notice, Reply
from bot.domain.variables import strip_control
from bot.domain.words import SHORT_ID_CHARS
from bot.fronts import apologies, commands
from bot.fronts.arguments import parse_arguments
from bot.fronts.relay import Relay
from bot.fronts.rendering import render
from bot.fronts.saving import save
from bot.fronts.typed import CommandCompleter, plain_lines, prompted_lines

LEAVE = {"quit", "exit"}
ASK_FOR_HELP = {"?", "/?", "/h", "help"}
HANG_UP, WHISPER = "hangup", "whisper"
NUMBER = re.compile(r"[0-9]{1,4}")

_log = logging.getLogger(__name__)


class Paper:
    """A chat's screen in a terminal."""

    def __init__(self, out: Console) -> None:
        self._out = out

    async def notice(self, words: str) -> None:
        """Print words of ours."""
        self._out.print(Text(strip_control(words)))

    async def speak(self, name: str, words: str) -> None:
        """Print what a character says."""
        self._out.print(Text(strip_control(f"{name}: {words}")))

    async def close(self) -> None:
        """Nothing is left open."""


class ConsoleFront:
    """One person at one terminal; it is their Poster as well. ``nudge`` says that there may be work now."""

    def __init__(
        self,
        house: Installation,
        caller: Caller,
        out: Console,
        *,
        nudge: Callable[[], None],
        says_yes: bool = False,
        more_commands: Mapping[str, Callable[[str], Awaitable[None]]] | None = None,
    ) -> None:
        self._house = house
        self._caller = caller
        self._out = out
        self._nudge = nudge
        self._says_yes = says_yes
        self._more = more_commands or {}
        self._choices: tuple[Choice, ...] = ()
        self._relay = Relay(house, caller, Paper(out))

    async def post(self, account: Account, reply: Reply, *, instead_of: Post | None = None) -> None:  # noqa: ARG002
        """Show a reply that nobody asked for just now; paper takes nothing back.

        Raises NobodyThere for anybody else's.
        """
        if account != self._caller.account:
            raise NobodyThere(str(account))
        self._show(reply, after=self._choices)

    async def erase_post(self, tenant: str, channel_id: str, message_id: str) -> None:
        """Refuse: what stands on paper cannot be taken back, and nothing is noted of it."""
        raise PostRefused(f"{tenant}:{channel_id}:{message_id}")

    async def find_spot(self, board: Board) -> Spot:
        """Refuse: a terminal has no channels."""
        raise PostRefused(str(board))

    async def announce(self, board: Board, notice: Notice, key: str) -> None:  # noqa: ARG002
        """Refuse: a terminal has no channels."""
        raise PostRefused(str(board))

    async def run(self) -> None:
        """Read commands until the input ends or the person leaves."""
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        completer = CommandCompleter(self._house, {*commands.NAMES, *self._more, "quit"})
        lines = prompted_lines(self._prompt, completer) if is_terminal else plain_lines(self._out)
        try:
            async for line in lines:
                if line.strip().removeprefix("/").partition(" ")[0].lower() in LEAVE:
                    return
                if line.strip():
                    with handling():
                        await self.take(line.strip())
        finally:
            await self._relay.hang_up()
            if not is_terminal and any(choice.url for choice in self._choices):
                self._out.print("Troupe stops here; a link of its own page opens only while it runs.")

    async def take(self, line: str) -> None:
        """Answer one line, as a person would type it."""
        is_choice = bool(self._choices and NUMBER.fullmatch(line))
        if self._relay.is_on and not line.startswith("/") and not is_choice:
            self._choices = ()
            await self._relay.say(line)
            return
        line = "/help" if line.lower() in ASK_FOR_HELP else line
        name, _, rest = line.removeprefix("/").partition(" ")
        if line.startswith("/") and name.lower() == HANG_UP and self._relay.can_be_ended:
            await self._relay.hang_up()
            return
        if line.startswith("/") and name.lower() == WHISPER and rest and await self._relay.whisper(rest):
            self._show(Reply(f"{self._relay.name} knows."))
            return
        more = self._more.get(name.lower()) if line.startswith("/") else None
        if more is not None:
            await more(rest.strip())
            return
        waiting = Waiting(self._house.figures, "console")
        reply = await self._answer(line, waiting)
        self._nudge()
        self._show(await self._kept(reply))
        waiting.answered()
        if reply.chat:
            await self._relay.open(reply.chat)
        if self._says_yes and any(
            choice.command == "answer" and choice.arguments.get("character") for choice in reply.choices
        ):
            await self.take("1")

    async def _answer(self, line: str, waiting: Waiting) -> Reply:
        """Answer a line; this is where errors become words."""
        try:
            ask = self._read(line)
            waiting.command = commands.counted(ask.command)
            if ask.command == "forget" and ask.arguments.get("sure") == "yes":
                await self._relay.hang_up()
            return await commands.answer(self._house, ask)
        except TroupeError as error:
            short = self._house.new_id()[:SHORT_ID_CHARS]
            if not apologies.is_members_own(error):
                _log.error("%s: %s", short, error)
            return Reply(apologies.in_words(error, short))

    def _read(self, line: str) -> Ask:
        """Return what a line asks. Raises CallerError when it is no command and no choice."""
        if NUMBER.fullmatch(line):
            return self._chosen(int(line))
        if not line.startswith("/"):
            raise CallerError("Commands begin with a slash, such as /call wizard. /help lists them all.")
        name, _, rest = line[1:].partition(" ")
        return Ask(self._caller, name.lower(), parse_arguments(name.lower(), rest.strip()))

    def _chosen(self, number: int) -> Ask:
        if not 1 <= number <= len(self._choices):
            many = (
                f"a number from 1 to {len(self._choices)}" if self._choices else "a command; /help lists them"
            )
            raise CallerError(f"There is no choice {number}; type {many}.")
        choice = self._choices[number - 1]
        if choice.url:
            raise CallerError(f"Open this in your browser: {choice.url}")
        return Ask(self._caller, choice.command, choice.arguments)

    async def _kept(self, reply: Reply) -> Reply:
        """Keep a file that goes with a reply, and say where."""
        if reply.download is None:
            return reply
        try:
            path = await save(reply.download, Path.cwd())
        except CallerError as error:
            return Reply(str(error))
        return replace(reply, text=f"{reply.text}\n{path}", is_data=True)

    def _show(self, reply: Reply, after: tuple[Choice, ...] = ()) -> None:
        """Show a reply; its choices count on after those that stay, all others can no longer be chosen."""
        self._choices = (*after, *reply.choices)
        render(self._out, reply, first_number=len(after) + 1)

    def _prompt(self) -> str:
        return f"to {self._relay.name}> " if self._relay.is_on else f"{self._caller.name}> "
