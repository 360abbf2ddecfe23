"""When a new fact is known already, and when it takes an older one's place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.agreeing import Verdict, compare
from bot.domain.fact import Fact, FactId
from tests.domain.making import NOON


def fact(text: str, days: int = 0) -> Fact:
    return Fact(FactId(text), "wizard", "own", text, NOON + timedelta(days=days))


def verdict(new: str, *olds: str) -> Verdict:
    return compare(fact(new, 1), [fact(old) for old in olds])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I keep bees.", "  i KEEP bees \n"),
        ("I have a cat named Fig.", "The user has a cat called Fig"),
        ("I have a cat named Fig.", "has a cat named Fig"),
        ("I have a cat named Fig.", "I've got a cat named Fig!"),
        ("I am allergic to nuts.", "is allergic to nuts"),
        ("I'm allergic to nuts", "I am allergic to nut."),
        ("My sister lives in Bern.", "User's sister lives in Bern"),
        ("I really like tea.", "Likes tea"),
        ("I have a cat called Fig who loves the moon.", "I have a cat called Fig."),
        ("I live in Bern with my sister.", "Lives in Bern"),
        ("Ich wohne in der Straße Ω.", "ICH WOHNE IN DER STRASSE ω"),
        ("猫を飼っています。", "猫を飼っています"),
    ],
)
def test_what_says_the_same_is_known_already(old: str, new: str) -> None:
    assert verdict(new, "Something else.", old).is_known


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I live in Ulm.", "I moved to Bern."),
        ("Lives in Ulm", "The user moved to Bern in May"),
        ("I live in Ulm.", "I now live in Bad Tölz."),
        ("I moved to Ulm in 2010.", "I have moved to New York."),
        ("My sister lives in Ulm.", "My sister moved to Bern."),
        ("Ich wohne in Ulm.", "Ich bin nach Bern gezogen."),
        ("I am 34.", "I am 35 years old."),
        ("Is 34", "turned 35"),
        ("My brother is 9.", "My brother is 10 years old."),
        ("Ich bin 34 Jahre alt.", "Ich bin 35."),
        ("I have a cat named Fig.", "I no longer have a cat."),
        ("I have a cat named Fig.", "No longer has a cat named Fig"),
        ("I have a black cat named Fig.", "My cat Fig died last week."),
        ("I don't have a dog.", "I have a dog named Rex."),
        ("I eat meat.", "I don't eat meat any more."),
        ("I am vegan.", "I am no longer vegan."),
        ("I am not vegan.", "I'm vegan"),
        ("My name is Mira.", "My name is Kim."),
        ("My favourite colour is blue.", "My favorite colour is green."),
        ("I am engaged.", "I'm married to Tom."),
        ("I work as a nurse.", "I now work as a baker."),
        ("I have a cat.", "I have a cat called Fig who loves the moon."),
    ],
)
def test_a_newer_one_takes_the_place_of_what_cannot_be_true_beside_it(old: str, new: str) -> None:
    assert verdict(new, "I keep bees.", old) == Verdict(is_known=False, replaces=(FactId(old),))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("I live in Switzerland.", "I live in Bern."),
        ("I live in Ulm.", "My sister moved to Bern."),
        ("I live in Ulm.", "I moved to a bigger flat."),
        ("I live in Bern.", "I moved to Bern."),
        ("I used to live in Ulm.", "I moved to Bern."),
        ("I am 34.", "I am 34 weeks pregnant."),
        ("I am 34.", "My brother is 35."),
        ("I have a cat named Fig.", "I have a cat named Tom."),
        ("I have a cat named Fig.", "I no longer have a cat named Tom."),
        ("I have a cat named Fig.", "I have a dog named Fig."),
        ("I have a cat.", "I have a cat allergy."),
        ("I have a sister.", "My sister died."),
        ("I like tea.", "I like coffee."),
        ("I like green tea.", "I like tea."),
        ("My sister is a nurse.", "My sister is 34."),
        ("My name is Mira Vogel.", "My name is Mira."),
        ("My favourite colour is blue.", "My favourite food is rice."),
        ("I work as a nurse.", "I work as a baker."),
        ("My sister lives in Bern.", "I live in Bern."),
        ("I live in Bern with my sister.", "My sister lives in Bern."),
        ("Tom hates Ann.", "Ann hates Tom."),
        ("I am single.", "I am single-minded."),
        ("I like dogs.", "I like dogs no more than cats."),
        ("I eat meat.", "My brother does not eat meat."),
    ],
)
def test_when_it_is_not_sure_both_stay(old: str, new: str) -> None:
    assert verdict(new, old) == Verdict(is_known=False)


def test_one_cat_less_of_two_is_not_sure_which() -> None:
    olds = ("I have a cat named Fig.", "I have a cat named Tom.")
    assert verdict("I no longer have a cat.", *olds).replaces == ()
    assert verdict("I no longer have a cat named Tom.", *olds).replaces == (FactId(olds[1]),)


@pytest.mark.parametrize("mark", ["is_pinned", "is_for_everyone"])
def test_what_is_pinned_or_for_everyone_is_never_replaced(mark: str) -> None:
    old = replace(fact("I live in Ulm."), **{mark: True})
    assert compare(fact("I moved to Bern.", 1), [old]).replaces == ()


def test_an_older_one_never_takes_the_place_of_a_newer_one() -> None:
    assert compare(fact("I moved to Bern.", -1), [fact("I live in Ulm.")]).replaces == ()


@pytest.mark.parametrize("text", ["", "…", "x" * 300, "my " * 100, "have " * 60, "i no longer " * 20])
def test_nothing_is_too_odd_to_be_compared(text: str) -> None:
    assert verdict(text, "I have a cat.", text or "x").is_known == bool(text.strip("…"))
