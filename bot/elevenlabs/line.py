"""The line that a conversation in text runs over: it leads nowhere else, and can always be closed.

Source: aiohttp, "Client WebSockets" and "Client Tracing".
"""

import asyncio
import ipaddress
import logging
import socket as network
from contextlib import suppress
from urllib.parse import urlsplit

import aiohttp

CONNECT_SECONDS = 5.0
CLOSE_SECONDS = 2.0

log = logging.getLogger(__name__)


def open_session(url: str) -> aiohttp.ClientSession:
    """Return a session for a talk at this URL; a redirect is raised as a handshake that was refused."""
    stay = aiohttp.TraceConfig()
    stay.on_request_redirect.append(_refuse_redirect)
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS),
        trust_env=not _is_loopback(url),
        trace_configs=[stay],
    )


async def close(socket: aiohttp.ClientWebSocketResponse) -> None:
    """Close in 2 s at most, even if they never read; what is unsent by then is dropped."""
    line = socket.get_extra_info("socket")
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close()
    except TimeoutError:
        log.info("they did not let us close in time")
    finally:
        if line is not None:
            with suppress(OSError):  # it is closed already
                line.shutdown(network.SHUT_RDWR)


async def _refuse_redirect(
    _session: aiohttp.ClientSession, _context: object, params: aiohttp.TraceRequestRedirectParams
) -> None:
    answer = params.response
    answer.close()
    raise aiohttp.WSServerHandshakeError(
        answer.request_info, answer.history, status=answer.status, headers=answer.headers
    )


def _is_loopback(url: str) -> bool:
    """Whether no proxy of the environment may stand in between: it leads to the internet."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
