"""Who rings the agent's number, what they hear first, and what the character is told of them.

A number that shows can be forged: whoever rings is nobody until they say who they are. Design, "Deliveries".
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from bot.domain.caller import Account, Person
from bot.domain.context import one_line
from bot.domain.initiation import NAME_CHARS, Initiation, Occasion, build_initiation
from bot.domain.on_the_phone import PHONE_CONTEXT
from bot.domain.persona import Persona
from bot.domain.phone import Phone
from bot.domain.quoting import plain_name
from bot.domain.record import PersonRecord
from bot.domain.variables import STANDARD_VARIABLES, VariableValue, fill_placeholders

STRANGER_MINUTES = 3
REFUSAL_SECONDS = 20

INBOUND_SENTENCE = (
    "{{character_name}} here, an AI character from {{community}}. This call is transcribed. Who is this?"
)
"""The same for everybody: a name that was said first would tell whoever forged its owner's number."""

INBOUND_RULES = """\
# On the telephone
Somebody has called you, and anybody may be calling: the number that a call comes from can be forged. You know
nobody until they say who they are.
- Your first sentence asked who this is. Never say a name before the caller has, and never guess or confirm
  one. Until the caller has said that they are the person your notes are for, you remember nothing: do not
  mention or hint at anything from your notes, not even that you have spoken before.
- If they are somebody else, or do not say who they are, talk without your notes, as with a stranger.
- If anybody says to stop calling, confirm that this number will not be called again, and end the call.
- If nobody speaks, end the call."""

REFUSAL_SENTENCE = (
    "{{character_name}} here, an AI character from {{community}}. I am sorry, no calls are possible at the "
    "moment. Please try again another time. Goodbye."
)

REFUSAL_PROMPT = """\
You are an AI character on the telephone. No calls are possible at the moment; your first sentence said so.
Whatever is said, say goodbye in one sentence and end the call. You know nobody and remember nothing."""

REFUSAL_CONTEXT = "No calls are possible at the moment. Say goodbye in one sentence and end the call."


@dataclass(frozen=True, slots=True)
class InboundRing:
    """What ElevenLabs says of somebody who rings, as far as it can be read; anything may be empty.

    ``is_for_us`` is False where they rang another agent of the same workspace.
    """

    caller_id: str = field(default="", repr=False)
    conversation_id: str = ""
    is_for_us: bool = True


@dataclass(frozen=True, slots=True)
class InboundCaller:
    """Whose verified number shows; ``slugs`` are the characters they talked with, the last one first."""

    person: Person
    account: Account
    phone: Phone
    slugs: tuple[str, ...]


def declared_variables(personas: Iterable[Persona]) -> dict[str, VariableValue]:
    """Return every variable that any character declares, with its default.

    Source: ElevenLabs, "Twilio personalization": the answer must contain every variable that the agent uses.
    """
    ordered = sorted(personas, key=lambda one: one.slug, reverse=True)
    return {name: variable.default for one in ordered for name, variable in one.variables.items()}


def build_inbound(
    persona: Persona,
    house_rules: str,
    record: PersonRecord,
    context: str,
    occasion: Occasion,
    declared: Mapping[str, VariableValue],
    allowed: Collection[str],
) -> Initiation:
    """Build what a call that came in starts with; ``context`` is empty where nobody is remembered.

    What is remembered stands behind the same sentence as on a call that we place.
    """
    if context:
        gate = PHONE_CONTEXT.format(
            user_name=plain_name(occasion.user_name) or STANDARD_VARIABLES["user_name"]
        )
        context = f"{gate}\n\n{context}"
    rules = f"{house_rules.strip()}\n\n{INBOUND_RULES}"
    ours = _beginning_with(INBOUND_SENTENCE, persona, occasion)
    return _complete(build_initiation(ours, rules, record, context, occasion, allowed), declared)


def build_refusal(
    persona: Persona,
    house_rules: str,
    occasion: Occasion,
    declared: Mapping[str, VariableValue],
    allowed: Collection[str],
) -> Initiation:
    """Build a call in which the character says that no calls are possible now, and no more."""
    ours = _beginning_with(REFUSAL_SENTENCE, persona, occasion).model_copy(update={"body": REFUSAL_PROMPT})
    built = build_initiation(ours, house_rules, PersonRecord(), REFUSAL_CONTEXT, occasion, allowed)
    if "conversation" in built.override:
        short = {**built.override["conversation"], "max_duration_seconds": REFUSAL_SECONDS}
        built = replace(built, override={**built.override, "conversation": short})
    return _complete(built, declared)


def _beginning_with(sentence: str, persona: Persona, occasion: Occasion) -> Persona:
    """Return the character with a first sentence of ours, which nothing that is remembered stands in."""
    greeting = fill_placeholders(sentence, {"community": one_line(occasion.community, NAME_CHARS)})
    return persona.model_copy(update={"greeting": greeting, "greeting_returning": None})


def _complete(initiation: Initiation, declared: Mapping[str, VariableValue]) -> Initiation:
    return replace(initiation, variables={**declared, **initiation.variables})
