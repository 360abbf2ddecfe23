"""What a change of facts, and an import, mean in the words of the model."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.caller import Account
from bot.domain.importing import mark_of
from tests.fences.canary import canary, find
from tests.fences.kept import Line, narrower

if TYPE_CHECKING:
    from tests.fences.world import World

Given = Mapping[str, str]
BIRTHDAY = "My birthday"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file has: numbers of canaries, 0 for nothing; ``slug`` and ``reach`` are what it says of them.

    ``slug`` is None in a file that does not say with whom it was.
    """

    said: int = 0
    liked: int = 0
    fact: int = 0
    slug: str | None = None
    reach: str = "shared"


def take_fact(world: "World", account: Account, given: Given) -> None:
    """Let the model know what became of one fact, by what ``do`` says."""
    model, slug, do = world.model, given.get("character", ""), given.get("do", "")
    if do not in {"change", "delete", "pin", "unpin", "everyone", "alone", "restore"}:
        return
    if (do == "delete" and given.get("sure") != "yes") or (do == "change" and not given.get("text")):
        return
    fact = find_fact(world, account, slug, given.get("fact", ""))
    if fact is None:
        world.judge.seen.append(f"{account} could {do} a fact that is not theirs")
        return
    if do != "delete" and not model.answers.get(account):
        world.judge.seen.append(f"{account} could {do} a fact without being remembered")
    match do:
        case "delete":
            model.drop([fact])
        case "change":
            model.not_kept.add(fact.number)
            (fact.number,) = find(given["text"])
            fact.is_birthday = given["text"].startswith(BIRTHDAY)
            fact.at, fact.is_corrected = world.clock(), True
        case "restore":
            for line in model.lines:
                if line.replaced_by is fact:
                    line.replaced_by = None
        case "pin" | "unpin":
            fact.is_pinned = do == "pin"
        case _:
            fact.is_for_everyone = do == "everyone"


def find_fact(world: "World", account: Account, slug: str, named: str) -> Line | None:
    """Return the fact that is meant, of those that its member is shown with a character."""
    facts = world.model.facts_shown(account, slug)
    return next((line for line in facts if line.id and line.id.startswith(named)), None) if named else None


async def add_fact(world: "World", account: Account, given: Given) -> None:
    """Let the model know of a fact that its member added."""
    slug, text = given.get("character", ""), given.get("text", "")
    (number,) = find(text)
    one = world.model.characters[slug]
    line = Line(number, "fact", account, slug, one.generation, one.memory or "none", world.clock())
    line.is_birthday = text.startswith(BIRTHDAY)
    if not world.model.answers.get(account) or line.reach == "none":
        world.judge.seen.append(f"a fact of {account} was kept for {slug}")
    world.model.add_fact(line)
    await name_facts(world)


async def name_facts(world: "World") -> None:
    """Look up how facts are named that the model has not named yet."""
    for line in world.model.lines:
        if line.kind == "fact" and not line.id:
            rows = await world.troupe.rows(
                "SELECT id FROM facts WHERE text LIKE ?", f"%{canary(line.number, 'f')} %"
            )
            rows += await world.troupe.rows(
                "SELECT id FROM facts WHERE text LIKE ?", f"%{canary(line.number, 'f')}."
            )
            line.id = rows[0]["id"] if rows else ""


async def take_import(world: "World", account: Account, given: Given) -> None:
    """Let the model know what was saved of the file that was brought last."""
    model, brought, now = world.model, world.bringing, world.clock()
    slug = given.get("character") or brought.slug or ""
    rows = await world.troupe.rows(
        """
        SELECT talk_id FROM conversations JOIN turns ON turns.conversation = conversations.id
        WHERE turns.text LIKE ? AND call_id IS NULL
        """,
        f"{canary(brought.said, 'u')}%",
    )
    if brought.said and rows:
        line = Line(brought.said, "import", account, slug, 0, _reach(world, given, slug), now)
        line.generation = model.characters[slug].generation if slug else 0
        line.id, line.saved_at = rows[0]["talk_id"], now
        if line.reach == "none":
            world.judge.seen.append(f"{slug} keeps nothing, but what {account} brought")
        model.lines.append(line)
    rows = await world.troupe.rows("SELECT id FROM facts WHERE text LIKE ?", f"{canary(brought.fact, 'f')}%")
    if brought.fact and rows and brought.slug:
        reach = _at_most(world, brought.slug, brought.reach)
        line = Line(brought.fact, "fact", account, brought.slug, 0, reach, now, rows[0]["id"])
        line.generation = model.characters[brought.slug].generation
        model.add_fact(line)
    if brought.liked:
        for line in model.lines:
            if line.kind == "profile" and line.owner == account:
                line.kind = "former"
                world.effects.offered.add(line.number)
        model.lines.append(Line(brought.liked, "profile", account, "", 0, "shared", now))


def _reach(world: "World", given: Given, slug: str) -> str:
    """Return how far what was brought may be read: never further than its character remembers now."""
    if given.get("character"):
        return world.model.characters[slug].memory or "none"
    return _at_most(world, slug, world.bringing.reach) if slug else "shared"


def _at_most(world: "World", slug: str, reach: str) -> str:
    memory = world.model.characters[slug].memory
    return narrower(reach, memory) if memory else reach


def take_back(world: "World", account: Account, given: Given) -> None:
    """Let the model know what an import that was taken back leaves."""
    model = world.model
    saved_at, facts, fields = json.loads(given["back"])
    at = datetime.fromisoformat(saved_at)
    own = [line for line in model.lines if line.owner == account]
    model.drop(
        line
        for line in own
        if (line.kind == "import" and line.saved_at == at) or (line.kind == "fact" and line.id in facts)
    )
    for before, mark in fields.values():
        now = next((line for line in own if line.kind == "profile"), None)
        if now is None or mark_of(canary(now.number, "p")) != mark:
            continue
        model.drop([now])
        former = set(find(before[0])) if before else set()
        for line in own:
            if line.kind == "former" and line.number in former:
                line.kind = "profile"
    model.erasures[account] += 1
