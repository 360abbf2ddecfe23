"""Summaries of ours: the member's most telling words, dated, in any language."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.conversation import Transcript, Turn
from bot.domain.extract import extract, summarised, words_of_extract
from tests.domain.making import NOON


def said(*texts: str) -> tuple[Turn, ...]:
    return tuple(Turn("user", text) for text in texts)


def test_the_most_telling_words_are_told_in_their_order_with_the_date():
    turns = (
        Turn("agent", "Well met! I have a tremendously long introduction about my tower in Camelot."),
        *said("Hi there!", "How are you?", "My sister Ann moved to Bern last summer.", "Okay."),
        Turn("agent", "Tell me more."),
        *said("Her dog Rex is afraid of thunderstorms, and I walk him every day.", "Thanks, bye."),
    )
    assert extract(turns, NOON) == (
        "On 22 November 2026 they said: “My sister Ann moved to Bern last summer.” "
        "“Her dog Rex is afraid of thunderstorms, and I walk him every day.”"
    )


@pytest.mark.parametrize(
    ("small", "telling"),
    [
        ("Hallo! Wie geht es dir?", "Meine Schwester ist nach Bern gezogen."),
        ("Salut! Ça va?", "Ma sœur a déménagé à Berne."),
        ("¡Hola! ¿Qué tal?", "Mi hermana se mudó a Berna."),
        ("Ciao! Come stai?", "Mia sorella si è trasferita a Berna."),
        ("Привет! Как дела?", "Моя сестра переехала в Берн."),
        ("こんにちは。元気ですか？", "私の妹はベルンに引っ越しました。"),
        ("你好！你好吗？", "我的妹妹搬到伯尔尼去了。"),
        ("안녕? 잘 지내?", "제 여동생이 베른으로 이사했어요."),
        ("مرحبا! كيف حالك؟", "أختي انتقلت إلى برن وأنا حزين."),
        ("नमस्ते! कैसे हो?", "मेरी बहन बर्न चली गई है।"),
    ],
)
def test_it_is_found_in_any_language(small, telling):
    found = extract(said(small, telling, small), None)
    assert found.startswith(f"They said: “{telling}”")
    assert found == extract(said(small, telling, small), None)


@pytest.mark.parametrize(
    "sentence",
    [
        "I live in St. Gallen near Dr. Müller.",
        "Ich sammle viele Dinge, z.B. Marken aus Bern.",
        "I was named by J. R. Tolkien.",
    ],
)
def test_a_sentence_does_not_end_behind_an_abbreviation(sentence):
    assert extract(said(sentence), None) == f"They said: “{sentence}”"


def test_what_says_much_the_same_is_told_once():
    found = extract(
        said(
            "My cat Fig loves the moon.", "Yes, my cat Fig really loves the moon!", "I bake bread on Sundays."
        ),
        None,
    )
    assert found.count("Fig") == 1
    assert "bread" in found


def test_questions_and_words_that_are_everywhere_tell_little():
    assert "Ulm" in extract(
        said("Do you know the wonderful mountains of Switzerland?", "I am from Ulm."), None
    )


def test_a_long_sentence_is_cut_at_a_word():
    (words,) = extract(said("I remember " + "wonderful " * 60), None).split("“")[1:]
    assert words.endswith("wonderful…”")
    assert len(words) < 200


@pytest.mark.parametrize(
    "turns", [(), (Turn("agent", "Hello?"),), said("", "  \n ", "\u200b\u200b", "\u2800")]
)
def test_of_silence_there_is_no_summary(turns):
    assert extract(turns, NOON) == ""


def test_small_talk_is_better_than_nothing():
    assert extract(said("Hi."), NOON) == "On 22 November 2026 they said: “Hi.”"


def test_their_own_summary_stays_and_ours_is_marked():
    theirs = Transcript(said("I sing."), summary="Mira sings.")
    assert summarised(theirs, NOON) == theirs
    ours = summarised(replace(theirs, summary=" "), NOON)
    assert (ours.summary, ours.is_extract) == ("On 22 November 2026 they said: “I sing.”", True)


@pytest.mark.parametrize("at", [NOON, None])
def test_its_words_stand_alone_where_the_date_stands_already(at):
    assert (
        words_of_extract(extract(said("He said: they said: I sing."), at)) == "“He said: they said: I sing.”"
    )


@given(st.lists(st.text(max_size=200), max_size=8))
def test_whatever_was_said_it_is_short_one_line_and_the_same_each_time(texts):
    found = extract(said(*texts), NOON)
    assert found == extract(said(*texts), NOON)
    assert len(found.splitlines()) <= 1
    assert len(found) < 450
    assert found.count("“") == found.count("”") <= 2
