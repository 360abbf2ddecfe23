"""``troupe agent``: makes the agent at ElevenLabs what the cast and this installation need."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

import click
from pydantic import SecretStr
from rich.console import Console
from rich.text import Text

from bot.app import now
from bot.cast import Cast, read_cast
from bot.cli.agent_create import create
from bot.cli.agent_diff import print_changes, print_owned
from bot.cli.env_file import ENV_FILE, write_setting
from bot.cli.expecting import what_is_wished, where_it_asks
from bot.cli.whereabouts import find_bot
from bot.config import Settings, read_settings
from bot.domain.agent_wanted import Wish
from bot.domain.errors import CallerError, OperatorError, ProviderError, SettingsError
from bot.domain.words import plural
from bot.elevenlabs.applying import Applied, Plan, apply_agent, plan_agent
from bot.elevenlabs.beside import Addresses
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs

WEBHOOK_SECRET = "ELEVENLABS_WEBHOOK_SECRET"  # noqa: S105 (a setting's name)
AS_IT_SHOULD_BE = "The agent is as it should be."


@dataclass(frozen=True, slots=True)
class Task:
    """What an agent is to be made, and where it is."""

    wish: Wish
    addresses: Addresses
    api_url: str
    api_key: SecretStr
    agent_id: str
    webhook_secrets: tuple[str, ...] = ()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ElevenLabs]:
        """Yield the client of that agent."""
        async with open_elevenlabs(
            api_url=self.api_url, api_key=self.api_key, agent_id=self.agent_id, clock=now
        ) as elevenlabs:
            yield elevenlabs


@click.group()
def agent() -> None:
    """Set up the ElevenLabs agent for the cast and this installation."""


agent.add_command(create)


@agent.command()
@click.option("--json", "as_json", is_flag=True, help="Print one object: steps, changes, and our settings.")
def plan(*, as_json: bool) -> None:
    """Show what the agent lacks, as a diff, and change nothing.

    With PUBLIC_URL it is a private agent whose calls bring prompt and voice along; without, a public one
    whose workflow plays each character. Settings that are not Troupe's are neither looked at nor touched.

    Exit code 0: nothing is lacking; 1: troupe agent apply has something to do.
    """
    task = find_task(read_settings())
    made = asyncio.run(_plan(task))
    if as_json:
        click.echo(_as_json(task, made))
    else:
        _print_plan(Console(highlight=False), task, made)
    sys.exit(0 if made.is_empty else 1)


@agent.command()
@click.option("--yes", is_flag=True, help="Do it without asking; a new webhook's secret goes into .env.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print one object: what was done, and what did not take."
)
def apply(*, yes: bool, as_json: bool) -> None:
    """Show what the agent lacks, make it so after a yes, then look again and say what did not take.

    It needs a key that may change agents, tools, secrets and webhooks. Running it again does what is left.
    """
    task = find_task(read_settings())
    planned = asyncio.run(_plan(task))
    out = Console(highlight=False, stderr=as_json)
    _print_plan(out, task, planned, with_owned=False)
    keeper = Keeper(known=task.webhook_secrets)
    if not planned.is_empty:
        _ask(planned, keeper, yes=yes, aside=as_json)
    applied = asyncio.run(_apply(task, out, keeper)) if not planned.is_empty else Applied(planned, ())
    if as_json:
        left = [asdict(change) for change in applied.left]
        click.echo(_as_json(task, applied.done, left=left, written=keeper.written, **keeper.shown))
    elif applied.left:
        out.print(Text("This did not take:", style="yellow"))
        print_changes(out, applied.left)
        out.print("Look at it in the dashboard; your plan there may not have it.")
    elif not planned.is_empty:
        out.print(AS_IT_SHOULD_BE)
    sys.exit(1 if applied.left else 0)


class Keeper:
    """Gives the secret of a new webhook to the operator: into ``.env``, or once on the screen.

    ``is_told``: it is printed elsewhere.
    """

    def __init__(self, *, into_file: bool = True, known: tuple[str, ...] = ()) -> None:
        self.into_file = into_file
        self.written: list[str] = []
        self.shown: dict[str, str] = {}
        self._known = known
        self.is_told = False

    def keep(self, secret: SecretStr) -> None:
        """Write it, before the ones that are known already; show it where the file cannot be written."""
        value = ",".join((secret.get_secret_value(), *self._known))
        if self.into_file:
            try:
                write_setting(WEBHOOK_SECRET, value)
            except SettingsError:
                self.into_file = False
            else:
                self.written.append(WEBHOOK_SECRET)
                return
        self.shown["webhook_secret"] = value

    def tell(self, out: Console) -> None:
        """Say where it is, or show it: nobody can read it at ElevenLabs again."""
        if self.written:
            out.print(f"The new webhook's secret is in {ENV_FILE} as {WEBHOOK_SECRET}: restart Troupe.")
        elif self.shown and not self.is_told:
            words = "The new webhook's secret, which is shown this once: put it into .env and restart Troupe."
            out.print(words, soft_wrap=True)
            out.print(f"{WEBHOOK_SECRET}={self.shown['webhook_secret']}", soft_wrap=True)


def find_task(settings: Settings, agent_id: str = "") -> Task:
    """Return what the agent of the settings, or another one, has to be made.

    Raises SettingsError where no agent can be asked, OperatorError where the cast cannot be played.
    """
    whereabouts = find_bot(settings)
    if not whereabouts.can_be_asked:
        raise SettingsError(
            "The built-in sandbox plays ElevenLabs, and it does not run: set ELEVENLABS_API_KEY, or start it "
            "(make run)."
        )
    provider = whereabouts.provider
    agent_id = agent_id or provider.agent_id
    if not agent_id:
        raise SettingsError("ELEVENLABS_AGENT_ID is not set; troupe agent create makes an agent.")
    cast = read_cast(settings.personas_dir)
    _refuse_unplayable(cast)
    wish, addresses = what_is_wished(settings, whereabouts, cast), where_it_asks(settings, whereabouts)
    known = provider.webhook_secrets
    return Task(wish, addresses, provider.api_url, provider.api_key, agent_id, known)


def _refuse_unplayable(cast: Cast) -> None:
    """Say what is broken; a broken character's node stays, but rules have to stand before everybody."""
    for problem in cast.problems:
        click.echo(str(problem), err=True)
    if not cast.house_rules:
        raise OperatorError("Without house rules no agent is set up: mend house-rules.md first.")
    if not cast.personas:
        raise OperatorError("No character can be played: set PERSONAS_DIR to the folder of the cast.")


async def _plan(task: Task) -> Plan:
    async with task.open() as elevenlabs:
        return await plan_agent(elevenlabs, task.wish, task.addresses)


async def _apply(task: Task, out: Console, keeper: Keeper) -> Applied:
    done: list[str] = []

    def tell(step: str) -> None:
        done.append(step)
        out.print(f"Done: {step}.", soft_wrap=True)

    try:
        async with task.open() as elevenlabs:
            applied = await apply_agent(
                elevenlabs, task.wish, task.addresses, tell=tell, keep_secret=keeper.keep
            )
    except ProviderError as error:
        what = f"{plural(len(done), 'step')} done" if done else "Nothing was done"
        raise OperatorError(f"{error} {what}: run troupe agent apply again for the rest.") from error
    else:
        keeper.is_told = out.stderr
        return applied
    finally:
        keeper.tell(out)


def _ask(planned: Plan, keeper: Keeper, *, yes: bool, aside: bool) -> None:
    """Raises CallerError where nobody says yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise CallerError("Nothing was changed: there is no terminal to ask at. Add --yes to do it.")
    if not click.confirm("Do this?", default=False, err=aside):
        raise CallerError("Nothing was changed.")
    if any("make the post-call webhook" in step for step in planned.steps):
        question = f"Write the new webhook's secret into {ENV_FILE}? Otherwise it is shown once."
        keeper.into_file = click.confirm(question, default=True, err=aside)


def _print_plan(out: Console, task: Task, planned: Plan, *, with_owned: bool = True) -> None:
    if task.wish.exposure:
        out.print(Text(task.wish.exposure, style="yellow"), soft_wrap=True)
    if planned.is_empty:
        out.print(AS_IT_SHOULD_BE)
    else:
        out.print(Text(f"{planned.name or 'The agent'} ({planned.agent_id}) lacks this:"))
        for step in planned.steps:
            out.print(Text(f"+ {step}", style="green"), soft_wrap=True)
        print_changes(out, planned.changes)
    if with_owned:
        print_owned(out, planned.owned)


def _as_json(task: Task, planned: Plan, **more: Any) -> str:
    told = {
        "agent_id": planned.agent_id,
        "public": task.wish.exposure,
        "steps": planned.steps,
        "changes": [asdict(change) for change in planned.changes],
        "owned": planned.owned,
        **more,
    }
    return json.dumps(told, ensure_ascii=False)
