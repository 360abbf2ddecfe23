"""From one process to the next: until a telephone rings, until a recap is posted, with nothing in the way."""

import asyncio
import hashlib
import hmac
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from bot.app import App
from bot.calls.first_call import answer_card
from bot.calls.placing import Wish, place
from bot.domain.caller import Account, Caller
from bot.domain.reply import Ask
from bot.fronts import commands
from bot.sandbox import Sandbox, open_sandbox
from storage.keys import new_key
from tests.bench.bots import ROOT
from tests.bench.filling import SLUG
from tests.bench.measuring import p50_p99, show
from tests.bench.several.figures import DURABLE
from tests.bench.several.follower import SECRET, open_part
from tests.ports import quiet_address
from tests.postgres_server import run_server
from tests.scenarios.stage import Browser, MovedClock
from tests.scenarios.telephone import two_clocks, verify

PAUSE_SECONDS = 0.25
"""At most, between one thing and the next: a process that looked now and then would be met at any moment."""


@dataclass
class Handed:
    """Seconds of each thing that one process began and another one ended."""

    rung: list[float] = field(default_factory=list)
    """From ``/call via phone`` until the carrier is asked to ring."""
    told: list[float] = field(default_factory=list)
    """From the webhook until the recap is posted; what was said is stored and indexed in between."""


def run() -> None:
    """Print how long members wait for what another process does."""
    show_handed(asyncio.run(measure(100)))


def show_handed(handed: Handed) -> None:
    """Print a table."""
    rows = (
        ("/call via phone, until the carrier is asked to ring", handed.rung),
        ("webhook, until the recap is posted", handed.told),
    )
    show(
        "begun in one process, ended by another, one at a time",
        ("what", "times", "p50 ms", "p99 ms"),
        [(what, f"{len(seconds)}", *p50_p99(seconds)) for what, seconds in rows],
    )


async def measure(count: int) -> Handed:
    """Have so many telephones rung and recaps posted, one after the other."""
    async with open_two() as two:
        handed, rng = Handed(), random.Random(7)
        for number in range(count):
            await asyncio.sleep(rng.random() * PAUSE_SECONDS)
            handed.rung.append(await two.rings(number))
            await asyncio.sleep(rng.random() * PAUSE_SECONDS)
            handed.told.append(await two.tells(number))
        return handed


@dataclass
class Two:
    """A process where members ask and webhooks come, and one that follows up; ElevenLabs is here as well."""

    app: App
    sandbox: Sandbox
    clock: MovedClock
    follower: asyncio.subprocess.Process

    async def rings(self, number: int) -> float:
        """Ask for a call by phone; return after how long the carrier was asked to ring."""
        caller, house = _member(f"rung{number}"), self.app.house
        await answer_card(house, caller, remember=True)
        await verify(house, caller, f"+49151{10_000_000 + number}")
        rings = self.sandbox.phone.ringing()
        began = time.perf_counter()
        assert await place(house, caller, SLUG, Wish("", "phone")) is not None
        self.app.followup.nudge()
        async with asyncio.timeout(60):
            ring = await anext(rings)
        seconds = time.perf_counter() - began
        await rings.aclose()  # type: ignore[attr-defined]
        await ring.decline()
        return seconds

    async def tells(self, number: int) -> float:
        """Have a talk end; return after how long what was said had come home and the recap was posted."""
        caller, house = _member(f"told{number}"), self.app.house
        await answer_card(house, caller, remember=True)
        reply = await commands.answer(house, Ask(caller, "call", {"character": SLUG}))
        link = next(choice.url for choice in reply.choices if choice.url)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
            talk = await Browser(http).talks(link, "My cat is called Fig.")
            body = await self._event(http, talk.conversation_id)
            at = int(house.now().timestamp())
            digest = hmac.new(SECRET.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
            began = time.time()
            async with http.post(
                f"{self.app.url}/hooks/elevenlabs",
                data=body,
                headers={"ElevenLabs-Signature": f"t={at},v0={digest}"},
            ) as answer:
                assert answer.status == 200, await answer.text()
        return await self._posted(caller, "Your call with") - began

    async def _event(self, http: aiohttp.ClientSession, conversation_id: str) -> bytes:
        """Return the event that ElevenLabs sends once it has looked at a conversation."""
        url = f"{self.sandbox.url}/v1/convai/conversations/{conversation_id}"
        async with asyncio.timeout(60):
            while True:
                async with http.get(url, headers={"xi-api-key": self.sandbox.api_key}) as answer:
                    conversation = await answer.json()
                if conversation["status"] == "done":
                    break
                await asyncio.sleep(0.01)
        event = {"type": "post_call_transcription", "event_timestamp": int(time.time()), "data": conversation}
        return json.dumps(event).encode()

    async def _posted(self, caller: Caller, words: str) -> float:
        """Return when somebody was told this."""
        assert self.follower.stdout is not None
        async with asyncio.timeout(60):
            while line := (await self.follower.stdout.readline()).decode():
                at, account, said = line.split(" ", 2)
                if account == caller.account.id and words in said:
                    return float(at)
        raise RuntimeError("The process that follows up ended; what it said stands above.")


def _member(name: str) -> Caller:
    return Caller(Account("console", "default", name), "Somebody")


@asynccontextmanager
async def open_two() -> AsyncIterator[Two]:
    """Open a server, ElevenLabs, and both processes."""
    with tempfile.TemporaryDirectory() as folder, run_server(*DURABLE) as server:
        url, (ours, there) = server.new_database(), two_clocks()
        key = new_key()
        public_url = f"http://{quiet_address()}"
        async with (
            open_sandbox(listen="127.0.0.1:0", file=Path(folder) / "sandbox.db", clock=there) as sandbox,
            open_part(url, key, sandbox.url, public_url, ours, "web") as app,
        ):
            follower = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.bench.several.follower"),
                *(url, key, sandbox.url, public_url, str(ours.moved.total_seconds())),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            assert follower.stdout is not None
            assert follower.stdin is not None
            assert await follower.stdout.readline() == b"ready\n"
            try:
                yield Two(app, sandbox, ours, follower)
            finally:
                follower.stdin.close()
                await follower.wait()
