"""What is typed after ``/memory``."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fronts.arguments import parse_arguments


@pytest.mark.parametrize(
    ("rest", "arguments"),
    [
        ("", {}),
        ("wizard", {"character": "wizard"}),
        ("Ambrose Pell", {"character": "Ambrose Pell"}),
        ("wizard add", {"character": "wizard", "do": "add"}),
        ("wizard ADD I sing.", {"character": "wizard", "do": "add", "text": "I sing."}),
        ("Ambrose Pell add I sing.", {"character": "Ambrose Pell", "do": "add", "text": "I sing."}),
        ("wizard add add delete 1", {"character": "wizard", "do": "add", "text": "add delete 1"}),
        ("wizard correct", {"character": "wizard", "do": "change"}),
        ("wizard correct 2", {"character": "wizard", "do": "change", "fact": "2"}),
        (
            "Ambrose Pell correct 12 I add up.",
            {"character": "Ambrose Pell", "do": "change", "fact": "12", "text": "I add up."},
        ),
        ("wizard delete 1", {"character": "wizard", "do": "delete", "fact": "1"}),
        ("wizard show 3", {"character": "wizard", "fact": "3"}),
        ("wizard show", {"character": "wizard"}),
        ("wizard pin 1", {"character": "wizard", "do": "pin", "fact": "1"}),
        ("wizard UNPIN 1", {"character": "wizard", "do": "unpin", "fact": "1"}),
        ("Ambrose Pell everyone 12", {"character": "Ambrose Pell", "do": "everyone", "fact": "12"}),
        ("wizard alone 2", {"character": "wizard", "do": "alone", "fact": "2"}),
        ("wizard restore 2", {"character": "wizard", "do": "restore", "fact": "2"}),
        ("wizard pinball", {"character": "wizard pinball"}),
        ("wizard additional", {"character": "wizard additional"}),
        ("add", {"character": "add"}),
    ],
)
def test_words_after_memory_become_arguments(rest, arguments):
    assert parse_arguments("memory", rest) == arguments


@given(
    st.lists(st.sampled_from(["wizard", "add", "correct", "delete", "pin", "show", "1", "x", "\n"])).map(
        " ".join
    )
)
def test_nothing_is_an_empty_text_which_would_mean_to_delete(rest):
    assert all(parse_arguments("memory", rest.strip()).values())
