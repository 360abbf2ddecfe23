"""What an agent has to be for a cast and a kind of installation: the paths that are Troupe's. Pure.

Sources: ElevenLabs, "Overrides", "Dynamic variables", "Authentication", "Concurrency", "System tools", "Data
collection", "Privacy" and "Post-call webhooks". What operators add to lists and keyed maps stays.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.agent import CHAT_EVENTS, Expected, public_sentence
from bot.domain.agent_changes import changes_to
from bot.domain.agent_check import PLAYED_OVERRIDES
from bot.domain.agent_phone import SILENCE_SECONDS, STOP_CALLING, STOP_CALLING_DESCRIPTION
from bot.domain.agent_workflow import slug_of_node, wanted_workflow, without_ours
from bot.domain.initiation import below_the_rules
from bot.domain.nesting import at, list_at, mapping_at
from bot.domain.persona import Persona
from bot.domain.variables import STANDARD_VARIABLES

FACTS = "new_facts"
FACTS_DESCRIPTION = (
    "Lasting facts that the user stated about themselves, each as a short sentence in the user's language, "
    "separated by semicolons; empty if there are none. Nothing that was only said in a game or a story."
)

CONFIG, PLATFORM = "conversation_config", "platform_settings"
PROMPT = f"{CONFIG}.agent.prompt.prompt"
PLACEHOLDERS = f"{CONFIG}.agent.dynamic_variables.dynamic_variable_placeholders"
TOOL_IDS = f"{CONFIG}.agent.prompt.tool_ids"
BUILT_IN_TOOLS = f"{CONFIG}.agent.prompt.built_in_tools"
CLIENT_EVENTS = f"{CONFIG}.conversation.client_events"
SILENCE = f"{CONFIG}.turn.silence_end_call_timeout"
COLLECTION = f"{PLATFORM}.data_collection"
FLAGS = f"{PLATFORM}.overrides"
WEBHOOKS = f"{PLATFORM}.workspace_overrides.webhooks"
INBOUND = f"{PLATFORM}.workspace_overrides.conversation_initiation_client_data_webhook"
WORKFLOW = "workflow"

BASE_PROMPT = """\
# Who you are
You are an AI voice that plays one character of a cast at a time, and now you play {{character_name}}. If
that says none, nobody was chosen: say in one sentence that you are an AI and that the community's bot tells
how to call a character, say goodbye, and end the conversation.

# What you know about the person
{{context}}"""


@dataclass(frozen=True, slots=True)
class Wish:
    """The cast and the installation that an agent is to be set up for.

    ``kept`` are the slugs whose files cannot be read now; ``daily_limit`` is how many conversations a public
    agent has in a day.
    """

    expected: Expected
    personas: tuple[Persona, ...]
    house_rules: str
    retention_days: int
    daily_limit: int
    kept: frozenset[str] = frozenset()

    @property
    def exposure(self) -> str:
        """Say what a public agent lets anybody do; nothing where it is private."""
        return public_sentence(self.daily_limit) if self.expected.is_hosted else ""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the agent, by its ids; what is empty is not touched."""

    tool_ids: Sequence[str] | None = None
    webhooks: Mapping[str, Any] = field(default_factory=dict)
    inbound: Mapping[str, Any] = field(default_factory=dict)


def owned_paths(found: Mapping[str, Any], wish: Wish, beside: Beside) -> dict[str, Any]:
    """Return every dotted path of an agent that Troupe decides, with its value.

    ``found`` is the agent as it is: lists and keyed maps are sent whole, so that what others put there is in
    what is wanted. A None in a value stands for what has to go.
    """
    return {
        **{f"{FLAGS}.conversation_config_override.{path}": True for path in PLAYED_OVERRIDES},
        **_texts(found, wish),
        **_limits(found, wish),
        **_privacy(wish),
        **(_telephone(found) if wish.expected.rings_phones or wish.expected.takes_calls else {}),
        **_beside(beside),
        **_workflow(found, wish),
    }


def _texts(found: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    own = {name: one.default for persona in wish.personas for name, one in persona.variables.items()}
    collected = {
        FACTS: {"type": "string", "description": FACTS_DESCRIPTION},
        STOP_CALLING: {"type": "boolean", "description": STOP_CALLING_DESCRIPTION},
    }
    events = [str(one) for one in list_at(found, CLIENT_EVENTS)]
    return {
        f"{CONFIG}.agent.first_message": "{{first_message}}",
        PROMPT: below_the_rules(wish.house_rules, BASE_PROMPT),
        PLACEHOLDERS: {**mapping_at(found, PLACEHOLDERS), **own, **STANDARD_VARIABLES},
        CLIENT_EVENTS: [*events, *(event for event in CLIENT_EVENTS_WANTED if event not in events)],
        COLLECTION: {**mapping_at(found, COLLECTION), **collected},
    }


CLIENT_EVENTS_WANTED = (*CHAT_EVENTS, "audio", "interruption", "user_transcript")
"""What chats and the talk page listen to."""


def _limits(found: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    expected = wish.expected
    limits = f"{PLATFORM}.call_limits"
    owned: dict[str, Any] = {
        f"{PLATFORM}.auth.enable_auth": not expected.is_hosted,
        f"{CONFIG}.conversation.max_duration_seconds": expected.longest_call_seconds,
        f"{limits}.agent_concurrency_limit": expected.calls_at_once,
        f"{limits}.bursting_enabled": False,
        f"{PLATFORM}.queueing_config.enabled": False,
    }
    if expected.is_hosted:
        return owned | {f"{limits}.daily_limit": wish.daily_limit}
    owned |= {f"{PLATFORM}.auth.allowlist": []}
    return owned | ({f"{limits}.daily_limit": 100_000} if at(found, f"{limits}.daily_limit") == 0 else {})


def _privacy(wish: Wish) -> dict[str, Any]:
    """Keep no voices; the deletion flags count only where the days are counted."""
    privacy = f"{PLATFORM}.privacy"
    return {
        f"{privacy}.record_voice": False,
        f"{privacy}.retention_days": wish.retention_days,
        f"{privacy}.delete_transcript_and_pii": True,
        f"{privacy}.delete_audio": True,
    }


def _telephone(found: Mapping[str, Any]) -> dict[str, Any]:
    owned: dict[str, Any] = {}
    for name in ("end_call", "voicemail_detection"):
        params = {"system_tool_type": name}
        if at(found, f"{BUILT_IN_TOOLS}.{name}.params.voicemail_message"):
            params["voicemail_message"] = ""
        owned[f"{BUILT_IN_TOOLS}.{name}"] = {"type": "system", "name": name, "params": params}
    seconds = at(found, SILENCE)
    is_chosen = isinstance(seconds, int | float) and seconds > 0
    return owned | {SILENCE: seconds if is_chosen else SILENCE_SECONDS}


def _beside(beside: Beside) -> dict[str, Any]:
    owned: dict[str, Any] = {f"{WEBHOOKS}.{name}": value for name, value in beside.webhooks.items()}
    if beside.tool_ids is not None:
        owned[TOOL_IDS] = list(beside.tool_ids)
    if beside.inbound:
        owned[INBOUND] = beside.inbound
        owned[f"{FLAGS}.enable_conversation_initiation_client_data_from_webhook"] = True
    return owned


def _workflow(found: Mapping[str, Any], wish: Wish) -> dict[str, Any]:
    there = found.get(WORKFLOW)
    if wish.expected.is_hosted:
        rings = wish.expected.rings_phones
        return {
            WORKFLOW: wanted_workflow(
                there, wish.personas, wish.house_rules, rings_phones=rings, kept=wish.kept
            )
        }
    left = without_ours(there)
    return {} if left is None else {WORKFLOW: left}


def behind_the_cast(found: Mapping[str, Any], wish: Wish) -> tuple[str, ...]:
    """Return whom a public agent's workflow plays otherwise than the cast has them now, by their slugs."""
    paths = [change.path.split(".") for change in changes_to(found, _workflow(found, wish))]
    return tuple(sorted({slug_of_node(path[2]) for path in paths if path[1:2] == ["nodes"]} - {""}))
