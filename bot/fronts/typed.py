"""What is typed at a terminal: arguments, completion, plain lines."""

import asyncio
import os.path
import shlex
import sys
import threading
from collections.abc import AsyncIterator, Iterable
from io import TextIOWrapper

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from rich.console import Console
from rich.text import Text

from bot.calls.installation import Installation
from bot.domain.errors import CallerError

WITH_CHARACTER = {"call", "memory", "history", "forget"}


def parse_arguments(name: str, rest: str) -> dict[str, str]:
    """Return a typed command's arguments; curly quotes count as straight ones.

    Raises CallerError when a quotation mark is left open in ``/import``.
    """
    if not rest:
        return {}
    if name == "call":
        whom, _, topic = f" {rest} ".partition(" about ")
        character, _, via = whom.partition(" by ")
        return {"character": character.strip(), "via": via.strip(), "topic": topic.strip()}
    if name == "import":
        whole = os.path.expanduser(rest)  # noqa: PTH111
        if os.path.isfile(whole):  # noqa: PTH113
            return {"file": whole, "character": ""}
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


async def plain_lines(out: Console) -> AsyncIterator[str]:
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
