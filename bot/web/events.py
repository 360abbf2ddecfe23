"""What a talk page is told while its call goes on: ``GET /t/<token>/events``, server-sent events.

The page opens it once its start was answered, with an ``EventSource`` of its own origin, and closes it when
it hangs up. Every event's data is one JSON object:

``event: update``, data ``{"text": …}``
    The character is to know this: send it on as a ``contextual_update``, and do not show it.
``event: hang_up``, data ``{"reason": …}``
    End the call as if its button had been pressed (``POST /t/<token>/end`` too), and close the source. The
    reason is ``asked``: the member wrote ``/hangup``.
``event: moved``, data ``{}``
    Another page of this browser listens to this call now: close the source, it would only be cut off again.

Every event but ``moved`` has an id. A source that comes back sends the last one in ``Last-Event-ID``, as
``EventSource`` does by itself, and gets what it missed. Comments keep the line open. Without a stream:
204 where the call is over or not begun (an ``EventSource`` stops for good), 409 in another browser, 410 for
an unknown link.
"""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from bot.calls.installation import Installation
from bot.calls.opening import find_listened
from bot.calls.pages import PageEvent

KEEP_ALIVE_SECONDS = 15.0
WRITE_SECONDS = 10.0
RETRY_MILLISECONDS = 2_000


class Events:
    """Serves the stream of one page; ``who`` reads token and cookie from a request of our own page."""

    def __init__(
        self,
        house: Installation,
        who: Callable[[web.Request], tuple[str, str]],
        keep_alive_seconds: float = KEEP_ALIVE_SECONDS,
    ) -> None:
        self._house = house
        self._who = who
        self._keep_alive_seconds = keep_alive_seconds
        self._boot = house.pages.era or house.new_id()[:12]

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell the page what comes, until its call is over. Raises LinkExpired, LinkTaken."""
        token, cookie = self._who(request)
        call = await find_listened(self._house, token, cookie)
        if call is None:
            return web.Response(status=204)
        response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
        response.content_type, response.charset = "text/event-stream", "utf-8"
        async with self._house.pages.listen(call.id, self._after(request)) as listener:
            await response.prepare(request)
            await _write(response, f"retry: {RETRY_MILLISECONDS}\n\n")
            while True:
                try:
                    async with asyncio.timeout(self._keep_alive_seconds):
                        event = await listener.next()
                except TimeoutError:
                    if await find_listened(self._house, token, cookie) is None:
                        return response
                    await _write(response, ": still here\n\n")
                    continue
                if event is None:
                    return response
                await _write(response, self._as_text(event))

    def _after(self, request: web.Request) -> int:
        """Return the number of the last event that the page has; those of another start count for nothing."""
        boot, _, number = request.headers.get("Last-Event-ID", "").partition("-")
        is_ours = boot == self._boot and number.isascii() and number.isdigit() and len(number) < 16
        return int(number) if is_ours else 0

    def _as_text(self, event: PageEvent) -> str:
        match event.kind:
            case "update":
                data = {"text": event.text}
            case "hang_up":
                data = {"reason": event.text}
            case "moved":
                data = {}
        numbered = f"id: {self._boot}-{event.number}\n" if event.number else ""
        return f"{numbered}event: {event.kind}\ndata: {json.dumps(data)}\n\n"


async def _write(response: web.StreamResponse, text: str) -> None:
    """Send something; a page that takes nothing in for a while is let go."""
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await response.write(text.encode())
    except TimeoutError:
        raise ConnectionResetError("a page took nothing in") from None
