"""One person on Discord and on Slack: the code is made on either and written on the other."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.slack import Person, Workspace, open_fake_slack
from tests.scenarios.discord.stage import LAVISH, Tavern, open_tavern

pytestmark = pytest.mark.anyio

SENTENCE = "What you said there becomes known to characters you call here, and the other way round."


@dataclass
class Both:
    """One bot that is on Discord and on Slack, and Mira, who is on both."""

    tavern: Tavern
    acme: Workspace
    on_slack: Person

    async def in_slack(self, line: str) -> str:
        """Type there, agree to what is proposed first, and return the answer."""
        return (await self.types(line)).text

    async def types(self, line):
        """Type there, and return what is shown."""
        return await (await self.on_slack.types(line, where=self.acme.channels["general"])).answer()


@asynccontextmanager
async def open_both(folder: Path) -> AsyncIterator[Both]:
    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme", channels=("general",))
        settings = {
            "slack_bot_token": acme.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url.rstrip("/"),
        }
        async with open_tavern(folder, settings={**LAVISH, **settings}) as tavern:
            await slack.is_connected()
            yield Both(tavern, acme, acme.adds_person("Mira"))


def code_in(text: str) -> str:
    return re.search(r"Your code is (\w{4}-\w{4}): give it", text.replace("*", "").replace("`", ""))[1]


async def test_a_code_from_discord_written_in_slack_shares_memory_both_ways(tmp_path: Path) -> None:
    async with open_both(tmp_path) as both:
        tavern, mira = both.tavern, both.tavern.mira
        ready = await tavern.calls(mira)
        await tavern.talks(ready, "I found a silver key.")
        await mira.is_told("Merlin will remember this.")
        account = await tavern.asks(mira, "account")
        made = await tavern.presses(mira, account, "Link another account")
        asked = await both.types(f"/ring account link {code_in(made.text)}")
        assert SENTENCE in asked.text
        linked = await (await both.on_slack.presses(asked, "Share memory both ways")).answer()
        assert "memory is shared" in linked.text
        assert "If that was not you" in (await mira.is_told("was linked with")).text
        assert "silver key" in await both.in_slack("/ring memory wizard")


async def test_a_code_from_slack_written_on_discord_shares_the_allowance_alone(tmp_path: Path) -> None:
    async with open_both(tmp_path) as both:
        tavern, mira = both.tavern, both.tavern.mira
        ready = await tavern.calls(mira)
        await tavern.talks(ready, "I found a silver key.")
        await mira.is_told("Merlin will remember this.")
        made = await both.in_slack("/ring account link")
        asked = await tavern.asks(mira, "account", link=code_in(made))
        assert SENTENCE in asked.text
        linked = await tavern.presses(mira, asked, "Share the allowance only")
        assert "memory is not shared" in linked.text
        assert "silver key" not in await both.in_slack("/ring memory wizard")
        wrong = await tavern.asks(mira, "account", link="AAAA-AAAA")
        assert "That code is not good." in wrong.text
