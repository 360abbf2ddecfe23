"""A backup that is put back: what was erased since it was made is erased again."""

from bot.domain.caller import Account
from tests.fences.remembering import forget, forget_everything
from tests.fences.world import World


async def put_backup_back(world: World, account: Account) -> None:
    """Make a backup, erase something, and put the backup back."""
    await world.restart()
    await world.work()
    await world.troupe.close()
    backup = world.troupe.database.read_bytes()
    await world.troupe.open()
    await unpin(world, account)
    what = world.rng.random()
    if what < 0.6:
        await forget(world, account)
    elif what < 0.9:
        await delete_fact(world, account)
    else:
        await forget_everything(world, account)
    await world.troupe.close()
    world.troupe.database.write_bytes(backup)
    await world.troupe.open()


async def unpin(world: World, account: Account) -> None:
    """Unpin what was learned in a call, so that it goes with that, though it is pinned in the backup."""
    kept = [line for line in world.model.kept_of(account) if line.kind == "fact" and line.is_pinned]
    learned = [line for line in kept if line.call and not line.is_corrected]
    if learned:
        fact = world.rng.choice(learned)
        await world.ask(account, "memory", {"character": fact.slug, "fact": fact.id, "do": "unpin"})
        if not world.was_refused:
            await world.ask(account, "forget", {"what": fact.call, "sure": "yes"})


async def delete_fact(world: World, account: Account) -> None:
    """Delete something that a character is to know."""
    facts = [line for line in world.model.kept_of(account) if line.kind == "fact"]
    if facts:
        fact = world.rng.choice(facts)
        given = {"character": fact.slug, "fact": fact.id, "do": "delete", "sure": "yes"}
        await world.ask(account, "memory", given)
