"""Text is made to fit in one place: what is kept is a beginning, and what is cut says so."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.fronts.discord import limits
from bot.fronts.discord.escaping import escape
from tests.fronts.discord.hostile import FAMILY, PIECES, long_texts, texts
from tests.fronts.discord.reading import read

MOST = st.integers(1, 200)


@given(texts(30), MOST)
@example("🧙" * 10, 8)
@example("\\*" * 10, 4)
def test_a_clipped_text_fits_in_utf_16_units(text: str, most: int) -> None:
    clipped = limits.clip(text, most)
    assert len(clipped.encode("utf-16-le", "surrogatepass")) // 2 <= most
    assert limits.units(clipped) <= most


@given(texts(30), MOST)
def test_a_clipped_text_is_a_beginning_and_says_that_it_was_cut(text: str, most: int) -> None:
    clipped = limits.clip(text, most)
    if clipped != text:
        assert clipped.endswith("…")
        assert text.startswith(clipped[:-1])
        assert limits.units(text) > most
    assert limits.clip(clipped, most) == clipped


@given(texts(30), MOST)
def test_no_escape_is_cut_in_half(text: str, most: int) -> None:
    clipped = limits.clip(escape(text), most)
    assert read(clipped).live == []
    kept = read(clipped).shown.removesuffix("…")
    assert read(escape(text)).shown.startswith(kept)


def test_a_text_that_fits_is_left_alone() -> None:
    assert limits.clip("x" * 80, 80) == "x" * 80
    assert limits.clip("x" * 81, 80) == "x" * 79 + "…"
    assert limits.clip("two words", 5) == "two…"


@given(long_texts(6_000).map(escape), st.integers(20, 2_000))
def test_what_is_spoken_in_pieces_is_all_that_was_said(text: str, most: int) -> None:
    pieces = limits.split_speech(text, most)
    assert all(limits.units(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert len(pieces) <= 1 + len(text) * 8 // most
    assert all(pieces) or not text.strip()


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=200).map(" ".join))
def test_no_piece_of_what_is_spoken_formats_anything(text: str) -> None:
    for piece in limits.split_speech(escape(text), 60):
        assert read(piece).live == []


@pytest.mark.parametrize(
    "begun", ["# heading", "### deep", "-# small", "- item", "+ item", "> quote", "* item"]
)
def test_a_piece_that_begins_in_mid_sentence_begins_no_heading_or_list(begun: str) -> None:
    for before in range(40, 62):
        pieces = limits.split_speech(escape(f"{'w' * before} {begun} and so on, for ever and ever"), 60)
        assert [read(piece).live for piece in pieces] == [[]] * len(pieces)


def test_long_speech_is_cut_at_the_ends_of_sentences() -> None:
    sentences = [f"This is sentence number {number}, it is about bees." for number in range(120)]
    pieces = limits.split_speech(" ".join(sentences))
    assert len(pieces) > 2
    assert all(piece.endswith("bees.") for piece in pieces)
    assert " ".join(pieces) == " ".join(sentences)


def test_a_sentence_that_never_ends_is_cut_between_words() -> None:
    pieces = limits.split_speech("word " * 1_000)
    assert all(set(piece.split()) == {"word"} for piece in pieces)
    assert limits.split_speech("x" * 4_500) == ["x" * 1_999, "x" * 1_999, "x" * 502]


def test_silence_is_one_empty_piece_and_emoji_stay_whole() -> None:
    assert limits.split_speech("  \n ") == [""]
    assert "".join(limits.split_speech("🧙" * 3_000)) == "🧙" * 3_000
    assert limits.units(FAMILY) == 11
