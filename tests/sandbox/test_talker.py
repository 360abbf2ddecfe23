"""What the stand-in answers."""

from dataclasses import replace

import pytest

from bot.sandbox.analysis import build_analysis
from bot.sandbox.initiation import Settings
from bot.sandbox.records import Conversation, Turn
from bot.sandbox.talker import STAND_IN, reply
from bot.sandbox.words import reflect, shorten

CONTEXT = """## Facts
- Mira keeps a cat named Fig.
- Mira is afraid of thunder.
## Last time
3 May: you spoke about the harvest in Tarn."""

SETTINGS = Settings(
    prompt="No lies.\n# Personality\nYou are Merlin, a court wizard. You love riddles.\n# Goal\nHear.",
    first_message="Well met, Mira!",
    language="en",
    text_only=True,
    max_duration_seconds=600,
    variables={
        "character_name": "Merlin",
        "user_name": "Mira",
        "call_count": 3,
        "platform": "console",
        "context": CONTEXT,
    },
    tools={},
)


def turn(role: str, message: str, context_id: str | None = None) -> Turn:
    return Turn(f"turn_{message}", role, message, 0, 0, context_id=context_id)


def talk(*said: str, settings: Settings = SETTINGS) -> list[str]:
    """The answers to what a caller says one after the other."""
    turns = [turn("agent", settings.first_message)]
    answers = []
    for text in said:
        answer = reply(settings, turns, text)
        turns += [turn("user", text), turn("agent", answer)]
        answers.append(answer)
    return answers


NEW = replace(SETTINGS, variables={**SETTINGS.variables, "call_count": 0})


def test_the_first_answer_of_a_first_call_says_that_it_is_a_stand_in_and_no_later_one_repeats_it():
    first, second = talk("Hello", "It rains.", settings=NEW)
    assert first.startswith(STAND_IN)
    assert STAND_IN not in second
    assert STAND_IN not in talk("Hello")[0]
    unknown = replace(SETTINGS, variables={})
    assert talk("Hello", settings=unknown)[0].startswith(STAND_IN)


def test_the_first_answer_shows_persona_and_variables():
    assert "“You are Merlin, a court wizard.”" in talk("Hello", settings=NEW)[0]
    assert "you are Mira, you called 3 times before, on console" in talk("Hello")[0]


def test_what_it_said_of_itself_in_an_earlier_call_is_no_note_about_the_caller():
    context = "\n".join(f"- you said: “{answer}”" for answer in talk("I have a cat.", settings=NEW))
    context += f"\n- you said: “{talk('What do you remember?')[-1]}”\n- Mira said: “I have a cat.”"
    later = replace(SETTINGS, variables={**SETTINGS.variables, "context": context})
    answer = talk("What do you remember about me?", settings=later)[0]
    assert "“I have a cat.”" in answer
    assert "stand-in" not in answer
    assert answer.count("My card says") == 1


def test_no_call_before_is_not_counted():
    assert "you are Mira, on console" in talk("Hello", settings=NEW)[0]


def test_one_call_before_was_once():
    once = replace(SETTINGS, variables={**SETTINGS.variables, "call_count": 1})
    assert "you called once before, on" in talk("Hello", settings=once)[0]


def test_asked_what_it_remembers_it_quotes_the_context():
    answer = talk("Hello", "What do you remember about me?")[-1]
    assert "“Mira keeps a cat named Fig.”" in answer
    assert "“3 May: you spoke about the harvest in Tarn.”" in answer
    assert "Facts" not in answer


def test_asked_about_one_thing_it_quotes_only_the_lines_about_it():
    answer = talk("Hello", "Do you remember my cat?")[-1]
    assert "Fig" in answer
    assert "thunder" not in answer


def test_a_shared_telling_word_brings_up_the_line_of_the_context():
    answer = talk("Hello", "There was thunder all night.")[-1]
    assert "in my notes it says: “Mira is afraid of thunder.”" in answer


def test_without_context_it_says_that_its_notes_are_empty():
    empty = replace(SETTINGS, variables={**SETTINGS.variables, "context": "Nothing yet."})
    assert (
        "My notes about you are empty so far."
        in talk("Hello", "What do you know about me?", settings=empty)[-1]
    )


def test_it_uses_the_name_that_was_told_over_the_name_on_the_card():
    answers = talk("My name is Nora", "Who am I?")
    assert "My card says Mira, but I shall call you Nora" in answers[0]
    assert "You are Nora" in answers[1]


@pytest.mark.parametrize(
    ("said", "answered"),
    [
        ("I have a dog called Rex.", "You have a dog called Rex!"),
        ("I really love my garden", "So you love your garden."),
        ("I was at my aunt's.", "I hear you: you were at your aunt's."),
        ("Why is the sky blue?", "A good question"),
        ("Are you an AI?", "without any AI"),
        ("Goodbye!", "Goodbye, Mira!"),
        ("", "I am listening."),
    ],
)
def test_it_answers_by_rule(said, answered):
    assert answered in talk("Hello", said)[-1]


def test_a_contextual_update_is_mentioned_once():
    turns = [turn("user", "Hello"), turn("agent", "…"), turn("user", "Nora joined the room.", "ctx_1")]
    answer = reply(SETTINGS, turns, "It rains.")
    assert "just handed a note: “Nora joined the room.”" in answer
    turns += [turn("user", "It rains."), turn("agent", answer)]
    assert "Nora" not in reply(SETTINGS, turns, "Still raining.")


def test_the_summary_quotes_what_the_caller_told_and_the_title_is_the_first_of_it():
    said = ["Hello!", "I have a dog called Rex. Is it late?", "The harvest was bad."]
    conversation = Conversation(
        conversation_id="conv_1",
        agent_id="agent_sandbox",
        status="processing",
        started_at=0,
        source="unknown",
        authorization="public",
        client_data={"dynamic_variables": {"user_name": "Mira"}},
        turns=tuple(turn("user", text) for text in said),
    )
    analysis = build_analysis(conversation, {})
    assert analysis["transcript_summary"] == (
        "Mira told the character: I have a dog called Rex; The harvest was bad. Mira asked: Is it late?"
    )
    assert analysis["call_summary_title"] == "I have a dog called Rex"
    assert analysis["call_successful"] == "success"


@pytest.mark.parametrize(
    ("said", "summary"),
    [
        (["Hello there, I love apples!", "Thanks, bye"], "Mira told Merlin: I love apples!"),
        (["What do you know of bees?"], "Mira asked: What do you know of bees?"),
        (["Hello!", "Goodnight, bye."], "Mira and Merlin exchanged a few words."),
        (["I keep bees. " * 200], "and more."),
    ],
)
def test_a_summary_reads_like_one_whatever_was_said(said: list[str], summary: str):
    variables = {"user_name": "Mira", "character_name": "Merlin"}
    turns = tuple(turn("user", text) for text in said)
    conversation = Conversation(
        "conv_1", "agent", "processing", 0, "unknown", "public", {"dynamic_variables": variables}, turns=turns
    )
    assert build_analysis(conversation, {})["transcript_summary"].endswith(summary)


def test_a_silent_conversation_is_neither_success_nor_failure():
    silent = Conversation("conv_1", "agent_sandbox", "processing", 0, "unknown", "public", {})
    analysis = build_analysis(silent, {})
    assert analysis["transcript_summary"] == "The caller said nothing."
    assert analysis["call_successful"] == "unknown"


def test_reflection_turns_the_speaker_around():
    assert reflect("I'm sure you know my brother.") == "you’re sure I know your brother".replace("’", "'")


def test_shortening_keeps_whole_words():
    assert shorten("one two three", 9) == "one two…"
