"""Every setting that a document names exists, and every value that it shows is one that it can have."""

import re

import pytest
from pydantic import ValidationError

from bot.config import Settings
from tests.docs.pages import EVERYBODYS, Page

KNOWN = {name.upper() for name in Settings.model_fields}
_NAME = re.compile(r"(?<![\w{/:-])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b")
_LINE = re.compile(r"^([A-Z][A-Z0-9_]*)=(\S*)$")
_HOLE = re.compile(r"…|CHANNEL_ID|TEAM|^[a-z]+:$")
_OF_OTHERS = {"CHANNEL_ID", "WEB_REQUESTS", "BENCH_SEVERAL_SIZES", "POSTGRES_PASSWORD"}
"""Words in capitals that are no settings: a placeholder, and what other programs read."""


@pytest.mark.parametrize("page", EVERYBODYS, ids=lambda page: page.name)
def test_every_setting_that_a_page_names_exists(page: Page):
    named = {name for code in (*page.inline, *page.lines) for name in _NAME.findall(code)}
    assert named <= KNOWN | _OF_OTHERS, named - KNOWN


@pytest.mark.parametrize("page", EVERYBODYS, ids=lambda page: page.name)
def test_every_value_that_a_page_shows_is_one_that_the_setting_can_have(page: Page):
    shown = [_LINE.match(code) for code in (*page.lines, *page.inline)]
    for name, value in (one.groups() for one in shown if one):
        if name not in _OF_OTHERS and value and not _HOLE.search(value):
            assert name in KNOWN, name
            try:
                Settings(_env_file=None, **{name.lower(): value})  # type: ignore[call-arg]
            except ValidationError as error:
                pytest.fail(f"{page.name} shows {name}={value}: {error}")


def test_values_are_found():
    shown = {one[1] for page in EVERYBODYS for code in page.lines if (one := _LINE.match(code))}
    assert {"PHONE_COUNTRIES", "PUBLIC_URL", "TRUSTED_PROXIES", "DATABASE_URL"} <= shown
