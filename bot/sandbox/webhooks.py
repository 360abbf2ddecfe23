"""Post-call webhooks: signed, delivered in order, and tried again until they are taken.

ElevenLabs itself gives up after five attempts; the stand-in never does, so that a bot which was down for a
day still gets what happened. Like there, an answer other than 2xx, 408, 429 or 5xx ends the attempts.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets

import aiohttp

from bot.sandbox.clock import Time
from bot.sandbox.state import State, Webhook

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=3)


def signature_header(secret: str, body: bytes, now: int) -> str:
    """The value of `ElevenLabs-Signature`, over `<unix seconds>.<raw body>`."""
    digest = hmac.new(secret.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return f"t={now},v0={digest}"


class Deliveries:
    def __init__(self, state: State, time: Time, client: aiohttp.ClientSession, secret: str) -> None:
        self._state = state
        self._time = time
        self._client = client
        self._secret = secret
        self._url: str | None = None
        self._in_a_hurry = False

    def deliver_to(self, url: str | None) -> None:
        """Everything that waits is tried at once at a new address; None keeps it all waiting."""
        self._url = url
        self._in_a_hurry = True
        self._time.nudge()

    async def run(self) -> None:
        while True:
            bell, now = self._time.bell(), self._time.unix()
            if self._in_a_hurry:
                self._in_a_hurry = False
                await self._state.make_webhooks_due(now)
            webhook = await self._state.next_webhook() if self._url else None
            if self._url is None or webhook is None or webhook.due_at > now:
                await self._time.nap(bell, None if webhook is None else webhook.due_at)
                continue
            await self._deliver(webhook, self._url)

    async def _deliver(self, webhook: Webhook, url: str) -> None:
        status = await self._post(webhook.body.encode(), url)
        refused = 300 <= status < 500 and status not in (408, 429)
        if refused:
            log.warning("webhook %d was refused with status %d and is dropped", webhook.webhook_id, status)
        if refused or 200 <= status < 300:
            await self._state.drop_webhook(webhook.webhook_id)
            return
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** min(webhook.attempts, 16))
        jitter = 1 + secrets.randbelow(100) / 1000
        await self._state.put_off_webhook(webhook.webhook_id, self._time.unix() + pause * jitter)

    async def _post(self, body: bytes, url: str) -> int:
        """The status; 503 stands for nobody there."""
        headers = {
            "Content-Type": "application/json",
            "ElevenLabs-Signature": signature_header(self._secret, body, int(self._time.unix())),
        }
        try:
            async with self._client.post(
                url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("webhook not delivered: %s", error)
            return 503
