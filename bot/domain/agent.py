"""An ElevenLabs agent as far as Troupe depends on it, and what is wrong with it: pure.

Sources: ElevenLabs, "Overrides", "Dynamic variables", "Authentication", "Post-call webhooks", "Concurrency".
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

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

TRANSCRIPT_EVENT = "transcript"

CALLING_PROVIDERS = ("twilio", "sip_trunk", "exotel")
"""The carriers that a call can be placed with."""

CHAT_EVENTS = {
    "agent_response": "a chat would stay silent",
    "conversation_initiation_metadata": "a chat would never start",
    "ping": "a chat cannot show that it is still there",
}
"""Without these events a text conversation does not work, each with why."""

NO_DAILY_LIMIT = (-1, 100_000)
"""Both mean that nobody set one; the second is what ElevenLabs starts with."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of the workspace; ``last_failure`` is an HTTP status, 0 if there was none."""

    id: str
    url: str
    is_disabled: bool = False
    is_auto_disabled: bool = False
    last_failure: int = 0


@dataclass(frozen=True, slots=True)
class PhoneLine:
    """A phone number of the account, and the agent that answers it, if any."""

    id: str
    number: str
    provider: str
    assigned_agent_id: str = ""


Part = Literal["agent", "tool", "settings", "webhooks", "numbers"]


@dataclass(frozen=True, slots=True)
class Unread:
    """A part that could not be looked at.

    ``name`` tells it from others of its kind: a tool's id, a path in the agent. ``status`` is an HTTP status,
    0 if there was none.
    """

    part: Part
    name: str
    reason: str
    status: int = 0


@dataclass(frozen=True, slots=True)
class Agent:
    """What one look at the agent and its workspace tells.

    ``required`` maps each variable that its own texts and tools use to the places; -1 stands for no limit;
    ``webhook_id`` is the post-call webhook that is set for it, ``webhook`` what is known of it;
    ``playing_nodes`` are the nodes of its workflow that play somebody.
    """

    id: str
    allowed_overrides: frozenset[str] = frozenset()
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires_authentication: bool = False
    allowed_hosts: tuple[str, ...] = ()
    playing_nodes: tuple[str, ...] = ()
    client_events: tuple[str, ...] = tuple(CHAT_EVENTS)
    max_duration_seconds: int = 600
    concurrent_limit: int = -1
    daily_limit: int = -1
    bursting: bool = True
    queueing: bool = False
    records_voice: bool = True
    retention_days: int = -1
    webhook_id: str = ""
    webhook: Webhook | None = None
    webhook_events: tuple[str, ...] = ()
    transcript_format: str = "json"
    excludes_transcript: bool = False
    unread: tuple[Unread, ...] = ()


Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend, and how."""

    severity: Severity
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What the installation needs of its agent; ``webhook_url`` is empty where none can reach us.

    ``persona_variables`` are those that each character declares, by its key: a call sends only its own.
    """

    is_hosted: bool
    webhook_url: str
    has_webhook_secret: bool
    longest_call_seconds: int
    persona_variables: Mapping[str, frozenset[str]]
    phone_number_id: str


def check_agent(agent: Agent, lines: Sequence[PhoneLine], expected: Expected) -> tuple[Finding, ...]:
    """Return what is wrong with an agent for this installation, in the order of its settings."""
    return (
        *_unread(agent, expected),
        *_overrides(agent, expected),
        *_variables(agent, expected),
        *_authentication(agent, expected),
        *_workflow(agent, expected),
        *_events(agent),
        *_limits(agent, expected),
        *_recording(agent),
        *_webhook(agent, expected),
        *_number(agent, lines, expected),
    )


def _unread(agent: Agent, expected: Expected) -> Iterator[Finding]:
    for one in agent.unread:
        what = f"{_UNREAD_NAMES[one.part].format(one.name)} could not be looked at: {one.reason}"
        severity: Severity = "warning"
        if one.part == "numbers" and not expected.phone_number_id:
            continue
        if one.status == 404 and one.part == "tool":
            severity, fix = "error", "Take the tool off the agent and off its workflow: it no longer exists."
        elif one.status in {401, 403}:
            fix = f"Give the key in ELEVENLABS_API_KEY the right to read {_RIGHTS[one.part]}."
        elif one.part == "agent":
            fix = "Look at it in the dashboard and save it again; its default is taken to hold."
        else:
            fix = "Try again in a while; everything else was looked at."
        yield Finding(severity, f"{what.rstrip('.')}.", fix)


_UNREAD_NAMES: Mapping[Part, str] = {
    "agent": "The agent's {}",
    "tool": "The agent's tool {}",
    "settings": "The workspace's settings",
    "webhooks": "The workspace's webhooks",
    "numbers": "The phone numbers",
}
_RIGHTS: Mapping[Part, str] = {
    "agent": "agents",
    "tool": "tools",
    "settings": "the workspace's settings",
    "webhooks": "webhooks",
    "numbers": "phone numbers",
}


def _overrides(agent: Agent, expected: Expected) -> Iterator[Finding]:
    needed = {"conversation.text_only"} if expected.is_hosted else NEEDED_OVERRIDES
    for path in sorted(needed) if expected.is_hosted else PLAYED_OVERRIDES:
        if path not in agent.allowed_overrides:
            consequence = "no call can start" if path == "agent.prompt.prompt" else "it is left out of calls"
            yield Finding(
                "error" if path in needed else "warning",
                f"The agent does not allow the override of {path}: {consequence}.",
                "Switch it on under Security, Overrides.",
            )


def _variables(agent: Agent, expected: Expected) -> Iterator[Finding]:
    replaced = {place for place, path in REPLACED_PLACES.items() if path in agent.allowed_overrides}
    for name, places in sorted(agent.required.items()):
        declared = expected.persona_variables
        lacking = sorted(key for key, names in declared.items() if name not in names)
        if name in STANDARD_VARIABLES or (declared and not lacking):
            continue
        needing = [place for place in places if expected.is_hosted or place not in replaced]
        where = " and ".join(needing or places)
        whom = " and ".join(lacking)
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


def _authentication(agent: Agent, expected: Expected) -> Iterator[Finding]:
    if expected.is_hosted and agent.requires_authentication:
        yield Finding(
            "error",
            "The agent requires authentication, so hosted links do not open.",
            "Switch authentication off under Security, or set PUBLIC_URL to use Troupe's own page.",
        )
    if not expected.is_hosted and not agent.requires_authentication:
        yield Finding(
            "warning",
            "The agent is public: anyone who has its id can talk with it at your cost.",
            "Switch authentication on under Security; Troupe's page does not need a public agent.",
        )
    if not expected.is_hosted and agent.allowed_hosts:
        yield Finding(
            "error",
            "The agent has an allowlist of hosts, which excludes the signed URLs that Troupe's page uses.",
            "Empty the allowlist under Security; authentication is enough.",
        )


def _workflow(agent: Agent, expected: Expected) -> Iterator[Finding]:
    if expected.is_hosted and not agent.playing_nodes:
        yield Finding(
            "error",
            "The agent has no workflow, so nobody is routed to a character.",
            "Give it a workflow that leads from cast_as to a node for each character.",
        )
    if not expected.is_hosted and agent.playing_nodes:
        yield Finding(
            "warning",
            f"The agent's workflow plays characters itself ({', '.join(agent.playing_nodes)}): what a node "
            "sets wins over what a call sends.",
            "Remove these nodes, or unset PUBLIC_URL to use hosted links.",
        )


def _events(agent: Agent) -> Iterator[Finding]:
    for event, consequence in CHAT_EVENTS.items():
        if event not in agent.client_events:
            yield Finding(
                "error",
                f"The agent does not send the event {event}: {consequence}.",
                "Add it to the client events under Advanced.",
            )


def _limits(agent: Agent, expected: Expected) -> Iterator[Finding]:
    allowed = "conversation.max_duration_seconds" in agent.allowed_overrides and not expected.is_hosted
    if not allowed and agent.max_duration_seconds < expected.longest_call_seconds:
        yield Finding(
            "warning",
            f"The agent ends conversations after {agent.max_duration_seconds} s; a character may talk for "
            f"{expected.longest_call_seconds} s.",
            "Raise the agent's maximum duration, or lower max_minutes in the character's file.",
        )
    if agent.bursting:
        yield Finding(
            "warning",
            "Bursting is on: conversations beyond your plan's limit cost twice as much.",
            "Switch bursting off under Call limits, unless you want to pay for it.",
        )
    if agent.queueing:
        yield Finding(
            "note",
            "Queueing is on: talks in the browser wait for a free line; phone calls and chats never do.",
            "Switch queueing off under Call limits, if people are to be told at once.",
        )
    for limit, name in ((agent.daily_limit, "daily limit"), (agent.concurrent_limit, "concurrency limit")):
        if limit == 0:
            yield Finding(
                "error", f"The agent's {name} is 0: no call can start.", "Raise it under Call limits."
            )
    if expected.is_hosted and agent.daily_limit in NO_DAILY_LIMIT:
        yield Finding(
            "warning",
            "The agent is public and has no daily limit of its own.",
            "Set a daily limit under Call limits.",
        )
    if agent.concurrent_limit == -1:
        yield Finding(
            "note",
            "The agent may use every conversation that your plan allows at a time.",
            "Set a concurrency limit under Call limits, if other agents share the plan.",
        )


def _recording(agent: Agent) -> Iterator[Finding]:
    if agent.records_voice:
        yield Finding(
            "warning",
            "The agent records voices; members are told only that talks are transcribed.",
            "Switch audio recording off under Privacy.",
        )
    if agent.retention_days == -1:
        yield Finding(
            "note",
            "ElevenLabs keeps conversations without end, and ignores its own deletion settings meanwhile.",
            "Set after how many days they go under Privacy.",
        )


def _webhook(agent: Agent, expected: Expected) -> Iterator[Finding]:
    unread = {one.part for one in agent.unread}
    if not expected.webhook_url or (not agent.webhook_id and "settings" in unread):
        return
    where = f"Create one for {expected.webhook_url} and put its secret into ELEVENLABS_WEBHOOK_SECRET."
    if not expected.has_webhook_secret:
        yield Finding("error", "ELEVENLABS_WEBHOOK_SECRET is not set, so webhooks are refused.", where)
    if not agent.webhook_id:
        yield Finding("warning", "No post-call webhook is set: transcripts are fetched instead.", where)
        return
    if agent.webhook is not None:
        yield from _health(agent.webhook, expected.webhook_url, where)
    elif "webhooks" not in unread:
        yield Finding("error", f"The post-call webhook {agent.webhook_id} no longer exists.", where)
        return
    yield from _content(agent)
    yield Finding(
        "note",
        "ElevenLabs does not tell whether a webhook is sent again after a failure.",
        "Switch its retries on; a transcript that does not come is fetched, but later.",
    )


def _health(hook: Webhook, url: str, where: str) -> Iterator[Finding]:
    if _same_place(hook.url) != _same_place(url):
        yield Finding("warning", f"The post-call webhook goes to {hook.url}, not to Troupe.", where)
    if hook.is_disabled or hook.is_auto_disabled:
        by_whom = "by ElevenLabs, after failures" if hook.is_auto_disabled else "by hand"
        yield Finding("error", f"The post-call webhook was disabled {by_whom}.", "Enable it again.")
    if hook.last_failure:
        what = f"The last failure of the post-call webhook was HTTP {hook.last_failure}."
        yield Finding("warning", what, "See that PUBLIC_URL leads to this process.")


def _content(agent: Agent) -> Iterator[Finding]:
    if TRANSCRIPT_EVENT not in agent.webhook_events:
        what = "The post-call webhook does not send transcripts."
        yield Finding("error", what, "Add its event transcript.")
    if agent.excludes_transcript:
        what = "The post-call webhook leaves the transcript out of what it sends."
        yield Finding("error", what, "Switch exclude_transcript off.")
    if agent.transcript_format != "json":
        what = (
            f"The post-call webhook sends transcripts as {agent.transcript_format}, which Troupe cannot read."
        )
        yield Finding("error", what, "Set its transcript format to json.")


def _same_place(url: str) -> tuple[str, str, int | None, str, str] | str:
    """Return what is equal for two addresses of one place."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return url
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"), parts.query


def _number(agent: Agent, lines: Sequence[PhoneLine], expected: Expected) -> Iterator[Finding]:
    wanted = expected.phone_number_id
    if not wanted or any(one.part == "numbers" for one in agent.unread):
        return
    line = next((one for one in lines if one.id == wanted), None)
    if line is None:
        known = ", ".join(f"{one.id} ({one.number})" for one in lines) or "none"
        what = f"There is no phone number {wanted} in this account."
        yield Finding("error", what, f"Set ELEVENLABS_PHONE_NUMBER_ID to one that is: {known}.")
        return
    if line.provider not in CALLING_PROVIDERS:
        yield Finding(
            "error",
            f"Nobody can be called from {line.number}: its provider is {line.provider}.",
            f"Use a number of one of these: {', '.join(CALLING_PROVIDERS)}.",
        )
    if line.assigned_agent_id and line.assigned_agent_id != agent.id:
        yield Finding(
            "warning",
            f"{line.number} ({line.provider}) is answered by another agent, {line.assigned_agent_id}.",
            "Assign it to this agent, if people are to call back.",
        )
    elif not line.assigned_agent_id:
        what = f"{line.number} ({line.provider}) is answered by no agent."
        yield Finding("note", what, "Assign it to this agent, if people are to call back.")
