"""Our own form, for people with data of their own."""

from datetime import UTC, datetime

import pytest

from bot.domain.errors import ImportRejected
from bot.records import read_record

HELLO = [{"role": "user", "content": "Hello."}, {"role": "assistant", "content": "Hello, you."}]


def test_name_profile_and_conversations_are_taken_over(sample):
    record = sample("own.json")
    assert record.format == "Troupe record"
    assert record.profile == {"name": "Ana", "guild_rank": "captain", "level": 7, "pets": ["cat"]}
    first, second = record.transcripts
    assert [turn.text for turn in first.turns] == ["I am back.", "Welcome, Ana."]
    assert [turn.text for turn in second.turns] == ["Porto is steep."]
    assert (second.title, second.summary) == ("Elsewhere", "Ana spoke of Porto.")
    assert second.started_at == datetime(2024, 3, 1, tzinfo=UTC)


def test_the_name_in_the_file_tells_whose_lines_are_the_members(sample):
    assert [(drop.count, drop.what) for drop in sample("own.json").dropped] == [(1, "line by other people")]


def test_a_name_that_we_are_told_counts_more_than_the_files(read):
    lines = [{"role": "user", "name": name, "content": name} for name in ("Ana", "Bob")]
    (transcript,) = read({"name": "Ana", "messages": lines}, member_name="Bob").transcripts
    assert [turn.text for turn in transcript.turns] == ["Bob"]


def test_a_profile_alone_is_a_record(read):
    record = read({"profile": {"level": 7}})
    assert (record.transcripts, record.profile) == ((), {"level": 7})


def test_a_name_with_messages_is_our_form_and_a_titled_chat_is_not(read):
    assert read({"name": "Ana", "messages": HELLO}).profile == {"name": "Ana"}
    titled = read({"name": "A chat about knots", "uuid": "u", "messages": HELLO})
    assert titled.profile == {}
    assert titled.transcripts[0].title == "A chat about knots"


def test_conversations_may_be_in_any_form_that_we_read(read):
    eleven = {"conversation_id": "c", "transcript": [{"role": "user", "message": "From a call."}]}
    chatgpt = {
        "mapping": {"a": {"message": {"author": {"role": "user"}, "content": {"parts": ["From a chat."]}}}}
    }
    record = read({"conversations": [eleven, chatgpt, HELLO, 7]})
    texts = [transcript.turns[0].text for transcript in record.transcripts]
    assert texts == ["From a call.", "From a chat.", "Hello."]
    assert [(drop.count, drop.what) for drop in record.dropped] == [(1, "entry that is not a message")]


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "-9223372036854775808", "1" * 400, "1e999", "-1e999"]
)
def test_a_number_that_others_cannot_read_is_left_out_and_counted(number):
    record = read_record(b'{"profile": {"gold": %b, "level": 7, "is_bard": true}}' % number.encode())
    assert record.profile == {"gold": None, "level": 7, "is_bard": True}
    assert [drop.what for drop in record.dropped] == ["profile number that is too large"]


def test_texts_in_a_profile_are_made_harmless(read):
    assert read({"profile": {"a\x07": ["{{b}}\u202e"], " ": 1}}).profile == {"a": ["{ {b} }"]}


def test_a_profile_that_is_too_long_is_refused(read):
    with pytest.raises(ImportRejected, match="more than 64,000 characters"):
        read({"profile": {f"field_{number}": "x" * 90 for number in range(700)}})
