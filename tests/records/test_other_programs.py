"""Chats that other programs exported, and what Troupe itself wrote."""

import json
from pathlib import Path

import pytest

from bot.domain.conversation import Picked
from bot.domain.errors import ImportRejected
from bot.records import describe_record, open_record, read_record

SAMPLES = Path(__file__).parent / "samples"
ANA_ON_SLACK = ("Ana", "U0ANA")


def said(record):
    return [(turn.role, turn.text) for transcript in record.transcripts for turn in transcript.turns]


def dropped(record):
    return {drop.what: drop.count for drop in record.dropped}


def test_a_sillytavern_chat_is_read_as_it_was_played(sample):
    record = sample("sillytavern.jsonl")
    assert record.format == "SillyTavern chat, JSON Lines"
    assert said(record) == [
        ("agent", "Greetings, user!"),
        ("user", "I lost my ring in the old well."),
        ("agent", "Then we shall look for it."),
    ]
    assert dropped(record) == {"line of an edited or regenerated version": 1, "hidden line": 1}
    (chat,) = record.transcripts
    assert (chat.title, chat.started_at.isoformat()) == ("Seraphina", "2023-06-02T21:09:51.363000+00:00")
    assert [round(turn.seconds) for turn in chat.turns] == [9, 129, 249]


def test_each_heading_begins_another_sillytavern_chat():
    data = (SAMPLES / "sillytavern.jsonl").read_bytes()
    record = read_record(data + data.replace(b"Seraphina", b"Mara"))
    assert [chat.title for chat in record.transcripts] == ["Seraphina", "Mara"]


def test_whoever_plays_in_sillytavern_owns_the_file_under_any_name(sample):
    opened = open_record(SAMPLES / "sillytavern.jsonl")
    assert opened.settle(Picked(), ["Somebody Else"], []).me == ""
    shown = describe_record(opened.take(Picked("", "*")))
    assert "You are called “Alex” in it." in shown


def test_a_character_ai_chat_is_read_oldest_first_with_the_chosen_answers(sample):
    record = sample("characterai.json")
    assert record.format == "Character.AI chat"
    assert said(record) == [
        ("agent", "Welcome aboard!"),
        ("user", "Shall we sail? I get seasick."),
        ("agent", "No, stay here."),
    ]
    assert dropped(record) == {"line of an edited or regenerated version": 1}
    assert [turn.seconds for turn in record.transcripts[0].turns] == [0.0, 60.0, 120.5]


def test_the_turns_of_a_character_ai_chat_may_stand_in_lines(sample):
    turns = json.loads((SAMPLES / "characterai.json").read_text())["turns"]
    lines = "\n".join(map(json.dumps, turns)).encode()
    assert said(read_record(lines)) == said(sample("characterai.json"))


def test_an_older_dump_of_character_ai_is_read(sample):
    record = sample("characterai-old.json")
    assert said(record) == [
        ("agent", "Welcome aboard!"),
        ("user", "I get seasick."),
        ("agent", "Look at the horizon."),
    ]
    assert dropped(record) == {"line of an edited or regenerated version": 1}


def test_a_slack_day_keeps_the_members_lines_and_what_the_bot_answered_them():
    record = read_record(SAMPLES / "slack.json", member_names=ANA_ON_SLACK, ai_names=("Merlin", "wizard"))
    assert record.format == "Slack conversation"
    assert said(record) == [
        ("user", "@U0BOT my cat Fig hates Mondays & rain"),
        ("agent", "Fig is a fine name. See this book."),
    ]
    assert dropped(record) == {
        "system line": 1,
        "line by other people": 1,
        "line said by a character to other people": 1,
        "line by another AI": 1,
    }
    assert (record.me, record.character) == ("ana", "Merlin")


def test_a_slack_day_of_several_people_is_not_guessed_at(sample):
    with pytest.raises(ImportRejected, match="“ana”, “Bob”"):
        sample("slack.json")


def test_the_answer_of_slacks_history_is_read_newest_first(sample):
    messages = json.loads((SAMPLES / "slack.json").read_text())[1:3]
    data = json.dumps({"ok": True, "messages": messages[::-1], "has_more": False}).encode()
    assert [role for role, _ in said(read_record(data))] == ["user", "agent"]


def test_an_exported_discord_channel_is_read():
    record = read_record(SAMPLES / "discord.json", member_names=("Somebody", "70"))
    assert record.format == "Discord conversation"
    assert said(record) == [("user", "Do you know my cat?"), ("agent", "The one called Fig?")]
    assert dropped(record) == {"system line": 1, "picture, recording, file or tool call": 1}
    assert record.transcripts[0].started_at.isoformat() == "2024-03-01T07:00:00+00:00"


def test_discords_own_package_holds_the_members_lines_alone(sample):
    record = sample("discord-package.json")
    assert said(record) == [("user", "Do you know my cat?"), ("user", "I told you about Fig twice.")]
    assert dropped(record) == {"pictures, recordings, files or tool calls": 2}


def test_our_own_export_is_read_back_with_everything_that_can_be_kept_again(sample):
    record = sample("export.json")
    assert record.format == "Troupe export"
    first, second = record.transcripts
    assert (first.slug, first.reach, first.title, first.summary) == (
        "wizard",
        "own",
        "Nuts",
        "Ana spoke of nuts.",
    )
    assert [(turn.text, turn.seconds) for turn in first.turns] == [
        ("Well met!", 0.0),
        ("No nuts for me.", 2.5),
        ("As you wish.", 5.0),
    ]
    assert (second.slug, second.reach) == ("", "shared")
    assert record.profile == {"guild_rank": "captain"}
    assert [(fact.slug, fact.text, fact.is_pinned, fact.is_for_everyone) for fact in record.facts] == [
        ("wizard", "I am allergic to nuts.", False, False),
        ("wizard", "I live in Ulm.", False, False),
        ("captain", "I live in Bern.", True, True),
    ]
    assert [fact.replaced_by for fact in record.facts] == ["", "f2", ""]
    assert {fact.source for fact in record.facts} == {"import"}
    assert dropped(record) == {
        "entry of a call, which is for reading": 1,
        "fact that cannot be read": 1,
    }, "a replaced one is nothing without what replaced it"


# --- what a member may choose ---------------------------------------------------------------------------


def test_the_speakers_to_choose_from_are_named_with_their_lines():
    opened = open_record(SAMPLES / "slack.json")
    assert [(one.key, one.name, one.lines) for one in opened.people] == [
        ("u0ana", "ana", 1),
        ("u0bob", "Bob", 1),
    ]
    assert [(one.name, one.lines) for one in opened.ais] == [("Merlin", 2), ("CI", 1)]


def test_who_is_chosen_is_kept_and_nobody_else():
    opened = open_record(SAMPLES / "slack.json")
    settled = opened.settle(Picked(me="u0bob", ai="b0merlin"), ("Ana",), ())
    assert said(opened.take(settled)) == [
        ("user", "My dog is called Rex."),
        ("agent", "Rex, the king of dogs!"),
    ]
    everybody = opened.take(Picked(me="u0bob", ai="*"))
    assert said(everybody)[-1] == ("agent", "build failed")


def test_a_platforms_id_tells_who_the_member_is_and_a_name_who_the_character_is():
    opened = open_record(SAMPLES / "slack.json")
    assert opened.settle(Picked(), ("Somebody", "U0ANA"), ("Merlin",)) == Picked("u0ana", "b0merlin")
    assert opened.settle(Picked(), ("Somebody",), ()) == Picked(None, None)


def test_conversations_that_were_not_chosen_are_counted():
    data = json.dumps([[{"role": "user", "content": f"line {n}"}] for n in range(3)]).encode()
    opened = open_record(data)
    assert [(one.number, one.lines) for one in opened.conversations] == [(0, 1), (1, 1), (2, 1)]
    record = opened.take(Picked("", "*", frozenset({1})))
    assert said(record) == [("user", "line 1")]
    assert dropped(record) == {"conversations that you did not choose": 2, "lines that you did not choose": 2}


def test_a_speaker_with_the_characters_own_name_is_the_character():
    data = json.dumps(
        [{"role": "Ana", "content": "Hello"}, {"role": "Merlin", "content": "Well met"}]
    ).encode()
    assert said(read_record(data, member_names=("Ana",), ai_names=("Merlin",))) == [
        ("user", "Hello"),
        ("agent", "Well met"),
    ]
    assert said(read_record(data, member_names=("Ana",), ai_names=("Mara",))) == [("user", "Hello")]
