"""``troupe setup elevenlabs``: key, address, agent, number and secrets, each checked and written at once."""

import asyncio
import secrets
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import click
from pydantic import SecretStr

from bot.cli.agent import set_up_agent
from bot.cli.agent_create import AGENT_ID, create_agent
from bot.cli.asking import ask, choose, clean, keep, refuse_other
from bot.config import Settings, read_settings
from bot.domain.errors import (
    CallerError,
    OperatorError,
    PlatformUnreachable,
    ProviderError,
    ProviderRefused,
    SettingsError,
)
from bot.domain.numbers import masked, parse_regions
from bot.domain.words import plural
from bot.domain.written import check_web_address
from bot.elevenlabs.calls import PhoneNumber
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs
from bot.house import now

KEY, ADDRESS, RECALL, NUMBER = (
    "ELEVENLABS_API_KEY",
    "PUBLIC_URL",
    "ELEVENLABS_RECALL_SECRET",
    "ELEVENLABS_PHONE_NUMBER_ID",
)
WEBHOOK, REGIONS = "ELEVENLABS_WEBHOOK_SECRET", "PHONE_COUNTRIES"
STEPS = """\
ElevenLabs, in two steps:
  1. Open https://elevenlabs.io/app/settings/api-keys and make a key that may read and write agents, and
     phone numbers if members shall be rung.
  2. Paste it here; what you paste is not shown.
"""
NO_ADDRESS = "hosted links, which need no address"
CLEAR = "none"
NEW = "new"
MOST_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Account:
    """What a key lets us see: the agents, the numbers, and in words what it does not."""

    agents: tuple[tuple[str, str], ...]
    numbers: tuple[PhoneNumber, ...]
    hidden: tuple[str, ...]


def set_up_elevenlabs() -> None:
    """Ask for all that ElevenLabs needs, one after the other. Raises SettingsError, CallerError.

    Without a terminal the key stands on the first line of standard input, and an agent's id on a second.
    """
    if not sys.stdin.isatty():
        _read()
        return
    settings = read_settings(unfinished=True)
    click.echo(STEPS)
    known = settings.elevenlabs_api_key.get_secret_value()
    found: list[Account] = []
    key = ask(
        "ElevenLabs key",
        KEY,
        lambda typed: found.append(look_at_key(settings, typed)),
        known=known,
        without="the built-in sandbox plays ElevenLabs",
    )
    if not key:
        click.echo("Without a key the built-in sandbox plays ElevenLabs; troupe setup elevenlabs asks again.")
        return
    account = found[-1]
    keep(KEY, key)
    _say_what_it_may(account)
    _ask_address()
    _ask_agent(account)
    try:
        _ask_number(account)
    except CallerError as error:  # calls by phone are an extra: the agent is set up without them
        click.echo(f"{error} Phone calls stay as they were.\n", err=True)
    _make_recall_secret()
    _apply()
    _ask_webhook_secret()


def check_elevenlabs(settings: Settings) -> None:
    """Say what the key that is set lets us see. Raises SettingsError, PlatformUnreachable."""
    key = settings.elevenlabs_api_key.get_secret_value()
    if not key:
        raise SettingsError(f"{KEY} is not set; troupe setup elevenlabs asks for it.")
    _say_what_it_may(look_at_key(settings, key))


def look_at_key(settings: Settings, key: str) -> Account:
    """Ask ElevenLabs what a key lets us see. Raises SettingsError, PlatformUnreachable."""
    return asyncio.run(_look(settings.elevenlabs_api_url, key))


async def _look(api_url: str, key: str) -> Account:
    try:
        async with open_elevenlabs(
            api_url=api_url, api_key=SecretStr(key), agent_id="", clock=now
        ) as elevenlabs:
            agents = await elevenlabs.workspace.list_agents()
            return await _look_further(elevenlabs, tuple((one.agent_id, one.name) for one in agents))
    except ProviderRefused as error:
        why = "does not know this key" if error.status == 401 else "does not let this key see its agents"
        advice = "copy it anew, or make a key that may read and write agents"
        raise SettingsError(f"ElevenLabs {why}: {advice}. ({error})") from None
    except ProviderError as error:
        raise PlatformUnreachable("ElevenLabs", str(error.status or error.code or "no answer")) from None


async def _look_further(elevenlabs: ElevenLabs, agents: tuple[tuple[str, str], ...]) -> Account:
    reads: dict[str, Callable[[], Awaitable[Any]]] = {
        "phone numbers": elevenlabs.fetch_phone_numbers,
        "webhooks": elevenlabs.workspace.list_webhooks,
        "tools": elevenlabs.workspace.list_tools,
        "workspace settings": elevenlabs.workspace.fetch_settings,
    }
    hidden, numbers = [], ()
    for name, read in reads.items():
        try:
            seen = await read()
        except ProviderRefused:
            hidden.append(name)
        else:
            numbers = seen if name == "phone numbers" else numbers
    return Account(agents, numbers, tuple(hidden))


def _say_what_it_may(account: Account) -> None:
    click.echo(f"The key is good; it sees {plural(len(account.agents), 'agent')}.")
    if account.hidden:
        click.echo(f"! It may not read {', '.join(account.hidden)}: give it that right, or do without.")
    click.echo("Whether it may change them shows when the agent is set up.\n")


def _ask_address() -> None:
    known = read_settings(unfinished=True).public_url or ""
    click.echo(
        "Members talk on a page of Troupe's own if this machine can be reached over https; else over public "
        f"links at ElevenLabs.{f' Now it is {known}.' if known else ''}"
    )
    answered = ask(
        f"Its address, https://…{f', or {CLEAR} for {NO_ADDRESS}' if known else ''}",
        ADDRESS,
        _check_address,
        known=known,
        without=NO_ADDRESS,
        hidden=False,
    )
    keep(ADDRESS, "" if answered == CLEAR else answered.rstrip("/"))
    click.echo()


def _check_address(typed: str) -> None:
    if typed == CLEAR:
        return
    try:
        check_web_address(typed)
    except ValueError as error:
        raise SettingsError(f"That is no address: {error}.") from None
    if typed.startswith("http://") and urlsplit(typed).hostname not in ("localhost", "127.0.0.1", "::1"):
        raise SettingsError("Begin with https://: http:// is for this machine alone (localhost, 127.0.0.1).")


def _ask_agent(account: Account) -> None:
    settings = read_settings(unfinished=True)
    known = settings.elevenlabs_agent_id
    if known and known not in dict(account.agents):
        click.echo(f"! {known}, which is set, is no agent of this account.")
        known = ""
    click.echo("The agent that plays every character; make a new one if yours does something else already:")
    shown = [(agent_id, f"{name or 'without a name'} ({agent_id})") for agent_id, name in account.agents]
    agent_id = choose("Which", [(NEW, "a new agent"), *shown[:MOST_SHOWN]], known=known)
    if agent_id == NEW:
        name = click.prompt("Its name", default=settings.community_name.title()[:100]).strip()[:100]
        agent_id = asyncio.run(create_agent(settings, name or "Troupe"))
        click.echo(f"Made {name}.")
    keep(AGENT_ID, agent_id)
    click.echo()


def _ask_number(account: Account) -> None:
    if not account.numbers:
        click.echo("The account has no phone number, so members are not rung.\n")
        return
    settings = read_settings(unfinished=True)
    options = [
        (one.phone_number_id, f"{masked(one.phone_number)} {one.label} ({one.provider})")
        for one in account.numbers
    ]
    click.echo("The number that members are called from:")
    number = choose("Which", options, known=settings.elevenlabs_phone_number_id, none="nobody is rung")
    if not number:
        return
    keep(NUMBER, number)
    regions = ask(
        "Regions that may be rung, such as DE,AT",
        REGIONS,
        _check_regions,
        known=settings.phone_countries,
        without="phone calls stay off",
        hidden=False,
    )
    if regions:
        keep(REGIONS, regions)
    click.echo()


def _check_regions(typed: str) -> None:
    try:
        parse_regions(typed)
    except ValueError as error:
        raise SettingsError(f"These are no regions: {error}.") from None


def _make_recall_secret() -> None:
    """Make what ElevenLabs shows when a character looks something up; nobody has to think of one."""
    settings = read_settings(unfinished=True)
    if settings.public_url and not settings.elevenlabs_recall_secret:
        keep(RECALL, secrets.token_urlsafe(32))
        click.echo("With it characters look up in mid-call what a member said before.\n")


def _apply() -> None:
    """Set the agent up as ``troupe agent apply`` does; a no, or a refusal, is no reason to ask no further."""
    try:
        set_up_agent()
    except (CallerError, OperatorError) as error:
        click.echo(f"{error} troupe agent apply does it later.", err=True)
    click.echo()


def _ask_webhook_secret() -> None:
    """Ask for the secret of a webhook that was there before; a new one's is written already."""
    settings = read_settings(unfinished=True)
    if settings.elevenlabs_webhook_secret or not (settings.public_url or "").startswith("https://"):
        return
    secret = ask(
        "Secret of the post-call webhook, wsec_…",
        WEBHOOK,
        _check_webhook_secret,
        without="transcripts are fetched instead, a little later",
    )
    if secret:
        keep(WEBHOOK, secret)


def _check_webhook_secret(typed: str) -> None:
    if not typed.startswith("wsec_"):
        raise SettingsError("That is no such secret: ElevenLabs shows one, wsec_…, when the webhook is made.")


def _read() -> None:
    """Take a key and perhaps an agent's id from standard input, checked before anything is written."""
    settings = read_settings(unfinished=True)
    key, agent_id, *_ = [*(clean(line) for line in sys.stdin.read().strip().splitlines()), "", ""]
    if not key:
        raise CallerError("No key was given, and nothing was changed.")
    refuse_other(key, KEY)
    account = look_at_key(settings, key)
    if agent_id and agent_id not in dict(account.agents):
        refuse_other(agent_id, AGENT_ID)
        raise SettingsError(f"{agent_id} is no agent of this account, and nothing was changed.")
    keep(KEY, key)
    if agent_id:
        keep(AGENT_ID, agent_id)
    _say_what_it_may(account)
    if not agent_id and not settings.elevenlabs_agent_id:
        click.echo(
            f"! {AGENT_ID} is missing still: give an agent's id on a second line, or make one with "
            "troupe setup elevenlabs at a terminal."
        )
