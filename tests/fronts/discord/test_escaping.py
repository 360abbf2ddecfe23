"""Whatever somebody writes is shown as they wrote it, and does nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.variables import strip_control
from bot.fronts.discord import escaping
from tests.fronts.discord.hostile import PIECES, SNOWFLAKE, texts
from tests.fronts.discord.reading import NOWHERE, read

ROLE, CHANNEL = f"discord-role:{SNOWFLAKE}", f"discord-channel:{SNOWFLAKE}"
ACCOUNT = f"discord:876543210987654321:{SNOWFLAKE}"


def plain(text: str) -> str:
    return strip_control(text).replace(NOWHERE, "")


@given(texts())
def test_an_escaped_text_shows_itself_and_does_nothing(text: str) -> None:
    seen = read(escaping.escape(text))
    assert (seen.shown, seen.live) == (plain(text), [])


@given(st.text(st.sampled_from("\\*_~|`[]()<>#+->@:/!&\n .aehnorvy1"), max_size=40))
def test_signs_in_any_order_do_nothing(text: str) -> None:
    seen = read(escaping.escape(text))
    assert (seen.shown, seen.live) == (text, [])


@given(texts())
def test_nothing_that_is_escaped_can_be_undone_by_what_stands_around_it(text: str) -> None:
    seen = read(f"1. {escaping.escape(text)} … {escaping.escape(text)}")
    assert seen.live == []


@pytest.mark.parametrize("piece", PIECES)
def test_no_hostile_piece_is_live_at_the_beginning_or_in_the_middle(piece: str) -> None:
    for around in ("{}", "a {} b", "\n{}\n", "{0}{0}", "x\n  {}"):
        text = around.format(piece)
        assert read(escaping.escape(text)).live == [], text


def test_the_reader_that_proves_it_sees_what_is_live() -> None:
    live = [piece for piece in PIECES if read(piece).live]
    harmless = ("\\", "1. first", "¡", "{n", "discord", "/call", "\x00", "\ud800", "👩", "🧙", "HTTP", "@EV")
    assert len(live) == 34
    assert not any(piece.startswith(harmless) for piece in live)


def test_names_of_roles_channels_and_accounts_become_mentions() -> None:
    said = escaping.mention(escaping.escape(f"Only {ROLE}, in {CHANNEL}, or {ACCOUNT}."))
    assert said == f"Only <@&{SNOWFLAKE}>, in <#{SNOWFLAKE}>, or <@{SNOWFLAKE}>."
    assert escaping.mention("discord-role:12 discord:1:2") == "discord-role:12 discord:1:2"


def test_where_no_mentions_are_shown_names_stand() -> None:
    def name_of(kind: str, found_id: int) -> str:
        return f"{kind} {found_id % 1000}"

    assert escaping.name(f"{ROLE} {CHANNEL} {ACCOUNT}\x07", name_of) == "role 678 channel 678 account 678"
