"""How talks are named by those who go on with them, look at them or erase them."""

from collections.abc import Mapping

from bot.domain.caller import Account
from tests.fences.kept import TALKS
from tests.fences.world import ACCOUNTS, World


def some_id(world: World, account: Account, *, foreign: bool = False) -> str:
    """Return how a talk is named, of somebody's own or of anybody's."""
    people = set(ACCOUNTS) if foreign else world.model.sharers(account)
    talks = (line for line in world.model.lines if line.kind in TALKS)
    lines = [line.id for line in talks if line.owner in people]
    calls = [call.id for call in world.model.calls.values() if call.owner in people] if foreign else []
    return world.rng.choice([*lines, *calls[-20:]] or ["abcdef0123"])


def told_id(world: World, account: Account, given: Mapping[str, str]) -> str:
    """Return a talk to try to go on with: the character's own, or one that no other may know."""
    kept = [line for line in world.model.kept_of(account) if line.kind in TALKS]
    close = [line.id for line in kept if line.slug == given["character"]]
    secret = [line.id for line in kept if line.slug and line.reach == "own"]
    return world.rng.choice([*close, *secret] or [""])


def widened(world: World, account: Account) -> dict[str, str]:
    """Return a character and a talk that another one alone may know, though it shares by now; or nothing."""
    cast = world.model.characters
    sharing = [slug for slug, one in cast.items() if one.memory == "shared"]
    talks = [line for line in world.model.kept_of(account) if line.kind in TALKS]
    found = [
        {"character": slug, "continue": line.id}
        for line in talks
        for slug in sharing
        if line.reach == "own" and line.slug in sharing and line.slug != slug
    ]
    return world.rng.choice(found) if found else {}
