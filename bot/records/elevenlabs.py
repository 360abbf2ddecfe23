"""Conversations from ElevenLabs: "Get conversation details", and the post-call webhook around the same.

Lines that the agent was told in mid-call (contextual updates) are nobody's words and are left out. In a list
of conversations the platform's ``user_id`` tells whose lines those of role ``user`` are.
"""

from collections.abc import Mapping
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import Words
from bot.records.who import side_of

NAME = "ElevenLabs conversation"
_TRANSCRIPT_EVENT = "post_call_transcription"


def recognise(value: Any) -> bool:
    """Whether this is a conversation's detail or a webhook event."""
    return isinstance(value, dict) and (_is_event(value) or _is_detail(value))


def read(value: Any, gathering: Gathering) -> None:
    """Take over the conversation; an event without a transcript (audio, failed dial) is counted."""
    detail = value["data"] if _is_event(value) else value
    if not _is_detail(detail):
        gathering.note(reasons.NO_TRANSCRIPT)
        return
    metadata, analysis = _object(detail.get("metadata")), _object(detail.get("analysis"))
    draft = gathering.begin(
        title=analysis.get("call_summary_title"),
        summary=analysis.get("transcript_summary"),
        conversation_id=detail.get("conversation_id"),
        started_at=metadata.get("start_time_unix_secs"),
        duration_seconds=metadata.get("call_duration_secs"),
        ended_badly=_failure(detail, metadata),
        speaker=detail.get("user_id"),
    )
    for entry in detail["transcript"]:
        if isinstance(entry, dict):
            _read_turn(entry, gathering, draft)
        else:
            gathering.leave(reasons.UNREADABLE, draft)


def _is_event(value: Mapping[str, Any]) -> bool:
    is_event = isinstance(value.get("type"), str) and isinstance(value.get("data"), dict)
    return is_event and ("event_timestamp" in value or value["type"] == _TRANSCRIPT_EVENT)


def _is_detail(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("transcript"), LISTS)


def _read_turn(entry: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    if entry.get("contextual_update_info"):
        gathering.leave(reasons.SYSTEM, draft)
        return
    role = entry.get("role")
    side = side_of(role) if isinstance(role, str) and role.strip() else "nobody"
    message = entry.get("message")
    calls = sum(
        len(found) for key in ("tool_calls", "tool_results") if isinstance(found := entry.get(key), list)
    )
    text = message if isinstance(message, str) and message.strip() else _multivoice(entry)
    if not text.strip() and calls:
        gathering.leave(reasons.TOOL, draft)
        return
    gathering.add(draft, side, "", Words(text, calls), seconds=entry.get("time_in_call_secs"))


def _multivoice(entry: Mapping[str, Any]) -> str:
    parts = _object(entry.get("multivoice_message")).get("parts")
    texts = (_object(part).get("text") for part in parts) if isinstance(parts, list) else ()
    return " ".join(text for text in texts if isinstance(text, str))


def _failure(detail: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    if detail.get("status") != "failed":
        return ""
    reasons_given = (_object(metadata.get("error")).get("reason"), metadata.get("termination_reason"))
    return next((reason for reason in reasons_given if isinstance(reason, str) and reason), "failed")


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
