"""What is wrong beside an agent: its webhook, its phone number, and what could not be looked at. Pure.

Sources: ElevenLabs, "Post-call webhooks" and "List phone numbers".
"""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from bot.domain.agent import APPLY, Agent, Expected, Finding, Part, PhoneLine, Severity, Webhook

TRANSCRIPT_EVENT = "transcript"
FAILURE_EVENT = "call_initiation_failure"

CALLING_PROVIDERS = ("twilio", "sip_trunk", "exotel")
"""The carriers that a call can be placed with."""

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


def check_unread(agent: Agent, expected: Expected) -> Iterator[Finding]:
    """Yield what could not be looked at, each with what lets it be."""
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
            fix = "Try again in a while; if it stays so, look at it in the dashboard."
        yield Finding(severity, f"{what.rstrip('.')}.", fix)


def check_webhook(agent: Agent, expected: Expected) -> Iterator[Finding]:
    """Yield what keeps finished calls from being told to us."""
    unread = {one.part for one in agent.unread}
    if not expected.webhook_url or (not agent.webhook_id and "settings" in unread):
        return
    where = f"{APPLY} It makes one for {expected.webhook_url}, if there is none, with its secret."
    if not agent.webhook_id:
        yield Finding("warning", "No post-call webhook is set: transcripts are fetched instead.", where)
        return
    if not expected.has_webhook_secret:
        yield Finding("error", "ELEVENLABS_WEBHOOK_SECRET is not set, so webhooks are refused.", where)
    if agent.webhook is not None:
        yield from _health(agent.webhook, expected.webhook_url, where)
    elif "webhooks" not in unread:
        yield Finding("error", f"The post-call webhook {agent.webhook_id} no longer exists.", where)
        return
    yield from _content(agent, expected)
    yield Finding(
        "note",
        "ElevenLabs does not tell whether a webhook is sent again after a failure.",
        "Switch its retries on; a transcript that does not come is fetched, but later.",
    )


def _health(hook: Webhook, url: str, where: str) -> Iterator[Finding]:
    if same_place(hook.url) != same_place(url):
        yield Finding("warning", f"The post-call webhook goes to {hook.url}, not to Troupe.", where)
    if hook.is_disabled or hook.is_auto_disabled:
        by_whom = "by ElevenLabs, after failures" if hook.is_auto_disabled else "by hand"
        yield Finding("error", f"The post-call webhook was disabled {by_whom}.", APPLY)
    if hook.last_failure:
        what = f"The last failure of the post-call webhook was HTTP {hook.last_failure}."
        yield Finding("warning", what, "See that PUBLIC_URL leads to this process.")


def _content(agent: Agent, expected: Expected) -> Iterator[Finding]:
    if TRANSCRIPT_EVENT not in agent.webhook_events:
        what = "The post-call webhook does not send transcripts."
        yield Finding("error", what, APPLY)
    if expected.rings_phones and FAILURE_EVENT not in agent.webhook_events:
        what = f"The post-call webhook does not send {FAILURE_EVENT}: a busy line and one that nobody "
        what += "answers are found by asking, a few seconds later."
        yield Finding("note", what, APPLY)
    if agent.excludes_transcript:
        what = "The post-call webhook leaves the transcript out of what it sends."
        yield Finding("error", what, APPLY)
    if agent.transcript_format != "json":
        what = (
            f"The post-call webhook sends transcripts as {agent.transcript_format}, which Troupe cannot read."
        )
        yield Finding("error", what, APPLY)


def check_recall(agent: Agent, expected: Expected) -> Iterator[Finding]:
    """Yield what keeps a character from looking up in mid-call what its member said before."""
    if not expected.recall_url or any(one.part == "tool" for one in agent.unread):
        return
    leads_here = same_place(expected.recall_url) in {same_place(url) for url in agent.recall_urls}
    if not expected.has_recall_secret:
        severity: Severity = "error" if leads_here else "note"
        what = "ELEVENLABS_RECALL_SECRET is not set: characters look nothing up in mid-call."
        yield Finding(severity, what, "Set it, then run troupe agent apply.")
    elif not agent.recall_urls:
        yield Finding("warning", "The agent lacks the tool recall_memory: it looks nothing up.", APPLY)
    elif not leads_here:
        what = f"The agent's tool recall_memory asks {agent.recall_urls[0]}, not Troupe."
        yield Finding("warning", what, APPLY)


def same_place(url: str) -> tuple[str, str, int | None, str, str] | str:
    """Return what is equal for two addresses of one place."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return url
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/"), parts.query


def check_number(agent: Agent, lines: Sequence[PhoneLine], expected: Expected) -> Iterator[Finding]:
    """Yield what is wrong with the number that calls are placed from, if one is wanted."""
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
