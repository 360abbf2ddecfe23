"""A whole Troupe that is connected to a Slack on loopback, with a workspace, a member and an admin."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.slack import Channel, FakeSlack, Modal, Person, Shown, Workspace, open_fake_slack
from tests.fakes.slack.server import Request
from tests.fakes.slack.shown import Surface
from tests.scenarios.stage import PERSONAS, Stage, open_stage, open_troupe

LAVISH = {
    "calls_per_day": 1_000,
    "minutes_per_month": 40_000,
    "minutes_per_month_total": 1_000_000,
    "calls_at_once": 100,
}
"""Settings for a dialogue of many calls."""


@dataclass
class Office:
    """The running bot, its Slack, and a workspace called Acme with a member and who administers it."""

    stage: Stage
    slack: FakeSlack
    acme: Workspace
    mira: Person
    boss: Person

    @property
    def refused(self) -> list[Request]:
        """What Slack's rules forbade, but for the groups that we ask about where we may not."""
        return [one for one in self.slack.refused if one.path != "usergroups.list"]

    async def asks(self, person: Person, line: str, where: Channel | None = None) -> Shown:
        """Type our command with these words, and return the answer."""
        return await (await person.types(f"/ring {line}", where=where or self.here)).answer()

    async def presses(self, person: Person, shown: Surface, label: str) -> Shown:
        """Press a button, and return the answer beside it."""
        return await (await person.presses(shown, label)).answer()

    async def becomes(self, shown: Shown | Modal, words: str) -> Shown | Modal:
        """Wait until what is shown has these words."""
        await self.slack.until(lambda: words in shown.text)
        return shown

    async def becomes_said(self, root: Shown, words: str) -> Shown:
        """Wait until the bot wrote these words in a thread, and return the message with them."""
        found = await self.slack.until(
            lambda: [
                one for one in root.replies if words in one.text and one.message.author is root.message.author
            ]
        )
        return found[-1]

    @property
    def here(self) -> Any:
        """The channel where people sit."""
        return self.acme.channels["general"]

    async def calls(self, person: Person, line: str = "/ring wizard") -> Shown:
        """Type our command, agree to be remembered if that is asked, and return the answer."""
        shown = await (await person.types(line, where=self.here)).answer()
        if "Call and remember" in shown.buttons:
            shown = await (await person.presses(shown, "Call and remember")).answer()
        return shown

    async def talks(self, shown: Shown, *words: str) -> None:
        """Open the link that is shown, say these words, and hang up."""
        link = shown.link("Talk with")
        async with self.stage.browser() as browser:
            talk = await browser.opens(link)
            for text in words:
                await talk.says(text)
            await browser.hangs_up(link, talk)


@asynccontextmanager
async def open_slack() -> AsyncIterator[FakeSlack]:
    """Open a Slack with a workspace called Acme, its member Mira and its admin Boss."""
    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme", channels=("general", "random"))
        acme.adds_person("Mira")
        acme.adds_person("Boss", admin=True)
        yield slack


def people_of(slack: FakeSlack, workspace: str = "Acme") -> tuple[Workspace, Person, Person]:
    """Return a workspace, its first member and its admin."""
    acme = next(one for one in slack.world.teams.values() if one.name == workspace)
    assert isinstance(acme, Workspace)
    mira, boss = list(acme.people.values())[:2]
    assert isinstance(mira, Person)
    assert isinstance(boss, Person)
    return acme, mira, boss


@asynccontextmanager
async def open_office(
    folder: Path,
    *,
    by_http: bool = False,
    hosted: bool = False,
    personas: Path = PERSONAS,
    settings: Mapping[str, Any] | None = None,
    slack: FakeSlack | None = None,
    workspace: str = "Acme",
    refusals: tuple[str, ...] = (),
    beside: Stage | None = None,
) -> AsyncIterator[Office]:
    """Open everything, over a socket or by HTTP; ``slack`` may be one that was there before.

    ``beside`` is another process, whose ElevenLabs this one has as well.
    In the end Slack has refused nothing but what ``refusals`` names.
    """
    async with contextlib.AsyncExitStack() as stack:
        slack = slack or await stack.enter_async_context(open_slack())
        acme, mira, boss = people_of(slack, workspace)
        way = (
            {"slack_signing_secret": slack.signing_secret}
            if by_http
            else {"slack_app_token": slack.app_token}
        )
        chosen = {
            "slack_bot_token": acme.bot_token,
            "slack_api_url": slack.api_url.rstrip("/"),
            **way,
            **(settings or {}),
        }
        opened = (
            open_troupe(folder, beside.sandbox, hosted=hosted, personas=personas, settings=chosen)
            if beside
            else open_stage(folder, hosted=hosted, personas=personas, settings=chosen)
        )
        async with opened as stage:
            if by_http:
                slack.sends_to(f"{stage.app.url}/hooks/slack")
            await slack.is_connected()
            office = Office(stage, slack, acme, mira, boss)
            yield office
        assert slack.unrouted == []
        refused = [one for one in office.refused if one.error not in refusals]
        assert refused == [], f"Slack refused {refused}"
