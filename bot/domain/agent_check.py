"""What is wrong with an agent: its own settings first, then what stands beside it. Pure.

Sources: ElevenLabs, "Overrides", "Dynamic variables", "Authentication" and "Concurrency".
"""

from collections.abc import Iterator, Sequence

from bot.domain.agent import (
    APPLY,
    CHAT_EVENTS,
    Agent,
    Expected,
    Finding,
    PhoneLine,
    Severity,
    public_sentence,
)
from bot.domain.agent_guardrails import check_guardrails
from bot.domain.agent_phone import OUR_FIRST_WORDS, check_phone
from bot.domain.agent_workflow import is_ours
from bot.domain.agent_workspace import check_number, check_recall, check_unread, check_webhook
from bot.domain.variables import STANDARD_VARIABLES

PLAYED_OVERRIDES = (
    "agent.prompt.prompt",
    "agent.prompt.llm",
    "agent.first_message",
    "agent.language",
    "tts.voice_id",
    "tts.model_id",
    "tts.stability",
    "tts.similarity_boost",
    "tts.speed",
    "conversation.max_duration_seconds",
    "conversation.text_only",
)
"""The override fields that a call may send."""

NEEDED_OVERRIDES = {"agent.prompt.prompt", "agent.first_message", "conversation.text_only"}
"""Without these nobody of the cast can be played as written."""

REPLACED_PLACES = {"prompt": "agent.prompt.prompt", "first message": "agent.first_message"}
"""The agent's own texts that a call replaces, each with the flag that lets it."""

NO_DAILY_LIMIT = (-1, 100_000)
"""Both mean that nobody set one; the second is what ElevenLabs starts with."""


def check_agent(agent: Agent, lines: Sequence[PhoneLine], expected: Expected) -> tuple[Finding, ...]:
    """Return what is wrong with an agent for this installation, in the order of its settings."""
    return (
        *check_unread(agent, expected),
        *_overrides(agent, expected),
        *_variables(agent, expected),
        *_authentication(agent, expected),
        *_workflow(agent, expected),
        *_events(agent),
        *_limits(agent, expected),
        *_bill(expected),
        *_recording(agent),
        *check_guardrails(agent),
        *check_webhook(agent, expected),
        *check_recall(agent, expected),
        *check_number(agent, lines, expected),
        *check_phone(agent, lines, expected),
    )


def _overrides(agent: Agent, expected: Expected) -> Iterator[Finding]:
    needed = {"conversation.text_only"} if expected.is_hosted else NEEDED_OVERRIDES
    for path in sorted(needed) if expected.is_hosted else PLAYED_OVERRIDES:
        if path not in agent.allowed_overrides:
            consequence = "it is left out of calls"
            if path == "agent.prompt.prompt":
                consequence = "no call can start"
            elif path == "agent.first_message" and expected.rings_phones:
                consequence += f", and {OUR_FIRST_WORDS}"
            yield Finding(
                "error" if path in needed else "warning",
                f"The agent does not allow the override of {path}: {consequence}.",
                APPLY,
            )


def _variables(agent: Agent, expected: Expected) -> Iterator[Finding]:
    replaced = {place for place, path in REPLACED_PLACES.items() if path in agent.allowed_overrides}
    for name, places in sorted(agent.required.items()):
        declared = expected.persona_variables
        lacking = sorted(key for key, names in declared.items() if name not in names)
        if name in STANDARD_VARIABLES or (declared and not lacking):
            continue
        needing = [place for place in places if expected.is_hosted or place not in replaced]
        where = _together(needing or places)
        whom = _together(lacking)
        fix = f"Take {{{{{name}}}}} out of the agent's {where}"
        if len(lacking) == len(declared):
            what, fate = f"No call sends the variable {name}", "every conversation would fail at its start"
        else:
            what, fate = (
                f"Calls with {whom} do not send the variable {name}",
                "they would fail at their start",
            )
            fix += f", or declare it under variables in the character's file: {whom}"
        severity: Severity = "error"
        if not needing:
            severity = "warning" if expected.phone_number_id else "note"
            fate = "it is needed only for the dashboard's preview and inbound calls"
        yield Finding(severity, f"{what}, which the agent has in its {where}: {fate}.", f"{fix}.")


def _together(names: Sequence[str]) -> str:
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def _authentication(agent: Agent, expected: Expected) -> Iterator[Finding]:
    if expected.is_hosted and agent.requires_authentication:
        yield Finding(
            "error",
            "The agent requires authentication, so hosted links do not open.",
            f"{APPLY} Or set PUBLIC_URL to use Troupe's own page.",
        )
    if not expected.is_hosted and not agent.requires_authentication:
        yield Finding(
            "warning",
            "The agent is public: anyone who has its id can talk with it at your cost.",
            f"{APPLY} Troupe's page does not need a public agent.",
        )
    if not expected.is_hosted and agent.allowed_hosts:
        yield Finding(
            "error",
            "The agent has an allowlist of hosts, which excludes the signed URLs that Troupe's page uses.",
            APPLY,
        )


def _workflow(agent: Agent, expected: Expected) -> Iterator[Finding]:
    if expected.is_hosted and not agent.playing_nodes:
        yield Finding(
            "error",
            "The agent has no workflow, so nobody is routed to a character.",
            APPLY,
        )
    if not expected.is_hosted and agent.playing_nodes:
        are_ours = all(is_ours(node_id) for node_id in agent.playing_nodes)
        yield Finding(
            "warning",
            f"The agent's workflow plays characters itself ({', '.join(agent.playing_nodes)}): what a node "
            "sets wins over what a call sends.",
            APPLY if are_ours else "Remove these nodes, or unset PUBLIC_URL to use hosted links.",
        )


def _events(agent: Agent) -> Iterator[Finding]:
    for event, consequence in CHAT_EVENTS.items():
        if event not in agent.client_events:
            yield Finding(
                "error",
                f"The agent does not send the event {event}: {consequence}.",
                APPLY,
            )


def _limits(agent: Agent, expected: Expected) -> Iterator[Finding]:
    allowed = "conversation.max_duration_seconds" in agent.allowed_overrides and not expected.is_hosted
    aloud = expected.talks_aloud and not expected.is_hosted
    if (aloud or not allowed) and agent.max_duration_seconds < expected.longest_call_seconds:
        yield Finding(
            "warning",
            f"The agent ends conversations after {agent.max_duration_seconds} s; a character may talk for "
            f"{expected.longest_call_seconds} s.",
            f"{APPLY} Or lower max_minutes in the character's file.",
        )
    if aloud and agent.max_duration_seconds > expected.longest_call_seconds:
        yield Finding(
            "warning",
            "Aloud, ElevenLabs' client cannot say how long a talk may be: one whose page does not hang up "
            f"goes on for {agent.max_duration_seconds} s, and no character may talk for longer than "
            f"{expected.longest_call_seconds} s.",
            APPLY,
        )
    if not expected.is_hosted and not expected.talks_aloud and not expected.is_sandbox:
        yield Finding(
            "note",
            "Members write on the talk page: what lets them talk aloud is not there.",
            "troupe talk-client fetch has npm fetch it.",
        )
    if agent.bursting:
        yield Finding(
            "warning",
            "Bursting is on: conversations beyond your plan's limit cost twice as much.",
            APPLY,
        )
    if agent.queueing:
        yield Finding(
            "note",
            "Queueing is on: talks in the browser wait for a free line; phone calls and chats never do.",
            APPLY,
        )
    for limit, name in ((agent.daily_limit, "daily limit"), (agent.concurrent_limit, "concurrency limit")):
        if limit == 0:
            yield Finding("error", f"The agent's {name} is 0: no call can start.", APPLY)
    if expected.is_hosted and agent.daily_limit in NO_DAILY_LIMIT:
        yield Finding(
            "warning",
            "The agent is public and has no daily limit of its own.",
            APPLY,
        )
    elif expected.is_hosted and not agent.requires_authentication:
        what, where = public_sentence(agent.daily_limit), "or set PUBLIC_URL to use Troupe's own page."
        yield Finding("note", what, f"Lower ELEVENLABS_DAILY_LIMIT and run troupe agent apply, {where}")
    if 0 < agent.concurrent_limit < expected.calls_at_once:
        yield Finding(
            "warning",
            f"CALLS_AT_ONCE is {expected.calls_at_once}, but the agent's concurrency limit is "
            f"{agent.concurrent_limit}: what is beyond it is refused.",
            APPLY,
        )
    if agent.concurrent_limit == -1 and not expected.is_sandbox:
        yield Finding(
            "note",
            "The agent may use every conversation that your plan allows at a time.",
            APPLY,
        )


def _bill(expected: Expected) -> Iterator[Finding]:
    if not expected.cost_per_month and not expected.is_sandbox:
        yield Finding(
            "note",
            "COST_PER_MONTH is 0, so the bill has no ceiling.",
            "Set COST_PER_MONTH to what calls may cost in a month, in ElevenLabs' credits.",
        )
    if expected.cost_per_month and not expected.has_operator:
        yield Finding(
            "note",
            "OPERATOR is empty, so the log alone tells how much of COST_PER_MONTH is used.",
            "Set OPERATOR to the account that is to be told, such as discord:123.",
        )


def _recording(agent: Agent) -> Iterator[Finding]:
    if agent.records_voice:
        yield Finding(
            "warning",
            "The agent records voices; members are told only that talks are transcribed.",
            APPLY,
        )
    if agent.retention_days == -1:
        yield Finding(
            "note",
            "ElevenLabs keeps conversations without end, and ignores its own deletion settings meanwhile.",
            APPLY,
        )
