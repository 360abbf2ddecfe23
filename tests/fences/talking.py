"""Calls in every delivery, what is said in them, and how they end."""

import json
from base64 import b64decode
from urllib.parse import parse_qs, urlsplit

from bot.calls import answering
from bot.calls.opening import end_call, look_at_link, open_call
from bot.domain.caller import Account
from bot.domain.errors import CallerError
from bot.domain.inbound import InboundRing
from bot.domain.reply import Reply
from bot.fronts.relay import Relay
from bot.web.talk import show
from tests.fences.casting import recast
from tests.fences.kept import Call
from tests.fences.naming import some_id, told_id, widened
from tests.fences.paper import Paper
from tests.fences.provider import Conversation, said
from tests.fences.world import ACCOUNTS, REMEMBERING, SLUGS, World


def number_of(account: Account) -> str:
    """Return the telephone of an account."""
    return f"+4915123456{700 + ACCOUNTS.index(account)}"


async def call(world: World, account: Account) -> None:
    """Ask for a call, in any of the ways, about something, going on with something, or fresh."""
    rng, given = world.rng, {"character": world.rng.choice((*SLUGS, *REMEMBERING))}
    given["via"] = rng.choice(("link", "link", "chat", "phone"))
    if rng.random() < 0.5:
        given["topic"] = world.topic()
    if rng.random() < 0.3:
        ids = (some_id(world, account), some_id(world, account, foreign=True))
        given["continue"] = rng.choice(("?", "fresh", *ids, told_id(world, account, given)))
    if rng.random() < 0.1:
        given |= widened(world, account)
    reply = await world.ask(account, "call", given)
    cards = [choice for choice in reply.choices if choice.command == "answer"]
    if cards:
        card = cards[0] if rng.random() < 0.7 else rng.choice(cards)
        reply = await world.ask(account, "answer", card.arguments)
    await take_up(world, account, reply)


async def talk(world: World, account: Account) -> None:
    """Call, talk, and let it be over."""
    await call(world, account)
    await open_link(world, account)
    await world.work()
    await finish(world, account)


async def take_up(world: World, account: Account, reply: Reply) -> None:
    """Let a front begin the chat that an answer asks for."""
    if reply.chat is None:
        return
    if account in world.relays:
        await world.hang_up(account)
    placed = world.model.calls[reply.chat]
    relay = Relay(world.troupe.house, world.caller(account), Paper(world, account, placed))
    world.relays[account] = placed, relay
    await relay.open(reply.chat)
    world.count("chat opened")
    talk = next((one for one in world.model.talks.values() if one.call is placed), None)
    if talk is not None and world.rng.random() < 0.8:
        await relay.say(said(talk.number, "u"))


async def open_link(world: World, account: Account) -> None:
    """Open the newest links of some people, perhaps once more."""
    calls = [one for one in world.model.calls.values() if one.token or one.address]
    newest = {one.owner: one for one in calls}
    begun = {talk.call.id for talk in world.model.talks.values()}
    again = world.rng.random() < 0.25
    links = [one for one in newest.values() if again or (one.id not in begun and one.is_open)]
    for one in world.rng.sample(links, min(2, len(links))):
        account = one.owner
        if one.address:
            open_hosted(world, one)
            continue
        house, cookie = world.troupe.house, f"cookie-of-{account}"
        if one.id in begun and one.is_open and world.rng.random() < 0.5:
            await recast(world, one.slug, world.rng.choice(("own", "shared")))
        try:
            door = await look_at_link(house, one.token, cookie)
            page = show(door, {}, has_rooms=False)
            world.judge.note("a talk page", page, ())
            opened = await open_call(house, one.token, cookie)
            await open_in_vain(world, one)
        except CallerError:
            continue
        if opened is not None:
            world.model.answers.setdefault(account, True)
            conversation = world.agents.begin(opened.signed_url.partition("=")[2], opened.message)
            world.count("page")
            say(world, conversation)


async def open_in_vain(world: World, one: Call) -> None:
    """Open a link that was opened already in another browser, which is told nothing."""
    try:
        await look_at_link(world.troupe.house, one.token, "another-cookie")
        await open_call(world.troupe.house, one.token, "another-cookie")
    except CallerError as error:
        world.judge.note("a page for another browser", str(error), ())
        return
    world.judge.seen.append(f"the link of {one.owner} was opened in another browser")


def open_hosted(world: World, one: Call) -> None:
    """Open a public link, once: the browser sends what stands in the address."""
    if any(talk.call is one for talk in world.model.talks.values()) or one.is_erased:
        return
    variables = json.loads(b64decode(parse_qs(urlsplit(one.address).query)["vars"][0]))
    say(world, world.agents.begin("", {"dynamic_variables": variables}))
    world.count("hosted")


def say(world: World, conversation: Conversation, how: str = "") -> None:
    """Say something in a talk that goes on."""
    conversation.say(f"{how}{said(conversation.number, 'u')}")


async def finish(world: World, account: Account) -> None:
    """Let a talk be over: its webhook comes, once or twice, or it is asked for, or nobody says anything."""
    if not world.going_on:
        return
    conversation = world.rng.choice(world.going_on)
    chats = [one for one, (placed, _) in world.relays.items() if placed.ref == conversation.call_ref]
    if chats:
        await world.hang_up(chats[0])
    else:
        if conversation.to_number and not conversation.turns:
            say(world, conversation, world.rng.choice(("Yes, it is me. ", "Hm. ")))
        world.is_over(conversation)
    how = world.rng.random()
    event = conversation.event()
    world.events.append(event)
    if how < 0.8:
        for _ in range(1 + (how < 0.2)):
            await world.troupe.deliver(event)
        await world.work()
        await look_that_it_came(world, conversation)
    elif how < 0.95:
        talk = world.model.talks.get(conversation.id)
        if talk is not None and talk.call.token:
            await end_call(world.troupe.house, talk.call.token, f"cookie-of-{talk.call.owner}")
            world.clock.move(seconds=2)


async def look_that_it_came(world: World, conversation: Conversation) -> None:
    """Make sure that a talk whose webhook came is there, and is remembered."""
    talk = world.model.talks.get(conversation.id)
    if conversation in world.awaited:
        world.judge.seen.append(f"a talk did not come home: {talk}")
    if talk is None or world.model.characters[talk.call.slug].memory is None:
        return
    world.count("came home")
    await world.ask(talk.call.owner, "memory", {"character": talk.call.slug})


async def deliver_again(world: World, account: Account) -> None:
    """Let an old webhook come once more, also of what was erased since."""
    if world.events:
        await world.troupe.deliver(world.rng.choice(world.events[-30:]))


async def chat(world: World, account: Account) -> None:
    """Say something in a chat, or whisper."""
    if account not in world.relays:
        await world.ask(account, "whisper", {"text": world.text("w")[1]})
        return
    placed, relay = world.relays[account]
    talks = [talk for talk in world.model.talks.values() if talk.call is placed]
    if not talks:
        return
    if world.rng.random() < 0.3:
        number, text = world.text("w")
        world.model.not_kept.add(number)
        if await relay.whisper(text):
            heard = " ".join(world.agents.lines[talks[-1].id].whispered[-1:])
            world.judge.note(f"a whisper of {account}", heard, {number}, {number})
        return
    await relay.say(said(talks[-1].number, "u"))


async def add_phone(world: World, account: Account) -> None:
    """Add a telephone, hear its code, and write it; or say what is told to whoever rings from it."""
    if account in world.model.phones:
        given = {"do": "inbound", "value": world.rng.choice(("on", "on", "off"))}
        if world.rng.random() < 0.1:
            given = {"do": "remove", "sure": "yes"}
        await world.ask(account, "account", given)
        return
    reply = await world.ask(account, "account", {"do": "phone", "number": number_of(account)})
    agree = [choice for choice in reply.choices if choice.arguments.get("do") == "ring"]
    if not agree:
        return
    await world.ask(account, "account", agree[0].arguments)
    await world.work()
    for conversation in [one for one in world.going_on if one.to_number == number_of(account) and one.code]:
        code = conversation.code
        conversation.say("Yes, please.")
        world.is_over(conversation)
        await world.troupe.deliver(conversation.event())
        await world.work()
        await world.ask(account, "account", {"do": "code", "code": code})


async def ring(world: World, account: Account) -> None:
    """Ring the agent's number from somebody's telephone, or from anywhere."""
    numbers = [*world.model.phones.values(), "+4915123456799"]
    number = world.rng.choice(numbers)
    owner = next((one for one, theirs in world.model.phones.items() if theirs == number), None)
    conversation_id = world.agents.new_id()
    initiation = await answering.answer(world.troupe.house, InboundRing(number, conversation_id))
    new = await world.effects.learn_calls(owner) if owner else []
    for one in new:
        one.reach = world.model.stamp(one.owner, one.slug, "")
        world.count("inbound")
    message = initiation.as_message()
    say(world, world.agents.begin(conversation_id, message, number))
