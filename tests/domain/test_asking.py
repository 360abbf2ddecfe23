"""What a question asks for."""

from datetime import date

import pytest

from bot.domain.asking import Question, read_question

TODAY = date(2026, 11, 28)


def read(text: str) -> Question:
    return read_question(text, TODAY, member_name="Mira Stone", character_name="Merlin")


@pytest.mark.parametrize(
    ("text", "speaker", "sureness"),
    [
        ("What did I tell you about my sister?", "user", 1.0),
        ("Do you remember what I said about dragons?", "user", 1.0),
        ("What did you tell me about dragons?", "agent", 1.0),
        ("Was habe ich dir über meine Schwester erzählt?", "user", 1.0),
        ("Was hast du mir geraten?", "agent", 1.0),
        ("Where does Mira live?", "user", 1.0),
        ("Merlin's advice on dragons", "agent", 1.0),
        ("What did Merlin advise Mira?", "agent", 0.5),
        ("What do Mira and Merlin like?", None, 0.0),
        ("What have both Mira and her friend Merlin seen?", None, 0.0),
        ("what did she say about the flat?", "user", 0.5),
        ("the user's sister", "user", 1.0),
        ("dragons", None, 0.0),
    ],
)
def test_who_is_asked_about(text, speaker, sureness):
    question = read(text)
    assert (question.speaker, question.sureness) == (speaker, sureness)


def test_names_of_the_two_are_no_words_to_look_for():
    assert read("What did Mira tell Merlin about her sister?").exact_terms == ["sister"]


def test_relative_dates_are_no_words_to_look_for_but_months_are():
    assert read("my sister last week").exact_terms == ["sister"]
    assert "march" in read("my sister in March").exact_terms


def test_words_written_together_are_looked_for_too():
    assert "icecream" in read("the ice cream").exact_terms


def test_a_word_brings_the_words_near_it():
    assert "dog" in read("what pets do I have?").related_terms


def test_the_kind_of_answer_is_seen():
    question = read("When and where did I meet who, and how many?")
    assert (question.asks_when, question.asks_where, question.asks_who, question.asks_how_many) == (True,) * 4
    assert not read("what is it?").asks_when
    assert read("Wann war ich in Rom?").asks_when


def test_a_very_long_question_asks_for_few_terms():
    question = read(" ".join(f"word{number}" for number in range(5_000)))
    assert len(question.exact_terms) <= 80
    assert len(question.related_terms) <= 120
