"""A Troupe that any workspace may install: browsers that do so, and workspaces with the very same ids."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from tests.fakes.slack import Channel, FakeSlack, Person, Shown, Workspace
from tests.fakes.slack.state import Enterprise, Team
from tests.scenarios.slack.stage import LAVISH
from tests.scenarios.stage import PERSONAS, Stage, open_stage

SAME_CHANNEL, SAME_MEMBER, SAME_BOSS = "C0SAME", "U0SAME", "U0BOSS"


@dataclass
class Tenant:
    """A workspace whose channel, member and admin have the ids that those of all others have."""

    team: Workspace
    mira: Person
    boss: Person
    here: Channel

    async def asks(self, line: str, who: Person | None = None) -> Shown:
        """Type our command with these words, and return the answer."""
        return await (await (who or self.mira).types(f"/ring {line}", where=self.here)).answer()

    async def calls(self, stage: Stage, words: str) -> None:
        """Call a character, agree to be remembered, say something and hang up."""
        shown = await self.asks("wizard")
        if "Call and remember" in shown.buttons:
            shown = await (await self.mira.presses(shown, "Call and remember")).answer()
        link = shown.link("Talk with")
        async with stage.browser() as browser:
            await browser.talks(link, words)


def found(slack: FakeSlack, name: str, **more: Any) -> Tenant:
    """Found a workspace with the ids that all have."""
    team = slack.adds_workspace(name, channels=(), **{"is_installed": False, **more})
    mira = team.adds_person("Mira", id=SAME_MEMBER)
    boss = team.adds_person("Boss", id=SAME_BOSS, admin=True)
    return Tenant(team, mira, boss, team.adds_channel("general", id=SAME_CHANNEL, with_bot=True))


@dataclass
class Visit:
    """A browser that is on its way through an installation."""

    stage: Stage
    cookie: str
    consent: str
    """Where it was sent, at Slack."""

    async def returns(
        self, address: str, *, cookie: str | None = None, language: str = "en"
    ) -> tuple[int, str]:
        """Come back from Slack to an address; return status and page."""
        sent = {"Cookie": self.cookie if cookie is None else cookie, "Accept-Language": language}
        async with aiohttp.ClientSession() as http, http.get(address, headers=sent) as answer:
            return answer.status, await answer.text()


async def begin(stage: Stage) -> Visit:
    """Open the page where an installation begins."""
    async with (
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http,
        http.get(f"{stage.app.url}/slack/install", allow_redirects=False) as answer,
    ):
        assert answer.status == 302, await answer.text()
        made = answer.headers["Set-Cookie"]
        assert "Secure" in made
        assert "HttpOnly" in made
        return Visit(stage, made.partition(";")[0], answer.headers["Location"])


async def install(stage: Stage, slack: FakeSlack, where: Team | Enterprise) -> str:
    """Install the app; return the page at the end."""
    visit = await begin(stage)
    status, page = await visit.returns(slack.installs.consents(visit.consent, where))
    assert status == 200, page
    return page


@asynccontextmanager
async def open_shared(
    folder: Path, slack: FakeSlack, *, personas: Path = PERSONAS, settings: Mapping[str, Any] | None = None
) -> AsyncIterator[Stage]:
    """Open a Troupe that any workspace of this Slack may install."""
    chosen = {
        "slack_client_id": slack.installs.client_id,
        "slack_client_secret": slack.installs.client_secret,
        "slack_signing_secret": slack.signing_secret,
        "slack_api_url": slack.api_url.rstrip("/"),
        **LAVISH,
        **(settings or {}),
    }
    async with open_stage(folder, personas=personas, settings=chosen) as stage:
        slack.sends_to(f"{stage.app.url}/hooks/slack")
        await slack.is_connected()
        yield stage
