"""The events that webhooks bring, and what is told about telephone calls (ElevenLabs: Post-call webhooks)."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from bot.sandbox.reading import Json
from bot.sandbox.records import Call, Conversation
from bot.sandbox.shown import detail


def transcription_event(conversation: Conversation, agent_name: str, now: float) -> Json:
    """ElevenLabs: Post-call webhooks, `post_call_transcription`."""
    return {
        "type": "post_call_transcription",
        "event_timestamp": int(now),
        "data": detail(conversation, agent_name),
    }


def initiation_failure_event(call: Call, agent_id: str, reason: str, now: float) -> Json:
    """ElevenLabs: Post-call webhooks, `call_initiation_failure`; `reason` is busy, no-answer or unknown."""
    data = {
        "agent_id": agent_id,
        "conversation_id": call.conversation_id,
        "failure_reason": reason,
        "metadata": _sip_failure(call) if call.provider == "sip_trunk" else _twilio_failure(call, now),
    }
    return {"type": "call_initiation_failure", "event_timestamp": int(now), "data": data}


def phone_call(call: Call, result: str | None) -> Json:
    """The `metadata.phone_call` of a call; a number of `sip_trunk` is spelled `sip_trunking` here."""
    common = {
        "type": "sip_trunking" if call.provider == "sip_trunk" else call.provider,
        "direction": call.direction,
        "phone_number_id": call.phone_number_id,
        "agent_number": call.to_number if call.direction == "inbound" else call.from_number,
        "external_number": call.from_number if call.direction == "inbound" else call.to_number,
        "call_result": result,
    }
    if call.provider == "sip_trunk":
        return {
            **common,
            "call_id": call.call_sid,
            "call_sid": call.call_sid,
            "sip_header_dynamic_variables": {},
        }
    return {**common, "stream_sid": "", "call_sid": call.call_sid}


def _twilio_failure(call: Call, now: float) -> Json:
    """Exotel's is not documented, and is told in Twilio's words."""
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
    return {"type": "twilio", "body": body}


def _sip_failure(call: Call) -> Json:
    busy = call.state == "busy"
    body = {
        "direction": "outbound",
        "from_number": call.from_number,
        "to_number": call.to_number,
        "sip_status_code": 486 if busy else 480,
        "error_reason": "Busy Here" if busy else "Temporarily Unavailable",
        "call_sid": call.call_sid,
        "twirp_code": "unavailable",
    }
    return {"type": "sip", "body": body}
