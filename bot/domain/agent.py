"""An ElevenLabs agent as far as Troupe depends on it, and what can be said of it.

Sources: ElevenLabs, "Overrides", "Dynamic variables", "Authentication", "Post-call webhooks", "Concurrency",
"System tools" and "Data collection".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

CHAT_EVENTS = {
    "agent_response": "a chat would stay silent",
    "conversation_initiation_metadata": "a chat would never start",
    "ping": "a chat cannot show that it is still there",
}
"""Without these events a text conversation does not work, each with why."""


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


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A check of what the agent is about to say, and whether it ends the call where it objects."""

    name: str
    ends_call: bool = False


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
    ``playing_nodes`` are the nodes of its workflow that play somebody; ``collected`` maps what is read out of
    its transcripts to the type; ``silence_seconds`` is after how long without words it hangs up;
    ``voicemail_message`` is what it leaves on a machine; ``asks_about_inbound`` is whether it lets a webhook
    say what a call that comes in starts with.
    """

    id: str
    allowed_overrides: frozenset[str] = frozenset()
    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    requires_authentication: bool = False
    allowed_hosts: tuple[str, ...] = ()
    playing_nodes: tuple[str, ...] = ()
    client_events: tuple[str, ...] = tuple(CHAT_EVENTS)
    max_duration_seconds: int = 600
    silence_seconds: float = -1
    built_in_tools: frozenset[str] = frozenset()
    voicemail_message: str = ""
    asks_about_inbound: bool = False
    collected: Mapping[str, str] = field(default_factory=dict)
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
    recall_urls: tuple[str, ...] = ()
    """Where its tools for looking things up in mid-call lead."""
    guardrails: tuple[Guardrail, ...] = ()
    """Those of its own that are switched on."""
    unread: tuple[Unread, ...] = ()


APPLY = "Run troupe agent apply."
"""How everything is mended that Troupe can mend itself."""

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
    ``cost_per_month`` is 0 where the bill has no ceiling; ``is_sandbox``: nothing costs anything;
    ``takes_calls``: calls that come in are answered; ``talks_aloud``: the talk page has a voice.
    """

    is_hosted: bool
    webhook_url: str
    has_webhook_secret: bool
    longest_call_seconds: int
    persona_variables: Mapping[str, frozenset[str]]
    phone_number_id: str = ""
    phone_regions: frozenset[str] = frozenset()
    calls_at_once: int = 1
    cost_per_month: int = 0
    has_operator: bool = False
    is_sandbox: bool = False
    takes_calls: bool = False
    recall_url: str = ""
    """Where the tool for looking things up in mid-call has to lead; empty where nobody can reach us."""
    has_recall_secret: bool = False
    talks_aloud: bool = False

    @property
    def rings_phones(self) -> bool:
        """Whether telephones are rung here."""
        return bool(self.phone_number_id and self.phone_regions)


def public_sentence(daily_limit: int) -> str:
    """Say what a public agent lets anybody do."""
    return f"This agent is public: anyone with its id can spend up to {daily_limit:,} conversations a day."
