"""An update as docs/several-machines.md tells it: new processes beside the old, a balancer, SIGTERM."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import open_sandbox
from tests.databases import keys_of
from tests.fakes.slack import FakeSlack, Person
from tests.ports import quiet_address
from tests.postgres_server import Server
from tests.scenarios.discord.process import BotProcess, running
from tests.scenarios.several.balancer import Balancer
from tests.scenarios.slack import stage as on_slack
from tests.scenarios.stage import Browser

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

MANY = {"CALLS_PER_DAY": "1000", "MINUTES_PER_MONTH": "40000", "MINUTES_PER_CALL": "2"}
RECAP = "Your call with Merlin"


@dataclass
class House:
    """The processes, what stands before them, and whoever asks without a pause until ``is_over``."""

    slack: FakeSlack
    balancer: Balancer
    settings: dict[str, str]
    folder: Path
    stack: AsyncExitStack
    is_over: asyncio.Event = field(default_factory=asyncio.Event)
    asked: int = 0
    talked: int = 0

    async def adds_two(self) -> dict[str, BotProcess]:
        """Start two processes that do the same, and return them once they listen, by their addresses."""
        added = {}
        for _ in range(2):
            listen = quiet_address()
            parts = ("web", "slack", "followup")
            process = await self.stack.enter_async_context(
                running(self.folder, *parts, **self.settings, LISTEN=listen)
            )
            added[f"http://{listen}"] = process
        for address, process in added.items():
            await process.shows(f"listens on {address}")
            await process.shows("Slack is connected")
        return added

    def recaps_of(self, person: Person) -> int:
        """Return how many recaps somebody reads."""
        return sum(RECAP in one.text for one in person.dm.posts)

    async def is_asked(self, person: Person) -> None:
        """Let somebody type a command, read the answer, and type the next."""
        while not self.is_over.is_set():
            answer = await (await person.types("/ring help")).answer(timeout=20)
            assert "What you can do" in answer.text
            self.asked += 1

    async def is_talked_with(self, person: Person) -> None:
        """Let somebody call by link, talk, and call again."""
        while not self.is_over.is_set():
            shown = await (await person.types("/ring wizard")).answer(timeout=20)
            if "Call and remember" in shown.buttons:
                shown = await (await person.presses(shown, "Call and remember")).answer(timeout=20)
            async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
                await Browser(http).talks(shown.link("Talk with"), f"I found key number {self.talked}.")
            self.talked += 1


@asynccontextmanager
async def open_house(folder: Path, server: Server) -> AsyncIterator[House]:
    """Open Slack, ElevenLabs, a database and a balancer that leads to nobody yet."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(on_slack.open_slack())
        sandbox = await stack.enter_async_context(
            open_sandbox(listen="127.0.0.1:0", file=folder / "sandbox.db")
        )
        balancer = await stack.enter_async_context(Balancer().open())
        acme, _, _ = on_slack.people_of(slack)
        url = server.new_database()
        settings = {
            "DATABASE_URL": url,
            "SECRET_KEY": keys_of(url)[0],
            "PUBLIC_URL": balancer.url,
            "TRUSTED_PROXIES": "127.0.0.1",
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": "agent_sandbox",
            "ELEVENLABS_API_URL": sandbox.url,
            "ELEVENLABS_WEBHOOK_SECRET": sandbox.webhook_secret,
            "SLACK_BOT_TOKEN": acme.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url.rstrip("/"),
            **MANY,
        }
        sandbox.deliver_webhooks_to(f"{balancer.url}/hooks/elevenlabs")
        slack.sends_to(f"{balancer.url}/hooks/slack")
        yield House(slack, balancer, settings, folder, stack)


async def test_processes_are_replaced_while_they_are_asked_and_nobody_notices(
    tmp_path: Path, server: Server
) -> None:
    async with open_house(tmp_path, server) as house:
        _, mira, boss = on_slack.people_of(house.slack)
        old = await house.adds_two()
        house.balancer.leads_to = tuple(old)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(house.is_asked(boss))
            tasks.create_task(house.is_talked_with(mira))
            new = await house.adds_two()
            house.balancer.leads_to = tuple(new)
            for process in old.values():
                assert await process.is_told_to_stop() == 0
            asked, talked = house.asked, house.talked
            await house.slack.until(lambda: house.asked > asked + 5 and house.talked > talked + 1, timeout=60)
            house.is_over.set()
        await house.slack.until(lambda: house.recaps_of(mira) >= house.talked, timeout=60)
        await house.slack.until(lambda: all(one.status for one in house.slack.deliveries))
        assert house.recaps_of(mira) == house.talked
        assert house.balancer.lost == []
        assert set(house.balancer.passed) == {*old, *new}
        for process in (*old.values(), *new.values()):
            assert "Traceback" not in process.seen
        assert {one.status for one in house.slack.deliveries} == {200}
