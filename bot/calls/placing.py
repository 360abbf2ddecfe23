"""Placing a call: who, which character, their past, and a private link or a telephone that rings."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.calls.continuing import find_continued
from bot.calls.first_call import card_text, give_notice, has_answered, with_notice
from bot.calls.handling import note_call, tell_step
from bot.calls.hosted import can_bring, link_to_forward
from bot.calls.installation import (
    Installation,
    character_names,
    find_person,
    hash_token,
    reach_of,
    read_record,
)
from bot.calls.occasions import occasion_of
from bot.calls.permitting import refuse_limited
from bot.calls.recalling import recall_topic
from bot.calls.telephones import find_phone, refuse_too_close
from bot.domain.allowance import Allowance
from bot.domain.call import (
    FRESH,
    LINK_LIFETIME,
    Call,
    CallId,
    CallRef,
    CallState,
    Delivery,
    NewJob,
    Played,
    TalkLink,
)
from bot.domain.caller import Caller, Person
from bot.domain.context import build_context, find_left_out, one_line
from bot.domain.errors import CallerError
from bot.domain.initiation import Initiation, build_initiation, build_variables
from bot.domain.numbers import masked
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord

TOPIC_CHARS = 300
FIRST_LOOK_AFTER = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one call would start with now, and the texts it is played from, as they were at one moment.

    ``left_out`` is what was said about the topic and had no room in the context, empty if all had.
    """

    context: str
    initiation: Initiation
    played: Played
    longest: timedelta
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that was asked for, and what is left after it.

    ``url`` is the link that opens it; a chat and a phone call have none. ``number`` is the masked number
    that rings. ``withdrew`` says that a link which nobody opened no longer works, ``notice`` what a first
    call has to say where nobody is asked. ``can_bring`` says that the link could carry what the character
    remembers, ``brought`` is what of that it carries.
    """

    call: Call
    persona: Persona
    url: str
    expires_at: datetime | None
    is_returning: bool
    allowance: Allowance
    number: str = ""
    withdrew: bool = False
    notice: str = ""
    can_bring: bool = False
    brought: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a member wants to be called: ``via`` link, chat or phone, and when, None for now.

    ``continues`` is the beginning of a past talk's id, or ``FRESH``, or empty.
    """

    topic: str = ""
    via: Literal["link", "chat", "phone"] = "link"
    at: datetime | None = None
    continues: str = ""


async def place(
    house: Installation,
    caller: Caller,
    character: str,
    wish: Wish = Wish(),
    *,
    card_comes_later: bool = False,
    cookie_hash: str = "",
) -> Placed | None:
    """Place a call; None when the caller has to answer the first-call card before.

    With ``card_comes_later`` the talk page shows the card instead; with ``cookie_hash`` the link is that
    browser's from the start. Raises UnknownPersona, NumberNotAllowed,
    CharacterNotHere, CallNotFound, CallRefused, AllowanceUsedUp, NotStored; nothing was placed and nothing is
    used then.
    """
    delivery = _delivery(house, wish)
    with house.figures.refusing(delivery):
        placed = await _place(house, caller, character, wish, delivery, card_comes_later, cookie_hash)
    if placed is not None:
        note_call(placed.call.id)
        tell_step(placed.call.id, "asked for: %s, %s", delivery, placed.call.state)
        house.figures.count_placed(delivery)
    return placed


async def _place(
    house: Installation,
    caller: Caller,
    character: str,
    wish: Wish,
    delivery: Delivery,
    card_comes_later: bool,
    cookie_hash: str,
) -> Placed | None:
    persona = house.cast.get(character)
    refuse_limited(house, caller, persona)
    person = await find_person(house, caller)
    is_first = not has_answered(house, person) and not card_comes_later
    if is_first and house.terms.memory_consent == "ask":
        return None
    now = house.now()
    continues = await find_continued(house, person, persona, wish.continues)
    if wish.at is not None and delivery is not Delivery.PHONE:
        raise CallerError("Only a phone call can be scheduled; write by phone as well.")
    if is_first:
        person = with_notice(house, person)
    call = Call(
        id=CallId(house.new_id()),
        ref=CallRef(house.new_id()),
        person_id=person.id,
        account=caller.account,
        slug=persona.slug,
        version=house.cast.played_version(persona),
        delivery=delivery,
        topic=one_line(wish.topic, TOPIC_CHARS),
        reach=reach_of(person, persona, continues),
        state=CallState.ASKED,
        asked_at=now,
        place=caller.place,
        channel=caller.channel,
        granted_minutes=persona.max_minutes,
        continues=continues,
    )
    number = ""
    if delivery is Delivery.PHONE:
        due_at = wish.at or now
        phone = await find_phone(house, person, due_at)
        if wish.at is not None:
            await refuse_too_close(house, person, wish.at)
        state = CallState.ASKED if wish.at is None else CallState.SCHEDULED
        call, number = replace(call, phone_id=phone.id, due_at=due_at, state=state), masked(phone.number)
    record = PersonRecord(name=person.name)
    if delivery is Delivery.HOSTED and has_answered(house, person):
        record = await read_record(house, person, persona, continues)  # the address tells a hint of it
    link, url, jobs = _open_way(house, person, persona, call, record)
    link = replace(link, cookie_hash=cookie_hash) if link else None
    texts = house.cast.texts(persona)
    withdrew = await house.store.has_unopened_link(person.id, now)
    granted = await house.store.place_call(call, link, jobs, texts, house.terms.limits)
    await house.spots.note(call.id, caller.spots, now)
    if is_first:
        await give_notice(house, person)
    allowance = await house.store.fetch_allowance(person.id, caller.place, house.terms.limits, now)
    return Placed(
        call=replace(call, granted_minutes=granted),
        persona=persona,
        url=url,
        expires_at=link.expires_at if link else None,
        is_returning=continues != FRESH and await _is_returning(house, person, persona),
        allowance=allowance,
        number=number,
        withdrew=withdrew,
        notice=card_text(house.terms, persona.name) if is_first else "",
        can_bring=call.delivery is Delivery.HOSTED and can_bring(house, person, record),
    )


async def _is_returning(house: Installation, person: Person, persona: Persona) -> bool:
    """Whether this character remembers a talk with this person."""
    if person.declined or persona.memory == "none":
        return False
    return await house.store.has_talked(person.id, persona.slug)


def _delivery(house: Installation, wish: Wish) -> Delivery:
    if wish.via == "link":
        return Delivery.PAGE if house.terms.public_url else Delivery.HOSTED
    return Delivery.CHAT if wish.via == "chat" else Delivery.PHONE


def _open_way(
    house: Installation, person: Person, persona: Persona, call: Call, record: PersonRecord
) -> tuple[TalkLink | None, str, list[NewJob]]:
    """Return the link that opens a call, its address, and the work that sees to the call."""
    expires_at = call.asked_at + LINK_LIFETIME
    match call.delivery:
        case Delivery.PAGE:
            token = house.new_token()
            link = TalkLink(hash_token(token), call.id, expires_at)
            return link, f"{house.terms.public_url}/t/{token}", [NewJob("expire", call.id, expires_at)]
        case Delivery.HOSTED:
            url = link_to_forward(house, person, persona, call, record).url
            return None, url, [NewJob("find", call.id, call.asked_at + FIRST_LOOK_AFTER)]
        case Delivery.PHONE:
            return None, "", [NewJob("dial", call.id, call.due_at or call.asked_at)]
        case Delivery.CHAT:
            return None, "", [NewJob("expire", call.id, expires_at)]


async def prepare(
    house: Installation,
    person: Person,
    persona: Persona,
    *,
    topic: str = "",
    platform: str,
    call: Call | None = None,
    cast_as: str = "none",
    allowed: frozenset[str] | None = None,
    continues: str = "",
    aloud: bool = False,
    by_phone: bool = False,
) -> Prepared:
    """Build what a call with this character would be started with now; ``call`` if it is placed already.

    ``aloud``: it is talked, not written, in the browser. ``by_phone``: as a telephone call, though none is
    placed.
    """
    continues = call.continues if call else continues
    rules, texts = house.cast.house_rules, house.cast.texts(persona)
    played = Played(house.cast.played_version(persona), texts, reach_of(person, persona, continues))
    record = await read_record(house, person, persona, continues)
    names, zone = character_names(house), house.terms.timezone
    topic = call.topic if call else topic
    recalled = await recall_topic(house, person, persona, topic, continues)
    occasion = occasion_of(house, person, persona, platform, topic, call, cast_as)
    if aloud:
        occasion = replace(occasion, text_only=False)
    if by_phone:
        occasion = replace(occasion, text_only=False, by_phone=True)
    values = build_variables(persona, record, "", occasion)
    context = build_context(record, persona, topic, names=names, zone=zone, recalled=recalled, values=values)
    initiation = build_initiation(persona, rules, record, context, occasion, allowed)
    left_out = find_left_out(record, recalled, context, zone)
    return Prepared(context, initiation, played, timedelta(minutes=occasion.most_minutes), left_out)
