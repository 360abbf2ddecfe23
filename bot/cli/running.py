"""``troupe console`` and ``troupe run``: the bot itself, with a terminal and without."""

import asyncio
import getpass
import re
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import click
from rich.console import Console

from bot.app import App, open_app
from bot.cli.parts import is_asked_from_outside, read_roles
from bot.cli.ringing import SandboxPhone
from bot.cli.whereabouts import free_address, public_url_of, sandbox_provider
from bot.config import Settings, read_settings
from bot.domain.caller import Account, Caller, parse_account
from bot.domain.errors import SettingsError
from bot.domain.process import ROLES, Role
from bot.elevenlabs.recall_tool import recall_tool
from bot.fronts.console import ConsoleFront
from bot.house import new_token, provider_of
from bot.logs import say, set_up_logs
from bot.platforms import tell_what_waits
from bot.sandbox import Sandbox, open_sandbox
from bot.web.header_secret import SECRET_HEADER
from bot.web.inbound import INITIATION_PATH
from bot.web.tools import RECALL_PATH
from storage.lock import hold_lock
from storage.url import find_database


@click.command()
@click.option(
    "--as", "account", metavar="NAME", help="Who you are; your login name unless you say otherwise."
)
@click.option("--yes", is_flag=True, help='Answer the first-call card with "Call and remember".')
def console(account: str | None, *, yes: bool) -> None:
    """Talk with Troupe in this terminal.

    Lines are read from standard input where there is no terminal:

        printf '/call wizard\\n' | troupe console --as alice --yes
    """
    settings = read_settings()
    caller = _caller(account)
    out = Console(highlight=False)
    set_up_logs(settings.log_level, settings.log_format, "console")
    asyncio.run(_console(settings, caller, out, says_yes=yes))


@click.command()
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(ROLES),
    help="Do this part alone, beside other processes that do the rest on the same Postgres server. May be "
    "given several times.",
)
def run(only: tuple[Role, ...]) -> None:
    """Run Troupe without a terminal, until it is told to stop (SIGTERM, Ctrl-C).

    One process does everything. Several share the work, each with the same settings and characters:

    \b
      discord   answers commands on Discord
      slack     answers commands on Slack
      web       talk page, webhooks, tools, calls that come in
      followup  dials, brings transcripts home, posts recaps; any number of processes

    Each answers /healthz and /metrics at LISTEN.
    """
    settings = read_settings()
    set_up_logs(settings.log_level, settings.log_format, "+".join(only) or "all")
    roles = read_roles(settings, only)
    asyncio.run(_run(settings, roles))


async def _console(settings: Settings, caller: Caller, out: Console, *, says_yes: bool) -> None:
    async with _open_bot(settings, caller.account) as (app, sandbox):
        phone = SandboxPhone(sandbox.phone, sandbox.inbound, out) if sandbox else None
        front = ConsoleFront(
            app.house,
            caller,
            out,
            nudge=app.followup.nudge,
            says_yes=says_yes,
            more_commands=phone.commands if phone else {},
        )
        app.posters[caller.account.platform] = front
        await tell_what_waits(app.house, app.followup)
        out.print(welcome(caller, sandbox), soft_wrap=True)
        async with asyncio.TaskGroup() as tasks:
            watch = tasks.create_task(phone.watch()) if phone else None
            at_the_terminal = tasks.create_task(front.run())
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, at_the_terminal.cancel)
            await asyncio.wait([at_the_terminal])
            if watch:
                watch.cancel()


async def _run(settings: Settings, roles: tuple[Role, ...]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with _open_bot(settings, roles=roles) as (app, _):
        does = "" if roles == ROLES else f"does {', '.join(roles)} and "
        say(f"Troupe {does}listens on {app.url}. Stop it with Ctrl-C.")
        await stop.wait()
        say("Stopping: finishing what is in hand.")


@asynccontextmanager
async def _open_bot(
    settings: Settings, operator: Account | None = None, roles: tuple[Role, ...] = ROLES
) -> AsyncIterator[tuple[App, Sandbox | None]]:
    """Open the bot, and the sandbox if it is needed; hold the lock that admits one bot to a database.

    ``operator`` is told about cost unless the settings name somebody.
    """
    chosen_listen = "listen" in settings.model_fields_set
    chosen = chosen_listen or bool(settings.public_url)
    wanted, may_move = settings.listen, settings.is_sandbox and not chosen
    if not is_asked_from_outside(settings, roles):
        wanted, may_move = wanted if chosen_listen else f"{wanted.rpartition(':')[0]}:0", True
    listen = free_address(wanted, may_move=may_move)
    public_url = public_url_of(settings, listen)
    async with AsyncExitStack() as stack:
        if not settings.is_sandbox:
            provider, sandbox = provider_of(settings), None
            info = {"public_url": public_url, "api_url": provider.api_url}
            stack.enter_context(hold_lock(settings.database_url, info))
        else:
            beside = _address_beside(listen)
            info = {"public_url": public_url, "api_url": f"http://{beside}"}
            stack.enter_context(hold_lock(settings.database_url, info))
            file = _sandbox_file(settings)
            try:
                sandbox = await stack.enter_async_context(
                    open_sandbox(listen=beside, file=file, public_agent=not public_url)
                )
            except OSError as error:
                raise SettingsError(f"The sandbox cannot start: {error}") from error
            provider = sandbox_provider(
                sandbox.url, sandbox.webhook_secret, inbound_secret=new_token(), recall_secret=new_token()
            )
        app = await stack.enter_async_context(
            open_app(
                settings,
                provider,
                listen=listen,
                public_url=public_url,
                operator=operator,
                tell=say,
                roles=roles,
            )
        )
        if sandbox:
            sandbox.deliver_webhooks_to(f"{app.url}/hooks/elevenlabs")
            (secret,) = provider.inbound_secrets
            await sandbox.ask_about_inbound(f"{app.url}{INITIATION_PATH}", {SECRET_HEADER: secret})
            (secret,) = provider.recall_secrets
            await sandbox.use_recall_tool(recall_tool(f"{app.url}{RECALL_PATH}", {SECRET_HEADER: secret}))
        if listen != wanted and not wanted.endswith(":0"):
            say(f"{wanted} is taken by another program; Troupe listens on {listen}.")
        yield app, sandbox


def _address_beside(listen: str) -> str:
    """Return the next port after the web server's, so that hosted links outlive a restart, or a free one."""
    host, _, port = listen.rpartition(":")
    return free_address(f"{host}:{(int(port) + 1) % 65_536}", may_move=True)


def _sandbox_file(settings: Settings) -> Path:
    """Return where the sandbox keeps what ElevenLabs would keep: beside the database."""
    database = find_database(settings.database_url)
    return (database.parent if database else Path("data")) / "sandbox.db"


def _caller(account: str | None) -> Caller:
    if account is None:
        name = re.sub(r"[^A-Za-z0-9_.@+-]", "", getpass.getuser()) or "me"
        account = name
    parsed: Account = parse_account(account)
    name = parsed.id if parsed.platform == "console" else ""
    return Caller(parsed, name[:1].upper() + name[1:], may_manage=True)


def welcome(caller: Caller, sandbox: Sandbox | None) -> str:
    """Return the first words of the terminal: who sits there, and what to try."""
    who = f"Troupe. You are {caller.name or caller.account}."
    if sandbox is None:
        return f"{who} Type /characters to see whom you can call, /help for the rest."
    return (
        f"{who} No ElevenLabs key is set, so a built-in stand-in plays it: nothing leaves this machine.\n"
        "Try /characters, then /call wizard. /help lists the rest, /quit leaves."
    )
