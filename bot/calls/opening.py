"""Opening a talk link: what the page may show before, what the start does, and the end."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from bot.calls.first_call import card_text, has_answered, with_answer, with_notice
from bot.calls.handling import note_call
from bot.calls.installation import Installation, hash_token
from bot.calls.placing import Prepared
from bot.calls.starting import EXPIRED, TAKEN, fetch_token, prepare_call, sign_url
from bot.domain.call import Call, CallState, NewJob, Opener, TalkLink
from bot.domain.caller import Person
from bot.domain.errors import LinkExpired, LinkTaken, ProviderError
from bot.domain.persona import Persona

Line = Literal["text", "socket", "room"]
"""How a page talks: in text or aloud over a WebSocket, or aloud in a WebRTC room."""

AFTERWARDS = timedelta(hours=2)
"""For how long after it was asked for a call's browser is shown more than that it is over."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Doorway:
    """What a talk page shows before its button is pressed; nothing in it is personal.

    ``card`` is the first-call card where the link's owner has not answered it yet, else empty; it ``asks``
    unless the operator only wants people to be told. ``is_over``: this browser talked, and may call again.
    """

    persona: Persona
    card: str
    asks: bool
    is_over: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What a browser needs to talk: where, its first message, the longest time.

    ``signed_url`` is a WebSocket address that starts one conversation; on the line ``room`` there is a
    ``token`` instead, and the rooms are at ``room_origin``. ``remembers``: what is said is kept.
    """

    persona: Persona
    line: Line
    message: dict[str, Any]
    max_seconds: int
    remembers: bool
    signed_url: str = ""
    token: str = ""
    room_origin: str = ""


async def look_at_link(house: Installation, token: str, cookie: str) -> Doorway:
    """Return what stands behind a link without starting anything. Raises LinkExpired, LinkTaken."""
    if over := await _fetch_over(house, token, cookie):
        return Doorway(house.cast.of_slug(over.slug), "", asks=False, is_over=True)
    _, call, person = await _fetch_open_link(house, token, cookie)
    persona = house.cast.of_slug(call.slug)
    card = "" if has_answered(house, person) else card_text(house.terms, persona.name)
    return Doorway(persona, card, house.terms.memory_consent == "ask")


async def open_call(
    house: Installation, token: str, cookie: str, *, remember: bool | None = None, line: Line = "text"
) -> Opened | None:
    """Start the call behind a link for the browser that holds ``cookie``; the same browser may start again.

    ``remember`` answers the first-call card; None is returned where the card has to be answered first. The
    conversation is bound to the call before this returns, and only then the answer counts. One start is one
    conversation: a browser that gets into no room starts again, over a WebSocket. Raises LinkExpired,
    LinkTaken, AllLinesBusy, CallRefused, ProviderError.
    """
    _, call, person = await _fetch_open_link(house, token, cookie)
    is_answered = has_answered(house, person)
    if not is_answered:
        if remember is None and house.terms.memory_consent == "ask":
            return None
        told = with_notice(house, person)
        person = told if remember is None else with_answer(house, person, remember=remember)
    persona = house.cast.of_slug(call.slug)
    prepared = await prepare_call(house, call, person, persona, aloud=line != "text")
    opener = Opener(hash_token(token), hash_token(cookie))
    opened = await _open_line(house, call, persona, prepared, opener, line)
    if not is_answered and person.consent is not None:
        await house.store.record_consent(person.id, person.consent)
    await house.pages.begin(call, prepared.left_out)
    return opened


async def _open_line(
    house: Installation, call: Call, persona: Persona, prepared: Prepared, opener: Opener, line: Line
) -> Opened:
    message = prepared.initiation.as_message()
    max_seconds = int(prepared.longest.total_seconds())
    remembers = prepared.played.reach != "none"
    if line == "room" and house.terms.room_origin:
        try:
            room = await fetch_token(house, call, prepared, opener)
        except ProviderError as error:
            log.warning("No room for a talk, which goes over a WebSocket: %s", error)
        else:
            origin = house.terms.room_origin
            return Opened(
                persona, "room", message, max_seconds, remembers, token=room.token, room_origin=origin
            )
    signed = await sign_url(house, call, prepared, opener)
    used: Line = "text" if line == "text" else "socket"
    return Opened(persona, used, message, max_seconds, remembers, signed_url=signed.url)


async def end_call(house: Installation, token: str, cookie: str) -> None:
    """Note that the page hung up: the transcript is looked for now instead of at the longest end."""
    found = await house.store.fetch_link(hash_token(token))
    if found is None or found[0].cookie_hash != hash_token(cookie):
        return
    _, call, _ = found
    note_call(call.id)
    await house.pages.end(call.id)
    bindings = await house.store.fetch_bindings(call.id)
    due_at = house.now() + timedelta(seconds=1)
    work = [NewJob("fetch", bound.conversation_id, due_at) for bound in bindings if not bound.finished]
    if not bindings and call.state is CallState.LIVE:
        work = [NewJob("find", call.id, due_at)]
    await house.store.add_jobs(work)


async def find_listened(house: Installation, token: str, cookie: str) -> Call | None:
    """Return the call that this browser started and that goes on; None where it is over or not begun.

    One whose page was loaded anew goes on although a conversation of it came home. Raises LinkExpired for
    an unknown link, LinkTaken in another browser.
    """
    found = await house.store.fetch_link(hash_token(token))
    if found is None:
        raise LinkExpired(EXPIRED)
    link, call, _ = found
    note_call(call.id)
    if link.cookie_hash and link.cookie_hash != hash_token(cookie):
        raise LinkTaken(TAKEN)
    if not link.cookie_hash:
        return None
    goes_on = call.state is CallState.LIVE or (
        call.state is CallState.DONE
        and not all(bound.finished for bound in await house.store.fetch_bindings(call.id))
    )
    return call if goes_on else None


async def fetch_own_link(house: Installation, token: str, cookie: str) -> tuple[TalkLink, Call, Person]:
    """Return what the browser that holds ``cookie`` opened lately, over or not.

    Raises LinkExpired, also for a browser that opened nothing with it.
    """
    found = await house.store.fetch_link(hash_token(token))
    if found is None or not cookie or found[0].cookie_hash != hash_token(cookie):
        raise LinkExpired(EXPIRED)
    link, call, _ = found
    if link.withdrawn or house.now() - call.asked_at > AFTERWARDS:
        raise LinkExpired(OVER)
    return found


async def _fetch_over(house: Installation, token: str, cookie: str) -> Call | None:
    """Return the call that this browser opened if it is over, and was not long ago."""
    try:
        _, call, _ = await fetch_own_link(house, token, cookie)
    except LinkExpired:
        return None
    return call if call.state.is_over else None


async def _fetch_open_link(house: Installation, token: str, cookie: str) -> tuple[TalkLink, Call, Person]:
    found = await house.store.fetch_link(hash_token(token))
    if found is None or found[0].withdrawn:
        raise LinkExpired(EXPIRED)
    link, call, _ = found
    note_call(call.id)
    if call.state not in {CallState.ASKED, CallState.LIVE}:
        raise LinkExpired(OVER)
    if link.cookie_hash and link.cookie_hash != hash_token(cookie):
        raise LinkTaken(TAKEN)
    if not link.is_open_to(hash_token(cookie), house.now()):
        raise LinkExpired(EXPIRED)
    return found


OVER = "This call is over. Ask for a new one where you got it; /call makes one."
