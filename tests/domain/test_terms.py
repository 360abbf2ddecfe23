"""What a turn is found by."""

import itertools
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.related import related_terms
from bot.domain.terms import _stem, index_turn, language_of, read_marks, split_words, term_of


def terms(text: str) -> set[str]:
    return set(index_turn("user", text).terms)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("I went to Rome", "going to Rome"),
        ("the children bought two buns", "a child buys a bun"),
        ("My sister’s flat", "my sisters' flats"),
        ("Meine Schwestern wohnen in Köln", "Meine Schwester hat in Köln gewohnt"),
        ("Ich mag große Straßen und Hunde", "Ich bin auf der großen Strasse mit dem Hund"),
        ("Das Café", "das CAFE"),
    ],
)
def test_other_forms_of_a_word_are_the_same_term(one, other):
    assert len(terms(one) & terms(other)) >= min(2, len(terms(one)))


def test_little_words_are_no_terms():
    assert terms("What did you do with it, and why?") == set()
    assert terms("Was hast du denn mit mir gemacht?") == {"gemacht"}


def test_a_script_without_spaces_is_found_by_pairs_of_characters():
    assert terms("昨日は東京に行きました") & terms("東京はどうでしたか")


def test_the_language_is_the_one_whose_little_words_stand_there():
    assert language_of(split_words("Was habe ich dir über meine Schwester erzählt?")) == "de"
    assert language_of(split_words("Où est-ce que je suis allé avec ma sœur ?")) == "fr"
    assert language_of(split_words("What did I tell you?")) == "en"
    assert language_of(split_words("Rome!")) == "en"


def test_marks_say_who_spoke_and_what_stands_there():
    marks = read_marks(
        index_turn("agent", "I went with my mother to Rome in May for two weeks. Did you?").marks
    )
    assert marks.is_agents
    assert marks.asks
    assert (marks.first_person, marks.second_person, marks.names, marks.numbers) == (2, 1, 2, 1)
    assert marks.times >= 2
    assert marks.chars == 64


def test_a_pet_is_near_a_dog_and_a_mom_a_mother():
    assert "dog" in related_terms()[term_of("pets")]
    assert term_of("mother") in related_terms()[term_of("mom")]
    assert term_of("Katze".lower(), "de") in related_terms()[term_of("kater", "de")]


@given(st.text(max_size=3_000))
def test_any_text_gives_short_terms_and_marks_below_two_to_the_31(text):
    indexed = index_turn("user", text)
    assert 0 <= indexed.marks < 2**31
    assert len(set(indexed.terms)) == len(indexed.terms)
    assert all(0 < len(term) <= 32 for term in indexed.terms)
    assert indexed == index_turn("user", text)


def test_threads_that_read_at_once_call_every_word_the_same():
    words = [f"{''.join(letters)}ingnesses" for letters in itertools.permutations("smtrlb")]
    parts = [words[start::4] for start in range(4)]
    often, usual = 1e-6, sys.getswitchinterval()
    sys.setswitchinterval(often)
    try:
        with ThreadPoolExecutor(len(parts)) as threads:
            found = list(threads.map(lambda part: [term_of(word) for word in part], parts))
    finally:
        sys.setswitchinterval(usual)

    _stem.cache_clear()
    assert found == [[term_of(word) for word in part] for part in parts]
