"""What holds for every door: who is asking, how often they may, and for how long a body may take.

Signed events of ElevenLabs' and Slack's requests are never counted: one that was turned away would be lost.
"""

import asyncio
import contextlib
import ipaddress
import math
import time
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.calls.handling import handling
from bot.web.answers import Handler, Trouble, respond

BODY_SECONDS = 10.0
MAX_BODY_BYTES = 4096
MOST_BUCKETS = 20_000
ADDRESS_BURST, ADDRESS_PER_SECOND = 120, 4.0
TOKEN_BURST, TOKEN_PER_SECOND = 60, 1.0
NEVER_COUNTED = ("/hooks/", "/tools/")
TOO_OFTEN = Trouble(429, "Too often", "That was asked too often. Wait a minute, then try again.", again=True)

PATIENCE = web.AppKey("patience", float)
"""For how many seconds a body may take."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


async def read_body(request: web.Request, most_bytes: int = MAX_BODY_BYTES) -> bytes:
    """Return a body; one that is too large is answered 413, one that does not come 408."""
    body = bytearray()
    if (request.content_length or 0) > most_bytes:
        raise web.HTTPRequestEntityTooLarge(most_bytes, request.content_length or 0)
    try:
        async with asyncio.timeout(request.app[PATIENCE]):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > most_bytes:
                    raise web.HTTPRequestEntityTooLarge(most_bytes, len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return bytes(body)


def read_networks(written: str) -> tuple[Network, ...]:
    """Read addresses and networks with commas. Raises ValueError for what is none."""
    return tuple(ipaddress.ip_network(one.strip()) for one in written.split(",") if one.strip())


def find_address(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Return who asks: whoever is connected, or, behind proxies that are trusted, whom they name.

    ``forwarded`` are the values of ``X-Forwarded-For``; whoever is no trusted proxy may have written what
    stands left of them. Nothing where it cannot be told from others.
    """
    address = read_address(peer)
    named = [one.strip() for value in forwarded for one in value.split(",")]
    while address is not None and any(address in one for one in proxies) and named:
        address = read_address(named.pop())
    if address is None or address.is_loopback or any(address in one for one in proxies):
        return ""  # everybody behind a proxy that nobody named
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Buckets:
    """How often each key may still ask: ``burst`` times at once, and then so often in a second."""

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._clock = clock
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, key: str) -> int:
        """Return 0 where the key may ask now, else after how many seconds it may."""
        now = self._clock()
        left, at = self._held.pop(key, (float(self._burst), now))
        left = min(self._burst, left + (now - at) * self._per_second)
        may = left >= 1
        self._held[key] = (left - 1 if may else left, now)
        if len(self._held) > MOST_BUCKETS:
            del self._held[next(iter(self._held))]  # the one that asked longest ago
        return 0 if may else math.ceil((1 - left) / self._per_second)


class InHand:
    """Counts what is being answered, so that a server that stops can let it be finished.

    aiohttp reads nothing any more once it shuts down, not even the rest of a body.
    """

    def __init__(self) -> None:
        self._count = 0
        self._none = asyncio.Event()
        self._none.set()

    @web.middleware
    async def count(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, and know of it meanwhile; what it is about is nothing of the one before."""
        self._count += 1
        self._none.clear()
        try:
            with handling():
                return await handler(request)
        finally:
            self._count -= 1
            if not self._count:
                self._none.set()

    async def finished(self, seconds: float) -> None:
        """Return when nothing is in hand, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._none.wait()


class Guard:
    """Turns away whoever asks too often, by address and by the token of a link.

    Each process counts for itself: that keeps it from being worn out. Nothing can be guessed by asking often;
    tokens have 256 bits, and tries at codes are counted in the store.
    """

    def __init__(self, proxies: Sequence[Network]) -> None:
        self._proxies = proxies
        self._addresses = Buckets(ADDRESS_BURST, ADDRESS_PER_SECOND)
        self._tokens = Buckets(TOKEN_BURST, TOKEN_PER_SECOND)

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer 429 with when to come back, or let the request in."""
        if request.path.startswith(NEVER_COUNTED):
            return await handler(request)
        address = find_address(
            request.remote or "", request.headers.getall("X-Forwarded-For", []), self._proxies
        )
        wait = self._addresses.take(address) if address else 0
        if not wait and (token := request.match_info.get("token")):
            wait = self._tokens.take(token[:128])
        if not wait:
            return await handler(request)
        response = respond(request, TOO_OFTEN)
        response.headers["Retry-After"] = str(wait)
        return response


def read_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address, one of IPv4 also where it is written as IPv6; None for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
