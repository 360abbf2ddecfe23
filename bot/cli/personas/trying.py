"""``troupe personas try``: a talk with a character in the terminal, of which nothing is left."""

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Coroutine
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from bot.calls.first_call import answer_card
from bot.calls.importing import preview_import, save_import
from bot.calls.installation import Installation
from bot.calls.placing import Placed, Wish, place, prepare
from bot.cast import LiveCast
from bot.cli.past import show_preview
from bot.cli.personas.folder import find_persona, folder_of_cast, folder_option
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings, read_settings
from bot.domain.allowance import UNLIMITED
from bot.domain.caller import Caller, Person, parse_account
from bot.domain.errors import CallerError, ProviderError
from bot.domain.persona import Persona
from bot.domain.rehearsing import SAMPLE_NAME, rehearsed, sample_file
from bot.domain.reply import Attached
from bot.domain.variables import strip_control
from bot.fronts.console import HANG_UP, LEAVE, WHISPER, Paper
from bot.fronts.relay import Relay
from bot.fronts.typed import plain_lines, prompted_lines
from bot.house import open_installation, provider_of
from bot.sandbox import open_sandbox
from storage.url import MEMORY

SAMPLE, NOTHING = "sample", "none"
_ANYWHERE = "http://127.0.0.1"
"""An installation with a page of its own: there the override says who is played, not the agent's workflow."""


@click.command("try")
@click.argument("slug")
@click.option(
    "--memory",
    default=SAMPLE,
    show_default=True,
    metavar="FILE|sample|none",
    help="What the character remembers of you: a file as troupe import takes it, a made-up past, or nothing.",
)
@click.option("--as", "name", default="", metavar="NAME", help="What the character calls you.")
@click.option("--topic", default="", help="What the talk is about.")
@click.option("--sandbox", "in_sandbox", is_flag=True, help="With the stand-in, though a key is set.")
@click.option("--yes", is_flag=True, help="Begin without asking, though it costs something.")
@folder_option
def try_(
    slug: str, memory: str, name: str, topic: str, folder: Path | None, *, in_sandbox: bool, yes: bool
) -> None:
    """Talk with the character SLUG in text, here and now; nothing of it is kept.

    Without an ElevenLabs key the built-in stand-in answers, by simple rules; with one your agent does. Your
    database, allowances and memories are left alone. /hangup, Ctrl-D and Ctrl-C end it, as does the end of
    lines from a pipe.
    """
    settings = read_settings()
    cast, persona = find_persona(folder_of_cast(folder), slug, as_json=False)
    name = name or (SAMPLE_NAME if memory == SAMPLE else "")
    caller = Caller(parse_account("try"), strip_control(name))
    is_real = not (settings.is_sandbox or in_sandbox)
    is_heard = asyncio.run(
        _try(settings, cast, persona, caller, memory, topic, is_real=is_real, says_yes=yes)
    )
    sys.exit(0 if is_heard else 1)


async def _try(
    settings: Settings,
    cast: LiveCast,
    persona: Persona,
    caller: Caller,
    memory: str,
    topic: str,
    *,
    is_real: bool,
    says_yes: bool,
) -> bool:
    """Hold the talk; False if the character never said a word."""
    out = Console(highlight=False)
    async with _open_apart(settings, cast, is_real=is_real) as house:
        person = await answer_card(house, caller, remember=True)
        await _remember(house, caller, persona, memory)
        if is_real and not says_yes:
            await _ask_whether_to_begin(house, person, persona, topic)
        placed = await place(house, caller, persona.slug, Wish(topic, via="chat"))
        if placed is None:
            raise RuntimeError("the card was answered")
        out.print(_beginning(caller, persona, memory, is_real=is_real), soft_wrap=True)
        screen = _Screen(out)
        try:
            await _until_told_to_stop(_talk(Relay(house, caller, screen), placed, screen, out))
        finally:
            if is_real:
                await _erase_there(house, placed)
    return screen.is_heard


@asynccontextmanager
async def _open_apart(settings: Settings, cast: LiveCast, *, is_real: bool) -> AsyncIterator[Installation]:
    """Open an installation that is gone afterwards: database in memory, sandbox on a free port."""
    apart = settings.model_copy(update={"database_url": MEMORY, "secret_key": (), "operator": ""})
    async with AsyncExitStack() as stack:
        provider = provider_of(settings)
        if not is_real:
            beside = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="troupe-")))
            sandbox = await stack.enter_async_context(open_sandbox(file=beside / "sandbox.db"))
            provider = sandbox_provider(sandbox.url)
        house = await stack.enter_async_context(open_installation(apart, provider, cast, _ANYWHERE))
        yield replace(house, terms=replace(house.terms, limits=UNLIMITED))


async def _remember(house: Installation, caller: Caller, persona: Persona, memory: str) -> None:
    """Let the character remember what was asked for. Raises ImportRejected."""
    if memory == NOTHING or (memory == SAMPLE and persona.memory == "none"):
        return
    is_sample = memory == SAMPLE
    sample = json.dumps(sample_file(caller.name, house.now())).encode()
    file = Attached("sample.json", sample) if is_sample else Path(memory)
    preview = await preview_import(house, caller, file, persona.slug)
    if not is_sample:
        show_preview(preview, aside=True)
    await save_import(house, caller, preview)


async def _ask_whether_to_begin(house: Installation, person: Person, persona: Persona, topic: str) -> None:
    """Say what a talk with the real agent costs. Raises CallerError unless it is wanted."""
    prepared = await prepare(house, person, persona, topic=topic, platform="console")
    tokens = rehearsed(person.name, prepared.context, prepared.initiation).tokens
    click.echo(
        "This talks with your ElevenLabs agent, in text, and is billed to your account as your plan says. "
        f"Each answer has the language model read the prompt again, about {tokens:,} tokens, and what was "
        "said so far. ElevenLabs' copy is erased afterwards.",
        err=True,
    )
    if not sys.stdin.isatty():
        raise CallerError("Nothing was begun: add --yes to begin where nobody can be asked.")
    if not click.confirm("Begin?", default=True, err=True):
        raise CallerError("Nothing was begun.")


def _beginning(caller: Caller, persona: Persona, memory: str, *, is_real: bool) -> str:
    whom = "your ElevenLabs agent" if is_real else "the built-in stand-in, which talks by simple rules"
    known = {SAMPLE: "a made-up past", NOTHING: "no past"}.get(memory, "the past of that file")
    if persona.memory == "none":
        known = "no past, since this character remembers nothing"
    you = f"You are {caller.name}" if caller.name else "You have no name here (--as NAME gives you one)"
    return (
        f"{strip_control(persona.name)}, played by {whom}. {you}, "
        f"with {known}. Nothing of this is kept. /whisper TEXT lets the character know something."
    )


class _Screen(Paper):
    """The terminal, which notes whether the character spoke and when the line is closed."""

    def __init__(self, out: Console) -> None:
        super().__init__(out)
        self.is_heard = False
        self.over = asyncio.Event()

    async def speak(self, name: str, words: str) -> None:
        """Print what the character says."""
        self.is_heard = True
        await super().speak(name, words)

    async def close(self) -> None:
        """Note that nobody is on the line any more."""
        self.over.set()


async def _talk(relay: Relay, placed: Placed, screen: _Screen, out: Console) -> None:
    """Relay lines until either side hangs up or there are no more."""
    is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    lines = (
        prompted_lines(lambda: f"to {relay.name}> ", interrupt_ends=True) if is_terminal else plain_lines(out)
    )
    over = asyncio.create_task(screen.over.wait(), name="over")
    try:
        await relay.open(placed.call.id)
        async with aclosing(lines):
            while not screen.over.is_set():
                line = asyncio.create_task(_next(lines), name="line")
                try:
                    await asyncio.wait([line, over], return_when=asyncio.FIRST_COMPLETED)
                    if not line.done() or not await _take(relay, line.result(), screen):
                        return
                finally:
                    line.cancel()
                    await asyncio.wait([line])  # the lines can only be closed once nobody waits for one
    finally:
        over.cancel()
        await relay.hang_up()


async def _next(lines: AsyncGenerator[str, None]) -> str | None:
    return await anext(lines, None)


async def _take(relay: Relay, line: str | None, screen: _Screen) -> bool:
    """Pass a line on; False if it ends the talk."""
    word, _, rest = (line or "").strip().removeprefix("/").partition(" ")
    if line is None or (line.startswith("/") and word.lower() in {HANG_UP, *LEAVE}):
        return False
    if not line.startswith("/"):
        if line.strip():
            await relay.say(line.strip())
    elif word.lower() == WHISPER and rest and await relay.whisper(rest):
        await screen.notice(f"{relay.name} knows.")
    else:
        await screen.notice("Here are /whisper TEXT and /hangup; everything else is said to the character.")
    return True


async def _until_told_to_stop(work: Coroutine[None, None, None]) -> None:
    """Do it until it is done, or until Ctrl-C or SIGTERM ends it in order."""
    task = asyncio.create_task(work, name="talk")
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, task.cancel)
    await asyncio.wait([task])
    if not task.cancelled():
        task.result()


async def _erase_there(house: Installation, placed: Placed) -> None:
    """Have ElevenLabs erase its copy of the talk, and say so where it does not."""
    for binding in await house.store.fetch_bindings(placed.call.id):
        try:
            await house.agents.delete_conversation(binding.conversation_id)
        except ProviderError as error:
            click.echo(f"ElevenLabs still has this talk as {binding.conversation_id}: {error}", err=True)
