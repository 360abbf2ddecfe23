"""Lists of messages and JSON Lines."""

from datetime import UTC, datetime

import pytest

from bot.domain.conversation import Turn
from bot.records import read_record
from bot.records.reasons import MAX_TURN_CHARS


def dropped(record):
    return {drop.what: drop.count for drop in record.dropped}


def said(record):
    return [[(turn.role, turn.text) for turn in transcript.turns] for transcript in record.transcripts]


def test_a_message_list_keeps_order_dates_and_both_sides(sample):
    record = sample("messages.json")
    assert record.format == "list of messages"
    (transcript,) = record.transcripts
    assert transcript.started_at == datetime(2024, 3, 1, 18, 30, tzinfo=UTC)
    assert transcript.turns == (
        Turn("user", "My sister Ana moved to Porto.", 0.0),
        Turn("agent", "Then Porto gains a dragon.", 12.0),
        Turn("user", "She has a cat.", 30.0),
    )


def test_what_a_message_list_drops_is_counted(sample):
    assert dropped(sample("messages.json")) == {
        "system line": 1,
        "tool line": 1,
        "line without text": 1,
        "picture, recording, file or tool call": 1,
    }


def test_json_lines_of_turns_are_one_conversation(sample):
    record = sample("turns.jsonl")
    assert record.format == "list of messages, JSON Lines"
    assert said(record) == [
        [("user", "Good evening."), ("agent", "Good evening, captain."), ("user", "Where is the ship?")]
    ]


def test_json_lines_of_conversations_are_one_conversation_each(sample):
    record = sample("conversations.jsonl")
    assert said(record) == [[("user", "One."), ("agent", "Two.")], [("user", "Three.")]]
    assert record.transcripts[0].title == "Counting"


@pytest.mark.parametrize("key", ["messages", "conversation", "history", "chat_messages"])
def test_a_list_may_stand_under_a_usual_name(read, key):
    assert said(read({key: [{"role": "user", "text": "Hello."}]})) == [[("user", "Hello.")]]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"role": "human", "content": "x"}, "user"),
        ({"role": "Me", "message": "x"}, "user"),
        ({"role": "You", "text": "x"}, "user"),
        ({"role": "member", "content": "x"}, "user"),
        ({"role": "AI", "content": "x"}, "agent"),
        ({"role": "bot", "content": "x"}, "agent"),
        ({"role": "model", "parts": [{"text": "x"}]}, "agent"),
        ({"role": "character", "content": [{"type": "text", "text": {"value": "x"}}]}, "agent"),
        ({"author": {"role": "assistant", "name": "Merlin"}, "content": {"parts": ["x"]}}, "agent"),
        ({"sender": "human", "content": [], "text": "x"}, "user"),
    ],
)
def test_roles_and_texts_have_many_names(read, message, expected):
    assert said(read([message])) == [[(expected, "x")]]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1709317800, datetime(2024, 3, 1, 18, 30, tzinfo=UTC)),
        (1709317800500, datetime(2024, 3, 1, 18, 30, 0, 500_000, tzinfo=UTC)),
        ("1709317800", datetime(2024, 3, 1, 18, 30, tzinfo=UTC)),
        ("2024-03-01T19:30:00+01:00", datetime(2024, 3, 1, 18, 30, tzinfo=UTC)),
        ("2024-03-01", datetime(2024, 3, 1, tzinfo=UTC)),
    ],
)
@pytest.mark.parametrize("key", ["timestamp", "time", "created_at", "date", "create_time"])
def test_dates_are_read_as_utc(read, key, value, expected):
    record = read([{"role": "user", "content": "x", key: value}])
    assert record.transcripts[0].started_at == expected
    assert dropped(record) == {}


@pytest.mark.parametrize(
    "value",
    [
        "1989-12-31",
        "2100-01-01",
        10**400,
        1e308,
        -5,
        0,
        "yesterday",
        True,
        [1],
        "0001-01-01T00:00:00+14:00",
        10**16,
    ],
)
def test_a_date_that_makes_no_sense_is_left_out_and_counted(read, value):
    record = read([{"role": "user", "content": "x", "timestamp": value}])
    assert record.transcripts[0].started_at is None
    assert dropped(record) == {"date that makes no sense": 1}


def test_messages_without_dates_have_no_seconds(read):
    (transcript,) = read([{"role": "user", "content": "x"}, {"role": "user", "content": "y"}]).transcripts
    assert transcript.started_at is None
    assert [turn.seconds for turn in transcript.turns] == [0.0, 0.0]


def test_a_line_that_is_too_long_is_clipped_and_counted(read):
    record = read([{"role": "user", "content": "a" * (MAX_TURN_CHARS + 1)}])
    assert len(record.transcripts[0].turns[0].text) == MAX_TURN_CHARS
    assert dropped(record) == {"clipped ending of a line over 20,000 characters": 1}


def test_lines_beyond_the_limit_are_counted_and_not_kept(monkeypatch, read):
    monkeypatch.setattr("bot.records.gathering.MAX_TURNS", 3)
    record = read([{"role": "user", "content": "x"}] * 5)
    assert record.turn_count == 3
    assert dropped(record) == {"lines beyond the first 200,000": 2}


def test_control_characters_and_braces_are_made_harmless(read):
    record = read([{"role": "user", "content": "a\x07b {{secret__x}} \u202ec"}])
    assert said(record) == [[("user", "ab { {secret__x} } c")]]
    assert dropped(record) == {"line's invisible control characters": 1}


def test_entries_that_are_no_messages_are_counted(read):
    record = read([{"role": "user", "content": "x"}, {"type": "function_call"}, None])
    assert dropped(record) == {"entries that are not messages": 2}


def test_a_byte_order_mark_of_utf8_is_accepted():
    record = read_record("\ufeff[{'role':'user','text':'é'}]".replace("'", '"').encode())
    assert said(record) == [[("user", "é")]]
