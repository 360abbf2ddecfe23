"""What every start of a conversation has in common: the initiation, a signed URL, and the binding."""

from datetime import timedelta

from bot.calls.installation import Installation, reach_of
from bot.calls.placing import Prepared, prepare
from bot.domain.call import Call, NewJob
from bot.domain.caller import Person
from bot.domain.conversation import SignedUrl
from bot.domain.errors import LinkExpired, ProviderRefused
from bot.domain.persona import Persona

SIGNED_URL_LIFETIME = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
PROMPT_OVERRIDE = "agent.prompt.prompt"
TEXT_OVERRIDE = "conversation.text_only"
EXPIRED = "This link is no longer good. Ask for a new one with /call where you got it."


async def prepare_call(house: Installation, call: Call, person: Person, persona: Persona) -> Prepared:
    """Build what the call starts with, as far as the agent allows.

    Where calls go over hosted links the agent's workflow plays the character: then only variables are sent,
    because a node's settings win over an override. Raises ProviderRefused when the agent does not allow
    another prompt where it is needed: then nobody of the cast can be played.
    """
    allowed = await house.agents.fetch_allowed_overrides()
    is_hosted = not house.terms.public_url
    if is_hosted:
        allowed &= {TEXT_OVERRIDE}
    elif PROMPT_OVERRIDE not in allowed:
        raise ProviderRefused("start a call", f"the agent does not allow the override of {PROMPT_OVERRIDE}")
    return await prepare(
        house,
        person,
        persona,
        topic=call.topic,
        platform=call.account.platform,
        call_ref=call.ref,
        cast_as=persona.slug if is_hosted else "none",
        allowed=allowed,
    )


async def sign_url(house: Installation, call: Call, person: Person, persona: Persona) -> SignedUrl:
    """Return an address that starts a conversation, bound to the call before this returns.

    Its transcript is looked for at its longest end at the latest. Raises LinkExpired when the call was
    withdrawn, erased or ended meanwhile.
    """
    signed = await house.agents.sign_url()
    await bind(house, call, person, persona, signed.conversation_id)
    return signed


async def bind(
    house: Installation, call: Call, person: Person, persona: Persona, conversation_id: str
) -> None:
    """Record that a conversation is this call's; an empty id is looked for by the call's reference."""
    longest = SIGNED_URL_LIFETIME + timedelta(minutes=persona.max_minutes) + GRACE
    due_at = house.now() + longest
    work = NewJob("fetch", conversation_id, due_at) if conversation_id else NewJob("find", call.id, due_at)
    bound = await house.store.bind_conversation(
        call.id,
        conversation_id,
        house.cast.played_version(persona),
        house.cast.texts(persona),
        reach_of(person, persona),
        house.now(),
        [work],
    )
    if not bound:
        raise LinkExpired(EXPIRED)
