"""Another cast while the program runs."""

from tests.fences.world import World


async def recast(world: World, slug: str, memory: str | None) -> None:
    """Write a character's file, or take it away, but for the last two."""
    one = world.model.characters[slug]
    there = [other for other in world.model.characters.values() if other.memory is not None]
    if memory is None and len(there) < 3:
        return
    world.trace.append(f"  {slug} becomes {memory}")
    world.troupe.write_persona(slug, memory, one.generation)
    world.model.change_character(slug, memory, world.clock())
    await world.troupe.read_cast()
