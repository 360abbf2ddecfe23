"""A whole Troupe on loopback with the sandbox as ElevenLabs, and people who type and talk."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import aiohttp
from rich.console import Console

from bot.app import App, open_app
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.elevenlabs.recall_tool import recall_tool
from bot.fronts.console import ConsoleFront
from bot.sandbox import Sandbox, open_sandbox
from bot.web.header_secret import SECRET_HEADER
from tests.databases import database_in
from tests.ports import quiet_port

PERSONAS = Path(__file__).parents[2] / "personas"
PATIENCE_SECONDS = 30.0


@dataclass
class Member:
    """Somebody at a terminal; ``seen`` is all that was shown to them."""

    front: ConsoleFront
    paper: io.StringIO
    read_so_far: int = 0

    @property
    def seen(self) -> str:
        return self.paper.getvalue()

    async def types(self, line: str) -> str:
        """Type a line and return what it showed."""
        before = len(self.seen)
        await self.front.take(line)
        return self.seen[before:]

    async def calls(self, line: str) -> str:
        """Ask for a call, agree to be remembered if that is asked, and return what was shown."""
        shown = await self.types(f"/call {line}")
        return shown + (await self.types("1") if "Call and remember" in shown else "")

    async def is_told(self, words: str) -> str:
        """Wait until these words were shown, whoever began it; return what was new."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while words not in self.seen[self.read_so_far :]:  # noqa: ASYNC110  paper rings no bell
                await asyncio.sleep(0.02)
        told = self.seen[self.read_so_far :]
        self.read_so_far = len(self.seen)
        return told

    def link(self) -> str:
        """Return the newest address that was shown."""
        return [line for line in self.seen.splitlines() if line.startswith("http")][-1].strip()


@dataclass
class Talk:
    """A conversation in a browser, over the signed URL."""

    socket: aiohttp.ClientWebSocketResponse
    started: dict[str, Any]
    heard: list[str] = field(default_factory=list)

    async def listens(self) -> str:
        """Return what the character says next."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for frame in self.socket:
                event = json.loads(frame.data)
                if event["type"] == "ping":
                    await self.socket.send_json({"type": "pong", "event_id": event["ping_event"]["event_id"]})
                if event["type"] == "agent_response":
                    self.heard.append(event["agent_response_event"]["agent_response"])
                    return self.heard[-1]
        raise AssertionError(f"the line went dead: {self.socket.close_code}")

    @property
    def conversation_id(self) -> str:
        """Their name for this conversation."""
        return parse_qs(urlsplit(self.started["signed_url"]).query)["conversation_id"][0]

    async def says(self, text: str) -> str:
        """Say something and return the answer."""
        await self.socket.send_json({"type": "user_message", "text": text})
        return await self.listens()


@dataclass
class Browser:
    """One browser with its own cookies."""

    http: aiohttp.ClientSession

    async def opens(self, link: str, remember: bool | None = None) -> Talk:
        """Open a talk link, press the button, and wait for the first words."""
        async with self.http.get(link) as page:
            assert page.status == 200, await page.text()
        started = await self.presses(link, remember)
        assert "signed_url" in started, started
        socket = await self.http.ws_connect(started["signed_url"])
        await socket.send_json(started["message"])
        talk = Talk(socket, started)
        await talk.listens()
        return talk

    async def talks(self, link: str, *words: str) -> Talk:
        """Open a talk link, say these words, and hang up."""
        talk = await self.opens(link)
        for text in words:
            await talk.says(text)
        await self.hangs_up(link, talk)
        return talk

    async def presses(self, link: str, remember: bool | None = None) -> dict[str, Any]:
        """Press the page's button and return its answer."""
        async with self.http.post(
            f"{link}/start", json={"remember": remember}, headers={"Origin": _origin(link)}
        ) as answer:
            return dict(await answer.json())

    async def hangs_up(self, link: str, talk: Talk) -> None:
        """Hang up as the page does: close the line and say so."""
        await talk.socket.close()
        async with self.http.post(f"{link}/end", headers={"Origin": _origin(link)}) as answer:
            assert answer.status < 300, await answer.text()


@dataclass
class MovedClock:
    """The time, moved as far as a test likes."""

    moved: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.moved


@dataclass
class Stage:
    """The running bot, its sandbox, and doors for people."""

    app: App
    sandbox: Sandbox
    clock: "MovedClock"

    def member(self, account: str, *, may_manage: bool = True) -> Member:
        """Let somebody sit down at a terminal; whoever does may manage, unless it is said otherwise."""
        paper = io.StringIO()
        out = Console(file=paper, width=200, color_system=None)
        parsed = parse_account(account)
        caller = Caller(parsed, parsed.id.capitalize(), may_manage=may_manage)
        front = ConsoleFront(self.app.house, caller, out, nudge=self.app.followup.nudge)
        self.app.posters[parsed.platform] = front
        return Member(front, paper)

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[Browser]:
        """Open a fresh browser."""
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            yield Browser(http)

    async def told(self, path: str, body: dict[str, Any]) -> None:
        """Tell the sandbox something: a fault, a step of its clock."""
        async with (
            aiohttp.ClientSession() as http,
            http.post(f"{self.sandbox.url}/sandbox/{path}", json=body) as answer,
        ):
            assert answer.status < 300, await answer.text()

    async def fetches(self, conversation_id: str) -> tuple[int, dict[str, Any]]:
        """Ask the sandbox for a conversation; return status and body."""
        url = f"{self.sandbox.url}/v1/convai/conversations/{conversation_id}"
        async with (
            aiohttp.ClientSession(headers={"xi-api-key": self.sandbox.api_key}) as http,
            http.get(url) as answer,
        ):
            return answer.status, await answer.json()

    async def listed_there(self) -> list[str]:
        """Return the conversations that ElevenLabs still has."""
        url = f"{self.sandbox.url}/v1/convai/conversations"
        async with (
            aiohttp.ClientSession(headers={"xi-api-key": self.sandbox.api_key}) as http,
            http.get(url) as answer,
        ):
            return [one["conversation_id"] for one in (await answer.json())["conversations"]]

    async def is_erased_there(self, conversation_id: str) -> bool:
        """Whether ElevenLabs has this conversation no more."""
        return conversation_id not in await self.listed_there()

    async def later(self, **time: float) -> None:
        """Let time pass, and run what is due by then."""
        self.clock.moved += timedelta(**time)
        while await self.app.followup.run_due():
            pass

    async def rests(self) -> None:
        """Wait until nothing that follows a call is in hand."""

        async def is_idle() -> bool:
            return not self.app.followup._in_hand

        await self.until(is_idle)

    async def comes_noon(self, zone: str = "Europe/Berlin") -> None:
        """Wait for the next noon at a place, here and at ElevenLabs: no telephone is quiet there then."""
        local = self.clock().astimezone(ZoneInfo(zone))
        noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
        noon += timedelta(days=local >= noon)
        seconds = (noon - local).total_seconds()
        await self.told("clock", {"advance_seconds": seconds})
        self.clock.moved += timedelta(seconds=seconds)

    async def until(self, is_so: Callable[[], Any]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await is_so():  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.02)


@asynccontextmanager
async def open_stage(
    folder: Path,
    *,
    hosted: bool = False,
    webhooks: bool = True,
    personas: Path = PERSONAS,
    recalls: bool = False,
    settings: Mapping[str, Any] | None = None,
    rooms: bool = False,
) -> AsyncIterator[Stage]:
    """Open a Troupe that keeps everything in ``folder``; it may be opened again to see what was kept.

    With ``recalls`` characters look up in mid-call what their member said before.
    ``rooms``: ElevenLabs gives tokens for WebRTC rooms, which the sandbox lets nobody into.
    """
    async with (
        open_sandbox(listen="127.0.0.1:0", file=folder / "sandbox.db", public_agent=hosted) as sandbox,
        open_troupe(
            folder,
            sandbox,
            hosted=hosted,
            webhooks=webhooks,
            personas=personas,
            recalls=recalls,
            settings=settings,
            rooms=rooms,
        ) as stage,
    ):
        yield stage


@asynccontextmanager
async def open_troupe(
    folder: Path,
    sandbox: Sandbox,
    *,
    hosted: bool = False,
    webhooks: bool = True,
    personas: Path = PERSONAS,
    recalls: bool = False,
    settings: Mapping[str, Any] | None = None,
    rooms: bool = False,
) -> AsyncIterator[Stage]:
    """Open a Troupe with an ElevenLabs that is there already; of several the webhooks go to the last."""
    chosen = Settings(  # type: ignore[call-arg]
        _env_file=None,
        personas_dir=personas,
        **{"database_url": database_in(folder), **(settings or {})},
    )
    provider = sandbox_provider(sandbox.url, sandbox.webhook_secret, recall_secret="ours" * recalls)
    if rooms:
        provider = replace(provider, room_origin=sandbox.url.replace("http", "ws", 1))
    port = quiet_port()
    public_url = "" if hosted else f"http://127.0.0.1:{port}"
    clock = MovedClock()
    async with open_app(
        chosen, provider, listen=f"127.0.0.1:{port}", public_url=public_url, clock=clock
    ) as app:
        if webhooks:
            sandbox.deliver_webhooks_to(f"{app.url}/hooks/elevenlabs")
        if recalls:
            await let_it_recall(sandbox, app.url)
        yield Stage(app, sandbox, clock)


async def let_it_recall(sandbox: Sandbox, url: str) -> None:
    """Give the sandbox's agent the tool with which it looks things up in a Troupe."""
    await sandbox.use_recall_tool(recall_tool(f"{url}/tools/recall", {SECRET_HEADER: "ours"}))


def _origin(link: str) -> str:
    return "/".join(link.split("/")[:3])
