"""Sharing a line: one sentence of the character's, never the member's, that the member chose to post."""

import re
from dataclasses import dataclass

from bot.calls.installation import Installation
from bot.calls.permitting import refuse_limited, refuse_post
from bot.calls.remembering import see_transcript
from bot.domain.caller import Caller
from bot.domain.context import one_line
from bot.domain.errors import CallerError, CallNotFound
from bot.domain.persona import Persona
from bot.domain.record import PastTalk

MOST_LINES = 25
_SHORTEST_CHARS, _LONGEST_CHARS = 12, 300
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][”\"'])\s+")


@dataclass(frozen=True, slots=True)
class Lines:
    """What a character said in one talk, sentence by sentence; the newest 25 that are worth a post.

    ``channel`` is where a line would be posted, empty where there is no such place.
    """

    talk: PastTalk
    persona: Persona
    lines: tuple[str, ...]
    channel: str


async def see_lines(house: Installation, caller: Caller, past_id: str) -> Lines:
    """Return what may be shared of a call of the caller's. Raises CallerError and its kinds.

    What was imported is anybody's writing, so no character has said it.
    """
    talk, turns, _ = await see_transcript(house, caller, past_id)
    if talk.held:
        raise CallerError("Say first that this talk was yours; a line of it can be shared then.")
    if talk.call is None:
        raise CallerError("This was imported, so no character has said it. Only lines of calls are shared.")
    persona = house.cast.of_slug(talk.slug)
    channel = caller.channel or talk.call.channel
    if caller.channel:
        refuse_limited(house, caller, persona)
    elif channel:
        refuse_post(house, talk.call.place, persona)
    said = [
        sentence
        for turn in turns
        if turn.role == "agent"
        for sentence in _SENTENCE_END.split(" ".join(turn.text.split()))
        if _SHORTEST_CHARS <= len(sentence) <= _LONGEST_CHARS
    ]
    lines = tuple(dict.fromkeys(said))[-MOST_LINES:]
    if not lines:
        raise CallNotFound("There is no line of the character's in it that could be shared.")
    return Lines(talk, persona, tuple(one_line(line, 300) for line in lines), channel)


def line_of(seen: Lines, number_text: str) -> str:
    """Return the line that was chosen. Raises CallerError for one that is not there."""
    if not number_text.isdecimal() or int(number_text) >= len(seen.lines):
        raise CallerError("That line is not there any more. Choose another one.")
    return seen.lines[int(number_text)]
