"""A whole Troupe that is connected to a Slack on loopback, with a workspace, a member and an admin."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fakes.slack import FakeSlack, Person, Shown, Workspace, open_fake_slack
from tests.scenarios.stage import PERSONAS, Stage, open_stage


@dataclass
class Office:
    """The running bot, its Slack, and a workspace called Acme with a member and who administers it."""

    stage: Stage
    slack: FakeSlack
    acme: Workspace
    mira: Person
    boss: Person

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
async def open_office(
    folder: Path,
    *,
    by_http: bool = False,
    personas: Path = PERSONAS,
    settings: Mapping[str, Any] | None = None,
) -> AsyncIterator[Office]:
    """Open everything, over a socket or by HTTP."""
    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme", channels=("general", "random"))
        mira, boss = acme.adds_person("Mira"), acme.adds_person("Boss", admin=True)
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
        async with open_stage(folder, personas=personas, settings=chosen) as stage:
            if by_http:
                slack.sends_to(f"{stage.app.url}/hooks/slack")
            await slack.is_connected()
            yield Office(stage, slack, acme, mira, boss)
        assert slack.unrouted == []
