"""The task of ``troupe agent``: which agent is to be made what, and doing it.

``troupe setup`` does the same with the agent that it picked or made.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import click
from pydantic import SecretStr

from bot.cast import Cast, read_cast
from bot.cli.env_file import ENV_FILE, write_setting
from bot.cli.expecting import what_is_wished, where_it_asks
from bot.cli.whereabouts import find_bot
from bot.config import Settings
from bot.domain.agent_wanted import Wish
from bot.domain.errors import OperatorError, ProviderError, SettingsError
from bot.domain.words import plural
from bot.elevenlabs.applying import Applied, Plan, apply_agent, plan_agent
from bot.elevenlabs.beside import Addresses
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs
from bot.house import now

WEBHOOK_SECRET = "ELEVENLABS_WEBHOOK_SECRET"  # noqa: S105 (a setting's name)


@dataclass(frozen=True, slots=True)
class Task:
    """What an agent is to be made, and where it is."""

    wish: Wish
    addresses: Addresses
    api_url: str
    api_key: SecretStr
    agent_id: str
    webhook_secrets: tuple[str, ...] = ()
    is_built_in: bool = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ElevenLabs]:
        """Yield the client of that agent."""
        async with open_elevenlabs(
            api_url=self.api_url, api_key=self.api_key, agent_id=self.agent_id, clock=now
        ) as elevenlabs:
            yield elevenlabs


class Keeper:
    """Gives the secret of a new webhook to the operator: into ``.env``, or once on the screen.

    ``in_answer``: what it could not write is part of an answer that whoever asks prints.
    """

    def __init__(self, known: tuple[str, ...] = (), *, in_answer: bool = False) -> None:
        self.into_file = True
        self.in_answer = in_answer
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

    def tell(self, say: Callable[[str], object]) -> None:
        """Say where it is, or show it: nobody can read it at ElevenLabs again."""
        if self.written:
            say(f"The new webhook's secret is in {ENV_FILE} as {WEBHOOK_SECRET}: restart Troupe.")
        elif self.shown and not self.is_told:
            say("The new webhook's secret, which is shown this once: put it into .env and restart Troupe.")
            say(f"{WEBHOOK_SECRET}={self.shown['webhook_secret']}")


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
    is_built_in = whereabouts.is_sandbox
    return Task(wish, addresses, provider.api_url, provider.api_key, agent_id, known, is_built_in)


def _refuse_unplayable(cast: Cast) -> None:
    """Say what is broken; a broken character's node stays, but rules have to stand before everybody."""
    for problem in cast.problems:
        click.echo(str(problem), err=True)
    if not cast.house_rules:
        raise OperatorError("Without house rules no agent is set up: mend house-rules.md first.")
    if not cast.personas:
        raise OperatorError("No character can be played: set PERSONAS_DIR to the folder of the cast.")


async def plan_task(task: Task) -> Plan:
    """Return what the agent lacks. Raises ProviderError and its kinds."""
    async with task.open() as elevenlabs:
        return await plan_agent(elevenlabs, task.wish, task.addresses)


async def apply_task(task: Task, keeper: Keeper, say: Callable[[str], object]) -> Applied:
    """Do it, and say each step once it is done. Raises OperatorError, which says what is left to do."""
    done: list[str] = []

    def tell(step: str) -> None:
        done.append(step)
        say(f"Done: {step}.")

    try:
        async with task.open() as elevenlabs:
            applied = await apply_agent(
                elevenlabs, task.wish, task.addresses, tell=tell, keep_secret=keeper.keep
            )
    except ProviderError as error:
        what = f"{plural(len(done), 'step')} done" if done else "Nothing was done"
        raise OperatorError(f"{error} {what}: run troupe agent apply again for the rest.") from error
    else:
        keeper.is_told = keeper.in_answer
        return applied
    finally:
        keeper.tell(say)
