"""One request to ElevenLabs, and the few that are made again; every failure becomes one of our errors here.

Source: ElevenLabs, "Errors"; httpx, "Exceptions".
"""

import asyncio
import json
import logging
import re
import ssl
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import cache, partial
from typing import Literal, TypeVar

import httpx
from pydantic import SecretStr, TypeAdapter

from bot.domain.errors import ProviderChanged, ProviderError, ProviderUnavailable, SettingsError
from bot.elevenlabs.refusals import to_error
from bot.elevenlabs.wire import read, read_json

T = TypeVar("T")
Clock = Callable[[], datetime]
Sleep = Callable[[float], Awaitable[None]]
Query = Mapping[str, str | Sequence[str]]

TIMEOUT = httpx.Timeout(30.0, connect=5.0)
TOTAL_SECONDS = 60.0
MOST_BYTES = 16 * 1024 * 1024
BACKOFF_SECONDS = (0.5, 1.0)
LONGEST_WAIT_SECONDS = 20.0
_WRITES = ("send_request_headers.started", "send_request_body.started")

log = logging.getLogger(__name__)


class Connection:
    """Sends requests with the key; ``open_connection`` gives one.

    Where no answer came, the error's ``status`` is None and its ``code`` says how far the request got:
    ``not_connected`` or ``too_late`` (it never left), ``timeout`` or ``connection_lost`` (it may have been
    carried out).
    """

    def __init__(self, http: httpx.AsyncClient, *, api_key: SecretStr, clock: Clock, sleep: Sleep) -> None:
        self._http = http
        self._api_key = api_key
        self._clock = clock
        self._sleep = sleep

    async def read(
        self,
        operation: str,
        path: str,
        shape: type[T] | TypeAdapter[T],
        params: Query | None = None,
        *,
        about_conversation: bool = False,
    ) -> T:
        """GET and understand, with two further attempts while they are unavailable.

        A timeout is not tried again, for somebody has waited 30 s already, nor is a wait of more than 20 s
        made here: the error carries it to those who have the time.
        """
        for backoff in (*BACKOFF_SECONDS, None):
            try:
                raw = await self.send(
                    operation, "GET", path, params=params, about_conversation=about_conversation
                )
            except ProviderUnavailable as error:
                wait = max(backoff or 0.0, error.retry_after or 0.0)
                if backoff is None or error.code == "timeout" or wait > LONGEST_WAIT_SECONDS:
                    raise
                log.info("%s; asking again in %.1f s", error, wait)
                await self._sleep(wait)
            else:
                return read(shape, read_json(raw, operation), operation)
        raise AssertionError("the last attempt returns or raises")

    async def change(
        self,
        operation: str,
        method: Literal["POST", "PATCH"],
        path: str,
        shape: type[T] | TypeAdapter[T],
        body: Mapping[str, object],
        *,
        hidden: str = "",
        before: datetime | None = None,
    ) -> T:
        """Send a body once, whatever happens, and understand the answer; errors do not show ``hidden``."""
        raw = await self.send(operation, method, path, body=body, hidden=hidden, before=before)
        return read(shape, read_json(raw, operation), operation)

    async def send(
        self,
        operation: str,
        method: Literal["GET", "POST", "PATCH", "DELETE"],
        path: str,
        *,
        params: Query | None = None,
        body: Mapping[str, object] | None = None,
        about_conversation: bool = False,
        hidden: str = "",
        before: datetime | None = None,
    ) -> bytes:
        """Make one request, once, and return the body of a 2xx answer: in 60 s, and 16 MB unpacked, at most.

        ``before`` is when it may be sent at the latest; that is looked at once it is connected, right before
        each write, so that whoever was stopped meanwhile, or connected slowly, sends nothing late.
        Ours are raised outside the handlers, so that httpx's own errors, whose request carries the key in its
        headers, are not chained to them.
        """
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = {} if body is None else {"content-type": "application/json"}
        extensions = {} if before is None else {"trace": partial(self._look_at_clock, before)}
        failure: ProviderError
        try:
            async with (
                asyncio.timeout(TOTAL_SECONDS),
                self._http.stream(
                    method, path, params=params, content=content, headers=headers, extensions=extensions
                ) as response,
            ):
                raw = await _read_body(response)
        except _TooLate:
            failure = ProviderUnavailable(operation, "too late to be asked for", code="too_late")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            failure = ProviderUnavailable(operation, f"no connection ({error})", code="not_connected")
        except (httpx.TimeoutException, TimeoutError):
            failure = ProviderUnavailable(operation, "no answer in time", code="timeout")
        except httpx.TransportError:
            failure = ProviderUnavailable(operation, "the connection broke off", code="connection_lost")
        except httpx.RequestError as error:
            failure = ProviderChanged(operation, f"unreadable answer ({type(error).__name__})")
        except _TooLong:
            failure = ProviderChanged(operation, f"the answer is longer than {MOST_BYTES} bytes")
        else:
            if response.is_success:
                return raw
            failure = to_error(
                operation,
                response.status_code,
                response.headers,
                raw,
                now=self._clock(),
                secrets=(self._api_key.get_secret_value(), hidden),
                about_conversation=about_conversation,
            )
            del raw  # they may have sent the key back, and a traceback can show what stands here
        raise failure

    async def _look_at_clock(self, before: datetime, event: str, _info: object) -> None:
        """Refuse to write once it is too late; httpcore says what it is about to do."""
        if event.endswith(_WRITES) and self._clock() > before:
            raise _TooLate


class _TooLate(Exception):
    """The moment is over until which it could be sent."""


class _TooLong(Exception):
    """The body has more than we take."""


async def _read_body(response: httpx.Response) -> bytes:
    """Return a body, unpacked here, because httpx unpacks a piece of it whole however large it becomes.

    Raises _TooLong as soon as it is, and httpx's DecodingError for a packing that we did not ask for.
    """
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing not in ("identity", "gzip"):
        raise httpx.DecodingError("they packed it as nobody asked")
    unpacker = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    body = bytearray()
    async for piece in response.aiter_raw():
        try:
            body += piece if packing == "identity" else unpacker.decompress(piece, MOST_BYTES + 1)
        except zlib.error:
            raise httpx.DecodingError("this is not gzip") from None
        if len(body) > MOST_BYTES:
            raise _TooLong
    return bytes(body)


@cache
def _trust() -> ssl.SSLContext:
    """Return whom to trust, read once: it is half of what opening a connection takes."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def open_connection(
    *,
    api_url: str,
    api_key: SecretStr,
    clock: Clock,
    sleep: Sleep,
    transport: httpx.AsyncBaseTransport | None,
) -> AsyncIterator[Connection]:
    """Yield a connection and close its sockets afterwards; asks nothing yet.

    Raises SettingsError for an address or a key that cannot be one.
    """
    _check_key(api_key)
    url = _read_address(api_url)
    # A proxy from the environment leads to the internet, not to a stand-in on this machine.
    direct: dict[str, None] = dict.fromkeys(("all://127.0.0.1", "all://localhost", "all://[::1]"))
    async with httpx.AsyncClient(
        base_url=url,
        headers={"xi-api-key": api_key.get_secret_value(), "user-agent": "troupe", "accept-encoding": "gzip"},
        timeout=TIMEOUT,
        verify=_trust(),
        transport=transport,
        mounts=direct,
    ) as http:
        yield Connection(http, api_key=api_key, clock=clock, sleep=sleep)


def _check_key(api_key: SecretStr) -> None:
    """Check that it can stand in a header: httpx would quote it when it complains."""
    if not re.fullmatch(r"[\x21-\x7e]+", api_key.get_secret_value()):
        raise SettingsError("The ElevenLabs API key is empty, or has a space, line break or odd character.")


def _read_address(api_url: str) -> httpx.URL:
    try:
        url = httpx.URL(api_url)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in ("http", "https") or not url.host:
        raise SettingsError(f"{api_url!r} is not the address of an API: begin it with https:// or http://.")
    return url
