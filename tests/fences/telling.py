"""What members do with facts: add, correct, delete, pin, spread, bring back, look at them."""

from bot.domain.caller import Account
from tests.fences.kept import Line
from tests.fences.world import REMEMBERING, SLUGS, World

DO = (
    "change",
    "change",
    "delete",
    "delete",
    "pin",
    "pin",
    "unpin",
    "everyone",
    "everyone",
    "alone",
    "restore",
    "",
)


async def add_fact(world: World, account: Account) -> None:
    """Add something that a character is to know."""
    given = {"character": world.rng.choice((*SLUGS, *REMEMBERING)), "do": "add", "text": world.fact()[1]}
    await world.ask(account, "memory", given)


async def change_fact(world: World, account: Account) -> None:
    """Do something about a fact: one's own, or one of anybody's."""
    facts = [line for line in world.model.lines if line.kind == "fact"]
    own = [line for line in facts if line.owner in world.model.sharers(account)]
    facts = own if own and world.rng.random() < 0.85 else facts
    if not facts:
        return
    fact = world.rng.choice(facts)
    slug = fact.slug if world.rng.random() < 0.85 else world.rng.choice(SLUGS)
    given = {"character": slug, "fact": fact.id, "do": what_fits(world, fact)}
    if given["do"] == "change":
        given["text"] = world.fact()[1]
    if given["do"] == "delete":
        given["sure"] = "yes"
    await world.ask(account, "memory", given)
    world.count(f"fact {given['do'] or 'seen'}{' in vain' if world.was_refused else ''}")
    if given["do"] in {"everyone", "alone"} and world.rng.random() < 0.7:
        for other in world.rng.sample(SLUGS, 2):
            await world.ask(account, "memory", {"character": other})


def what_fits(world: World, fact: Line) -> str:
    """Return what to do about a fact: often what only such a one can have done to it."""
    has_replaced = any(line.replaced_by is fact for line in world.model.lines)
    takes_back = {"alone": fact.is_for_everyone, "restore": has_replaced, "unpin": fact.is_pinned}
    fitting = [do for do, fits in takes_back.items() if fits]
    return world.rng.choice(fitting if fitting and world.rng.random() < 0.4 else DO)


async def see_facts(world: World, account: Account) -> None:
    """Look at facts alone, from one of them on."""
    given = {"character": world.rng.choice(SLUGS), "do": "facts", "from": str(world.rng.randrange(1, 14))}
    await world.ask(account, "memory", given)
