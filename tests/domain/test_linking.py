"""The code that links accounts, as it is made, shown and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.caller import Account, PersonId
from bot.domain.errors import CallerError
from bot.domain.linking import (
    ALPHABET,
    LinkedAccount,
    account_in_words,
    accounts_in_words,
    link_code_from,
    read_link_code,
    shown_code,
)

codes = st.integers(0, 2**256).map(link_code_from)


@given(codes)
def test_a_code_is_read_as_it_is_shown(code):
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert read_link_code(shown_code(code)) == code


@given(
    codes, st.sampled_from([str.lower, str.upper, str.title]), st.sampled_from(["", "-", "–", " ", "\u200b"])
)
def test_case_dashes_and_spaces_make_no_difference(code, in_case, between):
    assert read_link_code(f"  {in_case(between.join(code))} ") == code


@given(st.text())
def test_whatever_is_written_is_a_code_or_a_sentence(text):
    try:
        assert len(read_link_code(text)) == 8
    except CallerError as error:
        assert "eight letters and digits" in str(error)  # noqa: PT017


@pytest.mark.parametrize("text", ["", "ABCD", "ABCD-EFGHJ", "ABCD_EFGH", "A" * 10_000, "ABCDEFG\0", "ﷺ" * 2])
def test_what_is_no_code_is_told_apart_from_a_wrong_one(text):
    with pytest.raises(CallerError):
        read_link_code(text)


def test_no_letter_of_a_code_is_taken_for_another():
    assert not set("01OILU") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 30


def test_an_account_is_named_by_who_it_is_there_and_never_by_its_id():
    def of(platform: str, name: str) -> LinkedAccount:
        return LinkedAccount(PersonId("p"), Account(platform, "T1", "U0123"), name)

    assert account_in_words(of("slack", "Mira\n# x")) == "Mira # x on Slack"
    assert account_in_words(of("discord", "")) == "somebody on Discord"
    assert account_in_words(of("matrix", "Mira")) == "Mira elsewhere"
    three = (of("slack", "A"), of("discord", "B"), of("console", "C"))
    assert accounts_in_words(three) == "A on Slack, B on Discord and C in the terminal"
    assert accounts_in_words(three[:1]) == "A on Slack"
