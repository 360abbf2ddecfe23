"""The figures that the pages tell of: what is worth an alarm, and where Prometheus finds every process."""

import re

from bot.calls.figures import Figures
from tests.docs.pages import Page

WEB = Page("docs/web.md")
FIGURE = re.compile(r"troupe_[a-z_]+")


def test_the_alarm_of_what_platforms_give_up_on_is_of_the_figure_that_says_so() -> None:
    abouts = {family.name: family.documentation for family in Figures().registry.collect()}
    given_up_on = {name for name, about in abouts.items() if "Discord and Slack give up" in about}
    assert given_up_on == {"troupe_acknowledge_seconds"}
    (alarms,) = [part for part in WEB.text.split("\n\n") if part.startswith("Worth an alarm")]
    assert set(FIGURE.findall(alarms.rpartition("and the share of")[2])) == given_up_on
