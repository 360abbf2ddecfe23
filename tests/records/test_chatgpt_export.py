"""The data export of ChatGPT."""

from datetime import UTC, datetime

import pytest

from bot.domain.conversation import Turn


def node(parent, text, role="user", **message):
    author = {"role": role}
    return {"parent": parent, "message": {"author": author, "content": {"parts": [text]}, **message}}


def texts(record):
    return [turn.text for transcript in record.transcripts for turn in transcript.turns]


def dropped(record):
    return {drop.what: drop.count for drop in record.dropped}


def test_the_current_branch_is_read_from_root_to_leaf(sample):
    record = sample("chatgpt.json")
    assert record.format == "ChatGPT export"
    (transcript,) = record.transcripts
    assert transcript.turns == (
        Turn("user", "How do I tie a bowline?", 10.0),
        Turn("agent", "The rabbit comes out of the hole.", 14.0),
    )
    assert transcript.started_at == datetime(2024, 3, 1, 18, 30, 0, 500_000, tzinfo=UTC)
    assert (transcript.title, transcript.conversation_id) == ("Knots", "6f1c")


def test_what_is_not_talk_is_counted(sample):
    assert dropped(sample("chatgpt.json")) == {
        "system line": 1,
        "picture, recording, file or tool call": 1,
        "tool lines": 2,
        "hidden line": 1,
        "line of an edited or regenerated version": 1,
    }


def test_a_single_conversation_object_is_read_too(read):
    assert texts(read({"mapping": {"a": node(None, "Hi.")}, "current_node": "a"})) == ["Hi."]


@pytest.mark.parametrize("current", [None, "gone", 7])
def test_without_a_current_node_the_newest_leaf_counts(read, current):
    mapping = {
        "root": {"parent": None, "message": None},
        "old": node("root", "Old.", create_time=1709317800),
        "new": node("root", "New.", create_time=1709317900),
        "undated": node("root", "Undated."),
    }
    record = read({"mapping": mapping, "current_node": current})
    assert texts(record) == ["New."]
    assert dropped(record) == {"lines of an edited or regenerated version": 2}


def test_a_tree_that_leads_in_circles_ends(read):
    mapping = {"a": node("b", "A."), "b": node("a", "B.")}
    assert texts(read({"mapping": mapping, "current_node": "a"})) == ["B.", "A."]


@pytest.mark.parametrize(
    "hidden",
    [
        {"metadata": {"is_visually_hidden_from_conversation": True}},
        {"weight": 0.0},
        {"content": {"content_type": "user_editable_context", "user_profile": "x"}},
    ],
)
def test_what_chatgpt_hides_is_not_kept(read, hidden):
    mapping = {"a": node(None, "Hidden.", **hidden), "b": node("a", "Shown.")}
    record = read({"mapping": mapping, "current_node": "b"})
    assert texts(record) == ["Shown."]
    assert dropped(record) == {"hidden line": 1}


@pytest.mark.parametrize(
    "broken", [None, 7, "x", [], {}, {"message": 7}, {"message": {"author": [], "content": 7}}]
)
def test_wrong_types_in_a_tree_are_survived(read, broken):
    mapping = {"a": broken, "b": node("a", "Hi.", create_time=broken, metadata=broken)}
    assert texts(read({"mapping": mapping, "current_node": "b", "title": broken})) == ["Hi."]
