"""Modals fit, are built without waiting, and what is written in them is read by their ids alone."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fronts.discord import limits, tags
from bot.fronts.discord.forms import build_modal, read_submit
from bot.fronts.forms import FORMS, Form, form_of, with_written
from bot.fronts.languages.catalogue import CATALOGUES
from bot.fronts.presses import Wanted
from tests.fakes.discord.modal_rules import check_modal
from tests.fakes.discord.refusals import Form as Sent
from tests.fronts.discord.hostile import texts

pytestmark = pytest.mark.anyio
FORM = FORMS["memory", "change"]
EVERY = [pytest.param(form, id=" ".join(key)) for key, form in FORMS.items()]


def act(**data: Any) -> Any:
    return SimpleNamespace(locale="en-US", user=SimpleNamespace(id=2**64 - 1), data=data)


def check(body: dict[str, Any]) -> None:
    sent = Sent(body)
    check_modal(sent)
    sent.settle()


@pytest.mark.parametrize("locale", ["en-US", *CATALOGUES, "xx"])
@pytest.mark.parametrize("form", EVERY)
async def test_every_modal_is_one_that_discord_opens(form: Form, locale: str) -> None:
    asked = act()
    asked.locale = locale
    what = "x" * tags.room_in_tag("9" * 20)
    modal = build_modal(form, what, asked)
    check(modal.to_dict())
    tag = tags.read_tag(modal.custom_id)
    assert tag is not None
    assert tag.what == what
    assert tag.belongs_to(asked.user.id)


@given(texts(40))
def test_what_stands_in_a_modal_already_fits_into_it(prefill: str) -> None:
    async def built() -> None:
        check(build_modal(FORM, "memory?d=change", act(), prefill).to_dict())

    asyncio.run(built())


@pytest.mark.parametrize("key", FORMS, ids=" ".join)
def test_a_form_is_asked_for_only_where_its_argument_is_missing(key: tuple[str, str]) -> None:
    command, do = key
    form = FORMS[key]
    assert form_of(f"{command}?do={do}") is form
    assert form_of(f"{command}?d={do}&c=wizard") is form
    assert form_of(f"{command}?d={do}&{form.argument}=there") is None
    assert form_of(command) is None
    assert form_of(f"help?d={do}") is None


@given(texts() | st.text(max_size=100))
def test_no_id_breaks_the_look_for_a_form(what: str) -> None:
    assert form_of(what) is None or form_of(what) in FORMS.values()


def test_a_submit_of_any_shape_is_read() -> None:
    in_label = {"type": 18, "component": {"type": 4, "custom_id": "text", "value": "Bees"}}
    in_row = {"type": 1, "components": [{"type": 4, "custom_id": "number", "value": "+49"}]}
    tag, written = read_submit(
        act(custom_id="m0|7||memory?d=add", components=[in_label, in_row, {"type": 10}])
    )
    assert tag == tags.Tag("7", "memory?d=add")
    assert written == {"text": "Bees", "number": "+49"}
    assert read_submit(act()) == (None, {})
    assert read_submit(SimpleNamespace(data=None)) == (None, {})  # type: ignore[arg-type]
    assert read_submit(act(custom_id="of another bot", components=[]))[0] is None


def test_what_is_written_joins_what_was_asked() -> None:
    wanted = with_written(Wanted("memory", {"character": "wizard", "do": "add"}), {"text": "Bees"})
    assert wanted == Wanted("memory", {"character": "wizard", "do": "add", "text": "Bees"})
    assert limits.units(FORM.title) <= limits.MODAL_TITLE
