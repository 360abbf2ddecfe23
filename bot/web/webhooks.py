"""ElevenLabs' webhooks: checked, stored, and only then acknowledged; what they say is read later."""

import asyncio
import logging
import re
import time
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime

from aiohttp import web

from bot.calls.figures import timing
from bot.calls.installation import Installation
from bot.domain.call import NewJob
from bot.domain.errors import NotStored, WebhookRejected
from bot.elevenlabs.webhook import HEAD_BYTES, Signature, event_key, is_audio

log = logging.getLogger(__name__)

SMALL_BYTES = 64 * 1024
MAX_EVENT_BYTES = 20 * 1024 * 1024
LARGE_AT_A_TIME = 2
PATIENCE_SECONDS = 30.0
KINDS = frozenset({"post_call_transcription", "post_call_audio", "call_initiation_failure", "too large"})
REASONS = {401: "unsigned", 408: "too slow", 503: "no room"}
NOT_STORED, OTHER = "not stored", "other"

_TRANSCRIPTION = re.compile(rb'"type"\s*:\s*"post_call_transcription"')
_CONVERSATION = re.compile(rb'"conversation_id"\s*:\s*"([A-Za-z0-9_-]{1,128})"')


class Webhooks:
    """Serves ``POST /hooks/elevenlabs``; without a secret there is no such address.

    Strangers can make it hold ``LARGE_AT_A_TIME`` events of ``MAX_EVENT_BYTES``, and ``SMALL_BYTES`` for
    every other connection; each of the three waits takes ``patience_seconds`` at most.
    """

    def __init__(
        self,
        house: Installation,
        secrets: Sequence[str],
        nudge: Callable[[], None],
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._house = house
        self._secrets = tuple(filter(None, secrets))
        self._nudge = nudge
        self._patience_seconds = patience_seconds
        self._large = asyncio.Semaphore(LARGE_AT_A_TIME)
        for kind in (*KINDS, OTHER):
            house.figures.webhooks.labels(kind)
        for reason in (*REASONS.values(), NOT_STORED, OTHER):
            house.figures.webhooks_refused.labels(reason)
        if not self._secrets:
            log.warning("no webhook secret is set: webhooks are refused, transcripts are asked for instead")

    async def receive(self, request: web.Request) -> web.Response:
        """Take an event in, once, and count it. Raises NotStored, so that it comes again."""
        if not self._secrets:
            raise web.HTTPNotFound
        refused = self._house.figures.webhooks_refused
        try:
            return await self._receive(request, time.perf_counter())
        except web.HTTPException as refusal:
            refused.labels(REASONS.get(refusal.status, OTHER)).inc()
            raise
        except NotStored:
            refused.labels(NOT_STORED).inc()
            raise

    async def _receive(self, request: web.Request, since: float) -> web.Response:
        """Take an event in; how long that took counts for genuine ones alone, ``since`` when it came."""
        now = self._house.now()
        try:
            signature = Signature(request.headers.get("ElevenLabs-Signature"), self._secrets, now)
            async with AsyncExitStack() as slot:
                body = _Body(request, signature, self._patience_seconds)
                await body.read(HEAD_BYTES)
                if is_audio(bytes(body.kept)):
                    self._count("post_call_audio")
                    return web.Response(text="audio is not kept")
                if not await body.read(SMALL_BYTES):
                    await self.wait_for_room(slot)
                    await body.read(None)
                signature.check()
                with timing(self._house.figures.webhook_seconds, since):
                    if body.size > MAX_EVENT_BYTES:
                        return await self._have_it_fetched(bytes(body.kept[:HEAD_BYTES]), body.size, now)
                    return await self._store(bytes(body.kept), now)
        except WebhookRejected as rejected:
            log.warning("a webhook was refused: %s", rejected)
            raise web.HTTPUnauthorized from None

    def _count(self, kind: str) -> None:
        """Count an event; of kinds that we do not know no label is made."""
        self._house.figures.webhooks.labels(kind if kind in KINDS else OTHER).inc()

    async def wait_for_room(self, slot: AsyncExitStack) -> None:
        """Take a place among the large events until the stack closes; answers 503 when none gets free."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                await slot.enter_async_context(self._large)
        except TimeoutError:
            log.warning("a webhook is to come again: others that are as large are still coming in")
            raise web.HTTPServiceUnavailable from None

    async def _store(self, raw: bytes, now: datetime) -> web.Response:
        event = event_key(raw)
        self._count(event.type)
        if event.sent_at is not None:
            lag = max(0.0, now.timestamp() - event.sent_at)
            self._house.figures.webhook_lag.labels("received").observe(lag)
        if await self._house.store.receive_event(event.key, event.conversation_id, raw, now):
            self._nudge()
        return web.Response(text="stored")

    async def _have_it_fetched(self, head: bytes, size: int, now: datetime) -> web.Response:
        """Drop a genuine event that is too large, and ask for its conversation instead.

        It is acknowledged: sent again it would be as large.
        """
        self._count("too large")
        found = _CONVERSATION.search(head) if _TRANSCRIPTION.search(head) else None
        if found is None:
            log.warning("dropped a webhook of %s MB: it names no conversation at its beginning", size >> 20)
            return web.Response(text="too large to keep")
        conversation_id = found[1].decode()
        await self._house.store.add_jobs([NewJob("fetch", conversation_id, now)])
        self._nudge()
        log.warning("dropped a webhook of %s MB: %s will be fetched instead", size >> 20, conversation_id)
        return web.Response(text="too large to keep, will be fetched")


class _Body:
    """What came in of a request; of one that is too large nothing but its head is kept."""

    def __init__(self, request: web.Request, signature: Signature, patience_seconds: float) -> None:
        self._content = request.content
        self._signature = signature
        self._patience_seconds = patience_seconds
        self.kept = bytearray()
        self.size = 0

    async def read(self, enough: int | None) -> bool:
        """Read until there is enough of it, or, with None, to its end; return whether it ended."""
        try:
            async with asyncio.timeout(self._patience_seconds):
                while enough is None or self.size < enough:
                    chunk = await self._content.readany()
                    if not chunk:
                        return True
                    self._take(chunk)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        return False

    def _take(self, chunk: bytes) -> None:
        self._signature.feed(chunk)
        self.size += len(chunk)
        if self.size <= MAX_EVENT_BYTES:
            self.kept += chunk
        else:
            del self.kept[HEAD_BYTES:]
