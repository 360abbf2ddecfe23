"""Whatever is sent to any of our addresses is answered, in time, never with a 5xx, with all security headers.

``WEB_REQUESTS=5000`` in the environment sends so many requests instead of a few hundred.
"""

import asyncio
import hashlib
import hmac
import json
import logging
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from web_house import HEADERS, SECRETS, House, sign

from bot.fronts.slack import open_slack
from bot.web.talk_client import TalkClient
from tests.fakes.slack import open_fake_slack
from tests.test_docs import served

REQUESTS = int(os.environ.get("WEB_REQUESTS", "250"))
PATIENCE_SECONDS = 0.1
ANSWERED_IN_SECONDS = 20.0
ADDRESSES = (
    "/t/{token}", "/t/{token}/start", "/t/{token}/end", "/t/{token}/events", "/t/{token}/cast",
    "/t/{token}/next", "/pictures/wizard", "/static/talk.js", "/client/0123456789abcdef/client.js",
    "/hooks/elevenlabs", "/hooks/elevenlabs/initiation", "/hooks/slack", "/tools/recall", "/healthz",
    "/metrics", "/privacy", "/slack/install", "/slack/oauth_redirect", "/", "*",
)  # fmt: skip
METHODS = (
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "get", "BREW", "P0ST",
)  # fmt: skip
TAILS = (
    "", "/", "?x=1", "?" + "a=b&" * 200, "/..", "//", "%00", "%2e%2e", ";x", "\xff\xfe", "#x", "%", "'\"<",
)  # fmt: skip
NAMES = st.sampled_from(
    ["remember", "call_ref", "query", "caller_id", "agent_id", "conversation_id", "type", "data", "character"]
)
WORDS = st.text(max_size=30) | st.sampled_from(
    ["agent_sandbox", "+4915112345678", "wizard", "post_call_audio", "room", "0" * 32]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | WORDS, inner, max_size=6),
    max_leaves=10,
)
BOMBS = (
    b"[" * 60_000, b'{"a":' * 15_000, b"9" * 4_000, b'"' + b"\\ud800" * 600 + b'"', b"\xff\xfe" * 1_000,
    b"{" + b'"a":1,' * 600 + b'"a":1}', b"1e999999", b"-" * 4_000, b"\x1f\x8b\x08" + b"\0" * 100,
    b"payload=" + b"[" * 60_000, b"payload=1&payload=%", b"a" * 1_100_000,
)  # fmt: skip


class Body(bytes):
    """Bytes that are shown in short where something goes wrong with them."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes from {bytes(self[:60])!r} on>"


JSON = VALUES.map(lambda value: json.dumps(value).encode())
BODIES = (JSON | st.binary(max_size=300) | st.sampled_from(BOMBS)).map(Body)
FRAMES = (
    "length", "length", "length", "none", "chunked", "noise", "stalls", "gone", "both", "negative", "words",
)  # fmt: skip
HEADS = st.sampled_from(
    [
        ("Origin", "{url}"), ("Origin", "https://evil.example"), ("Origin", "null"),
        ("Cookie", "{cookie}"), ("Cookie", "{cookie}x"), ("Cookie", "; =;="),
        ("Cookie", "troupe=" + "a" * 3_000), ("Content-Type", "application/x-www-form-urlencoded"),
        ("X-Troupe-Secret", SECRETS[0]), ("X-Troupe-Secret", "\xe4"), ("Last-Event-ID", "1-1"),
        ("ElevenLabs-Signature", "signed"), ("ElevenLabs-Signature", "t=1,v0=" + "0" * 64),
        ("X-Slack-Signature", "signed"), ("X-Slack-Signature", "v0=\xe4"), ("Content-Type", "\xe4/;=,"),
        ("Content-Type", "application/json; charset=utf-16"),
        ("Content-Type", "multipart/form-data"), ("Content-Encoding", "gzip"), ("Content-Encoding", "br"),
        ("Accept-Encoding", "gzip;q=x, *"), ("Range", "bytes=9-1"), ("If-None-Match", '"'),
        ("If-Modified-Since", "never"), ("Expect", "100-continue"), ("Expect", "a miracle"),
        ("Connection", "Upgrade"), ("Upgrade", "websocket"), ("Authorization", "Bearer \xe4"),
        ("X-Forwarded-For", "1.2.3.4, \xe4"), ("Forwarded", "for=_"), ("X-Long", "a" * 7_000),
    ]
) | st.tuples(
    st.text("abcXYZ-09_", min_size=1, max_size=12),
    st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=40),
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request, as it is written."""

    method: str
    address: str
    tail: str
    heads: Sequence[tuple[str, str]]
    body: bytes
    frame: str


class Wire:
    """A server with every address that there is, and a link that was just begun."""

    def __init__(self, house: House, url: str, slack_secret: str) -> None:
        self.house = house
        self.url = url
        self._slack_secret = slack_secret
        self._asked = 0
        self._token = self._cookie = ""

    async def ask(self, sent: Sent) -> tuple[int, dict[str, list[str]]] | None:
        """Send it, and return the status and the headers of the first answer.

        None: whoever breaks off in the middle, and will send no more, need not be told so.
        """
        if self._asked % 10 == 0:
            await self._begin()
        self._asked += 1
        address = urlsplit(self.url)
        reader, writer = await asyncio.open_connection(address.hostname, address.port)
        try:
            async with asyncio.timeout(ANSWERED_IN_SECONDS):
                writer.write(self._bytes(sent))
                if sent.frame == "gone":
                    writer.write_eof()
                while (head := await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100"):
                    pass
        except (asyncio.IncompleteReadError, ConnectionError):
            if sent.frame == "gone":
                return None
            raise
        finally:
            writer.close()
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        found: dict[str, list[str]] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            found.setdefault(name, []).append(value)
        return int(first.split()[1]), found

    async def _begin(self) -> None:
        path = await self.house.link()
        self.house.browser.cookie_jar.clear()
        async with self.house.browser.post(f"{self.url}{path}/start", headers={"Origin": self.url}) as answer:
            assert answer.status == 200
            self._cookie = "; ".join(f"{one.key}={one.value}" for one in answer.cookies.values())
        self._token = path.rpartition("/")[2]

    def _bytes(self, sent: Sent) -> bytes:
        target = sent.address.format(token=self._token) + sent.tail
        heads = [("Host", urlsplit(self.url).netloc), *map(self._filled, sent.heads)]
        if ("ElevenLabs-Signature", "signed") in heads:
            heads.append(*sign(sent.body, self.house.clock()).items())
        if ("X-Slack-Signature", "signed") in heads:
            heads = [one for one in heads if one[0] != "X-Slack-Signature"]
            heads += self._signed_for_slack(sent.body)
        heads += _framed(sent)
        lines = [f"{sent.method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in heads)]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + _on_the_wire(sent)

    def _filled(self, head: tuple[str, str]) -> tuple[str, str]:
        return head[0], head[1].replace("{url}", self.url).replace("{cookie}", self._cookie)

    def _signed_for_slack(self, body: bytes) -> list[tuple[str, str]]:
        at = int(time.time())
        text = f"v0:{at}:{body.decode('utf-8', 'replace')}".encode()
        digest = hmac.new(self._slack_secret.encode(), text, hashlib.sha256).hexdigest()
        return [("X-Slack-Request-Timestamp", str(at)), ("X-Slack-Signature", f"v0={digest}")]


def _framed(sent: Sent) -> list[tuple[str, str]]:
    """Return the headers that say how long a body is, or something else."""
    size = len(sent.body)
    return {
        "none": [],
        "chunked": [("Transfer-Encoding", "chunked")],
        "noise": [("Transfer-Encoding", "chunked")],
        "stalls": [("Content-Length", str(size + 100))],
        "gone": [("Content-Length", str(size + 100))],
        "both": [("Content-Length", str(size)), ("Transfer-Encoding", "chunked")],
        "negative": [("Content-Length", "-5")],
        "words": [("Content-Length", "many")],
    }.get(sent.frame, [("Content-Length", str(size))])


def _on_the_wire(sent: Sent) -> bytes:
    if sent.frame in {"chunked", "both"}:
        return b"%x\r\n%s\r\n0\r\n\r\n" % (len(sent.body), sent.body) if sent.body else b"0\r\n\r\n"
    return b"zz\r\n" + sent.body if sent.frame == "noise" else sent.body


def assert_is_well(status: int, headers: dict[str, list[str]]) -> None:
    """Fail unless an answer is one that anybody may have for anything."""
    assert 200 <= status < 500
    kept = dict(HEADERS)
    if headers.get("Cache-Control") == ["public, max-age=31536000, immutable"]:
        del kept["Cache-Control"]
    assert {name: headers.get(name) for name in kept} == {name: [value] for name, value in kept.items()}


def test_every_address_that_there_is_gets_requests() -> None:
    assert all(any(one.startswith(address) for one in ADDRESSES) for address in served())


@pytest.mark.anyio
@pytest.mark.timeout(60 + REQUESTS)
async def test_whatever_is_sent_anywhere_is_answered_without_a_failure_of_ours(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        fake = await stack.enter_async_context(open_fake_slack())
        workspace = fake.adds_workspace("Acme")

        is_there = asyncio.Event()

        async def connected(_: str) -> None:
            is_there.set()

        front = await stack.enter_async_context(
            open_slack(
                house.installation,
                bot_token=workspace.bot_token,
                app_token="",
                signing_secret=fake.signing_secret,
                command="/ring",
                api_url=fake.api_url,
                picture_of=lambda _: "",
                nudge=lambda: None,
                connected=connected,
            )
        )
        await asyncio.wait_for(is_there.wait(), ANSWERED_IN_SECONDS)
        url = await house.serve(
            recall_secrets=SECRETS,
            inbound_secrets=SECRETS,
            metrics_token="0123456789abcdef",
            slack=front.receive,
            talk_client=TalkClient({"/client/0123456789abcdef/client.js": (b"talk", b"packed")}),
            patience_seconds=PATIENCE_SECONDS,
        )
        wire = Wire(house, url, fake.signing_secret)

        @settings(max_examples=REQUESTS, suppress_health_check=list(HealthCheck), database=None)
        @given(
            st.builds(
                Sent,
                st.sampled_from(METHODS) | st.just("POST"),
                st.sampled_from(ADDRESSES),
                st.just("") | st.sampled_from(TAILS),
                st.lists(HEADS, max_size=5),
                BODIES,
                st.sampled_from(FRAMES),
            )
        )
        @example(
            Sent("POST", "/tools/recall", "", [("X-Troupe-Secret", SECRETS[0])], Body(BOMBS[0]), "stalls")
        )
        @example(Sent("POST", "/hooks/elevenlabs", "", [("ElevenLabs-Signature", "signed")], b"{}", "stalls"))
        @example(
            Sent("POST", "/hooks/slack", "", [("X-Slack-Signature", "signed")], Body(BOMBS[1]), "length")
        )
        @example(Sent("POST", "/tools/recall", "", [("Expect", "100-continue")], Body(b""), "gone"))
        @example(Sent("GET", "/t/{token}/events", "", [("Cookie", "{cookie}")], b"", "none"))
        def check(sent: Sent) -> None:
            answer = asyncio.run_coroutine_threadsafe(wire.ask(sent), loop).result(2 * ANSWERED_IN_SECONDS)
            if answer is not None:
                assert_is_well(*answer)

        await asyncio.to_thread(check)
    wrong = [one for one in caplog.records if one.levelno >= logging.ERROR and one.name.startswith("bot.web")]
    assert not wrong
