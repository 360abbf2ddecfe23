"""The chat delivery: a text conversation that a front relays."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.calls.installation import Installation, find_person
from bot.calls.starting import bind, prepare_call, sign_url
from bot.domain.call import CallId, CallState, Delivery, NewJob
from bot.domain.caller import Caller
from bot.domain.conversation import SignedUrl
from bot.domain.errors import CallNotFound
from bot.domain.persona import Persona
from bot.ports import Talk


@dataclass(frozen=True, slots=True)
class Chat:
    """A running chat: who speaks, and the line."""

    persona: Persona
    talk: Talk


@asynccontextmanager
async def open_chat(house: Installation, caller: Caller, call_id: CallId) -> AsyncIterator[Chat]:
    """Start the chat that was placed; when this is left it is over, and its transcript is looked for.

    Every conversation that is signed for it is bound to the call before it begins. Raises CallNotFound,
    LinkExpired when it was withdrawn meanwhile, ProviderError.
    """
    person = await find_person(house, caller)
    call = await house.store.fetch_call(call_id)
    if call is None or call.person_id != person.id or call.delivery is not Delivery.CHAT:
        raise CallNotFound("There is no such chat. Ask for a new one with /call.")
    persona = house.cast.of_slug(call.slug)
    prepared = await prepare_call(house, call, person, persona)

    at_first, live = call, replace(call, state=CallState.LIVE)

    async def sign() -> SignedUrl:
        nonlocal at_first
        signed = await sign_url(house, at_first, prepared)
        at_first = live
        return signed

    async with house.agents.open_talk(sign, prepared.initiation.as_message()) as talk:
        await bind(house, live, prepared, talk.conversation_id)
        try:
            yield Chat(persona, talk)
        finally:
            soon = house.now() + timedelta(seconds=1)
            await house.store.add_jobs([NewJob("fetch", talk.conversation_id, soon)])
