"""Conversations as ElevenLabs' API shows them (package `elevenlabs` 2.78, `types/`)."""

from __future__ import annotations

from bot.sandbox.reading import Json
from bot.sandbox.records import Conversation, Turn


def detail(conversation: Conversation, agent_name: str) -> Json:
    """The body of `GET /v1/convai/conversations/{id}` and the `data` of `post_call_transcription`."""
    return {
        "agent_id": conversation.agent_id,
        "agent_name": agent_name,
        "conversation_product": None,
        "status": conversation.status,
        "user_id": conversation.user_id,
        "branch_id": None,
        "version_id": conversation.version_id,
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
        "version_id": conversation.version_id,
        "agent_name": agent_name,
        "conversation_id": conversation.conversation_id,
        "start_time_unix_secs": int(conversation.started_at),
        "call_duration_secs": conversation.duration_secs,
        "cost": conversation.cost,
        "cost_fiat": conversation.cost_fiat,
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
        "tool_names": sorted({call["tool_name"] for turn in conversation.turns for call in turn.tool_calls}),
        "rating": (conversation.feedback or {}).get("rating"),
        "sentiment_analysis": None,
        "data_collection_results": None,
        "evaluation_criteria_results": None,
        "tag_ids": [],
    }


def _turn(turn: Turn, conversation: Conversation) -> Json:
    context = None if turn.context_id is None else {"context_id": turn.context_id, "is_superseded": False}
    return {
        "role": turn.role,
        "agent_metadata": {
            "agent_id": conversation.agent_id,
            "branch_id": None,
            "workflow_node_id": turn.node_id,
            "version_id": conversation.version_id,
        }
        if turn.role == "agent"
        else None,
        "message": None if turn.tool_calls or turn.tool_results else turn.message,
        "multivoice_message": None,
        "tool_calls": list(turn.tool_calls),
        "tool_results": list(turn.tool_results),
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
    rated = conversation.feedback or {}
    overall = rated.get("overall_score") or (scores[-1] if scores else None)
    scores += [rated["overall_score"]] if rated.get("overall_score") else []
    accepted = conversation.accepted_at
    return {
        "start_time_unix_secs": int(conversation.started_at),
        "accepted_time_unix_secs": None if accepted is None else int(accepted),
        "call_duration_secs": conversation.duration_secs,
        "cost": conversation.cost,
        "cost_fiat": conversation.cost_fiat,
        "main_language": conversation.language,
        "text_only": conversation.text_only,
        "termination_reason": conversation.termination_reason,
        "error": conversation.error,
        "warnings": [],
        "timezone": "UTC",
        "authorization_method": conversation.authorization,
        "feedback": {
            "type": "rating" if rated.get("rating") is not None else "thumbs" if scores else None,
            "overall_score": overall,
            "likes": scores.count("like"),
            "dislikes": scores.count("dislike"),
            "rating": rated.get("rating"),
            "comment": rated.get("comment"),
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
