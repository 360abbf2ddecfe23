"""What a change of facts means in the words of the model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.domain.caller import Account
from tests.fences.canary import canary, find
from tests.fences.kept import Line

if TYPE_CHECKING:
    from tests.fences.world import World

Given = Mapping[str, str]
BIRTHDAY = "My birthday"


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
