"""``troupe sandbox``: the stand-in for ElevenLabs alone, so that any program can be pointed at it."""

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

import click
from rich.console import Console

from bot.cli.ringing import SandboxPhone
from bot.domain.errors import SettingsError
from bot.sandbox import Sandbox, open_sandbox

LINE_BYTES = 65_536


@click.command()
@click.option("--listen", default="127.0.0.1:8081", show_default=True, metavar="HOST:PORT")
@click.option(
    "--file",
    default=Path("data/sandbox.db"),
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What it keeps: conversations, calls, webhooks, tools.",
)
@click.option("--public", is_flag=True, help="The agent lets anybody in, as hosted links need.")
@click.option("--webhooks", metavar="URL", help="Where post-call webhooks go, once each, signed.")
def sandbox(listen: str, file: Path, webhooks: str | None, *, public: bool) -> None:
    """Play ElevenLabs on this machine, for Troupe or for any other program, until Ctrl-C.

    Outbound calls ring in this terminal: /answer, /decline, /say WORDS, /hangup.

    \b
    Programs can do the same, and more, under the address that is printed (no key needed):
      GET  /sandbox/calls    who was rung, and how often; ?to_number= and ?call_ref= choose,
                             ?limit=100 gives a page, ?after= what it answered there the next
      POST /sandbox/calls/SID/answer|decline|voicemail|say|hang-up   {"text": "…"} to say
      POST /sandbox/inbound  {"from_number": "+49…", "number": "phnum_sandbox"} rings the agent
      POST /sandbox/clock    {"advance_seconds": 900}  moves its time
      POST /sandbox/faults   {"operation": "get_signed_url", "fault": "status", "status": 429,
                              "retry_after": 2, "times": 1}
      GET  /sandbox/talks    what goes on: prompt, voice and workflow node, as they are played
      GET  /sandbox/faults   the faults laid out, and the operations they can be for
      DELETE /sandbox/faults

    \b
    Faults for a route: delay (seconds, when), status (status, retry_after, code, when), drop (when),
    garbage; for an outbound call also unsuccessful, null_id. "when" is before or after the effect.
    For "webhook": lose, twice, late (seconds), out_of_order. For "call": voicemail, busy, no_answer.
    For "recall": no_recall, failure. For "analysis": no_collection, no_summary.
    For "socket": close (status, reason).
    """
    host, _, port = listen.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise click.BadParameter("write it as HOST:PORT, like 127.0.0.1:8081", param_hint="--listen")
    if webhooks and not webhooks.startswith(("http://", "https://")):
        raise click.BadParameter("must start with http:// or https://", param_hint="--webhooks")
    try:
        asyncio.run(_serve(listen, file, webhooks, public=public))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"{listen} is taken. Stop what listens there, or choose another with --listen."
        else:
            reason = f"The sandbox cannot start: {error}."
        raise SettingsError(reason) from error


async def _serve(listen: str, file: Path, webhooks: str | None, *, public: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with (
        open_sandbox(listen=listen, file=file, public_agent=public, keep_webhooks=False) as running,
        asyncio.TaskGroup() as tasks,
    ):
        if webhooks:
            await running.configure_webhook(webhooks)
        click.echo(_what_to_set(running))
        helpers = []
        if sys.stdin.isatty():
            phone = SandboxPhone(running.phone, running.inbound, Console(highlight=False))
            click.echo("Telephones ring here: /answer, /decline, /say WORDS, /hangup. Ctrl-C stops it.")
            helpers = [tasks.create_task(phone.watch()), tasks.create_task(_type(phone.commands))]
        await stop.wait()
        for helper in helpers:
            helper.cancel()


def _what_to_set(running: Sandbox) -> str:
    settings = {
        "ELEVENLABS_API_URL": running.url,
        "ELEVENLABS_API_KEY": running.api_key,
        "ELEVENLABS_AGENT_ID": running.agent_id,
        "ELEVENLABS_PHONE_NUMBER_ID": running.phone_number_id,
        "ELEVENLABS_TALK_URL": running.talk_url,
        "ELEVENLABS_WEBHOOK_SECRET": running.webhook_secret,
    }
    lines = "\n".join(f"{name}={value}" for name, value in settings.items())
    return f"A stand-in for ElevenLabs listens on {running.url}. Point a program at it with:\n\n{lines}\n"


async def _type(commands: Mapping[str, Callable[[str], Coroutine[None, None, None]]]) -> None:
    """Obey lines from the terminal until it has no more, or until cancelled."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue[bytes]()
    terminal = sys.stdin.fileno()
    loop.add_reader(terminal, lambda: lines.put_nowait(os.read(terminal, LINE_BYTES)))
    try:
        while raw := await lines.get():
            for line in raw.decode(errors="replace").splitlines():
                word, _, rest = line.strip().removeprefix("/").partition(" ")
                if word in commands:
                    await commands[word](rest.strip())
                elif word:
                    click.echo("There are /answer, /decline, /say WORDS and /hangup.")
    finally:
        loop.remove_reader(terminal)
