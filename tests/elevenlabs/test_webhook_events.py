"""What a verified webhook says, and by what it is known when it comes again."""

import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.conversation import Turn
from bot.domain.dialing import DialFailure
from bot.domain.errors import ProviderChanged
from bot.elevenlabs.webhook import (
    OtherEvent,
    TranscriptionEvent,
    event_key,
    is_audio,
    read_event,
)

TRANSCRIPTION = {
    "type": "post_call_transcription",
    "event_timestamp": 1793577600,
    "data": {
        "agent_id": "agent_a",
        "conversation_id": "conv_x",
        "status": "done",
        "user_id": "p1",
        "transcript": [{"role": "user", "message": "Hello.", "time_in_call_secs": 2}],
        "metadata": {"start_time_unix_secs": 1793577000, "call_duration_secs": 61},
        "analysis": {"transcript_summary": "They met.", "call_summary_title": "A meeting"},
        "conversation_initiation_client_data": {"dynamic_variables": {"call_ref": "c_71f0"}},
    },
}


def encode(body: object) -> bytes:
    return json.dumps(body).encode()


def test_a_transcription_brings_the_whole_conversation():
    event = read_event(encode(TRANSCRIPTION))
    assert isinstance(event, TranscriptionEvent)
    assert event.conversation.conversation_id == "conv_x"
    assert event.conversation.call_ref == "c_71f0"
    assert event.conversation.is_final
    assert event.conversation.transcript.turns == (Turn("user", "Hello.", 2.0),)
    assert event.conversation.transcript.summary == "They met."


TWILIO = {"type": "twilio", "body": {"To": "+4915112345678", "CallSid": "CA1", "CallStatus": "no-answer"}}
SIP = {
    "type": "sip",
    "body": {
        "to_number": "+4915112345678",
        "sip_status_code": 486,
        "error_reason": "Busy Here",
        "call_sid": "SC1",
    },
}


@pytest.mark.parametrize(
    ("metadata", "carrier", "call_sid", "detail"),
    [
        (TWILIO, "twilio", "CA1", "no-answer"),
        (SIP, "sip", "SC1", "486 Busy Here"),
        ({"type": "pigeon", "body": {"wind": "strong"}}, "pigeon", "", ""),
        ({"type": 7, "body": ["x"]}, "", "", ""),
        ({"type": "sip", "body": {"sip_status_code": True, "error_reason": "a\nb"}}, "sip", "", ""),
        ({"type": "sip", "body": {"sip_status_code": 10**9, "call_sid": "x" * 201}}, "sip", "", ""),
        ("nonsense", "", "", ""),
        (None, "", "", ""),
    ],
)
def test_a_call_that_nobody_took_says_why_and_what_the_carrier_said(metadata, carrier, call_sid, detail):
    data = {"agent_id": "agent_a", "conversation_id": "conv_x", "failure_reason": "busy"}
    body = {"type": "call_initiation_failure", "event_timestamp": 1, "data": data | {"metadata": metadata}}
    failure = DialFailure("conv_x", "busy", detail, "agent_a", carrier, call_sid)
    assert read_event(encode(body)) == failure
    assert "4915112345678" not in repr(failure)


@pytest.mark.parametrize("reason", [{}, {"failure_reason": None}, {"failure_reason": ""}])
def test_a_call_that_failed_without_a_reason_failed_for_an_unknown_one(reason):
    body = {"type": "call_initiation_failure", "data": {"conversation_id": "conv_x"} | reason}
    assert read_event(encode(body)) == DialFailure("conv_x", "unknown")


@pytest.mark.parametrize("kind", ["post_call_audio", "answering_machine_detection", "something_new"])
def test_an_event_that_we_have_no_use_for_is_not_an_error(kind):
    assert read_event(encode({"type": kind, "data": ["whatever"]})) == OtherEvent(kind)


@pytest.mark.parametrize(
    ("raw", "field"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe\xfd", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"null", "the answer itself"),
        (b"{}", "type"),
        (b'{"type":7}', "type"),
        (b'{"type":"post_call_transcription"}', "data"),
        (b'{"type":"post_call_transcription","data":{"conversation_id":"c"}}', "data.status"),
        (b'{"type":"call_initiation_failure","data":{"conversation_id":""}}', "data.conversation_id"),
    ],
)
def test_an_event_that_cannot_be_read_names_the_field(raw, field):
    with pytest.raises(ProviderChanged, match="webhook") as caught:
        read_event(raw)
    assert field in caught.value.reason


def test_an_event_that_cannot_be_read_is_never_quoted():
    body = json.loads(json.dumps(TRANSCRIPTION))
    body["data"]["transcript"].append({"role": "user", "message": {"said": "my secret"}})
    with pytest.raises(ProviderChanged) as caught:
        read_event(encode(body))
    error = caught.value
    assert "data.transcript.1.message" in str(error)
    assert "my secret" not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_an_event_is_known_by_its_type_and_conversation():
    key = event_key(encode(TRANSCRIPTION))
    assert key.key == "post_call_transcription:conv_x"
    assert (key.type, key.conversation_id) == ("post_call_transcription", "conv_x")


@pytest.mark.parametrize(
    ("raw", "kind", "conversation_id"),
    [
        (b"not json", "", ""),
        (b"[" * 100_000, "", ""),
        (b"[]", "", ""),
        (b'{"type":"new","data":[1]}', "new", ""),
        (b'{"type":"new","data":{"conversation_id":null}}', "new", ""),
        (b'{"data":{"conversation_id":"conv_x"}}', "", "conv_x"),
        (b'{"type":"a\\nb","data":{"conversation_id":"conv_x"}}', "", "conv_x"),
        (b'{"type":"new","data":{"conversation_id":"' + b"x" * 201 + b'"}}', "new", ""),
        (b'{"type":"new","data":{"conversation_id":"\\ud800"}}', "new", ""),
    ],
)
def test_an_event_without_both_is_known_by_its_bytes(raw, kind, conversation_id):
    key = event_key(raw)
    assert key.key == f"sha256:{hashlib.sha256(raw).hexdigest()}"
    assert (key.type, key.conversation_id) == (kind, conversation_id)


@settings(max_examples=200, derandomize=True)
@given(raw=st.binary(max_size=200) | st.recursive(st.none() | st.text(), st.lists).map(encode))
def test_every_body_has_a_key(raw):
    assert event_key(raw).key


AUDIO = b'{"type":"post_call_audio","event_timestamp":1,"data":{"conversation_id":"conv_x","full_audio":"'


@pytest.mark.parametrize(
    "raw",
    [
        AUDIO + b"AAAA" * 1_000_000,
        AUDIO.replace(b":", b" : ").replace(b",", b",\n  "),
        b'{"event_timestamp": 1793577600, "id": "x", "type": "post_call_audio", "data": {',
    ],
)
def test_an_audio_event_is_recognised_by_its_beginning(raw):
    assert is_audio(raw)


@pytest.mark.parametrize(
    "raw",
    [
        encode(TRANSCRIPTION),
        b"",
        b'"post_call_audio"',
        b'{"type":"post_call_audio_new","data":{}}',
        b'{"type":"post_call_transcription","data":{"dynamic_variables":{"type":"post_call_audio"}}}',
        b'{"data":{"type":"post_call_audio"},"type":"post_call_transcription"}',
        encode({"event_timestamp": 1, "said": '","type":"post_call_audio","', "type": "other"}),
        b" " * 4096 + AUDIO,
    ],
)
def test_nothing_that_a_member_says_or_sends_makes_a_transcription_audio(raw):
    assert not is_audio(raw)
