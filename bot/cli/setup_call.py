"""The test call at the end of ``troupe setup``: the first words of a character, and one exchange, in text."""

import asyncio
import secrets
import sys
from collections.abc import AsyncIterator

import click

from bot.cast import Cast, read_cast
from bot.cli.whereabouts import find_bot
from bot.config import Settings
from bot.domain.errors import ProviderError, TroupeError
from bot.domain.initiation import Initiation, Occasion, build_initiation, role_of
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord
from bot.domain.talk import Said, TalkEvent
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs
from bot.house import now

TEXT_OVERRIDE = "conversation.text_only"
ANSWER_SECONDS = 45.0
COST_LOOKS, LOOK_SECONDS = 10, 1.0


def have_a_word(settings: Settings) -> None:
    """Offer a test call, have it, and say what it cost; what goes wrong is said and is no error."""
    cast = read_cast(settings.personas_dir)
    if not cast.personas:
        click.echo("No character can be called: set PERSONAS_DIR to the folder of the cast.", err=True)
        return
    persona = next(iter(cast.personas.values()))
    click.echo(
        f"A test call in text with {persona.name}: their first words, and one answer to yours. It costs what "
        "so short a text conversation costs in your ElevenLabs plan."
    )
    if not click.confirm("Have it now?", default=True):
        return
    try:
        asyncio.run(_talk(settings, cast, persona))
    except TroupeError as error:
        click.echo(f"The call did not work: {error} troupe check says what is missing.", err=True)


async def _talk(settings: Settings, cast: Cast, persona: Persona) -> None:
    whereabouts = find_bot(settings)
    provider = whereabouts.provider
    async with open_elevenlabs(
        api_url=provider.api_url, api_key=provider.api_key, agent_id=provider.agent_id, clock=now
    ) as elevenlabs:
        allowed = await elevenlabs.fetch_allowed_overrides()
        is_hosted = not whereabouts.public_url
        allowed = allowed & {TEXT_OVERRIDE} if is_hosted else allowed
        initiation = _initiation(settings, cast, persona, allowed, is_hosted=is_hosted)
        async with elevenlabs.open_talk(elevenlabs.sign_url, initiation.as_message()) as talk:
            events = talk.events()
            click.echo(f"\n{persona.name}: {await _next_words(events)}")
            await talk.say(await _typed_line("You", "Hello! Who are you?"))
            click.echo(f"{persona.name}: {await _next_words(events)}\n")
            await talk.end()
        await _say_what_it_cost(elevenlabs, talk.conversation_id)


def _initiation(
    settings: Settings, cast: Cast, persona: Persona, allowed: frozenset[str], *, is_hosted: bool
) -> Initiation:
    """Build what a call of somebody starts with of whom nothing is known."""
    occasion = Occasion(
        call_ref=secrets.token_hex(16),
        user_id="troupe-setup",
        platform="console",
        user_name="",
        topic="",
        local_time=now().astimezone(settings.zone),
        timezone=settings.timezone,
        crisis_line=settings.crisis_line,
        cast_as=role_of(persona.slug) if is_hosted else "none",
        text_only=True,
        community=settings.community_name,
        most_minutes=2,
    )
    return build_initiation(persona, cast.house_rules, PersonRecord(), "", occasion, allowed)


async def _typed_line(prompt: str, default: str) -> str:
    """Ask for a line while the talk goes on; no thread waits for it, so that Ctrl-C ends it at once."""
    click.echo(f"\n{prompt} [{default}]: ", nl=False)
    loop, is_there = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(sys.stdin, is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(sys.stdin)
    return sys.stdin.readline().strip() or default


async def _next_words(events: AsyncIterator[TalkEvent]) -> str:
    """Return what the character says next; empty where they say nothing in 45 s, or hang up."""
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            async for event in events:
                if isinstance(event, Said):
                    return event.text
    except TimeoutError:
        pass
    return "(says nothing)"


async def _say_what_it_cost(elevenlabs: ElevenLabs, conversation_id: str) -> None:
    """Say what ElevenLabs counts for it, once it is there, and have their copy erased."""
    for _ in range(COST_LOOKS):
        try:
            remote = await elevenlabs.fetch_conversation(conversation_id)
            if remote.is_final:
                await elevenlabs.delete_conversation(conversation_id)
                click.echo(f"That cost {remote.cost:,} credits; it was erased at ElevenLabs.")
                return
        except ProviderError:
            break
        await asyncio.sleep(LOOK_SECONDS)
    click.echo("What that cost stands in ElevenLabs' own list of conversations.")
