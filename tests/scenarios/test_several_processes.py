"""`troupe run --only`: what one process did, four do together on one Postgres."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sandbox import open_sandbox
from storage.postgres.connection import connect
from tests.databases import keys_of
from tests.fakes.discord import FakeDiscord
from tests.fakes.discord import Shown as ShownOnDiscord
from tests.fakes.slack import FakeSlack
from tests.fakes.slack import Shown as ShownOnSlack
from tests.ports import quiet_port
from tests.postgres_server import Server
from tests.program import PERSONAS, troupe
from tests.scenarios.discord import stage as on_discord
from tests.scenarios.discord.process import BotProcess, running
from tests.scenarios.slack import stage as on_slack
from tests.scenarios.stage import Browser

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(240)]

ROLES = ("discord", "slack", "web", "followup")
FRONTS = {"discord": {"discord"}, "slack": {"slack"}, "web": set(), "followup": {"discord", "slack"}}
"""For each role the fronts that it is connected with, or posts to."""
LONG_AGO = "2000-01-01T00:00:00.000000+00:00"


@dataclass
class Company:
    """Four processes, and what they have in common."""

    discord: FakeDiscord
    slack: FakeSlack
    settings: dict[str, str]
    processes: dict[str, BotProcess]
    personas: Path

    async def check(self, folder: Path) -> list[dict[str, str]]:
        """Return what ``troupe check`` finds."""
        done = await asyncio.to_thread(troupe, folder, "check", "--json", **self.settings)
        return list(json.loads(done.stdout)["findings"])

    async def running(self, folder: Path) -> set[str]:
        """Return what ``troupe check`` says that runs."""
        whats = [one["what"] for one in await self.check(folder)]
        said = [one.removeprefix("Running: ") for one in whats if one.startswith("Running: ")]
        return {one.partition(" (process ")[0] for one in said}

    async def links(self, folder: Path) -> str:
        """Make a link in the terminal, and return what was said beside it."""
        done = await asyncio.to_thread(troupe, folder, "link", "wizard", "--as", "alice", **self.settings)
        assert done.returncode == 0, done.stderr
        return done.stderr

    async def tells_how_each_is(self) -> None:
        """Ask each process how it is, and for what it does not serve."""
        rows = self.rows("SELECT roles, address FROM processes")
        assert {role for role, _ in rows} == set(ROLES)
        async with aiohttp.ClientSession() as http:
            for role, address in rows:
                async with http.get(f"{address}/healthz") as answer:
                    told = await answer.json()
                assert (answer.status, told["status"], told["roles"]) == (200, "ok", [role]), told
                assert ("followup" in told) == (role == "followup")
                assert set(told["fronts"]) == FRONTS[role]
                async with http.get(f"{address}/metrics") as answer:
                    assert answer.status == 200
                async with http.post(f"{address}/hooks/slack") as answer:
                    assert answer.status == (401 if role == "slack" else 404)
                async with http.get(f"{address}/privacy") as answer:
                    assert answer.status == (200 if role == "web" else 404)

    def rows(self, query: str, *values: str) -> list[Any]:
        with connect(self.settings["DATABASE_URL"]) as connection:
            done = connection.execute(query, values)
            return done.fetchall() if done.description else []

    def is_silent(self, role: str) -> None:
        """Let nothing have been heard of a process for long."""
        self.rows("UPDATE processes SET seen_at = %s WHERE roles = %s", LONG_AGO, role)


@asynccontextmanager
async def open_company(folder: Path, server: Server) -> AsyncIterator[Company]:
    """Start one process for each role."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(on_discord.open_discord())
        slack = await stack.enter_async_context(on_slack.open_slack())
        sandbox = await stack.enter_async_context(
            open_sandbox(listen="127.0.0.1:0", file=folder / "sandbox.db")
        )
        inn, _, _ = on_discord.people_of(discord)
        acme, _, _ = on_slack.people_of(slack)
        web, hooks = quiet_port(), quiet_port()
        url = server.new_database()
        personas = Path(shutil.copytree(PERSONAS, folder / "personas"))
        settings = {
            "DATABASE_URL": url,
            "SECRET_KEY": keys_of(url)[0],
            "PERSONAS_DIR": str(personas),
            "TROUPE_ANNOUNCE": f"discord:{inn.channels['cellar'].id}",
            "PUBLIC_URL": f"http://127.0.0.1:{web}",
            "ELEVENLABS_API_KEY": sandbox.api_key,
            "ELEVENLABS_AGENT_ID": "agent_sandbox",
            "ELEVENLABS_API_URL": sandbox.url,
            "ELEVENLABS_WEBHOOK_SECRET": sandbox.webhook_secret,
            "DISCORD_TOKEN": on_discord.TOKEN,
            "DISCORD_SERVERS": inn.id,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_GATEWAY_URL": discord.gateway_url,
            "SLACK_BOT_TOKEN": acme.bot_token,
            "SLACK_SIGNING_SECRET": slack.signing_secret,
            "SLACK_API_URL": slack.api_url.rstrip("/"),
        }
        sandbox.deliver_webhooks_to(f"{settings['PUBLIC_URL']}/hooks/elevenlabs")
        slack.sends_to(f"http://127.0.0.1:{hooks}/hooks/slack")
        ports = {"web": {"LISTEN": f"127.0.0.1:{web}"}, "slack": {"LISTEN": f"127.0.0.1:{hooks}"}}
        processes = {
            role: await stack.enter_async_context(running(folder, role, **settings, **ports.get(role, {})))
            for role in ROLES
        }
        for role, process in processes.items():
            await process.shows(f"Troupe does {role} and listens on http://127.0.0.1:")
        yield Company(discord, slack, settings, processes, personas)


async def talks(shown: ShownOnDiscord | ShownOnSlack, words: str) -> None:
    """Open the link that is shown in a browser, say these words, and hang up."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await Browser(http).talks(shown.link("Talk with"), words)


async def test_four_processes_do_together_what_one_did(tmp_path: Path, server: Server) -> None:
    async with open_company(tmp_path, server) as company:
        inn, mira, _ = on_discord.people_of(company.discord)
        _, nia, _ = on_slack.people_of(company.slack)

        for process in company.processes.values():
            assert "WARNING" not in process.seen
        await company.processes["discord"].shows("Discord is connected as Troupe, in 1 server.")
        shown = await (await mira.types("call", where=mira.dm, character="wizard")).answer()
        shown = await (await mira.presses(shown, "Call and remember")).answer()
        await talks(shown, "My cat is called Fig.")
        assert "Fig" in (await mira.is_told("Merlin will remember this", timeout=30)).text
        assert len(company.discord.gateway.identifies) == 1, "who posts the recap is not connected"

        await company.processes["slack"].shows("Slack is connected; its command is /ring.")
        card = await (await nia.types("/ring wizard")).answer()
        ready = await (await nia.presses(card, "Call and remember")).answer()
        await talks(ready, "My dog is called Quux.")
        await nia.is_told("Your call with Merlin", timeout=30)

        new = company.personas / "taliesin.md"
        (company.personas / ".new").write_text(
            (company.personas / "wizard.md").read_text().replace("name: Merlin", "name: Taliesin")
        )
        (company.personas / ".new").rename(new)
        board = inn.channels["cellar"]
        await company.discord.until(lambda: any("Taliesin" in post.text for post in board.posts), timeout=30)

        await company.tells_how_each_is()
        assert await company.running(tmp_path) == set(ROLES)
        assert "Troupe does not run" not in await company.links(tmp_path)

        await (await mira.types("call", where=mira.dm, character="wizard", via="chat")).answer()
        await mira.is_told("You are connected with Merlin")
        await company.processes["discord"].kill()
        company.is_silent("discord")
        await mira.is_told("Troupe was restarted, and your talk with Merlin ended with it.", timeout=60)

        assert await company.processes["web"].is_told_to_stop() == 0
        assert "Troupe does not run" in await company.links(tmp_path)
        found = {one["what"]: one["fix"] for one in await company.check(tmp_path)}
        undone = "No process does web, so no talk page opens and no webhook is taken."
        assert found[undone] == "Start one: troupe run --only web."
        for role in ("slack", "followup"):
            assert await company.processes[role].is_told_to_stop() == 0
        assert [role for (role,) in company.rows("SELECT roles FROM processes")] in ([], ["discord"])
        for process in company.processes.values():
            assert "Traceback" not in process.seen
            assert " differ" not in process.seen, process.seen
