"""Whatever the bytes are, a file is read or refused with one sentence, and what is read is sound."""

import json
import re
import tracemalloc
from datetime import UTC
from itertools import zip_longest
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import ImportRejected
from bot.records import describe_record, read_record, reasons
from bot.records.reasons import MAX_TURN_CHARS, Reason
from bot.records.stream import Elements, read_parts

SAMPLES = sorted(path.read_bytes() for path in (Path(__file__).parent / "samples").iterdir())
UNFIT = re.compile("[\0\ud800-\udfff\u202a-\u202e]|{{|}}")
ALL_REASONS = [reason for reason in vars(reasons).values() if isinstance(reason, Reason)]
LINES = {words for reason in ALL_REASONS if reason.is_line for words in (reason.one, reason.many)}

NAMES = st.sampled_from(["Ana", "Bob", "", "user"])
TEXTS = st.text(st.characters(codec=None), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | TEXTS
KEYS = st.sampled_from(
    [
        *("role", "content", "message", "text", "name", "author", "user_id", "timestamp", "tool_calls"),
        *(
            "messages",
            "conversation",
            "conversations",
            "history",
            "profile",
            "title",
            "summary",
            "create_time",
        ),
        *("mapping", "current_node", "parent", "parts", "metadata", "weight", "recipient", "content_type"),
        *("transcript", "type", "data", "event_timestamp", "analysis", "contextual_update_info"),
        *("user", "assistant", "system", "tool"),
    ]
)
VALUES = st.recursive(
    SCALARS | KEYS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=5),
    max_leaves=25,
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {"role": st.sampled_from(["user", "assistant", "system", "tool", "Bob", "human"]) | SCALARS},
        optional={"content": VALUES, "name": NAMES, "text": TEXTS, "timestamp": SCALARS},
    ),
    max_size=8,
)


def read_or_refuse(data, member_name=None):
    """The record if there is one; anything but ImportRejected fails the test."""
    try:
        record = read_record(data, "past.json", (member_name,) if member_name else ())
    except ImportRejected as refusal:
        sentence = str(refusal)
        assert sentence.startswith("past.json ")
        assert sentence.endswith(".")
        assert "\n" not in sentence
        sentence.encode()
        return None
    check_sound(record)
    return record


def check_sound(record):
    for transcript in record.transcripts:
        assert transcript.turns
        assert transcript.started_at is None or transcript.started_at.tzinfo is UTC
        headings = (transcript.title, transcript.summary, transcript.conversation_id, transcript.ended_badly)
        assert not any(UNFIT.search(heading) for heading in headings)
        for turn in transcript.turns:
            assert turn.role in {"user", "agent"}
            assert turn.text.strip() == turn.text != ""
            assert len(turn.text) <= MAX_TURN_CHARS
            assert not UNFIT.search(turn.text)
            assert 0 <= turn.seconds < 1e10
    assert all(drop.count > 0 for drop in record.dropped)
    json.dumps(record.profile, allow_nan=False, ensure_ascii=False).encode()
    "\n".join(describe_record(record)).encode()


@given(st.binary(max_size=200))
@settings(max_examples=150)
def test_any_bytes_are_read_or_refused(data):
    read_or_refuse(data)


@given(VALUES, st.sampled_from(["Ana", None]))
@settings(max_examples=300)
@example([{"role": ["user"], "content": [{"type": ["text"], "text": "x"}]}], None)
@example(
    {"mapping": {"a": {"parent": ["a"], "message": {"recipient": [], "content": {"content_type": []}}}}}, None
)
@example({"type": "x", "event_timestamp": 1, "data": {"transcript": [None]}}, None)
def test_any_json_is_read_or_refused(value, member_name):
    read_or_refuse(json.dumps(value).encode(), member_name)


@given(MESSAGES, st.sampled_from(["Ana", None]))
@settings(max_examples=200)
def test_each_message_is_kept_or_counted(messages, member_name):
    record = read_or_refuse(json.dumps([*messages, {"role": "ai", "text": "x"}]).encode(), member_name)
    if record:
        left_out = sum(drop.count for drop in record.dropped if drop.what in LINES)
        assert record.turn_count + left_out == len(messages) + 1


@given(st.lists(st.tuples(NAMES, TEXTS), max_size=6))
@settings(max_examples=100)
def test_only_the_named_members_own_words_are_kept(lines):
    messages = [{"role": "user", "name": name, "content": f"{name or 'nobody'}: hello"} for name, _ in lines]
    record = read_or_refuse(
        json.dumps([*messages, {"role": "user", "name": "Ana", "text": "Ana: x"}]).encode(), "Ana"
    )
    assert record
    assert all(
        turn.text.startswith("Ana: ") for transcript in record.transcripts for turn in transcript.turns
    )


@given(st.data())
@settings(max_examples=300)
def test_a_damaged_sample_is_read_or_refused(data):
    sample = bytearray(data.draw(st.sampled_from(SAMPLES)))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(sample)))
        end = data.draw(st.integers(start, min(len(sample), start + 30)) | st.just(len(sample)))
        sample[start:end] = data.draw(
            st.binary(max_size=4) | st.sampled_from([b"\\u0000", b"[", b'"', b"null", b"{}"])
        )
    read_or_refuse(bytes(sample))


@given(st.lists(VALUES, max_size=4), st.integers(1, 40), st.booleans())
@settings(max_examples=150)
@example([1.5e300, -1e-300, "é", None], 1, False)
def test_a_small_window_yields_what_a_parser_of_the_whole_does(values, window_bytes, as_lines):
    if as_lines:
        data = "\n".join(json.dumps(value, ensure_ascii=False) for value in values)
    else:
        data = json.dumps(values, ensure_ascii=False)
    data = data.encode("utf-8", "replace")
    parts = [whole_value(part.value) for part in read_parts(data, window_bytes)]
    whole = [
        json.loads(line, parse_constant=lambda _: None)
        for line in data.decode().split("\n")
        if as_lines and line
    ]
    if as_lines:  # a list in a line is read element by element
        whole = [value for line in whole for value in (line if isinstance(line, list) else [line])]
    else:
        whole = json.loads(data, parse_constant=lambda _: None)
    assert all(left == right for left, right in zip_longest(parts, whole, fillvalue=object()))


def whole_value(value):
    if isinstance(value, dict):
        assert all(list(one) == list(one) for one in value.values() if isinstance(one, Elements))
        return {key: list(one) if isinstance(one, Elements) else one for key, one in value.items()}
    return value


def test_a_million_brackets_are_refused_at_once():
    for bomb in (b"[" * 10**6, b'{"a":' * 10**6, b'[{"role":"user","content":' + b"[" * 10**6, b"]" * 10**6):
        assert read_or_refuse(bomb) is None


def test_quotes_without_end_do_not_slow_the_check_down():
    assert read_or_refuse(b'["' + b'\\"' * 10**6) is None


def test_five_megabytes_are_read_in_little_memory():
    text = "Do you remember the dragon? 🐉 " * 40
    line = json.dumps({"role": "user", "content": text}, ensure_ascii=False).encode()
    data = b"[" + b",".join([line] * (5_000_000 // len(line))) + b"]"
    tracemalloc.start()
    try:
        record = read_record(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    kept_chars = sum(len(turn.text) for turn in record.transcripts[0].turns)
    assert kept_chars > 4_000_000
    assert peak < kept_chars * 4 + 8_000_000  # what is kept, four bytes a character, and a few windows
