"""The override and the dynamic variables for one call: ``conversation_initiation_client_data``.

Source: ElevenLabs, "Overrides" and "Dynamic variables". A field that is not overridden is left out, never
sent as null.
"""

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.context import day, one_line
from bot.domain.nesting import nest
from bot.domain.on_the_phone import (
    PHONE_CONTEXT,
    PHONE_RULES,
    PHONE_SENTENCE,
    code_prompt,
    code_variables,
)
from bot.domain.orders import gives_orders
from bot.domain.persona import Persona, Variable
from bot.domain.quoting import plain, plain_name, quoted
from bot.domain.record import PersonRecord, Remembered
from bot.domain.variables import PLACEHOLDER, STANDARD_VARIABLES, VariableValue, fill_placeholders, flatten

NAME_CHARS, COMMUNITY_CHARS = 64, 80
CODE_CALL_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is particular about one call: who, where, when, how long, and what the installation adds.

    ``by_phone``: whoever answers is nobody we know until they say so.
    """

    call_ref: str
    user_id: str
    platform: str
    user_name: str
    topic: str
    local_time: datetime
    timezone: str
    crisis_line: str
    cast_as: str = "none"
    text_only: bool = False
    by_phone: bool = False
    community: str = "this community"
    most_minutes: int = 60


@dataclass(frozen=True, slots=True)
class Initiation:
    """What starts a conversation; ``left_out`` names the override fields that the agent does not allow."""

    override: Mapping[str, Any]
    variables: Mapping[str, VariableValue]
    user_id: str
    left_out: tuple[str, ...] = ()

    def as_message(self) -> dict[str, Any]:
        """Return the first message of a conversation's WebSocket."""
        return {
            "type": "conversation_initiation_client_data",
            "conversation_config_override": self.override,
            "dynamic_variables": dict(self.variables),
            "user_id": self.user_id,
        }


def build_initiation(
    persona: Persona,
    house_rules: str,
    record: PersonRecord,
    context: str,
    occasion: Occasion,
    allowed: Collection[str] | None = None,
) -> Initiation:
    """Build what one call starts with; ``allowed`` are the agent's enabled override fields, None: all."""
    variables = build_variables(persona, record, context, occasion)
    fields = _override_fields(persona, house_rules, str(variables["first_message"]), occasion)
    return _initiation(fields, variables, occasion.user_id, allowed)


def build_code_initiation(
    code: str,
    house_rules: str,
    allowed: Collection[str],
    *,
    community: str,
    crisis_line: str,
    call_ref: str,
    user_id: str,
    is_hosted: bool,
) -> Initiation:
    """Build the call that reads a code aloud: the house rules, its own small prompt, and nobody's memory."""
    known = {"call_ref": call_ref, "crisis_line": crisis_line}
    variables = code_variables(code, community, known, is_hosted=is_hosted)
    fields = {
        "agent.prompt.prompt": below_the_rules(house_rules, code_prompt(code)),
        "agent.first_message": variables["first_message"],
        "conversation.max_duration_seconds": CODE_CALL_SECONDS,
    }
    return _initiation(fields, variables, user_id, allowed)


def _initiation(
    fields: Mapping[str, Any],
    variables: Mapping[str, VariableValue],
    user_id: str,
    allowed: Collection[str] | None,
) -> Initiation:
    """Nest the dotted paths that the agent allows."""
    sent = {path: value for path, value in fields.items() if allowed is None or path in allowed}
    return Initiation(nest(sent), variables, user_id, tuple(sorted(fields.keys() - sent.keys())))


def build_variables(
    persona: Persona, record: PersonRecord, context: str, occasion: Occasion
) -> dict[str, VariableValue]:
    """Return every standard variable and the persona's own: none is missing, none carries live braces."""
    is_returning = record.last_talk_at is not None
    chosen = (record.continued,) if record.continued else ()
    own = [*chosen, *(talk for talk in record.conversations if talk.slug in {persona.slug, ""})]
    at = occasion.local_time
    values = dict(STANDARD_VARIABLES) | {
        "user_name": plain_name(occasion.user_name) or STANDARD_VARIABLES["user_name"],
        "character": persona.slug,
        "character_name": persona.name,
        "is_returning": is_returning,
        "call_count": record.call_count,
        "days_since_last_call": _days_since(record.last_talk_at, at),
        "last_call_summary": _last_summary(own) or STANDARD_VARIABLES["last_call_summary"],
        "last_call_hint": _last_hint(own),
        "topic": _unless_an_order(occasion.topic, 300) or STANDARD_VARIABLES["topic"],
        "context": context or STANDARD_VARIABLES["context"],
        "local_time": f"{at:%A}, {day(at)}, {at:%H:%M} ({occasion.timezone})",
        "platform": occasion.platform,
        "crisis_line": occasion.crisis_line,
        "cast_as": occasion.cast_as,
        "call_ref": occasion.call_ref,
    }
    known = flatten(record.profile)
    values |= {name: _of_type(known.get(name), variable) for name, variable in persona.variables.items()}
    if occasion.by_phone:
        values["context"] = f"{PHONE_CONTEXT.format(user_name=values['user_name'])}\n\n{values['context']}"
        values["first_message"] = fill_placeholders(
            PHONE_SENTENCE, {**values, "community": one_line(occasion.community, COMMUNITY_CHARS)}
        )
        return values
    greeting = persona.greeting_returning if is_returning and persona.greeting_returning else persona.greeting
    values["first_message"] = spoken(greeting, values)
    return values


def role_of(slug: str, *, by_phone: bool = False) -> str:
    """Return the ``cast_as`` by which a public agent's workflow finds whom to play; no slug has a ``/``."""
    return f"{slug}/phone" if by_phone else slug


def build_prompt(persona: Persona, house_rules: str, *, by_phone: bool = False) -> str:
    """Return the system prompt of a character, placeholders and all: the house rules always come first."""
    return below_the_rules(house_rules, *([PHONE_RULES] if by_phone else []), persona.body)


def below_the_rules(house_rules: str, *texts: str) -> str:
    """Return the prompt in which the house rules stand first, as in every prompt of ours."""
    return "\n\n".join(text.strip() for text in (house_rules, *texts)) + "\n"


def _override_fields(
    persona: Persona, house_rules: str, first_message: str, occasion: Occasion
) -> dict[str, Any]:
    voice, choice = persona.voice, persona.voice_choice
    fields = {
        "agent.prompt.prompt": build_prompt(persona, house_rules, by_phone=occasion.by_phone),
        "agent.prompt.llm": persona.llm,
        "agent.first_message": first_message,
        "agent.language": persona.language,
        "tts.voice_id": voice.voice_id,
        "tts.model_id": voice.model,
        "tts.stability": choice.stability,
        "tts.similarity_boost": choice.similarity_boost,
        "tts.speed": choice.speed,
        "conversation.max_duration_seconds": min(persona.max_minutes, occasion.most_minutes) * 60,
        "conversation.text_only": True if occasion.text_only else None,
    }
    return {path: value for path, value in fields.items() if value is not None}


def _days_since(then: datetime | None, now: datetime) -> int:
    return -1 if then is None else max(0, (now.date() - then.astimezone(now.tzinfo).date()).days)


def _last_summary(own: Sequence[Remembered]) -> str:
    return next((_unless_an_order(talk.summary, 700) for talk in own if talk.summary), "")


def _last_hint(own: Sequence[Remembered]) -> str:
    """Return one sentence for a greeting, or nothing when the last talk has no title."""
    title = next((talk.title for talk in own[:1] if talk.title), "")
    shown = _unless_an_order(title, 90)
    return f"Last time we spoke about {quoted(shown, 90)}." if shown else ""


def _unless_an_order(text: str, most_chars: int) -> str:
    """Return what may stand in a prompt outside quotation marks: nothing where it reads as an order."""
    return "" if gives_orders(text) else plain(text, most_chars)


def spoken(greeting: str, values: Mapping[str, VariableValue]) -> str:
    """Return a greeting, filled; what only the platform can fill is left out, and gaps are closed."""
    text = re.sub(r" {2,}", " ", PLACEHOLDER.sub("", fill_placeholders(greeting, values))).strip()
    return text[:1].upper() + text[1:]


def _of_type(value: VariableValue | None, variable: Variable) -> VariableValue:
    """Return a profile value as the type that the persona declared, or its default where it does not fit."""
    if value is None or value == "":
        return variable.default
    if variable.type == "string":
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return _unless_an_order(text, 500) or variable.default
    if variable.type == "boolean":
        return value if isinstance(value, bool) else variable.default
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    try:
        number = float(str(value))
    except ValueError:
        return variable.default
    return number if math.isfinite(number) else variable.default
