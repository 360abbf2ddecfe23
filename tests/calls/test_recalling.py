"""What is found of what a person said: who said it, when, and never more than fits."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.calls.recalling import brief, recall
from bot.domain.caller import PersonId
from bot.domain.conversation import Turn
from bot.domain.recalled import Recalled, Speakers
from bot.domain.record import Reading
from tests.memory_index import MemoryIndex

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
MIRA = PersonId("mira")
READING = Reading("wizard", "own")


def days_ago(days: int, *said: str, index: MemoryIndex, person: str = MIRA) -> None:
    """Keep a conversation; the member begins, and the two take turns."""
    turns = [Turn("agent" if number % 2 else "user", text) for number, text in enumerate(said)]
    index.add(person, turns, NOW - timedelta(days=days))


@pytest.fixture
def index() -> MemoryIndex:
    """A year of small talk, and a few things worth finding."""
    index = MemoryIndex()
    days_ago(250, "My sister Ida got engaged to a sailor.", "How lovely!", "They marry in Kiel.", index=index)
    days_ago(
        90,
        "The new flat has a leaking roof.", "Oh no, has the landlord been told?",
        "He sends somebody on Tuesday.", "Good.",
        index=index,
    )  # fmt: skip
    days_ago(
        60,
        "We drove to Rome, and I lost my hat in a fountain.", "Which one was it?",
        "The big one with the horses.", "A worthy place to lose a hat.",
        index=index,
    )  # fmt: skip
    days_ago(
        10,
        "My sister called, her baby is due in spring.",
        "Congratulations! I once told you of the dragon Fafnir.",
        "Yes, the one with the gold.", "He guards it to this day.",
        index=index,
    )  # fmt: skip
    days_ago(1, "I burned the soup.", "That happens to the best.", "My sister laughed at me.", index=index)
    days_ago(
        200, "Meine Schwestern haben einen Hund gekauft.", "Wie heißt er?", "Er heißt Waldi.", index=index
    )
    for day in range(2, 300, 7):
        days_ago(day, f"Nothing much today, number {day}.", "I see.", "Work was fine.", index=index)
    days_ago(2, "My sister lives on the moon.", "I see.", index=index, person="somebody else")
    return index


def ask(index: MemoryIndex, query: str, k: int = 10, max_chars: int = 4_000) -> Recalled:
    return asyncio.run(recall(index, MIRA, READING, query, NOW, k=k, max_chars=max_chars))


def first(index: MemoryIndex, query: str) -> str:
    return ask(index, query).turns[0].text


def among(index: MemoryIndex, query: str, count: int) -> list[str]:
    return [turn.text for turn in ask(index, query, count).turns]


def test_what_i_told_about_my_sister_is_what_i_said_myself(index):
    found = ask(index, "what did I tell you about my sister?", 3).turns
    assert all("sister" in turn.text for turn in found)
    assert {turn.role for turn in found} == {"user"}


def test_what_you_told_me_is_what_the_character_said(index):
    assert "Fafnir" in first(index, "what did you tell me about the dragon?")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("what did I tell you yesterday about my sister?", "laughed"),
        ("what did I tell you last week about my sister?", "baby is due"),
        ("what did I tell you ten days ago about my sister?", "baby is due"),
        ("what did I say about my sister in March?", "engaged"),
        ("what did I say about my sister on Friday?", "laughed"),
        ("was habe ich dir gestern über meine sister erzählt?", "laughed"),
    ],
)
def test_a_date_in_the_question_finds_what_was_said_then(index, query, expected):
    assert expected in first(index, query)


def test_a_date_alone_finds_that_day(index):
    found = ask(index, "what did we talk about two months ago?", 4).turns
    assert all(38 <= (NOW - turn.at).days <= 82 for turn in found)
    assert "Rome" in found[0].text


def test_other_forms_and_neighbouring_words_are_found(index):
    assert "leaking roof" in first(index, "what was broken in my apartment?")
    assert "Rome" in first(index, "where did I travel by car?")
    assert "engaged" in " ".join(among(index, "is anybody in my family getting married?", 3))


def test_an_answer_without_the_words_is_found_by_its_question(index):
    assert "The big one with the horses." in among(index, "In which fountain did I lose my hat?", 3)


def test_german_is_asked_and_found_in_german(index):
    assert "Hund" in first(index, "Was habe ich dir über den Hund meiner Schwester erzählt?")
    assert "Er heißt Waldi." in among(index, "Wie heißt der Hund?", 3)


def test_names_of_the_two_say_who_and_are_not_looked_for(index):
    found = asyncio.run(
        recall(
            index, MIRA, READING, "What did Merlin say about the hat?", NOW,
            k=1, max_chars=500, speakers=Speakers("Mira", "Merlin"),
        )
    )  # fmt: skip
    assert found.turns[0].text == "A worthy place to lose a hat."
    assert "Merlin: A worthy place to lose a hat." in found.text


def test_where_nothing_was_ever_said_of_it_the_newest_turns_are_given(index):
    found = ask(index, "xylophones").turns
    assert found
    assert all(turn.at > NOW - timedelta(days=160) for turn in found)


def test_the_text_is_dated_and_in_order_of_time(index):
    text = ask(index, "my sister").text
    assert text.index("23 March 2026") < text.index("18 November 2026") < text.index("27 November 2026")
    assert "They: My sister called, her baby is due in spring." in text


def test_a_stranger_remembers_nothing():
    nobody = ask(MemoryIndex(), "what did I say last week?")
    assert (nobody.turns, nobody.text) == ((), "")


def test_a_brief_tells_news_rather_than_small_talk(index):
    told = asyncio.run(brief(index, MIRA, READING, max_chars=600))
    assert len(told) <= 600
    assert "sister" in told
    assert "Work was fine." not in told


SOME_WORDS = [
    "sister",
    "dog",
    "Rome",
    "flat",
    "I",
    "you",
    "7",
    "May",
    "?",
    "ist",
    "über",
    "{{x}}",
    "\n",
    "東京",
]
WORDS = st.lists(st.sampled_from(SOME_WORDS), max_size=9)
SAID = st.lists(WORDS.map(" ".join), min_size=1, max_size=6)


@settings(max_examples=150)
@given(
    mine=st.lists(SAID, max_size=5),
    theirs=st.lists(SAID, max_size=3),
    query=st.one_of(WORDS.map(" ".join), st.text(max_size=200)),
    k=st.integers(0, 20),
    max_chars=st.integers(0, 400),
)
def test_never_too_long_never_another_persons_always_whole_and_the_same_again(
    mine: Sequence[Sequence[str]], theirs: Sequence[Sequence[str]], query: str, k: int, max_chars: int
):
    index = MemoryIndex()
    for number, said in enumerate(mine):
        days_ago(number, *said, index=index)
        for other in theirs:
            days_ago(number, *(f"{text} foreign" for text in other), index=index, person="other")
    found = ask(index, query, k, max_chars)
    assert len(found.text) <= max_chars
    assert len(found.turns) <= k
    assert len({turn.key for turn in found.turns}) == len(found.turns)
    assert not any("foreign" in turn.text for turn in found.turns)
    assert "foreign" not in found.text
    whole = {
        " ".join(text.replace("{{", "{ {").replace("}}", "} }").split()) for said in mine for text in said
    }
    lines = [line.partition(": ") for line in found.text.splitlines()]
    assert all(text in whole for who, colon, text in lines if who in ("They", "You"))
    assert found == ask(index, query, k, max_chars)
    told = asyncio.run(brief(index, MIRA, READING, max_chars=max_chars))
    assert len(told) <= max_chars
    assert "foreign" not in told
