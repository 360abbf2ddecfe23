"""Typing at a terminal: completion, and lines where there is no terminal."""

import asyncio
import re
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Iterable
from io import TextIOWrapper

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console
from rich.text import Text

from bot.calls.installation import Installation

WITH_CHARACTER = {"call", "memory", "history", "forget"}
SECOND_WORDS = {
    "account": (
        "code",
        "link",
        "phone",
        "phone remove",
        "remember off",
        "remember on",
        "share off",
        "share on",
        "unlink",
    ),
    "troupe": ("allowance", "block", "cost", "pause", "resume", "unblock"),
}
AFTER_CHARACTER = ("about", "at", "by chat", "by link", "by phone")
_LAST_WORDS = re.compile(r"(?:\bby )?\S*$", re.IGNORECASE)


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
            yield from _beginning_with(name, [f"/{known}" for known in self._names], start=-len(text))
        elif name == "import" and " " not in rest:
            yield from self._paths.get_completions(Document(rest), complete_event)
        elif name in SECOND_WORDS:
            yield from _beginning_with(rest, SECOND_WORDS[name])
        elif name == "call" and " " in rest:
            yield from _beginning_with(_LAST_WORDS.findall(rest)[0], AFTER_CHARACTER)
        elif name in WITH_CHARACTER or name == "import":
            word = rest.rpartition(" ")[2] if name == "import" else rest
            for persona in self._house.cast.all():
                if persona.slug.startswith(word.lower()):
                    yield Completion(persona.slug, start_position=-len(word), display_meta=persona.tagline)


def _beginning_with(typed: str, choices: Iterable[str], start: int | None = None) -> Iterable[Completion]:
    """Yield the choices that go on as was typed; a slash before them counts for nothing."""
    for choice in choices:
        if choice.removeprefix("/").startswith(typed.lower()):
            yield Completion(choice, start_position=-len(typed) if start is None else start)


async def prompted_lines(
    prompt: Callable[[], str], completer: Completer | None = None, *, interrupt_ends: bool = False
) -> AsyncGenerator[str, None]:
    """Yield what is typed at a terminal until Ctrl-D; ``interrupt_ends``: until Ctrl-C as well."""
    session: PromptSession[str] = PromptSession(completer=completer, complete_while_typing=False)
    with patch_stdout(raw=True):
        while True:
            try:
                yield await session.prompt_async(prompt())
            except KeyboardInterrupt:
                if interrupt_ends:
                    return
            except EOFError:
                return


async def plain_lines(out: Console) -> AsyncGenerator[str, None]:
    """Yield the lines of standard input, shown again so that the output reads like a dialogue."""
    lines: asyncio.Queue[str | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")

    def read() -> None:
        try:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\n"))
        finally:
            loop.call_soon_threadsafe(lines.put_nowait, None)

    threading.Thread(target=read, name="stdin", daemon=True).start()
    while (line := await lines.get()) is not None:
        out.print(Text(f"> {line}", style="dim"))
        yield line
