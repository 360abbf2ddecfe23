"""The figures that pages name are those that ``/metrics`` tells, and are asked for where they stand."""

import re

import pytest
import yaml

from bot.calls.figures import Figures
from bot.web.metrics import METRICS_PATH
from tests.docs.pages import PAGES, Page
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


def test_the_alarm_of_what_platforms_give_up_on_is_of_the_figure_that_says_so():
    abouts = {family.name: family.documentation for family in Figures().registry.collect()}
    given_up_on = {name for name, about in abouts.items() if "Discord and Slack give up" in about}
    assert given_up_on == {"troupe_acknowledge_seconds"}
    (alarms,) = [part for part in Page("docs/web.md").text.split("\n\n") if part.startswith("Worth an alarm")]
    assert set(_NAME.findall(alarms.rpartition("and the share of")[2])) == given_up_on


def scraped() -> list[list[str]]:
    """Return the targets of each configuration of Prometheus' that the page shows."""
    blocks = [yaml.safe_load(one) for one in Page("docs/web.md").blocks if one.startswith("scrape_configs:")]
    jobs = [job for block in blocks for job in block["scrape_configs"]]
    assert all(job.get("metrics_path", "/metrics") == METRICS_PATH for job in jobs)
    return [one["targets"] for job in jobs for one in job["static_configs"]]


def test_each_of_several_processes_is_asked_where_it_listens():
    started = re.findall(r"^LISTEN=(\S+) troupe run --only (\w+)$", Page("docs/web.md").text, re.MULTILINE)
    listening = [listen for listen, _ in started]
    assert len({part for _, part in started}) == len(set(listening)) > 1
    assert listening in scraped()
