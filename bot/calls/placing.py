"""Placing a call: who, which character, their past, and a private link."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.calls.first_call import has_answered
from bot.calls.installation import (
    Installation,
    character_names,
    find_person,
    hash_token,
    reach_of,
    read_record,
)
from bot.domain.call import (
    LINK_LIFETIME,
    Call,
    CallId,
    CallRef,
    CallState,
    Delivery,
    NewJob,
    PlayedVersion,
    TalkLink,
)
from bot.domain.caller import Caller, Person
from bot.domain.context import build_context, one_line
from bot.domain.initiation import Initiation, Occasion, build_hosted_link, build_initiation
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord

TOPIC_CHARS = 300
FIRST_LOOK_AFTER = timedelta(seconds=45)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one call would start with now, and the texts it is played from, as they were at one moment."""

    context: str
    initiation: Initiation
    version: PlayedVersion
    texts: Mapping[tuple[str, str], str]
    longest: timedelta


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that was asked for, and the link that opens it; a chat has none."""

    call: Call
    persona: Persona
    url: str
    expires_at: datetime | None
    is_returning: bool


async def place(
    house: Installation,
    caller: Caller,
    character: str,
    topic: str = "",
    *,
    by_chat: bool = False,
    card_comes_later: bool = False,
) -> Placed | None:
    """Place a call; None when the caller has to answer the first-call card before.

    With ``card_comes_later`` the talk page shows the card instead. Raises UnknownPersona, NotStored.
    """
    persona = house.cast.get(character)
    person = await find_person(house, caller)
    if not has_answered(house, person) and not card_comes_later:
        return None
    delivery = _delivery(house, by_chat=by_chat)
    now = house.now()
    call = Call(
        id=CallId(house.new_id()),
        ref=CallRef(house.new_id()),
        person_id=person.id,
        account=caller.account,
        slug=persona.slug,
        version=house.cast.played_version(persona),
        delivery=delivery,
        topic=one_line(topic, TOPIC_CHARS),
        reach=reach_of(person, persona),
        state=CallState.ASKED,
        asked_at=now,
    )
    record = await read_record(house, person, persona)
    if delivery is Delivery.HOSTED and not has_answered(house, person):
        record = PersonRecord(name=person.name)  # the address must not tell what its owner never agreed to
    link, url = None, ""
    jobs = [NewJob("expire", call.id, now + LINK_LIFETIME)]
    if delivery is Delivery.PAGE:
        token = house.new_token()
        link = TalkLink(hash_token(token), call.id, now + LINK_LIFETIME)
        url = f"{house.terms.public_url}/t/{token}"
    elif delivery is Delivery.HOSTED:
        jobs = [NewJob("find", call.id, now + FIRST_LOOK_AFTER)]
        url = _hosted_url(house, person, persona, call, record)
    await house.store.place_call(call, link, jobs, house.cast.texts(persona))
    return Placed(call, persona, url, link.expires_at if link else None, record.last_talk_at is not None)


def _delivery(house: Installation, *, by_chat: bool) -> Delivery:
    if by_chat:
        return Delivery.CHAT
    return Delivery.PAGE if house.terms.public_url else Delivery.HOSTED


async def prepare(
    house: Installation,
    person: Person,
    persona: Persona,
    *,
    topic: str = "",
    platform: str,
    call_ref: str = "none",
    cast_as: str = "none",
    allowed: frozenset[str] | None = None,
) -> Prepared:
    """Build what a call with this character would be started with at this moment."""
    rules, version, texts = (
        house.cast.house_rules,
        house.cast.played_version(persona),
        house.cast.texts(persona),
    )
    record = await read_record(house, person, persona)
    names, zone = character_names(house), house.terms.timezone
    context = build_context(record, persona, topic, names=names, zone=zone)
    occasion = _occasion(house, person, platform, topic, call_ref, cast_as)
    initiation = build_initiation(persona, rules, record, context, occasion, allowed)
    return Prepared(context, initiation, version, texts, timedelta(minutes=persona.max_minutes))


def _hosted_url(
    house: Installation, person: Person, persona: Persona, call: Call, record: PersonRecord
) -> str:
    occasion = _occasion(house, person, call.account.platform, call.topic, call.ref, persona.slug)
    initiation = build_initiation(persona, house.cast.house_rules, record, "", occasion)
    terms = house.terms
    hint = terms.hosted_context == "hint"
    return build_hosted_link(terms.talk_url, terms.agent_id, persona, initiation.variables, hint=hint)


def _occasion(
    house: Installation, person: Person, platform: str, topic: str, call_ref: str, cast_as: str
) -> Occasion:
    timezone = house.terms.timezone
    return Occasion(
        call_ref=call_ref,
        user_id=person.id,
        platform=platform,
        user_name=person.name,
        topic=topic,
        local_time=house.now().astimezone(timezone),
        timezone=timezone.key,
        crisis_line=house.terms.crisis_line,
        cast_as=cast_as,
        text_only=True,
    )
