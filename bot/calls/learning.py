"""What a call brings: the facts that ElevenLabs collected in it."""

import hashlib

from bot.calls.installation import Installation
from bot.domain.call import Call
from bot.domain.context import one_line
from bot.domain.conversation import RemoteConversation
from bot.domain.fact import FACT_CHARS, MOST_LEARNED, Fact, FactId


def learned_in(house: Installation, call: Call, remote: RemoteConversation) -> tuple[Fact, ...]:
    """Return what was found that a call's member said about themselves, at most twenty facts.

    Each may be read as far as the call may at most, and is dated by the talk.
    """
    if call.purpose != "talk":
        return ()
    now = house.now()
    at = min(remote.transcript.started_at or call.opened_at or now, now)
    said = (one_line(text, FACT_CHARS) for text in remote.new_facts[:MOST_LEARNED])
    return tuple(
        Fact(_id_of(remote, text), call.slug, call.reach, text, at, source="call", call_id=call.id)
        for text in said
        if text
    )


def _id_of(remote: RemoteConversation, text: str) -> FactId:
    """Name a fact by where it is from, so that it is the same one whenever its conversation comes home."""
    return FactId(hashlib.sha256(f"{remote.conversation_id}\n{text}".encode()).hexdigest()[:32])
