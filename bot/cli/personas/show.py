"""``troupe personas show``: a character as its members meet it, and the prompt that its model reads."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.calls.installation import find_account
from bot.calls.placing import prepare
from bot.cast import LiveCast
from bot.cli.personas.folder import find_persona, folder_of_cast, folder_option
from bot.cli.whereabouts import NO_SANDBOX, sandbox_provider
from bot.config import Settings, read_settings
from bot.domain.errors import CallerError
from bot.domain.persona import Persona
from bot.domain.reaching import reach_in_words
from bot.domain.rehearsing import Rehearsal, rehearse_samples, rehearsed, sample_occasion
from bot.domain.tokens import HOW_ESTIMATED, estimate_tokens
from bot.domain.variables import strip_control
from bot.domain.words import plural
from bot.house import now, open_installation
from storage.url import may_hold_something


@click.command()
@click.argument("slug")
@click.option(
    "--as",
    "account",
    metavar="ACCOUNT",
    help="Show what this person would be told, such as discord:123 or alice, from the database.",
)
@click.option("--topic", default="", help="What the call is about.")
@click.option("--first", is_flag=True, help="Only as somebody hears it who never called.")
@click.option("--phone", is_flag=True, help="As on the telephone, where nobody is known at first.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@folder_option
def show(
    slug: str,
    account: str | None,
    topic: str,
    folder: Path | None,
    *,
    first: bool,
    phone: bool,
    as_json: bool,
) -> None:
    """Show the character SLUG: card, greetings, what it knows, and the prompt that its model reads.

    Without --as a made-up member is told: on a first call, and coming back. Exit code 1 and what is wrong if
    the file is broken.
    """
    if account and first:
        raise click.UsageError("Either --as somebody who is known, or --first for somebody who is not.")
    settings = read_settings()
    cast, persona = find_persona(folder_of_cast(folder), slug, as_json=as_json)
    if account:
        told: Sequence[Rehearsal] = [
            asyncio.run(_told(settings, cast, persona, account, topic, by_phone=phone))
        ]
    else:
        occasion = sample_occasion(
            now().astimezone(settings.zone),
            settings.timezone,
            crisis_line=settings.crisis_line,
            community=settings.community_name,
            topic=topic,
            by_phone=phone,
        )
        names: dict[str, str] = {one.slug: one.name for one in cast.all()}
        told = rehearse_samples(persona, cast.house_rules, occasion, names)[: 1 if first else 2]
    if as_json:
        click.echo(json.dumps(_as_json(cast, persona, told), ensure_ascii=False, indent=2))
    else:
        _print(Console(highlight=False), cast, persona, told)


async def _told(
    settings: Settings, cast: LiveCast, persona: Persona, text: str, topic: str, *, by_phone: bool
) -> Rehearsal:
    """Return what somebody's next call would begin with. Raises CallerError where nobody came from there."""
    unknown = f"Nobody called from {text} yet, so nothing is known; leave --as out for a made-up member."
    if not may_hold_something(settings.database_url):
        raise CallerError(unknown)
    async with open_installation(settings, sandbox_provider(NO_SANDBOX), cast, "") as house:
        account = await find_account(house, text)
        person = await house.store.find_person(account)
        if person is None:
            raise CallerError(unknown)
        prepared = await prepare(
            house, person, persona, topic=topic, platform=account.platform, by_phone=by_phone
        )
        return rehearsed(person.name or str(account), prepared.context, prepared.initiation)


def _memory(cast: LiveCast, persona: Persona) -> str:
    sharers = [one.name for one in cast.all() if one.memory == "shared" and one.slug != persona.slug]
    return reach_in_words(persona.name, persona.memory, sharers)


def _as_json(cast: LiveCast, persona: Persona, told: Sequence[Rehearsal]) -> dict[str, Any]:
    front = {"name", "tagline", "author", "language", "max_minutes", "tags", "picture", "color", "llm"}
    return {
        "slug": persona.slug,
        "version": persona.version,
        **persona.model_dump(mode="json", include=front),
        "voice": {**persona.voice_choice.model_dump(exclude_none=True), "model": persona.voice.model},
        "memory": {"reach": persona.memory, "meaning": _memory(cast, persona)},
        "tokens": {
            "house_rules": estimate_tokens(cast.house_rules),
            "character": estimate_tokens(persona.body),
            "estimated": HOW_ESTIMATED,
        },
        "told": [
            {
                "who": one.who,
                "first_message": one.first_message,
                "context": one.context,
                "prompt": one.prompt,
                "tokens_per_turn": one.tokens,
            }
            for one in told
        ],
    }


def _print(out: Console, cast: LiveCast, persona: Persona, told: Sequence[Rehearsal]) -> None:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column()
    for label, text in _facts(cast, persona, told[-1]):
        grid.add_row(label, _plain(text))
    title = _plain(persona.name, "bold")
    out.print(Panel(grid, title=title, title_align="left", border_style=persona.color))
    for one in told:
        shown = Group(_plain(one.first_message), _plain(f"Knows: {one.context}", "dim"))
        out.print(Panel(shown, title=_plain(f"First words to {one.who}", "bold"), title_align="left"))
    last = told[-1]
    title = _plain(f"What the model reads, of {last.who}", "bold")
    out.print(Panel(_with_context(last), title=title, title_align="left", border_style="dim"))


def _facts(cast: LiveCast, persona: Persona, last: Rehearsal) -> list[tuple[str, str]]:
    parts = {"house rules": cast.house_rules, persona.slug: persona.body, "what it knows": last.context}
    counted = ", ".join(f"{name} {estimate_tokens(text):,}" for name, text in parts.items())
    return [
        ("Tagline", persona.tagline),
        ("Author", persona.author),
        ("Voice", persona.voice_choice.in_words),
        ("Model", persona.voice.model + (f"; language model {persona.llm}" if persona.llm else "")),
        ("Language", persona.language),
        ("Memory", _memory(cast, persona)),
        ("At most", plural(persona.max_minutes, "minute")),
        *([("Tags", ", ".join(persona.tags))] if persona.tags else []),
        ("Prompt", f"about {last.tokens:,} tokens, read again in every turn ({HOW_ESTIMATED}): {counted}"),
        ("Version", persona.version[:12]),
    ]


def _with_context(told: Rehearsal) -> Text:
    """Return the prompt with what is known of the person in another color."""
    shown = _plain(told.prompt.strip())
    begin = shown.plain.rfind(strip_control(told.context))
    if told.context and begin >= 0:
        shown.stylize("cyan", begin, begin + len(told.context))
    return shown


def _plain(text: str, style: str = "") -> Text:
    return Text(strip_control(text), style=style)
