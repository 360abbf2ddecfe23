"""Buttons and menus fit, differ, and offer all that a reply offers."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from discord import ButtonStyle, ui
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.reply import Choice
from bot.fronts.discord import limits, tags
from bot.fronts.discord.buttons import Owner, Pick, Press, build_rows
from bot.fronts.discord.doors import Prefills
from bot.fronts.forms import FORMS, form_of
from bot.fronts.menus import MENU_FROM
from tests.fronts.discord.showing import CHOICES, MIRA, Drawer

SOME = settings(max_examples=80)
Rows = list[list[ui.Item[Any]]]


def rows_of(choices: Sequence[Choice], owner: Owner | None = None) -> Rows:
    return asyncio.run(build_rows(choices, owner or Drawer().owner, str, "Choose …"))


def offered(rows: Rows) -> list[str]:
    """Return what can be pressed or picked, by what its id or its value says, and the links."""
    found = []
    for item in (item for row in rows for item in row):
        if isinstance(item, Pick):
            found += [option.value for option in item.item.options]
        elif isinstance(item, Press):
            tag = tags.read_tag(item.custom_id)
            assert tag is not None
            found.append(tag.what)
        else:
            found.append(item.url)  # type: ignore[attr-defined]
    return found


def numbered(count: int, label: str = "{}", **more: Any) -> list[Choice]:
    return [Choice(label.format(at), "history", {"call": f"{at:032x}"}, **more) for at in range(count)]


@SOME
@given(CHOICES)
def test_rows_buttons_and_menus_stay_within_what_discord_takes(choices: list[Choice]) -> None:
    rows = rows_of([one for one in choices if limits.units(one.url) <= limits.LINK])
    assert len(rows) <= limits.ROWS
    ids = [item.custom_id for row in rows for item in row if isinstance(item, Press | Pick)]
    assert len(set(ids)) == len(ids)
    assert all(len(one) <= limits.CUSTOM_ID for one in ids)
    for row in rows:
        assert 1 <= len(row) <= (1 if isinstance(row[0], Pick) else limits.ROW_BUTTONS)
        for item in row:
            if isinstance(item, Pick):
                values = [option.value for option in item.item.options]
                assert 1 <= len(values) == len(set(values)) <= limits.OPTIONS
                assert all(1 <= limits.units(value) <= limits.OPTION_TEXT for value in values)
                assert all(option.label.strip() for option in item.item.options)
                assert all(limits.units(option.label) <= limits.OPTION_TEXT for option in item.item.options)


@SOME
@given(st.integers(0, 125), st.booleans(), st.booleans())
def test_up_to_five_full_menus_no_choice_is_lost(count: int, begins_row: bool, replaces: bool) -> None:
    choices = numbered(count, begins_row=begins_row, replaces=replaces)
    found = offered(rows_of(choices))
    assert found == [f"history?i={at:032x}" for at in range(count)]


@SOME
@given(
    st.lists(
        st.tuples(st.sampled_from(["history", "call", "link"]), st.booleans(), st.booleans()), max_size=25
    )
)
def test_a_wild_mixture_of_as_many_as_there_are_buttons_loses_none(
    kinds: list[tuple[str, bool, bool]],
) -> None:
    choices = [
        Choice(str(at), url=f"https://troupe.example/{at}", begins_row=first)
        if kind == "link"
        else Choice(str(at), kind, {"call": str(at)}, begins_row=first, replaces=replaces)
        for at, (kind, first, replaces) in enumerate(kinds)
    ]
    found = offered(rows_of(choices))
    wanted = [one.url or f"{one.command}?i={one.arguments['call']}" for one in choices]
    assert sorted(found) == sorted(wanted)


def test_few_of_a_kind_are_buttons_and_many_are_a_menu() -> None:
    few, many = rows_of(numbered(MENU_FROM - 1)), rows_of(numbered(MENU_FROM))
    assert [[type(item) for item in row] for row in few] == [[Press] * 5]
    assert [[type(item) for item in row] for row in many] == [[Pick]]
    long = rows_of(numbered(3, "This is a label that no telephone shows whole: {}"))
    assert [[type(item) for item in row] for row in long] == [[Pick]]


def test_what_begins_a_row_begins_one_as_long_as_there_is_room() -> None:
    five = numbered(5, begins_row=True)
    assert [len(row) for row in rows_of(five)] == [1] * 5
    assert [len(row) for row in rows_of([*five, Choice("More", "characters", begins_row=True)])] == [5, 1]


def test_a_menu_and_what_replaces_its_message_are_two_menus() -> None:
    rows = rows_of([*numbered(6), *numbered(6, replaces=True)])
    assert [tags.read_tag(row[0].custom_id).replaces for row in rows] == [False, True]  # type: ignore


def test_the_first_button_is_loud_only_where_most_want_it_and_danger_is_red() -> None:
    (row,) = rows_of([Choice("Call", "call"), Choice("Call", "call", {"via": "chat"}), Choice("X", "help")])
    assert [item.item.style for item in row] == [ButtonStyle.primary, *[ButtonStyle.secondary] * 2]  # type: ignore
    (row,) = rows_of([Choice("Forget", "forget", is_danger=True), Choice("Call", "call")])
    assert [item.item.style for item in row] == [ButtonStyle.danger, ButtonStyle.secondary]  # type: ignore


def test_a_label_is_never_blank_or_too_long() -> None:
    (row,) = rows_of(
        [Choice(" \n", "help"), Choice("🧙" * 90, "call"), Choice("\n", url="https://a.example")]
    )
    labels = [getattr(item, "item", item).label for item in row]
    assert labels == ["…", "🧙" * 39 + "…", "…"]


@pytest.mark.parametrize("count", [1, 5, 6, 25])
@pytest.mark.parametrize("slug", ["w", "w" * 32])
def test_what_has_to_be_written_first_is_asked_for_however_long_its_id_is(slug: str, count: int) -> None:
    """The id of a modal has a hundred characters as well, and an account's number stands in it."""
    longest = Owner(str(2**64 - 1), Drawer().keep)
    choices = [
        Choice(str(at), "memory", {"character": slug, "do": "change", "fact": f"{at:032x}"})
        for at in range(count)
    ]
    found = offered(rows_of(choices, longest))
    assert len(set(found)) == count
    for what in found:
        assert form_of(what) is FORMS["memory", "change"]
        assert len(tags.Tag(longest.id, what).write("m", 0)) <= limits.CUSTOM_ID


@pytest.mark.parametrize("count", [1, 25])
@pytest.mark.parametrize("slug", ["w", "w" * 32])
def test_what_is_corrected_stands_there_already_from_a_button_and_from_a_menu(slug: str, count: int) -> None:
    prefills = Prefills()
    arguments = {"character": slug, "do": "change"}
    choices = [
        Choice(str(at), "memory", {**arguments, "fact": f"{at:032x}"}, prefill=f"fact {at}")
        for at in range(count)
    ]
    found = offered(rows_of(choices, Owner(MIRA, Drawer().keep, prefills)))
    assert [prefills.get(MIRA, what) for what in found] == [f"fact {at}" for at in range(count)]
    assert prefills.get("7", found[0]) == ""


def test_a_button_that_is_kept_here_and_complete_asks_for_nothing() -> None:
    complete = Choice("It is mine", "account", {"do": "phone", "number": "+4915112345678"})
    (found,) = offered(rows_of([complete]))
    assert found.startswith("+")
    assert form_of(found) is None
