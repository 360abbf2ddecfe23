"""Conversation details and webhooks of ElevenLabs."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.conversation import Turn
from bot.domain.errors import ImportRejected
from bot.records import read_record

DETAIL = json.loads((Path(__file__).parent / "samples" / "elevenlabs.json").read_text())


def dropped(record):
    return {drop.what: drop.count for drop in record.dropped}


def test_a_conversation_detail_is_read_whole(sample):
    record = sample("elevenlabs.json")
    assert record.format == "ElevenLabs conversation"
    (transcript,) = record.transcripts
    assert transcript.turns == (
        Turn("agent", "Well met, Ana!", 0.0),
        Turn("user", "I passed my exam.", 4.0),
        Turn("agent", "Splendid! Squawk!", 8.0),
        Turn("agent", "A riddle, then.", 9.0),
    )
    assert transcript.started_at == datetime(2024, 3, 1, 18, 30, tzinfo=UTC)
    assert transcript.duration_seconds == 61
    assert (transcript.title, transcript.summary) == ("The exam", "Ana passed an exam.")
    assert (transcript.conversation_id, transcript.ended_badly) == ("conv_1", "")


def test_tool_calls_and_contextual_updates_are_nobodys_words(sample):
    assert dropped(sample("elevenlabs.json")) == {
        "system line": 1,
        "tool line": 1,
        "picture, recording, file or tool call": 1,
    }


def test_the_webhook_around_a_detail_is_read_alike(read):
    event = {"type": "post_call_transcription", "event_timestamp": 1709318000, "data": DETAIL}
    assert read(event).transcripts == read(DETAIL).transcripts


def test_a_list_of_details_is_one_conversation_each(read):
    assert len(read([DETAIL, DETAIL]).transcripts) == 2


def test_json_lines_of_details_are_one_conversation_each():
    line = json.dumps(DETAIL).encode()
    record = read_record(line + b"\n" + line)
    assert (record.format, len(record.transcripts)) == ("ElevenLabs conversation, JSON Lines", 2)


def test_details_of_several_callers_are_refused(read):
    with pytest.raises(ImportRejected, match="several people \\(“person_1”, “person_2”\\)"):
        read([DETAIL, DETAIL | {"user_id": "person_2"}])


def test_of_several_callers_the_named_one_is_kept_with_the_answers(read):
    other = {
        "user_id": "person_2",
        "transcript": [{"role": "user", "message": "Secret."}, *DETAIL["transcript"]],
    }
    record = read([DETAIL, DETAIL | other], member_name="person_1")
    assert [transcript.turns for transcript in record.transcripts] == [read(DETAIL).transcripts[0].turns]
    assert dropped(record)["lines said by a character to other people"] == 3


def test_an_event_without_a_transcript_says_so(read):
    with pytest.raises(ImportRejected, match="has nothing to keep, only 1 event without a transcript"):
        read({"type": "post_call_audio", "event_timestamp": 1, "data": {"full_audio": "AAAA"}})


def test_a_damaged_line_is_named_by_its_place(read):
    with pytest.raises(ImportRejected, match="message 7 of conversation 1 contains a NUL character"):
        read(DETAIL | {"transcript": [*DETAIL["transcript"], {"role": "user", "message": "\0"}]})


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"error": {"code": 1, "reason": "no credit"}, "termination_reason": "x"}, "no credit"),
        ({"termination_reason": "line went dead"}, "line went dead"),
        ({}, "failed"),
    ],
)
def test_a_failed_conversation_says_why(read, metadata, expected):
    (transcript,) = read(DETAIL | {"status": "failed", "metadata": metadata}).transcripts
    assert transcript.ended_badly == expected


@pytest.mark.parametrize("broken", [None, 7, "x", [], [[]], {"parts": 7}, {"start_time_unix_secs": []}])
def test_wrong_types_count_as_missing(read, broken):
    fields = ("metadata", "analysis", "user_id", "status", "conversation_id")
    turn = {"role": "user", "message": "Hi.", "multivoice_message": broken, "tool_calls": broken}
    extra = [broken, {"role": broken, "message": broken, "time_in_call_secs": broken}]
    (transcript,) = read(dict.fromkeys(fields, broken) | {"transcript": [turn, *extra]}).transcripts
    assert [turn.text for turn in transcript.turns] == ["Hi."]
