"""The house that the web tests stand in, and what a browser does in it."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from pydantic import SecretStr

from bot.calls.first_call import answer_card
from bot.calls.installation import Installation, Terms, hash_token
from bot.calls.placing import Wish, place
from bot.cast import LiveCast
from bot.domain.allowance import UNLIMITED
from bot.domain.caller import Account, Caller
from bot.elevenlabs.client import open_elevenlabs
from bot.sandbox import Sandbox, open_sandbox
from bot.web.server import open_web
from storage import open_store

ALICE = Caller(Account("discord", "app", "80351110224678912"), "Alice Aardvark")
TOPIC = "the matter of the missing spoon"
SECRETS = ("wsec_new", "wsec_old")
SOCKET = "ws://127.0.0.1:9"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        f"connect-src 'self' {SOCKET}; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Server": "Troupe",
}
"""What is on every answer, once and to the letter."""

VOICES = "plain:\n  voice_id: JBFqnCBsd6RMkjVDRZzb\n  model: eleven_flash_v2_5\n  languages: [en]\n"
RULES = "# House rules\n\n- Say that you are an AI. In danger give {{crisis_line}}.\n"
WIZARD = """\
---
name: Merlin
tagline: Court wizard, fond of riddles
author: "@mira"
voice: plain
greeting: "Well met, {{user_name}}!"
color: "#5b3fd6"
max_minutes: 5
---
# Personality
You are Merlin.

# What you know
{{context}}
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


def write_cast(folder: Path, wizard: str = WIZARD) -> Path:
    folder.mkdir()
    (folder / "voices.yaml").write_text(VOICES)
    (folder / "house-rules.md").write_text(RULES)
    (folder / "wizard.md").write_text(wizard)
    return folder


@dataclass
class House:
    """Everything that runs, and one browser without cookies."""

    installation: Installation
    clock: Clock
    url: str
    browser: aiohttp.ClientSession
    nudges: list[None]
    stack: AsyncExitStack
    sandbox: Sandbox
    cast: LiveCast

    async def another_browser(self) -> aiohttp.ClientSession:
        return await self.stack.enter_async_context(new_browser())

    async def serve(self, secrets_: Sequence[str] = SECRETS, **changes: Any) -> str:
        """Open one more server over the same house, with something about it changed."""
        own = (
            "patience_seconds",
            "keep_alive_seconds",
            "proxies",
            "fronts",
            "talk_client",
            "metrics_token",
            "slack",
            "roles",
            "gets_on",
        )
        own += ("inbound_secrets", "recall_secrets")
        web = {name: changes.pop(name) for name in own if name in changes}
        return await self.stack.enter_async_context(
            open_web(
                replace(self.installation, **changes),
                listen="127.0.0.1:0",
                webhook_secrets=secrets_,
                socket_origins=[SOCKET],
                nudge=lambda: self.nudges.append(None),
                **web,
            )
        )

    async def link(self, caller: Caller = ALICE, *, remember: bool | None = True) -> str:
        """Ask for a call and return its path; with ``remember`` None the card is yet to be answered."""
        if remember is not None:
            await answer_card(self.installation, caller, remember=remember)
        placed = await place(self.installation, caller, "wizard", Wish(TOPIC), card_comes_later=True)
        assert placed is not None
        return "/t/" + placed.url.rpartition("/")[2]

    async def start(
        self, path: str, remember: bool | None = None, browser: aiohttp.ClientSession | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Press the button; status and answer."""
        async with (browser or self.browser).post(
            f"{self.url}{path}/start", json={"remember": remember}, headers={"Origin": self.url}
        ) as answer:
            return answer.status, await answer.json()

    async def is_over(self, path: str) -> None:
        """Let the call behind a link be over."""
        found = await self.installation.store.fetch_link(hash_token(path.rpartition("/")[2]))
        assert found is not None
        await self.installation.store.fail_call(
            found[1].id, "it was cut off", self.clock(), [], charge="keep"
        )

    async def see(self, path: str, browser: aiohttp.ClientSession | None = None) -> tuple[int, str]:
        async with (browser or self.browser).get(self.url + path) as answer:
            return answer.status, await answer.text()

    async def stop_storing(self, *, until_now: bool = False) -> None:
        """Let every write of the database fail, or no longer."""
        store: Any = self.installation.store
        await store.writer.read(lambda database: database.execute(f"PRAGMA query_only = {not until_now}"))

    async def everything_stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table, to see whether anything changed."""
        store: Any = self.installation.store

        def dump(database: Any) -> dict[str, list[tuple[Any, ...]]]:
            names = [name for name in database.table_names() if not name.startswith("sqlite_")]
            return {
                name: [tuple(row) for row in database.execute(f"SELECT * FROM [{name}]")] for name in names
            }

        return await store.reader.read(dump)


def new_browser() -> aiohttp.ClientSession:
    """A client that keeps cookies, also for an address without a name."""
    return aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))


def sign(raw: bytes, now: datetime, secret: str = SECRETS[0]) -> dict[str, str]:
    """The header that ElevenLabs would send."""
    stamp = int(now.timestamp())
    digest = hmac.new(secret.encode(), b"%d." % stamp + raw, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={stamp},v0={digest}"}


def event(conversation_id: str = "conv_1", **more: Any) -> bytes:
    data = {"conversation_id": conversation_id, **more}
    return json.dumps({"type": "post_call_transcription", "event_timestamp": 1, "data": data}).encode()


async def open_house(stack: AsyncExitStack, folder: Path, cast_folder: Path) -> House:
    clock = Clock()
    sandbox = await stack.enter_async_context(open_sandbox(file=folder / "sandbox.db", clock=clock))
    cast = LiveCast(cast_folder)
    installation = Installation(
        await stack.enter_async_context(open_store("sqlite:///:memory:")),
        await stack.enter_async_context(open_agents(sandbox.url, sandbox.api_key, sandbox.agent_id, clock)),
        cast,
        terms("http://troupe.test"),
        clock,
        lambda: secrets.token_hex(16),
        lambda: secrets.token_urlsafe(32),
        lambda: f"{secrets.randbelow(10**6):06}",
    )
    browser = await stack.enter_async_context(new_browser())
    house = House(installation, clock, "", browser, [], stack, sandbox, cast)
    house.url = await house.serve()
    return house


def open_agents(url: str, key: str, agent_id: str, clock: Clock) -> Any:
    """The real client, which gives up at once instead of waiting."""

    async def no_sleep(_: float) -> None:
        return None

    return open_elevenlabs(
        api_url=url, api_key=SecretStr(key), agent_id=agent_id, clock=clock, sleep=no_sleep
    )


def terms(public_url: str) -> Terms:
    return Terms(
        public_url=public_url,
        talk_url="https://example.org/talk",
        agent_id="agent_sandbox",
        hosted_context="hint",
        crisis_line="112",
        community="the Guild",
        min_age=18,
        timezone=ZoneInfo("UTC"),
        limits=UNLIMITED,
    )
