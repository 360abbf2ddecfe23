"""What every start of a conversation has in common: the initiation, a signed URL, and the binding."""

from datetime import datetime, timedelta

from bot.calls.handling import note_call, tell_step
from bot.calls.installation import Installation
from bot.calls.placing import Prepared, prepare
from bot.domain.call import Call, CallState, Delivery, NewJob, Opener, Slot
from bot.domain.caller import Person
from bot.domain.conversation import RoomToken, SignedUrl
from bot.domain.errors import AllLinesBusy, CallRefused, LinkExpired, LinkTaken, ProviderRefused
from bot.domain.initiation import role_of
from bot.domain.persona import Persona

SIGNED_URL_LIFETIME = timedelta(minutes=15)
GRACE = timedelta(minutes=1)
PROMPT_OVERRIDE = "agent.prompt.prompt"
TEXT_OVERRIDE = "conversation.text_only"
LONGEST_CALL = timedelta(minutes=60)
RINGING_SECONDS = 45
EXPIRED = "This link is no longer good. Ask for a new one where you got it; /call makes one."
TAKEN = "This link was opened in another browser. Go on there, or ask for a new one where you got it."
FULL = "All lines are busy at the moment. Your link stays good: try again in a few minutes."
PAUSED = "Calls are paused at the moment. Your link stays good for its quarter of an hour: try again later."


async def prepare_call(
    house: Installation, call: Call, person: Person, persona: Persona, *, aloud: bool = False
) -> Prepared:
    """Build what the call starts with, as far as the agent allows; ``aloud``: in a browser, with a voice.

    Where calls go over hosted links the agent's workflow plays the character: then only variables are sent,
    because a node's settings win over an override. Raises ProviderRefused when the agent does not allow
    another prompt where it is needed: then nobody of the cast can be played.
    """
    allowed = await house.agents.fetch_allowed_overrides()
    is_hosted, by_phone = not house.terms.public_url, call.delivery is Delivery.PHONE
    if is_hosted:
        allowed &= {TEXT_OVERRIDE}
    elif PROMPT_OVERRIDE not in allowed:
        raise ProviderRefused("start a call", f"the agent does not allow the override of {PROMPT_OVERRIDE}")
    return await prepare(
        house,
        person,
        persona,
        call=call,
        platform=call.account.platform,
        cast_as=role_of(persona.slug, by_phone=by_phone) if is_hosted else "none",
        allowed=allowed,
        aloud=aloud,
    )


def slot_of(house: Installation, prepared: Prepared, now: datetime) -> Slot:
    """Return how long a call that starts now holds a line."""
    return Slot(now + prepared.longest + GRACE, house.terms.limits.calls_at_once)


async def sign_url(
    house: Installation, call: Call, prepared: Prepared, opener: Opener | None = None
) -> SignedUrl:
    """Return an address that starts a conversation, bound to the call before this returns.

    Its transcript is looked for at its longest end at the latest. Raises LinkExpired when the call was
    withdrawn, erased or ended meanwhile, LinkTaken when another browser was quicker, AllLinesBusy and
    CallRefused when it cannot begin now.
    """
    signed = await house.agents.sign_url()
    await bind(house, call, prepared, signed.conversation_id, opener)
    return signed


async def fetch_token(
    house: Installation, call: Call, prepared: Prepared, opener: Opener | None = None
) -> RoomToken:
    """Return what lets a browser into one conversation over WebRTC, bound to the call as by ``sign_url``."""
    token = await house.agents.fetch_token()
    await bind(house, call, prepared, token.conversation_id, opener)
    return token


async def bind(
    house: Installation, call: Call, prepared: Prepared, conversation_id: str, opener: Opener | None = None
) -> None:
    """Record that a conversation is this call's; an empty id is looked for by the call's reference.

    A call that is live already, as ``call`` has it, started before and is not counted again.
    """
    note_call(call.id)
    now = house.now()
    due_at = now + SIGNED_URL_LIFETIME + prepared.longest + GRACE
    work = NewJob("fetch", conversation_id, due_at) if conversation_id else NewJob("find", call.id, due_at)
    slot = slot_of(house, prepared, now)
    bound = await house.store.bind_conversation(
        call.id, conversation_id, prepared.played, slot, now, [work], opener=opener
    )
    if bound != "bound" or call.state is CallState.ASKED:
        tell_step(call.id, "start: %s", bound)
        house.figures.started.labels(call.delivery, bound).inc()
    match bound:
        case "taken":
            raise LinkTaken(TAKEN)
        case "gone":
            raise LinkExpired(EXPIRED)
        case "full":
            raise AllLinesBusy(FULL)
        case "paused":
            raise CallRefused(PAUSED)
