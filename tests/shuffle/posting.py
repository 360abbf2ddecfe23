"""Twenty deliveries of each event: what each is, how it is sent, and what has to come back."""

import asyncio
import hashlib
import hmac
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

import aiohttp

from tests.shuffle.clock import Clock
from tests.shuffle.lives import SECRETS, Lives

DELIVERIES = 20
FRESH_SECONDS = 20 * 60
STALE_SECONDS = 31 * 60
HOOK = "/hooks/elevenlabs"
MOST_TRIES = 60


class Sort(StrEnum):
    """What a delivery is."""

    GENUINE = "signed anew"
    REPEATED = "byte for byte again"
    CUT_OFF = "cut off in the body"
    FORGED = "of a stranger"
    UNREADABLE = "genuine, but unreadable"
    AUDIO = "audio"


@dataclass
class Event:
    """One event; ``is_once`` if a single genuine delivery is all that ever comes of it."""

    conversation_id: str
    body: bytes
    is_once: bool
    is_taken: bool = False
    last_sent: tuple[float, dict[str, str]] | None = None


@dataclass(slots=True)
class Delivery:
    """One attempt of ElevenLabs, or of somebody who would like to be them; a failed one is sent again."""

    event: Event
    sort: Sort
    tries: int = 0


@dataclass
class Sent:
    """What was sent and what came back."""

    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


def build_deliveries(bodies: dict[str, bytes], rng: random.Random) -> list[Delivery]:
    """Return twenty deliveries of each event, shuffled. Three in ten events have one genuine among them."""
    deliveries = []
    for conversation_id, body in bodies.items():
        event = Event(conversation_id, body, is_once=rng.random() < 0.3)
        sorts = [Sort.GENUINE]
        if event.is_once:
            sorts += rng.choices((Sort.CUT_OFF, Sort.FORGED, Sort.AUDIO), (40, 55, 5), k=DELIVERIES - 1)
        else:
            if rng.random() < 0.02:
                sorts.append(Sort.UNREADABLE)
            others = (Sort.GENUINE, Sort.REPEATED, Sort.CUT_OFF, Sort.FORGED)
            sorts += rng.choices(others, (45, 30, 12, 13), k=DELIVERIES - len(sorts))
        deliveries += [Delivery(event, sort) for sort in sorts]
    rng.shuffle(deliveries)
    return deliveries


def sign(body: bytes, secret: str, at: float) -> dict[str, str]:
    """Return the header that ElevenLabs would send."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return {"ElevenLabs-Signature": f"t={int(at)},v0={digest}"}


class Post:
    """Delivers, to whichever life of the program is there."""

    def __init__(self, lives: Lives, http: aiohttp.ClientSession, clock: Clock, rng: random.Random) -> None:
        self._lives = lives
        self._http = http
        self._clock = clock
        self._rng = rng
        self.sent = Sent()

    async def deliver(self, delivery: Delivery) -> bool:
        """Send one; False if it is to be sent again, because nobody took it."""
        delivery.tries += 1
        await self._lives.up.wait()
        self.sent.counts[delivery.sort] += 1
        event = delivery.event
        if delivery.sort is Sort.CUT_OFF:
            await self._break_off(event.body, self._signed(event.body))
            return True
        sent_at = self._clock().timestamp()
        body, headers, wanted = self._dressed(delivery)
        status = await self._send(body, headers)
        if status == wanted:
            if delivery.sort in {Sort.GENUINE, Sort.REPEATED}:
                event.is_taken = True
            return True
        self.sent.counts["not answered" if status is None else f"answered {status}"] += 1
        grew_stale = status == 401 and self._clock().timestamp() - sent_at > FRESH_SECONDS
        if (status not in {None, 503} and not grew_stale) or delivery.tries > MOST_TRIES:
            self.sent.complaints.append(
                f"{delivery.sort}, {event.conversation_id}: {status} instead of {wanted}"
            )
            return True
        return False

    def _dressed(self, delivery: Delivery) -> tuple[bytes, dict[str, str], int]:
        """Return body, headers, and the status that has to come back."""
        event, now = delivery.event, self._clock().timestamp()
        if delivery.sort is Sort.FORGED:
            return (*self._forged(event, now), 401)
        if delivery.sort is Sort.AUDIO:
            body = b'{"type": "post_call_audio", "data": {"full_audio": "%b"}}' % (b"A" * 2000)
            return body, self._signed(body), 200
        if delivery.sort is Sort.UNREADABLE:
            whole = json.loads(event.body)
            whole["data"].pop("transcript", None)
            whole["data"].pop("failure_reason", None)
            body = json.dumps(whole).encode()
            return body, self._signed(body), 200
        headers = self._signed(event.body)
        if delivery.sort is Sort.REPEATED and event.last_sent is not None:
            at, old = event.last_sent
            headers = old if now - at < FRESH_SECONDS else headers
        event.last_sent = (now, headers)
        return event.body, headers, 200

    def _signed(self, body: bytes) -> dict[str, str]:
        """Sign with either secret of the rotation, a little in the past or in the future."""
        at = self._clock().timestamp() + self._rng.randint(-120, 60)
        return sign(body, self._rng.choice(SECRETS), at)

    def _forged(self, event: Event, now: float) -> tuple[bytes, dict[str, str]]:
        """Return what would be seen if it were believed: other words, for a real conversation."""
        body = event.body.replace(b'"message": "', b'"message": "Believe me: ') + b" "
        return self._rng.choice(
            (
                (body, sign(body, "wsec_of_somebody_else", now)),
                (body, sign(event.body, SECRETS[0], now)),
                (body, sign(body, SECRETS[0], now - STALE_SECONDS)),
                (body, {"ElevenLabs-Signature": "nonsense"}),
                (body, {}),
            )
        )

    async def _send(self, body: bytes, headers: dict[str, str]) -> int | None:
        """Return the status; None if no answer came, or only from one who was dead by then."""
        cuts = self._lives.cuts
        try:
            async with self._http.post(f"{self._lives.url}{HOOK}", data=body, headers=headers) as answer:
                await answer.read()
                return answer.status if self._lives.cuts == cuts else None
        except (aiohttp.ClientError, TimeoutError):
            return None

    async def _break_off(self, body: bytes, headers: dict[str, str]) -> None:
        """Send a part of the body and hang up."""
        address = urlsplit(self._lives.url)
        lines = [f"POST {HOOK} HTTP/1.1", f"Host: {address.netloc}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            return
        try:
            part = body[: self._rng.randrange(len(body))]
            writer.write("\r\n".join([*lines, "", ""]).encode() + part)
            await writer.drain()
            await asyncio.sleep(0)
        except OSError:
            return
        finally:
            writer.close()


def not_taken(deliveries: Sequence[Delivery]) -> list[str]:
    """Return the conversations of which no event was ever acknowledged."""
    return sorted({one.event.conversation_id for one in deliveries if not one.event.is_taken})
