"""Sentences in another language: what is known is said with its holes filled, everything else stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fronts.languages.catalogue import CATALOGUES, Catalogue, catalogue_for
from tests.fronts.discord.hostile import long_texts, texts

PIG = Catalogue(
    {
        "Fine.": "Inefay.",
        "{name} will ring at {time}.": "At {time} ingray {name}.",
        "{name} and {other} will ring.": "Ingray {other}, {name}.",
        "Nothing was used; {rest}": "Othingnay; {rest}",
    }
)


def test_a_sentence_is_said_with_what_stands_in_its_holes() -> None:
    assert PIG.say("Merlin will ring at noon.") == "At noon ingray Merlin."
    assert PIG.say("A and B and C will ring.") in {"Ingray B and C, A.", "Ingray C, A and B."}
    assert PIG.say("Fine. Merlin will ring at noon. Fine.") == "Inefay. At noon ingray Merlin. Inefay."
    assert PIG.say("Fine.\nFine.") == "Inefay.\nInefay."


@pytest.mark.parametrize(
    "held", ["{time}", "{0}", "{}", "%s", "\\1", "{name", "Fine.x", "https://evil.example"]
)
def test_what_stands_in_a_hole_is_never_a_template(held: str) -> None:
    assert PIG.say(f"Nothing was used; {held}") == f"Othingnay; {held}"


@given(texts() | long_texts(5_000), st.sampled_from(["de", "en-US", "en-GB", "xx", ""]))
def test_no_text_is_too_odd_and_what_is_not_known_stays(text: str, locale: str) -> None:
    said = catalogue_for(locale).say(text)
    assert said == text or locale.partition("-")[0] in CATALOGUES
    assert Catalogue({}).say(text) == text
