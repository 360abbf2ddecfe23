"""Autocomplete: characters that fit what was typed, from memory alone, and talks to go on with.

Source: Discord, "Autocomplete": 25 choices, no answer later than 3 s, and nothing that says what is wrong.
"""

from typing import Any

import discord
from discord.app_commands import Choice

from bot.calls.permitting import find_callable
from bot.calls.remembering import see_continuable
from bot.domain.call import FRESH
from bot.domain.errors import CallerError, NotStored
from bot.fronts.discord import limits
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.lines import START_FRESH, talk_line

EVERYTHING = "everything"

It = discord.Interaction[Any]


async def complete_character(it: It, current: str) -> list[Choice[str]]:
    """Return the characters that fit what was typed, those that begin with it first; from memory."""
    client = it.client
    caller = client.callers.get(it)
    if caller is None:
        return []
    typed = current.casefold().strip()
    named = client.house.cast.all()
    if it.command is not None and it.command.qualified_name == "call":
        named = find_callable(client.house, caller)
    found = [one for one in named if typed in f"{one.slug} {one.name} {one.tagline}".casefold()]
    found.sort(key=lambda one: not (one.slug.startswith(typed) or one.name.casefold().startswith(typed)))
    return [
        Choice(name=limits.clip(f"{one.name} · {one.tagline}", limits.OPTION_TEXT), value=one.slug)
        for one in found[: limits.CHOICES]
    ]


async def complete_talk(it: It, current: str) -> list[Choice[str]]:
    """Return a fresh start, and the talks that the chosen character can go on with."""
    client = it.client
    caller = client.callers.get(it)
    if caller is None:
        return []
    house, words = client.house, catalogue_for(it.locale.value)
    fresh = Choice(name=words.say(START_FRESH), value=FRESH)
    try:
        past = await see_continuable(house, caller, str(it.namespace.character or ""))
    except (CallerError, NotStored):
        return [fresh]
    typed = current.casefold().strip()
    lines = ((words.say(talk_line(house, talk, past.names)), talk.id) for talk in past.talks)
    found = [
        Choice(name=limits.clip(line, limits.OPTION_TEXT), value=talk_id)
        for line, talk_id in lines
        if typed in line.casefold() or talk_id.startswith(typed)
    ]
    return [fresh, *found][: limits.CHOICES]


async def complete_what(it: It, current: str) -> list[Choice[str]]:
    """Return everything, and the characters that fit."""
    called = catalogue_for(it.locale.value).commands.choices.get(EVERYTHING, EVERYTHING)
    typed = current.casefold().strip()
    fits = any(name.casefold().startswith(typed) for name in (EVERYTHING, called))
    everything = [Choice(name=called, value=EVERYTHING)] if fits else []
    return everything + (await complete_character(it, current))[: limits.CHOICES - 1]
