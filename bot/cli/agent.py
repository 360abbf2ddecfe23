"""``troupe agent``: sets up at ElevenLabs what the agent needs from us."""

import asyncio
import json

import click

from bot.app import now
from bot.cli.whereabouts import find_bot
from bot.config import Settings, read_settings
from bot.domain.errors import SettingsError
from bot.elevenlabs.applying import Applied, apply_recall_tool
from bot.elevenlabs.client import open_elevenlabs
from bot.web.header_secret import SECRET_HEADER
from bot.web.tools import RECALL_PATH


@click.group()
def agent() -> None:
    """Set up the ElevenLabs agent."""


@agent.command()
@click.option("--dry-run", is_flag=True, help="Say what would be changed, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
def apply(*, dry_run: bool, as_json: bool) -> None:
    """Give the agent the tool with which characters look up in mid-call what a member said before.

    It needs PUBLIC_URL and ELEVENLABS_RECALL_SECRET. Everything else about the agent stays as it is.
    """
    done = asyncio.run(_apply(read_settings(), dry_run=dry_run))
    if as_json:
        click.echo(json.dumps({"changes": list(done.changes), "dry_run": dry_run}))
        return
    for change in done.changes:
        click.echo(f"Would {change}." if dry_run else f"Done: {change}.")
    if not done.changes:
        click.echo("Everything is as it should be.")


async def _apply(settings: Settings, *, dry_run: bool) -> Applied:
    if settings.is_sandbox:
        raise SettingsError("The built-in sandbox has the tool from the start; set ELEVENLABS_API_KEY first.")
    whereabouts = find_bot(settings)
    if not whereabouts.public_url or not settings.elevenlabs_recall_secret:
        raise SettingsError(
            "Set PUBLIC_URL and ELEVENLABS_RECALL_SECRET first: ElevenLabs asks the one and shows the other."
        )
    provider = whereabouts.provider
    async with open_elevenlabs(
        api_url=provider.api_url, api_key=provider.api_key, agent_id=provider.agent_id, clock=now
    ) as elevenlabs:
        url = f"{whereabouts.public_url}{RECALL_PATH}"
        secret = settings.elevenlabs_recall_secret[0]
        return await apply_recall_tool(elevenlabs, url, SECRET_HEADER, secret, dry_run=dry_run)
