"""What was brought in files, in the words of the model: kept once, grown where it went on, taken back."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.domain.caller import Account
from bot.domain.importing import mark_of
from bot.domain.reply import Reply
from tests.fences.canary import canary, find
from tests.fences.kept import Line, narrower, numbers_of

if TYPE_CHECKING:
    from tests.fences.world import World

Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file has: numbers of canaries, 0 for nothing; ``slug`` and ``reach`` are what it says of them.

    ``said`` are those of its one talk, line for line, each with an answer. ``slug`` is None in a file that
    does not say with whom it was.
    """

    said: tuple[int, ...] = ()
    liked: int = 0
    fact: int = 0
    slug: str | None = None
    reach: str = "shared"


async def take_import(world: "World", account: Account, given: Given, reply: Reply) -> None:
    """Let the model know what has to be saved of the file that was brought last, and see that it was."""
    model, brought, now = world.model, world.bringing, world.clock()
    slug = given.get("character") or brought.slug or ""
    reach = _reach(world, given, slug)
    if brought.said and reach != "none":
        await _take_talk(world, account, slug, reach, reply)
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


async def _take_talk(world: "World", account: Account, slug: str, reach: str, reply: Reply) -> None:
    """Keep a talk that is new, add what it has more than one that is there, or find that it is there."""
    model, said, now = world.model, world.bringing.said, world.clock()
    generation = model.characters[slug].generation if slug else 0
    own = [line for line in model.lines if line.owner == account and line.kind == "import"]
    close = [line for line in own if (line.slug, line.generation) == (slug, generation)]
    known = {line.id: numbers_of(line, model.lines) for line in close}
    begun = [line for line in close if line.reach == reach and said[: len(known[line.id])] == known[line.id]]
    if any(numbers[: len(said)] == said for numbers in known.values()):
        world.count("was there")
        _expect(world, account, reply, "there already")
    elif begun:
        longest = max(begun, key=lambda line: len(known[line.id]))
        more = said[len(known[longest.id]) :]
        model.lines += [_more(longest, number, now) for number in more]
        world.count("grew")
        _expect(world, account, reply, f"{2 * len(more)} new lines in 1 conversation")
    else:
        line = Line(said[0], "import", account, slug, generation, reach, now, await _new_id(world, said[0]))
        line.saved_at = now
        if any(one.slug == slug and one.number == said[0] and one not in close for one in own):
            world.count("brought to a successor")
        model.lines += [line, *(_more(line, number, now) for number in said[1:])]
        _expect(world, account, reply, "Saved 1 conversation")
    await _compare(world, said)


def _more(line: Line, number: int, now: datetime) -> Line:
    """Return one more line of a talk that was brought."""
    more = Line(number, "more", line.owner, line.slug, line.generation, line.reach, line.at, line.id)
    more.saved_at = now
    return more


def _expect(world: "World", account: Account, reply: Reply, words: str) -> None:
    if words not in reply.text:
        world.judge.seen.append(f"{account} brought {world.bringing}: {reply.text!r} does not say {words!r}")


async def _new_id(world: "World", number: int) -> str:
    """Look up how a talk is named that the model has not named yet."""
    known = {line.id for line in world.model.lines}
    return next((one for one in await _ids_with(world, number) if one not in known), "")


async def _compare(world: "World", said: Sequence[int]) -> None:
    """See that each line stands in the talks that the model has it in, and in no other."""
    for number in said:
        ids = sorted(line.id for line in world.model.lines if line.number == number)
        kept = sorted(await _ids_with(world, number))
        if ids != kept:
            world.judge.seen.append(f"what was brought stands in {kept}, and not in {ids}: {number}")


async def _ids_with(world: "World", number: int) -> list[str]:
    rows = await world.troupe.rows(
        """
        SELECT talk_id FROM conversations JOIN turns ON turns.conversation = conversations.id
        WHERE turns.text LIKE ? AND call_id IS NULL
        """,
        f"{canary(number, 'u')}%",
    )
    return [row["talk_id"] for row in rows]


def _reach(world: "World", given: Given, slug: str) -> str:
    """Return how far what was brought may be read: never further than its character remembers now."""
    if given.get("character"):
        return world.model.characters[slug].memory or "none"
    return _at_most(world, slug, world.bringing.reach) if slug else "shared"


def _at_most(world: "World", slug: str, reach: str) -> str:
    memory = world.model.characters[slug].memory
    return narrower(reach, memory) if memory else reach


def take_back(world: "World", account: Account, given: Given) -> None:
    """Let the model know what an import that was taken back leaves: what an earlier one brought of a talk.

    A talk that it began goes whole. Lines that it added to one go with whatever came on top of them later.
    """
    model = world.model
    saved_at, facts, fields, _ = json.loads(given["back"])
    at = datetime.fromisoformat(saved_at)
    own = [line for line in model.lines if line.owner == account]
    cut: set[str] = set()
    gone = []
    for line in own:
        if line.kind in {"import", "more"} and (line.saved_at == at or line.id in cut):
            cut.add(line.id)
            gone.append(line)
            world.count("lines taken back" if line.kind == "more" else "import taken back")
    model.drop([*gone, *(line for line in own if line.kind == "fact" and line.id in facts)])
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
