"""Linked accounts, remembering on and off, another cast, restarts, and old buttons."""

from collections.abc import Mapping

from bot.calls import messaging
from bot.domain.caller import Account
from bot.domain.errors import CallerError
from bot.fronts.presses import unpack
from tests.fences.casting import recast
from tests.fences.talking import take_up
from tests.fences.world import SLUGS, World


async def link(world: World, account: Account) -> None:
    """Link two accounts, or try with a code that is not good (any more)."""
    codes = list(world.model.codes)
    if not codes or world.rng.random() < 0.6:
        await world.ask(account, "account", {"do": "link"})
        codes = list(world.model.codes)
    other = world.rng.choice(world.crowd)
    if world.rng.random() < 0.1:
        world.clock.move(minutes=11)
    given = {"do": "link", "code": world.rng.choice(codes or ["ABCD-EFGH"])}
    await world.ask(other, "account", given)
    await world.ask(other, "account", {**given, "memory": world.rng.choice(("shared", "shared", "apart"))})


async def unlink(world: World, account: Account) -> None:
    """Part an account from the others."""
    reply = await world.ask(account, "account", {"do": "unlink"})
    chosen = [choice for choice in reply.choices if choice.command == "account"]
    for choice in chosen[:1]:
        await world.ask(account, "account", {**choice.arguments, "sure": "yes"})


async def share_memory(world: World, account: Account) -> None:
    """Decide whether linked accounts share their memory."""
    value = world.rng.choice(("on", "off"))
    await world.ask(account, "account", {"do": "share", "value": value, "sure": "yes"})


async def remember(world: World, account: Account) -> None:
    """Switch remembering."""
    value = world.rng.choice(("on", "on", "on", "off"))
    reply = await world.ask(account, "account", {"do": "remember", "value": value})
    if any(choice.command == "answer" for choice in reply.choices):
        answer = world.rng.choice(reply.choices)
        await world.ask(account, answer.command, answer.arguments)


async def choose_recaps(world: World, account: Account) -> None:
    """Choose how much is told after a call."""
    value = world.rng.choice(("full", "brief", "none"))
    await world.ask(account, "account", {"do": "recaps", "value": value})


async def change_character(world: World, account: Account) -> None:
    """Change how far a character remembers, take it out of the cast, or bring another back in its place."""
    away = [slug for slug in SLUGS if world.model.characters[slug].memory is None]
    one = world.model.characters[world.rng.choice((*SLUGS, *away, *away))]
    memory = world.rng.choice(("own", "shared", "shared", "none"))
    alone = [slug for slug in SLUGS if world.model.characters[slug].memory == "own"]
    if alone and world.rng.random() < 0.4:  # what it was told until now may reach nobody else all the same
        await recast(world, world.rng.choice(alone), "shared")
        return
    if one.memory is not None and world.rng.random() < 0.4:
        memory = None
    if one.memory is None and world.rng.random() < 0.8:
        world.clock.move(minutes=12)
    await recast(world, one.slug, memory)


async def take_place(world: World, account: Account) -> None:
    """Put another character in the place of one with which somebody is talking."""
    refs = {conversation.call_ref for conversation in world.going_on}
    talked_with = sorted({call.slug for call in world.model.calls.values() if call.ref in refs})
    if talked_with:
        slug = world.rng.choice(talked_with)
        await recast(world, slug, None)
        world.clock.move(minutes=12)
        await recast(world, slug, "own")


async def restart(world: World, account: Account) -> None:
    """Stop the program, and start it again."""
    await world.restart()


async def wait(world: World, account: Account) -> None:
    """Let hours pass, or days."""
    hours = world.rng.choice((1, 1, 5, 30, 8 * 24))
    world.clock.move(hours=hours)


async def press(world: World, account: Account) -> None:
    """Press a button that somebody was shown: its owner, or whoever else has got its id."""
    if not world.buttons:
        return
    button = world.rng.choice(world.buttons)
    house = world.troupe.house

    async def fetch(press_id: str) -> str | None:
        return await messaging.fetch_press(house, account, press_id)

    if account != button.owner:
        if not button.what.startswith("+"):
            return
        theirs = await messaging.fetch_press(house, account, button.what[1:33])
        if theirs is not None:
            world.judge.seen.append(f"{account} can press what belongs to {button.owner}")
        return
    try:
        wanted = await unpack(button.what, fetch)
    except CallerError:
        return
    if button.what.startswith("+") and button.erasures != world.model.erasures[account]:
        world.judge.seen.append(f"{account} can press what was erased: {wanted}")
    world.count("press")
    reply = await world.ask(account, wanted.command, wanted.arguments)
    await take_up(world, account, reply)


async def press_own(world: World, account: Account) -> None:
    """Press one of the buttons that an account was shown."""
    own = {button.owner for button in world.buttons}
    await press(world, world.rng.choice(sorted(own, key=str)) if own else account)


async def look_around(world: World, account: Account) -> None:
    """Look at one of the other commands."""
    views: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("account", {}),
        ("characters", {}),
        ("help", {}),
        ("troupe", {}),
        ("troupe", {"do": "cost"}),
        ("forget", {}),
        ("hangup", {}),
        ("import", {}),
        ("account", {"do": "phone"}),
        ("account", {"do": "remove"}),
        ("memory", {}),
    )
    command, given = world.rng.choice(views)
    await world.ask(account, command, given)
