"""Every figure that a page names is one that ``/metrics`` tells."""

import re

import pytest

from tests.docs.pages import PAGES
from tests.scenarios.stage import open_stage

_NAME = re.compile(r"\btroupe_[a-z_]+")
_NO_FIGURES = {"troupe_erased"}
"""What else begins so: a schema of the database."""


@pytest.mark.anyio
async def test_every_figure_that_a_page_names_is_one_that_is_told(tmp_path):
    named = {name for page in PAGES for name in _NAME.findall(page.text)} - _NO_FIGURES
    assert len(named) > 5
    async with (
        open_stage(tmp_path) as stage,
        stage.browser() as browser,
        browser.http.get(f"{stage.app.url}/metrics") as answer,
    ):
        told = {name for name, _ in re.findall(r"^# TYPE (\S+) (\w+)$", await answer.text(), re.MULTILINE)}
    of_histograms = {f"{name}_{part}" for name in told for part in ("bucket", "sum", "count")}
    assert named <= told | of_histograms, named - told
