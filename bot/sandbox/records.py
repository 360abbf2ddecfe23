"""Conversations, turns and calls as the sandbox keeps them, and as ElevenLabs' API shows them.

Times are unix seconds. What is shown follows the package `elevenlabs` 2.78, `types/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Literal

from bot.sandbox.reading import Json

Status = Literal["initiated", "in-progress", "processing", "done", "failed"]


@dataclass(frozen=True)
class Turn:
    """One utterance; `context_id` marks background information that nobody said aloud."""

    turn_id: str
    role: Literal["user", "agent"]
    message: str
    time_in_call_secs: int
    created_at_unix_ms: int
    event_id: int | None = None
    context_id: str | None = None
    feedback: Json | None = None


@dataclass(frozen=True)
class Conversation:
    """`client_data` is what the client sent, with the system variables added."""

    conversation_id: str
    agent_id: str
    status: Status
    started_at: float
    source: str
    authorization: str
    client_data: Json
    user_id: str | None = None
    source_version: str | None = None
    language: str = "en"
    text_only: bool = False
    accepted_at: float | None = None
    ended_at: float | None = None
    termination_reason: str = ""
    error: Json | None = None
    phone_call: Json | None = None
    analysis: Json | None = None
    turns: tuple[Turn, ...] = ()

    @property
    def duration_secs(self) -> int:
        if self.accepted_at is None or self.ended_at is None:
            return 0
        return max(0, round(self.ended_at - self.accepted_at))

    @property
    def spoken(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if turn.context_id is None)


@dataclass(frozen=True)
class Call:
    """The carrier's own view of one outbound call."""

    call_sid: str
    conversation_id: str
    phone_number_id: str
    from_number: str
    to_number: str
    state: Literal["ringing", "in-progress", "completed", "busy", "no-answer", "failed"]
    placed_at: float
    ring_until: float
    answered_at: float | None = None
    ended_at: float | None = None


def detail(conversation: Conversation, agent_name: str) -> Json:
    """The body of `GET /v1/convai/conversations/{id}` and the `data` of `post_call_transcription`."""
    return {
        "agent_id": conversation.agent_id,
        "agent_name": agent_name,
        "conversation_product": None,
        "status": conversation.status,
        "user_id": conversation.user_id,
        "branch_id": None,
        "version_id": "agtvrsn_sandbox",
        "environment": "production",
        "conversation_id": conversation.conversation_id,
        "has_audio": False,
        "has_user_audio": False,
        "has_response_audio": False,
        "has_auxiliary_audio": False,
        "transcript": [_turn(turn, conversation) for turn in conversation.turns],
        "metadata": _metadata(conversation),
        "analysis": conversation.analysis,
        "user_message_count": _count(conversation, "user"),
        "agent_message_count": _count(conversation, "agent"),
        "visited_agents": [{"agent_id": conversation.agent_id, "branch_id": None}],
        "conversation_initiation_client_data": {
            "conversation_config_override": conversation.client_data.get("conversation_config_override")
            or {},
            "custom_llm_extra_body": conversation.client_data.get("custom_llm_extra_body") or {},
            "user_id": conversation.user_id,
            "source_info": {"source": conversation.source, "version": conversation.source_version},
            "branch_id": None,
            "environment": None,
            "starting_workflow_node_id": None,
            "procedure_ids": None,
            "start_procedure_ids": None,
            "dynamic_variables": conversation.client_data.get("dynamic_variables") or {},
        },
        "tag_ids": [],
    }


def list_item(conversation: Conversation, agent_name: str, *, with_summary: bool) -> Json:
    """One entry of `GET /v1/convai/conversations`: who called, and with which variables, is not in it."""
    analysis = conversation.analysis or {}
    phone = conversation.phone_call
    return {
        "agent_id": conversation.agent_id,
        "branch_id": None,
        "version_id": "agtvrsn_sandbox",
        "agent_name": agent_name,
        "conversation_id": conversation.conversation_id,
        "start_time_unix_secs": int(conversation.started_at),
        "call_duration_secs": conversation.duration_secs,
        "cost": 0,
        "cost_fiat": 0.0,
        "message_count": len(conversation.spoken),
        "user_message_count": _count(conversation, "user"),
        "agent_message_count": _count(conversation, "agent"),
        "status": conversation.status,
        "termination_reason": conversation.termination_reason,
        "call_successful": analysis.get("call_successful", "unknown"),
        "call_success_score": analysis.get("call_success_score"),
        "transcript_summary": analysis.get("transcript_summary") if with_summary else None,
        "call_summary_title": analysis.get("call_summary_title"),
        "main_language": conversation.language,
        "direction": phone["direction"] if phone else None,
        "conversation_initiation_source": conversation.source,
        "tool_names": [],
        "rating": None,
        "sentiment_analysis": None,
        "data_collection_results": None,
        "evaluation_criteria_results": None,
        "tag_ids": [],
    }


def transcription_event(conversation: Conversation, agent_name: str, now: float) -> Json:
    """ElevenLabs: Post-call webhooks, `post_call_transcription`."""
    return {
        "type": "post_call_transcription",
        "event_timestamp": int(now),
        "data": detail(conversation, agent_name),
    }


def initiation_failure_event(call: Call, agent_id: str, reason: str, now: float) -> Json:
    """ElevenLabs: Post-call webhooks, `call_initiation_failure`; `reason` is busy, no-answer or unknown."""
    body = {
        "ApiVersion": "2010-04-01",
        "AccountSid": "ACsandbox",
        "CallSid": call.call_sid,
        "CallStatus": call.state,
        "Called": call.to_number,
        "Caller": call.from_number,
        "To": call.to_number,
        "From": call.from_number,
        "Direction": "outbound-api",
        "CallDuration": "0",
        "Duration": "0",
        "SequenceNumber": "2",
        "CallbackSource": "call-progress-events",
        "Timestamp": format_datetime(datetime.fromtimestamp(now, UTC)),
    }
    data = {
        "agent_id": agent_id,
        "conversation_id": call.conversation_id,
        "failure_reason": reason,
        "metadata": {"type": "twilio", "body": body},
    }
    return {"type": "call_initiation_failure", "event_timestamp": int(now), "data": data}


def _turn(turn: Turn, conversation: Conversation) -> Json:
    context = None if turn.context_id is None else {"context_id": turn.context_id, "is_superseded": False}
    return {
        "role": turn.role,
        "agent_metadata": {
            "agent_id": conversation.agent_id,
            "branch_id": None,
            "workflow_node_id": None,
            "version_id": "agtvrsn_sandbox",
        }
        if turn.role == "agent"
        else None,
        "message": turn.message,
        "multivoice_message": None,
        "tool_calls": [],
        "tool_results": [],
        "feedback": turn.feedback,
        "llm_override": None,
        "producing_llm": None,
        "time_in_call_secs": turn.time_in_call_secs,
        "conversation_turn_metrics": None,
        "rag_retrieval_info": None,
        "llm_usage": None,
        "interrupted": False,
        "original_message": None,
        "source_medium": "text" if turn.role == "user" else None,
        "source_event_id": turn.event_id,
        "contextual_update_info": context,
        "id": turn.turn_id,
        "created_at_unix_ms": turn.created_at_unix_ms,
        "platform_event": None,
    }


def _metadata(conversation: Conversation) -> Json:
    scores = [turn.feedback["score"] for turn in conversation.turns if turn.feedback]
    accepted = conversation.accepted_at
    return {
        "start_time_unix_secs": int(conversation.started_at),
        "accepted_time_unix_secs": None if accepted is None else int(accepted),
        "call_duration_secs": conversation.duration_secs,
        "cost": 0,
        "cost_fiat": 0.0,
        "main_language": conversation.language,
        "text_only": conversation.text_only,
        "termination_reason": conversation.termination_reason,
        "error": conversation.error,
        "warnings": [],
        "timezone": "UTC",
        "authorization_method": conversation.authorization,
        "feedback": {
            "type": "thumbs" if scores else None,
            "overall_score": scores[-1] if scores else None,
            "likes": scores.count("like"),
            "dislikes": scores.count("dislike"),
            "rating": None,
            "comment": None,
        },
        "conversation_initiation_source": conversation.source,
        "conversation_initiation_source_version": conversation.source_version,
        "phone_call": conversation.phone_call,
        "whatsapp": None,
        "sms": None,
        "batch_call": None,
        "features_usage": {},
    }


def _count(conversation: Conversation, role: str) -> int:
    return sum(turn.role == role for turn in conversation.spoken)
