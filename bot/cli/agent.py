"""``troupe agent``: makes the agent at ElevenLabs what the cast and this installation need."""

import asyncio
import json
import sys
from dataclasses import asdict
from functools import partial
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from bot.cli.agent_create import create
from bot.cli.agent_diff import print_changes, print_owned
from bot.cli.agent_task import Keeper, Task, apply_task, find_task, plan_task
from bot.cli.env_file import ENV_FILE, alone
from bot.config import read_settings
from bot.domain.errors import CallerError
from bot.domain.words import plural
from bot.elevenlabs.applying import Applied, Plan

AS_IT_SHOULD_BE = "The agent is as it should be."
NEEDS_NOTHING = (
    "The built-in sandbox plays ElevenLabs and needs none of this; it shows what an agent of yours would get."
)


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
    made = asyncio.run(plan_task(task))
    if as_json:
        click.echo(_as_json(task, made))
    else:
        _print_plan(Console(highlight=False, markup=False), task, made)
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
    with alone():
        is_done = set_up_agent(yes=yes, as_json=as_json)
    sys.exit(0 if is_done else 1)


def set_up_agent(*, yes: bool = False, as_json: bool = False) -> bool:
    """Do what ``apply`` does, for who is alone in the folder; False where something did not take."""
    task = find_task(read_settings())
    planned = asyncio.run(plan_task(task))
    out = Console(highlight=False, markup=False, stderr=as_json)
    _print_plan(out, task, planned)
    keeper = Keeper(task.webhook_secrets, in_answer=as_json)
    applied = Applied(planned, ())
    if not planned.is_empty:
        _ask(planned, keeper, yes=yes, aside=as_json)
        applied = asyncio.run(apply_task(task, keeper, partial(out.print, soft_wrap=True)))
    if as_json:
        left = [asdict(change) for change in applied.left]
        click.echo(_as_json(task, applied.done, left=left, written=keeper.written, **keeper.shown))
    elif applied.left:
        out.print(Text("This did not take:", style="yellow"))
        print_changes(out, applied.left)
        out.print("Look at it in the dashboard; your plan there may not have it.")
    elif not planned.is_empty:
        out.print(AS_IT_SHOULD_BE)
    return not applied.left


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


def _print_plan(out: Console, task: Task, planned: Plan) -> None:
    if task.is_built_in and not planned.is_empty:
        out.print(Text(NEEDS_NOTHING), soft_wrap=True)
    if task.wish.exposure:
        out.print(Text(task.wish.exposure, style="yellow"), soft_wrap=True)
    if planned.is_empty:
        out.print(AS_IT_SHOULD_BE)
    else:
        whose = f"{planned.name or 'The agent'} ({planned.agent_id})"
        said = f"{plural(len(planned.changes), 'change')} to the settings of {whose}"
        out.print(Text(f"{said}; nothing that is not Troupe's is touched."), soft_wrap=True)
        for step in planned.steps:
            out.print(Text(f"+ {step}", style="green"), soft_wrap=True)
        print_changes(out, planned.changes)
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
