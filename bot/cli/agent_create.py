"""``troupe agent create``: makes an agent at ElevenLabs, for ``troupe agent apply`` to set up."""

import asyncio
import json
import sys

import click

from bot.cli.env_file import ENV_FILE, write_setting
from bot.config import Settings, read_settings
from bot.domain.errors import SettingsError
from bot.elevenlabs.client import open_elevenlabs
from bot.house import now

AGENT_ID = "ELEVENLABS_AGENT_ID"
MOST_NAME_CHARS = 100


@click.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Write its id into .env without asking.")
@click.option("--json", "as_json", is_flag=True, help="Print the id as JSON.")
def create(name: str, *, yes: bool, as_json: bool) -> None:
    """Make an agent called NAME, which lets nobody in before troupe agent apply has set it up.

    Its id belongs into .env as ELEVENLABS_AGENT_ID.
    """
    name = name.strip()
    if not 0 < len(name) <= MOST_NAME_CHARS:
        raise click.BadParameter(f"a name has 1 to {MOST_NAME_CHARS} characters", param_hint="NAME")
    settings = read_settings(unfinished=True)
    agent_id = asyncio.run(create_agent(settings, name))
    is_written = _may_write(settings.elevenlabs_agent_id, agent_id, yes=yes, as_json=as_json)
    if is_written:
        try:
            write_setting(AGENT_ID, agent_id)
        except SettingsError as error:
            raise SettingsError(f"Made {name} ({AGENT_ID}={agent_id}), but {error}") from None
    if as_json:
        click.echo(json.dumps({"agent_id": agent_id, "written": [AGENT_ID] if is_written else []}))
        return
    where = f"which is in {ENV_FILE} now" if is_written else f"which belongs into {ENV_FILE}"
    click.echo(f"Made {name}, {where}:\n{AGENT_ID}={agent_id}\ntroupe agent apply sets it up.")


async def create_agent(settings: Settings, name: str) -> str:
    """Make an agent with nothing set and return its id. Raises SettingsError without a key, ProviderError."""
    if settings.is_sandbox:
        raise SettingsError("Set ELEVENLABS_API_KEY first; the built-in sandbox has its agent already.")
    async with open_elevenlabs(
        api_url=settings.elevenlabs_api_url, api_key=settings.elevenlabs_api_key, agent_id="", clock=now
    ) as elevenlabs:
        return await elevenlabs.workspace.create_agent(name)


def _may_write(known: str, agent_id: str, *, yes: bool, as_json: bool) -> bool:
    """Whether the id is to stand in ``.env``; where nobody can be asked it is not."""
    if yes:
        return True
    if as_json or not sys.stdin.isatty():
        return False
    instead = f" instead of {known}" if known else ""
    return click.confirm(f"Write {agent_id} into {ENV_FILE} as {AGENT_ID}{instead}?", default=not known)
