"""What a call with a character would begin with, to be looked at: for a real person, or for made-up ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.context import build_context
from bot.domain.conversation import Turn
from bot.domain.fact import Fact, FactId
from bot.domain.initiation import Initiation, Occasion, build_initiation, build_variables
from bot.domain.persona import Persona
from bot.domain.record import PersonRecord, Remembered
from bot.domain.tokens import estimate_tokens
from bot.domain.variables import fill_placeholders

SAMPLE_NAME = "Robin"
_SAMPLE_TITLE = "The bench by the river"
_SAMPLE_FACT = "I am allergic to nuts."
_SAMPLE_PROFILE = {"home": "a houseboat"}
_SAMPLE_TURNS = (
    Turn("user", "I want to build a bench by the river, for my grandmother.", 4),
    Turn("agent", "A bench by the river! What should she see from it?", 9),
    Turn("user", "The old ferry. She worked on it for thirty years.", 15),
)
_SAMPLE_DAYS, _SAMPLE_CALLS = 9, 3


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What one call begins with; ``prompt`` is what the language model reads, every value in its place.

    What the platform alone can fill stands there as ``{{system__…}}``.
    """

    who: str
    context: str
    first_message: str
    prompt: str

    @property
    def tokens(self) -> int:
        """About how many tokens the prompt is; every turn reads all of it again."""
        return estimate_tokens(self.prompt)


def sample_occasion(
    at: datetime, timezone: str, *, crisis_line: str, community: str, topic: str = "", by_phone: bool = False
) -> Occasion:
    """Return the call of a made-up member at a moment, told in its own zone."""
    return Occasion(
        call_ref="none",
        user_id="sample",
        platform="discord",
        user_name=SAMPLE_NAME,
        topic=topic,
        local_time=at,
        timezone=timezone,
        crisis_line=crisis_line,
        by_phone=by_phone,
        community=community,
    )


def rehearsed(who: str, context: str, initiation: Initiation) -> Rehearsal:
    """Return what an initiation begins with; it must not leave the prompt out."""
    prompt = initiation.override["agent"]["prompt"]["prompt"]
    first_message = str(initiation.variables["first_message"])
    return Rehearsal(who, context, first_message, fill_placeholders(prompt, initiation.variables))


def rehearse_samples(
    persona: Persona, house_rules: str, occasion: Occasion, names: Mapping[str, str]
) -> tuple[Rehearsal, Rehearsal]:
    """Return what a made-up member hears the first time, and when they come back."""
    new, known = PersonRecord(name=occasion.user_name), sample_record(persona, occasion)
    return (
        _rehearse("a new member", persona, house_rules, new, occasion, names),
        _rehearse("a returning member", persona, house_rules, known, occasion, names),
    )


def _rehearse(
    who: str,
    persona: Persona,
    house_rules: str,
    record: PersonRecord,
    occasion: Occasion,
    names: Mapping[str, str],
) -> Rehearsal:
    zone = occasion.local_time.tzinfo or UTC
    values = build_variables(persona, record, "", occasion)
    context = build_context(record, persona, occasion.topic, names=names, zone=zone, values=values)
    return rehearsed(who, context, build_initiation(persona, house_rules, record, context, occasion))


def sample_record(persona: Persona, occasion: Occasion) -> PersonRecord:
    """Return what a character knows of the made-up member; the name alone where it remembers nothing."""
    if persona.memory == "none":
        return PersonRecord(name=SAMPLE_NAME)
    at = occasion.local_time - timedelta(days=_SAMPLE_DAYS)
    talk = Remembered(persona.slug, at, _SAMPLE_TITLE, last_turns=_SAMPLE_TURNS)
    fact = Fact(FactId("sample"), persona.slug, persona.memory, _SAMPLE_FACT, at)
    return PersonRecord(SAMPLE_NAME, _SAMPLE_PROFILE, _SAMPLE_CALLS, at, (talk,), (fact,))


def sample_file(name: str, at: datetime) -> dict[str, Any]:
    """Return the made-up member's past as a file to be imported, for a memory that is a real one."""
    began_at = at - timedelta(days=_SAMPLE_DAYS)
    turns = [
        {"role": turn.role, "message": turn.text, "time_in_call_secs": turn.seconds} for turn in _SAMPLE_TURNS
    ]
    talk = {
        "transcript": turns,
        "metadata": {"start_time_unix_secs": int(began_at.timestamp())},
        "analysis": {"call_summary_title": _SAMPLE_TITLE},
    }
    return {"name": name, "profile": _SAMPLE_PROFILE, "conversations": [talk]}
