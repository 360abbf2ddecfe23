"""The terminal front: a prompt where there is a terminal, plain lines where there is none."""

import asyncio
import logging
import os.path
import shlex
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.text import Text

from bot.calls.installation import Installation
from bot.domain.caller import Account, Caller
from bot.domain.errors import CallerError, NobodyThere, TroupeError
from bot.domain.reply import Ask, Choice, Reply
from bot.fronts import commands
from bot.fronts.rendering import render

WITH_CHARACTER = {"call", "memory", "history", "forget"}
LEAVE = {"quit", "exit"}

_log = logging.getLogger(__name__)


class ConsoleFront:
    """One person at one terminal; it is their Poster as well."""

    def __init__(
        self,
        house: Installation,
        caller: Caller,
        out: Console,
        *,
        says_yes: bool = False,
        more_commands: Mapping[str, Callable[[str], Awaitable[None]]] | None = None,
    ) -> None:
        self._house = house
        self._caller = caller
        self._out = out
        self._says_yes = says_yes
        self._more = more_commands or {}
        self._choices: tuple[Choice, ...] = ()

    async def post(self, account: Account, reply: Reply) -> None:
        """Show a reply that nobody asked for just now. Raises NobodyThere for anybody else's."""
        if account != self._caller.account:
            raise NobodyThere(str(account))
        self._show(reply)

    async def run(self) -> None:
        """Read commands until the input ends or the person leaves."""
        is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        lines = self._prompted_lines() if is_terminal else _plain_lines(self._out)
        async for line in lines:
            if line.strip().removeprefix("/").lower() in LEAVE:
                return
            if line.strip():
                await self.take(line.strip())

    async def take(self, line: str) -> None:
        """Answer one line, as a person would type it."""
        name, _, rest = line.removeprefix("/").partition(" ")
        more = self._more.get(name) if line.startswith("/") else None
        if more is not None:
            await more(rest.strip())
            return
        try:
            ask = self._read(line)
            reply = await commands.answer(self._house, ask)
        except CallerError as error:
            reply = Reply(str(error))
        except TroupeError as error:
            _log.error("%s", error)
            reply = Reply(
                "That did not work, and nothing was changed. The reason stands in the log; try again."
            )
        self._show(reply)
        if self._says_yes and any(
            choice.command == "answer" and choice.arguments.get("character") for choice in reply.choices
        ):
            await self.take("1")

    def _read(self, line: str) -> Ask:
        """Return what a line asks. Raises CallerError when it is no command and no choice."""
        if line.isdigit():
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

    def _show(self, reply: Reply) -> None:
        if reply.choices:
            self._choices = reply.choices
        render(self._out, reply)

    async def _prompted_lines(self) -> AsyncIterator[str]:
        completer = CommandCompleter(self._house, [*commands.NAMES, *self._more, "quit"])
        session: PromptSession[str] = PromptSession(completer=completer, complete_while_typing=False)
        with patch_stdout(raw=True):
            while True:
                try:
                    yield await session.prompt_async(f"{self._caller.name}> ")
                except KeyboardInterrupt:
                    continue
                except EOFError:
                    return


def parse_arguments(name: str, rest: str) -> dict[str, str]:
    """Return a typed command's arguments; curly quotes count as straight ones.

    Raises CallerError when a quotation mark is left open in ``/import``.
    """
    if not rest:
        return {}
    if name == "call":
        character, _, topic = f" {rest} ".partition(" about ")
        return {"character": character.strip(), "topic": topic.strip()}
    if name == "import":
        try:
            words = shlex.split(rest.translate({0x201C: '"', 0x201D: '"'}))
        except ValueError:
            raise CallerError('A quotation mark is left open. Write /import "my file.json" wizard.') from None
        file = os.path.expanduser(words[0]) if words else ""  # noqa: PTH111
        return {"file": file, "character": " ".join(words[1:])}
    return {"what" if name == "forget" else "character": rest}


class CommandCompleter(Completer):
    """Completes commands, then characters or file names."""

    def __init__(self, house: Installation, names: Iterable[str]) -> None:
        self._house = house
        self._names = sorted(names)
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what may stand at the cursor."""
        text = document.text_before_cursor
        name, space, rest = text.removeprefix("/").partition(" ")
        if not space:
            for known in self._names:
                if known.startswith(name.lower()):
                    yield Completion(f"/{known}", start_position=-len(text))
        elif name == "import" and " " not in rest:
            yield from self._paths.get_completions(Document(rest), complete_event)
        elif name in WITH_CHARACTER or name == "import":
            word = rest.rpartition(" ")[2] if name == "import" else rest
            for persona in self._house.cast.all():
                if persona.slug.startswith(word.lower()):
                    yield Completion(persona.slug, start_position=-len(word), display_meta=persona.tagline)


async def _plain_lines(out: Console) -> AsyncIterator[str]:
    """Yield the lines of standard input, shown again so that the output reads like a dialogue."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read() -> None:
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        out.print(Text(f"> {line}", style="dim"))
        yield line
