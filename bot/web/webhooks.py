"""ElevenLabs' webhooks: checked, stored, and only then acknowledged; what they say is read later."""

import logging
from collections.abc import Callable, Sequence

from aiohttp import web

from bot.calls.installation import Installation
from bot.domain.errors import WebhookRejected
from bot.elevenlabs.webhook import HEAD_BYTES, event_key, is_audio, verify

log = logging.getLogger(__name__)

MAX_EVENT_BYTES = 20 * 1024 * 1024


class Webhooks:
    """Serves ``POST /hooks/elevenlabs``; without a secret there is no such address."""

    def __init__(self, house: Installation, secrets: Sequence[str], nudge: Callable[[], None]) -> None:
        self._house = house
        self._secrets = tuple(filter(None, secrets))
        self._nudge = nudge
        if not self._secrets:
            log.warning("no webhook secret is set: webhooks are refused, transcripts are asked for instead")

    async def receive(self, request: web.Request) -> web.Response:
        """Take an event in, once. Raises NotStored, so that it comes again."""
        if not self._secrets:
            raise web.HTTPNotFound
        body = bytearray()
        await _read(request, body, HEAD_BYTES)
        if is_audio(bytes(body)):
            return web.Response(text="audio is not kept")
        await _read(request, body, MAX_EVENT_BYTES + 1)
        if len(body) > MAX_EVENT_BYTES:
            raise web.HTTPRequestEntityTooLarge(MAX_EVENT_BYTES, len(body))
        raw = bytes(body)
        now = self._house.now()
        try:
            verify(raw, request.headers.get("ElevenLabs-Signature"), self._secrets, now)
        except WebhookRejected as rejected:
            log.warning("a webhook was refused: %s", rejected)
            raise web.HTTPUnauthorized from None
        event = event_key(raw)
        if await self._house.store.receive_event(event.key, event.conversation_id, raw, now):
            self._nudge()
        return web.Response(text="stored")


async def _read(request: web.Request, body: bytearray, enough: int) -> None:
    """Add what comes in until there is enough of it, or no more."""
    while len(body) < enough:
        chunk = await request.content.readany()
        if not chunk:
            return
        body += chunk
