"""Modals fit, and what they remember and what is written in them comes back whole."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.fronts.forms import FORMS, Form
from bot.fronts.languages.catalogue import CATALOGUES, catalogue_for
from bot.fronts.slack.limits import METADATA
from bot.fronts.slack.modals import (
    call_modal,
    form_modal,
    loading_modal,
    read_metadata,
    read_values,
)
from bot.fronts.slack.speech import Speech
from tests.fakes.slack.view_rules import MODAL, check_view
from tests.fronts.slack.hostile import long_texts, texts
from tests.fronts.slack.showing import speech

EVERY = [pytest.param(form, id=" ".join(key)) for key, form in FORMS.items()]
URL = f"https://hooks.slack.com/actions/T0123456/1234567890123/{'a' * 24}"
LONGEST = {"url": URL, "channel": "C" * 24, "what": "x" * 1_940, "view": "V" * 24}


@pytest.mark.parametrize("locale", ["en-US", *CATALOGUES, "xx"])
@pytest.mark.parametrize("form", EVERY)
def test_every_form_is_a_modal_that_slack_opens(form: Form, locale: str) -> None:
    how = Speech(catalogue_for(locale), "/ring", lambda *_: "")
    view = form_modal(form, how, LONGEST)
    check_view(view, MODAL)
    assert read_metadata(view) == LONGEST
    check_view(call_modal(how, LONGEST), MODAL)
    check_view(loading_modal(how), MODAL)


@given(long_texts(4_000), texts(6))
@example("\\" * 2_000, "")
@example("x\ud800", "\ud800")
def test_whatever_stands_in_a_form_already_fits_into_it(prefill: str, what: str) -> None:
    for form in FORMS.values():
        view = form_modal(form, speech(), {"what": what}, prefill)
        check_view(view, MODAL)
        json.dumps(view, ensure_ascii=False).encode()


@given(
    st.dictionaries(st.sampled_from(("url", "channel", "view")), texts(6).filter(lambda one: len(one) < 250))
)
def test_what_a_modal_remembers_comes_back_as_it_was(remembered: dict[str, str]) -> None:
    view = call_modal(speech(), remembered)
    assert len(view["private_metadata"]) <= METADATA
    assert read_metadata(view) == {name: value for name, value in remembered.items() if value}


@given(st.text() | st.recursive(st.none() | st.integers() | texts(3), st.lists).map(json.dumps))
def test_whatever_a_modal_remembers_is_read_or_forgotten(kept: str) -> None:
    assert isinstance(read_metadata({"private_metadata": kept}), dict)
    assert read_metadata({}) == {}


def test_values_are_read_by_what_they_are_for() -> None:
    values: dict[str, Any] = {
        "character": {"character": {"type": "external_select", "selected_option": {"value": "wizard"}}},
        "via": {"via": {"type": "static_select", "selected_option": None}},
        "topic": {"topic": {"type": "plain_text_input", "value": None}},
        "at": {"at": {"type": "plain_text_input", "value": "18:30"}},
    }
    read = read_values({"state": {"values": values}})
    assert read == {"character": "wizard", "via": "", "topic": "", "at": "18:30"}
    assert read_values({}) == {}


@given(texts())
def test_what_somebody_writes_is_read_to_the_letter(text: str) -> None:
    view = {"state": {"values": {"b": {"text": {"type": "plain_text_input", "value": text}}}}}
    assert read_values(view) == {"text": text}
