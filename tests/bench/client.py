"""Our ElevenLabs client next to the official one: one sandbox in a process of its own, one run."""

import asyncio
import hashlib
import hmac
import json
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
from elevenlabs import AsyncElevenLabs, ConversationInitiationClientDataRequestInput
from elevenlabs.errors import BadRequestError
from pydantic import SecretStr

from bot.domain.errors import WebhookRejected
from bot.domain.initiation import Initiation
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs
from bot.elevenlabs.webhook import verify
from tests.bench.measuring import p50_p99, show

FRESH = 5
SIGNED_URLS, CALLS = 600, 200
AT_ONCE = 8
MUTATIONS = 200_000
SECRET = "wsec_example_0123456789abcdef"
VARIABLES = {"first_message": "Well met!", "character_name": "Merlin", "context": "none", "call_ref": "c_1"}

OFFICIAL_READY = """
from elevenlabs import ConversationInitiationClientDataRequestInput
from elevenlabs.client import AsyncElevenLabs
platform = AsyncElevenLabs(api_key="x").conversational_ai
platform.conversations.get_signed_url, platform.twilio.outbound_call
"""
"""The official package reads most of itself on first use."""

Ask = Callable[[], Awaitable[object]]


def run() -> None:
    """Print import, requests, webhooks and mutations."""
    _imports()
    with tempfile.TemporaryDirectory() as folder, _sandbox(Path(folder)) as settings:
        asyncio.run(_requests(settings))
    _webhooks()
    _mutations()


def _imports() -> None:
    rows, measured = [], []
    for title, statement in (
        ("httpx, aiohttp and pydantic alone", "import httpx, aiohttp, pydantic"),
        ("ours", "from bot.elevenlabs.client import open_elevenlabs"),
        ("official", "from elevenlabs.client import AsyncElevenLabs"),
        ("official, ready to ask for a signed URL and a call", OFFICIAL_READY),
    ):
        told = [_fresh(statement) for _ in range(FRESH)]
        seconds = statistics.median(one[0] for one in told)
        megabytes = statistics.median(one[1] for one in told)
        measured.append((seconds, megabytes))
        rows.append((title, f"{seconds:.2f}", f"{megabytes:.0f}"))
    (our_seconds, our_megabytes), _, (their_seconds, their_megabytes) = measured[1:]
    ratios = f"{their_seconds / our_seconds:.2f}", f"{their_megabytes / our_megabytes:.2f}"
    rows.append(("official, ready / ours", *ratios))
    show(f"Import in a fresh interpreter, median of {FRESH}", ("what", "seconds", "MB resident"), rows)


def _fresh(statement: str) -> tuple[float, float]:
    code = f"""import time
began = time.perf_counter()
{statement}
print(time.perf_counter() - began)
print(open("/proc/self/status").read())"""
    command = [sys.executable, "-W", "ignore", "-c", code]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    resident = re.search(r"VmRSS:\s+(\d+) kB", told)
    return float(told.partition("\n")[0]), int(resident.group(1)) / 1024 if resident else 0.0


@contextmanager
def _sandbox(folder: Path) -> Iterator[dict[str, str]]:
    """Start the sandbox and yield the settings that it prints."""
    command = [sys.executable, "-m", "bot", "sandbox", "--listen", "127.0.0.1:0"]
    process = subprocess.Popen(
        [*command, "--file", str(folder / "sandbox.db")],
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    settings: dict[str, str] = {}
    try:
        assert process.stdout is not None
        for line in process.stdout:
            name, _, value = line.strip().partition("=")
            settings[name] = value
            if name == "ELEVENLABS_WEBHOOK_SECRET":
                break
        yield settings
    finally:
        process.terminate()
        process.wait(timeout=30)


async def _requests(settings: dict[str, str]) -> None:
    url, key = settings["ELEVENLABS_API_URL"], settings["ELEVENLABS_API_KEY"]
    agent, number = settings["ELEVENLABS_AGENT_ID"], settings["ELEVENLABS_PHONE_NUMBER_ID"]
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with (
        open_elevenlabs(
            api_url=url, api_key=SecretStr(key), agent_id=agent, clock=lambda: datetime.now(UTC)
        ) as ours,
        httpx.AsyncClient(timeout=30, limits=limits) as http,
    ):
        theirs = AsyncElevenLabs(base_url=url, api_key=key, httpx_client=http)
        await _show_pair("Signed URL", SIGNED_URLS, ours.sign_url, lambda: _their_signed_url(theirs, agent))
        await _show_pair(
            "Outbound call",
            CALLS,
            lambda: _our_call(ours, number),
            lambda: _their_call(theirs, agent, number),
        )


def _their_signed_url(client: AsyncElevenLabs, agent: str) -> Awaitable[object]:
    return client.conversational_ai.conversations.get_signed_url(
        agent_id=agent, include_conversation_id=True, request_options={"max_retries": 0}
    )


def _our_call(client: ElevenLabs, number: str) -> Awaitable[object]:
    return client.place_phone_call(
        phone_number_id=number, to_number="+4915112345678", initiation=Initiation({}, VARIABLES, "p1")
    )


def _their_call(client: AsyncElevenLabs, agent: str, number: str) -> Awaitable[object]:
    return client.conversational_ai.twilio.outbound_call(
        agent_id=agent,
        agent_phone_number_id=number,
        to_number="+4915112345678",
        conversation_initiation_client_data=ConversationInitiationClientDataRequestInput(
            dynamic_variables=dict(VARIABLES), user_id="p1"
        ),
        request_options={"max_retries": 0},
    )


@dataclass(frozen=True)
class _Speed:
    alone: list[float]
    per_second: float


async def _show_pair(title: str, count: int, ours: Ask, theirs: Ask) -> None:
    """Measure in turns, so that a sandbox that fills up is the same to both."""
    await ours()
    await theirs()
    alone: tuple[list[float], list[float]] = ([], [])
    for _ in range(count // 2):
        for ask, seconds in zip((ours, theirs), alone, strict=True):
            began = time.perf_counter()
            await ask()
            seconds.append(time.perf_counter() - began)
    rates: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        for ask, per_second in zip((ours, theirs), rates, strict=True):
            per_second.append(await _rate(ask, count // 10))
    us, them = (_Speed(seconds, statistics.median(rate)) for seconds, rate in zip(alone, rates, strict=True))
    rows = [
        (name, *p50_p99(speed.alone), f"{speed.per_second:.0f}")
        for name, speed in (("ours", us), ("official", them))
    ]
    p50 = statistics.median(them.alone) / statistics.median(us.alone)
    rows.append(("official / ours", f"{p50:.2f}", "", f"{them.per_second / us.per_second:.2f}"))
    columns = ("client", "p50 ms", "p99 ms", f"a second, {AT_ONCE} at once")
    show(f"{title}: {count // 2} one by one, {count // 2} at once, each client", columns, rows)


async def _rate(ask: Ask, count: int) -> float:
    left = iter(range(count))

    async def work() -> None:
        for _ in left:
            await ask()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())
    return count / (time.perf_counter() - began)


def _event(size: int) -> bytes:
    said = {
        "role": "user",
        "message": "I lost my cat near the harbour, and it rains.",
        "time_in_call_secs": 1,
    }
    body = {"type": "post_call_transcription", "event_timestamp": 1, "data": {"transcript": []}}
    body["data"] = {"conversation_id": "conv_x", "transcript": [said] * (size // len(json.dumps(said)))}
    return json.dumps(body).encode()


def _sign(raw: bytes, timestamp: int) -> str:
    signature = hmac.new(SECRET.encode(), b"%d." % timestamp + raw, hashlib.sha256).hexdigest()
    return f"t={timestamp},v0={signature}"


def _webhooks() -> None:
    raw, now = _event(12_288), datetime.now(UTC)
    header = _sign(raw, int(now.timestamp()))
    construct = AsyncElevenLabs(api_key="x").webhooks.construct_event
    checks: dict[str, Callable[[], object]] = {
        "ours, verified": lambda: verify(raw, header, [SECRET], now),
        "ours, verified and parsed": lambda: (verify(raw, header, [SECRET], now), json.loads(raw)),
        "official construct_event": lambda: construct(raw.decode(), header, SECRET),
    }
    rounds = [{name: _per_second(check) for name, check in checks.items()} for _ in range(5)]
    speeds = {name: statistics.median(one[name] for one in rounds) for name in checks}
    theirs = speeds["official construct_event"]
    rows = [(name, f"{speed:,.0f}", f"{speed / theirs:.2f}") for name, speed in speeds.items()]
    show(
        f"A webhook of {len(raw):,} bytes, median of 5",
        ("what", "a second of CPU", "against the official"),
        rows,
    )


def _per_second(check: Callable[[], object]) -> float:
    began = time.process_time()
    for _ in range(2_000):
        check()
    return 2_000 / (time.process_time() - began)


def _mutations() -> None:
    chance, raw, now = random.Random(7), _event(12_288), datetime.now(UTC)
    header = _sign(raw, int(now.timestamp()))
    construct = AsyncElevenLabs(api_key="x").webhooks.construct_event
    ours, theirs = {"accepted": 0, "exceptions": 0}, {"accepted": 0, "exceptions": 0}
    for _ in range(MUTATIONS):
        body, changed = _mutate(chance, raw, header)
        _count(ours, WebhookRejected, lambda b=body, h=changed: verify(b, h, [SECRET], now))
        text = body.decode(errors="replace")
        _count(theirs, BadRequestError, lambda t=text, h=changed: construct(t, h, SECRET))
    rows = [
        (name, str(told["accepted"]), str(told["exceptions"]))
        for name, told in (("ours", ours), ("official construct_event", theirs))
    ]
    columns = ("what", "accepted", "exceptions other than a rejection")
    show(f"{MUTATIONS:,} mutated signed webhooks of {len(raw):,} bytes", columns, rows)


def _mutate(chance: random.Random, raw: bytes, header: str) -> tuple[bytes, str]:
    """Return a body or a header that differs from the genuine one in more than spaces."""
    while True:
        if chance.random() < 0.5:
            at, cut = chance.randrange(len(raw) + 1), chance.randrange(4)
            body = raw[:at] + chance.randbytes(chance.randrange(4)) + raw[at + cut :]
            if body != raw:
                return body, header
        else:
            at, cut = chance.randrange(len(header) + 1), chance.randrange(4)
            put = "".join(chr(chance.randrange(1, 0x250)) for _ in range(chance.randrange(4)))
            changed = header[:at] + put + header[at + cut :]
            if not _says_the_same(changed, header):
                return raw, changed


def _says_the_same(changed: str, header: str) -> bool:
    """Whether all that counts is still there: one timestamp, the genuine one, and the genuine signature."""
    parts = [part.strip(" \t") for part in changed.split(",")]
    timestamp, signature = header.split(",")
    return [part for part in parts if part.startswith("t=")] == [timestamp] and signature in parts


def _count(told: dict[str, int], rejection: type[Exception], check: Callable[[], object]) -> None:
    try:
        check()
    except rejection:
        return
    except Exception:  # noqa: BLE001 - what is counted is that there is any
        told["exceptions"] += 1
    else:
        told["accepted"] += 1
