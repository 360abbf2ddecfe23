"""What a member can see, keep and erase: memory, history, held conversations, the recap after a call."""

from dataclasses import dataclass, replace

from bot.calls.continuing import find_continued
from bot.calls.installation import Installation, character_names, find_person, read_record
from bot.calls.placing import Prepared, prepare
from bot.calls.telephones import asked_for_no_calls
from bot.domain.call import Call, CallId, CallState, Delivery
from bot.domain.caller import Account, Caller, Person
from bot.domain.context import one_line
from bot.domain.conversation import Turn
from bot.domain.errors import CallNotFound, UnknownPersona
from bot.domain.mailbox import FULL, NONE, recaps_for
from bot.domain.persona import Persona
from bot.domain.record import PastTalk
from bot.domain.reply import Choice, Reply
from bot.domain.words import SHORT_ID_CHARS, code_recap, recap_reply


@dataclass(frozen=True, slots=True)
class Memory:
    """What the next call with a character will be told, to the letter."""

    person: Person
    persona: Persona
    prepared: Prepared


@dataclass(frozen=True, slots=True)
class History:
    """A person's past calls and imports, newest first, and the characters' names by slug.

    ``slug`` is the character whose they are, empty for all.
    """

    slug: str
    talks: tuple[PastTalk, ...]
    names: dict[str, str]


async def see_memory(
    house: Installation, caller: Caller, character: str, topic: str = "", continues: str = ""
) -> Memory:
    """Return what this character would be told if the caller rang now.

    Raises UnknownPersona, and CallNotFound for a talk that cannot be gone on with.
    """
    persona = house.cast.get(character)
    person = await find_person(house, caller)
    continues = await find_continued(house, person, persona, continues)
    prepared = await prepare(
        house, person, persona, topic=topic, platform=caller.account.platform, continues=continues
    )
    return Memory(person, persona, prepared)


async def see_history(
    house: Installation, caller: Caller, character: str = "", *, limit: int = 20
) -> History:
    """Return the caller's newest calls and imports, with one character or with all."""
    person = await find_person(house, caller)
    names = character_names(house)
    slug = character.strip().lower()
    talks = await house.store.fetch_history(person.id, slug, limit)
    if slug and not talks and slug not in names:
        slug = _slug_of(house, character)
        talks = await house.store.fetch_history(person.id, slug, limit)
    return History(slug, talks, names)


async def search_history(
    house: Installation, caller: Caller, text: str, limit: int
) -> tuple[tuple[PastTalk, str], ...]:
    """Return the caller's newest talks in which something has all these words, each with what has them."""
    person = await find_person(house, caller)
    return await house.store.search_history(person.id, text.split(), limit)


_LOOKED_THROUGH = 20


async def see_continuable(house: Installation, caller: Caller, character: str) -> History:
    """Return the newest talks that a call with this character can go on with; for none, with whoever had it.

    Raises UnknownPersona.
    """
    person = await find_person(house, caller)
    seen = await see_history(house, caller, limit=_LOOKED_THROUGH)
    chosen = house.cast.get(character) if character else None
    cast: dict[str, Persona] = {one.slug: one for one in house.cast.all()}
    talks = []
    for talk in seen.talks:
        persona = chosen or cast.get(talk.slug)
        if persona is None or not talk.talk_id or talk.held:
            continue
        if (await read_record(house, person, persona, talk.id)).continued is not None:
            talks.append(talk)
    return History(chosen.slug if chosen else "", tuple(talks), seen.names)


async def see_transcript(
    house: Installation, caller: Caller, past_id: str
) -> tuple[PastTalk, tuple[Turn, ...], dict[str, str]]:
    """Return a past talk and its words, as far as they were kept. Raises CallNotFound."""
    person = await find_person(house, caller)
    talk = await _past_talk(house, person, past_id)
    turns = await house.store.fetch_turns(person.id, talk.talk_id) if talk.talk_id else ()
    return talk, turns, character_names(house)


async def see_summary(house: Installation, caller: Caller, past_id: str) -> Reply:
    """Return the whole recap of a call of the caller's own. Raises CallNotFound."""
    person = await house.store.find_person(caller.account)
    talk = await house.store.fetch_past_talk(person.id, past_id) if person else None
    if talk is None:
        raise CallNotFound("Nothing of that call is left: it was erased.")
    return await _with_summary(house, talk)


async def keep(house: Installation, caller: Caller, past_id: str) -> PastTalk:
    """Release a held conversation: the caller says that it was them. Raises CallNotFound."""
    person = await find_person(house, caller)
    talk = await _past_talk(house, person, past_id)
    if not talk.talk_id or not await house.store.keep_talk(person.id, talk.talk_id):
        raise CallNotFound(f"Nothing of {talk.id[:SHORT_ID_CHARS]} is there to be remembered any more.")
    return talk


async def find_past_talk(house: Installation, caller: Caller, past_id: str) -> PastTalk:
    """Return the caller's own call or import of that id. Raises CallNotFound."""
    person = await find_person(house, caller)
    return await _past_talk(house, person, past_id)


async def recap(house: Installation, call_id: str) -> tuple[Account, Reply] | None:
    """Return what to tell the member after a call, and whom; None when nothing is to be said.

    That is so of what was erased meanwhile, of a code call whose code was written already, and of a call that
    went well for somebody who wants no recaps. What was said is left out for whoever wants them brief.
    """
    call = await house.store.fetch_call_to_tell(CallId(call_id))
    if call is None:
        return None
    if not call.state.is_over or (call.state is CallState.EXPIRED and call.delivery is not Delivery.PHONE):
        return None
    no_calls = call.delivery is Delivery.PHONE and await asked_for_no_calls(house, call)
    if call.purpose == "code":
        reply = await _code_recap(house, call, no_calls=no_calls)
    else:
        reply = await _talk_recap(house, call, no_calls=no_calls)
    return (call.account, replace(reply, recap=call.id)) if reply else None


async def _code_recap(house: Installation, call: Call, *, no_calls: bool) -> Reply | None:
    phones = await house.store.fetch_phones(call.person_id)
    is_verified = any(phone.id == call.phone_id and phone.verified_at for phone in phones)
    return code_recap(call, no_calls=no_calls, is_verified=is_verified)


async def _talk_recap(house: Installation, call: Call, *, no_calls: bool) -> Reply | None:
    talk = await house.store.fetch_past_talk(call.person_id, call.id)
    while talk is not None and talk.call is not None and talk.call.state is not call.state:
        call = talk.call  # it came to another end just now
        talk = await house.store.fetch_past_talk(call.person_id, call.id)
    if talk is None:
        return None
    wanted = recaps_for(call.account, await house.store.fetch_mailbox(call.account))
    is_news = talk.held or no_calls or call.state is not CallState.DONE
    if wanted == NONE and not is_news:
        return None
    reply = await _with_summary(house, talk, no_calls=no_calls)
    return reply if wanted == FULL else _in_brief(reply, call.id)


async def _with_summary(house: Installation, talk: PastTalk, *, no_calls: bool = False) -> Reply:
    persona = next((one for one in house.cast.all() if one.slug == talk.slug), None)
    name = persona.name if persona else talk.slug
    facts = await house.store.fetch_facts_of_call(talk.call.person_id, talk.call.id) if talk.call else ()
    return recap_reply(talk, name, persona, house.terms.timezone, no_calls=no_calls, facts=facts)


def _in_brief(reply: Reply, call_id: CallId) -> Reply:
    """Return a recap with a button in place of what was said."""
    if not any(card.fields for card in reply.cards):
        return reply
    cards = tuple(replace(card, fields=()) for card in reply.cards)
    summary = Choice("Summary", "history", {"call": call_id, "do": "summary"})
    return replace(reply, cards=cards, choices=(*reply.choices[:1], summary, *reply.choices[1:]))


async def answered(house: Installation, call_id: str) -> tuple[Account, Reply] | None:
    """Return what to tell the member when somebody picked up; None when that is over already."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None or call.state is not CallState.LIVE:
        return None
    if call.purpose == "code":
        return call.account, Reply("Your phone was answered; the code is being read.", about=call.id)
    name = next((one.name for one in house.cast.all() if one.slug == call.slug), call.slug)
    return call.account, Reply(f"Your phone was answered: {name} is on the line.", about=call.id)


async def _past_talk(house: Installation, person: Person, past_id: str) -> PastTalk:
    talk = await house.store.fetch_past_talk(person.id, past_id.strip().lower())
    if talk is None:
        raise CallNotFound(f"You have no call “{one_line(past_id, 40)}”. /history shows the ones you have.")
    return talk


def _slug_of(house: Installation, character: str) -> str:
    """Return the slug of a character by any of its names, or the word itself."""
    try:
        return house.cast.get(character).slug
    except UnknownPersona:
        return character.strip().lower()
