"""What members look at, keep, take along and erase."""

from bot.domain.caller import Account
from tests.fences.canary import THINGS, canary, thing_of
from tests.fences.casting import recast
from tests.fences.kept import SAID
from tests.fences.naming import some_id, told_id, widened
from tests.fences.world import SLUGS, World

SHOWN_TALKS = 5
"""So many are shown together."""


async def see_memory(world: World, account: Account) -> None:
    """Look at what a character will be told, now, about something, or going on with something."""
    given = {"character": world.rng.choice(SLUGS)}
    if world.rng.random() < 0.4:
        ids = (some_id(world, account), told_id(world, account, given))
        given["continue"] = world.rng.choice(("fresh", *ids))
    if world.rng.random() < 0.3:
        given |= widened(world, account)
    if world.rng.random() < 0.5:
        given["topic"] = world.topic()
    await world.ask(account, "memory", given)


async def see_history(world: World, account: Account) -> None:
    """Look at the past: all, one character's, one transcript, or another's."""
    chance = world.rng.random()
    if chance < 0.3:
        await world.ask(account, "history", {"character": world.rng.choice((*SLUGS, ""))})
        return
    foreign = chance > 0.7
    id_ = some_id(world, account, foreign=foreign)
    reply = await world.ask(account, "history", {"call": id_})
    kept = {line.number for line in world.model.kept_of(account) if line.id == id_}
    world.count("transcript" if kept else "no transcript")
    allowed = world.judge.about_oneself(account)
    world.judge.note(f"/history {id_} of {account}", repr(reply), allowed, kept)


async def search(world: World, account: Account) -> None:
    """Look for a word that others said as well, or for one that is somebody's alone."""
    numbers = [line.number for line in world.model.lines if line.kind in SAID]
    kept = [line for line in world.model.kept_of(account) if line.kind in SAID]
    if numbers and world.rng.random() < 0.4:
        number = world.rng.choice(numbers)
        reply = await world.ask(account, "history", {"search": canary(number, "u")})
        is_found = any(choice.command == "history" for choice in reply.choices)
        if is_found and all(line.number != number for line in kept):
            world.judge.seen.append(f"{account} found {world.judge.about(number)}")
        return
    thing = world.rng.choice(THINGS)
    reply = await world.ask(account, "history", {"search": thing})
    ids = {line.id for line in kept if thing_of(line.number) == thing}
    found = {choice.arguments.get("call") for choice in reply.choices}
    if len(ids) <= SHOWN_TALKS and not ids <= found:
        world.judge.seen.append(f"{account} did not find {ids - found} by {thing}")
    world.count("found" if ids else "nothing found")


async def export(world: World, account: Account) -> None:
    """Take everything along: all that is one's own, and nothing that is held or somebody else's."""
    reply = await world.ask(account, "account", {"do": "export", "sure": "yes"})
    if reply.download is None:
        return
    written = b"".join([piece async for piece in reply.download.pieces()]).decode()
    lines = [line for line in world.model.kept_of(account) if not line.held_until and line.kind != "former"]
    judge, model = world.judge, world.model
    topics = model.visible(account) - {line.number for line in model.lines}
    own = {line.number for line in lines}
    allowed = own | topics | judge.names(model.sharers(account))
    needed = {line.number for line in lines if line.kind != "profile" or line.owner == account}
    judge.note(f"the export of {account}", written, allowed, needed)


async def share(world: World, account: Account) -> None:
    """Share a line of a character's in public."""
    given = {"call": some_id(world, account, foreign=world.rng.random() < 0.2)}
    reply = await world.ask(account, "share", given)
    lines = [choice for choice in reply.choices if choice.command == "share"]
    if lines:
        await world.ask(account, "share", {**lines[0].arguments, "sure": "yes"})
        world.count("share")


async def forget(world: World, account: Account) -> None:
    """Erase a call or a character; or somebody else's, in vain."""
    what = some_id(world, account, foreign=world.rng.random() < 0.3)
    if world.rng.random() < 0.4:
        what = world.rng.choice(SLUGS)
    await world.ask(account, "forget", {"what": what, "sure": "yes"})


async def forget_who_left(world: World, account: Account) -> None:
    """Tell a character something without ever calling it; it leaves the cast, and is to be forgotten."""
    model, people = world.model, world.model.sharers(account)
    called = {call.slug for call in model.calls.values() if call.owner in people and not call.is_erased}
    called |= {line.slug for line in model.kept_of(account) if line.kind == "import"}
    strangers = [slug for slug, one in model.characters.items() if one.memory and slug not in called]
    if strangers:
        slug = world.rng.choice(strangers)
        await world.ask(account, "memory", {"character": slug, "do": "add", "text": world.fact()[1]})
        await recast(world, slug, None)
        await world.ask(account, "forget", {"what": slug, "sure": "yes"})


async def forget_everything(world: World, account: Account) -> None:
    """Erase oneself, as it is offered."""
    reply = await world.ask(account, "forget", {"what": "everything"})
    await world.ask(account, "forget", reply.choices[0].arguments)


async def keep(world: World, account: Account) -> None:
    """Say of a held talk that it was oneself; sometimes of another's."""
    held = [line for line in world.model.lines if line.held_until is not None]
    own = [line for line in held if line.owner in world.model.sharers(account)]
    held = own if world.rng.random() < 0.7 else held
    if held:
        await world.ask(account, "keep", {"call": world.rng.choice(held).id})
