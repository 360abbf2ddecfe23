"""The files that members bring: new ones, and such as somebody brought before, as they were or gone on."""

import json
from typing import Any

from bot.domain.caller import Account
from bot.domain.export import MARK, VERSION
from bot.domain.reply import Attached, Reply
from tests.fences.brought import Brought
from tests.fences.canary import canary
from tests.fences.casting import recast
from tests.fences.provider import said
from tests.fences.troupe import FIELD
from tests.fences.world import SLUGS, World

_TELLING = ("", " and afterwards", " and afterwards everywhere", " and afterwards everywhere altogether")
"""What is added to each line of a talk, so that the last one tells most: an extract has to be of it."""


async def bring(world: World, account: Account) -> None:
    """Import a file, for one character or for all; sometimes take it back at once."""
    character = world.rng.choice((*SLUGS, "", "", ""))
    if world.brought and world.rng.random() < 0.55:
        account, character, brought = go_on(world, account, character)
    else:
        brought = a_file(world) if world.rng.random() < 0.6 else an_export(world)
    reply = await save(world, account, character, brought, sure=world.rng.random() < 0.9)
    back = [choice for choice in reply.choices if choice.command == "takeback"]
    if back and world.rng.random() < 0.2:
        await world.ask(account, "takeback", back[0].arguments)


async def bring_to_successor(world: World, account: Account) -> None:
    """Bring a talk for a character; another takes its place, for whom it is brought again, gone on."""
    slug = world.rng.choice([one.slug for one in world.model.characters.values() if one.memory])
    memory, brought = world.model.characters[slug].memory, a_file(world)
    await save(world, account, slug, brought)
    await recast(world, slug, None)
    world.clock.move(minutes=12)
    await recast(world, slug, memory)
    await save(world, account, slug, Brought((*brought.said, world.new_number())))


async def save(
    world: World, account: Account, character: str, brought: Brought, *, sure: bool = True
) -> Reply:
    """Import a file; what is only looked at, or is left out, is kept nowhere."""
    world.bringing, world.brought = brought, [*world.brought, (account, character, brought)]
    attached = Attached("past.json", json.dumps(written(world, brought)).encode())
    reply = await world.ask(account, "import", {"file": "past.json", "character": character}, attached)
    choice = next((choice for choice in reply.choices if choice.arguments.get("sure")), None)
    if choice is not None and sure:
        reply = await world.ask(account, "import", choice.arguments, attached)
    kept = {line.number for line in world.model.lines}
    world.model.not_kept |= {*brought.said, brought.fact, brought.liked} - kept - {0}
    return reply


def go_on(world: World, account: Account, character: str) -> tuple[Account, str, Brought]:
    """Return a talk of a file that was brought before, mostly with more lines, and mostly by its owner."""
    rng = world.rng
    before, for_whom, brought = rng.choice(world.brought)
    lines, chance = brought.said, rng.random()
    if chance < 0.7 and len(lines) < len(_TELLING):
        lines = (
            *lines,
            *(world.new_number() for _ in range(rng.randrange(1, len(_TELLING) - len(lines) + 1))),
        )
    elif chance > 0.85:
        lines = lines[: rng.randrange(1, len(lines) + 1)]
    reach = rng.choice(("own", "shared")) if rng.random() < 0.3 else brought.reach
    if before in world.crowd and rng.random() < 0.6:
        account = before
    character = for_whom if rng.random() < 0.8 else character
    return account, character, Brought(lines, slug=brought.slug, reach=reach)


def a_file(world: World) -> Brought:
    """Return what a file has in our small form, which does not say with whom its talk was."""
    talk = world.new_number()
    return Brought((talk,), world.new_number() if world.rng.random() < 0.4 else 0)


def an_export(world: World) -> Brought:
    """Return what an export of ours has; it may say that its talk may be read as far as it likes."""
    talk, fact, slug = world.new_number(), world.new_number(), world.rng.choice(SLUGS)
    return Brought((talk,), 0, fact, slug, world.rng.choice(("own", "shared", "shared")))


def written(world: World, brought: Brought) -> dict[str, Any]:
    """Return a file with what was brought."""
    lines = [_line(number, place) for place, number in enumerate(brought.said)]
    if brought.slug is None:
        small = ({"role": role, "content": words} for line in lines for role, words in line)
        record: dict[str, Any] = {"conversations": [{"messages": list(small)}]}
        if brought.liked:
            record["profile"] = {FIELD: canary(brought.liked, "p")}
        return record
    of_it = {"character": brought.slug, "reach": brought.reach}
    ours = {"user": "user", "assistant": "agent"}
    turns = [{"role": ours[role], "text": words} for line in lines for role, words in line]
    record = {MARK: VERSION, "conversations": [{"id": f"there-{brought.said[0]}", **of_it, "turns": turns}]}
    if brought.fact:
        text = f"{canary(brought.fact, 'f')} is what it says."
        record["facts"] = [{**of_it, "text": text, "added_at": world.clock().isoformat()}]
    return record


def _line(number: int, place: int) -> tuple[tuple[str, str], tuple[str, str]]:
    words = said(number, "u").replace(" is what", f"{_TELLING[place]} is what")
    return ("user", words), ("assistant", "Indeed.")
