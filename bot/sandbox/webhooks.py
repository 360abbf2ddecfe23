"""Post-call webhooks: signed, delivered in order, and tried again where that is due.

They go to the webhook that the agent or the workspace has configured, if there is one, and then as
ElevenLabs documents it: one attempt, or with `retry_enabled` five for a transcription (at 0 s, 30 s, 2 min,
8 min and 30 min, at most 100 waiting); switched off after ten failures in a row without a success in a week.

Otherwise they go to the address that `deliver_to` was given, where the stand-in never gives up, so that a
newcomer's bot which was down for a day still gets what happened. In both cases an answer other than 2xx,
408, 429 or 5xx ends the attempts.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from dataclasses import dataclass

import aiohttp

from bot.sandbox.clock import Time
from bot.sandbox.faults import Faults
from bot.sandbox.outbox import Webhook
from bot.sandbox.state import State
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 30.0
DOCUMENTED_PAUSES_SECONDS = (30, 90, 360, 1320)
MOST_WAITING = 100
MOST_FAILURES = 10
FORGIVEN_SECONDS = 7 * 86_400
FAR_SECONDS = 86_400
SUBSCRIPTIONS = {
    "post_call_transcription": "transcript",
    "call_initiation_failure": "call_initiation_failure",
}
TIMEOUT = aiohttp.ClientTimeout(total=15, connect=3)


def signature_header(secret: str, body: bytes, now: int) -> str:
    """The value of `ElevenLabs-Signature`, over `<unix seconds>.<raw body>`."""
    digest = hmac.new(secret.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return f"t={now},v0={digest}"


@dataclass(frozen=True)
class Target:
    """Where an event goes; `webhook_id` is None for the address that never gives up."""

    url: str
    secret: str
    headers: dict[str, str]
    webhook_id: str | None = None


class Deliveries:
    """`keeps` says whether what nobody wants to have is kept until there is an address."""

    def __init__(
        self,
        workspace: Workspace,
        state: State,
        time: Time,
        client: aiohttp.ClientSession,
        secret: str,
        faults: Faults,
        *,
        keeps: bool,
    ) -> None:
        self._workspace = workspace
        self._state = state
        self._time = time
        self._client = client
        self._secret = secret
        self._faults = faults
        self._keeps = keeps
        self._url: str | None = None
        self._in_a_hurry = False
        self._seen: set[int] = set()
        self._twice: set[int] = set()
        self._held: set[int] = set()

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
            webhook = await self._state.next_webhook()
            if webhook is None or webhook.due_at > now:
                await self._time.nap(bell, None if webhook is None else webhook.due_at)
                continue
            try:
                target = self._target(webhook)
            except LookupError:
                await self._state.drop_webhook(webhook.webhook_id)
                continue
            if target is None:
                await self._time.nap(bell, None)
            elif not await self._goes_wrong(webhook):
                await self._deliver(webhook, target)

    def _target(self, webhook: Webhook) -> Target | None:
        """None: keep it until there is an address. Raises LookupError for what nobody wants."""
        agent_id = json.loads(webhook.body)["data"]["agent_id"]
        webhook_id = self._workspace.post_call_webhook(SUBSCRIPTIONS[webhook.event_type], agent_id)
        if webhook_id is not None:
            found = self._workspace.webhooks[webhook_id]
            return Target(found["webhook_url"], found["secret"], dict(found["request_headers"]), webhook_id)
        if self._url is None and not self._keeps:
            raise LookupError(webhook.event_type)
        return None if self._url is None else Target(self._url, self._secret, {})

    async def _goes_wrong(self, webhook: Webhook) -> bool:
        """Let a fault happen to an event that was not looked at before; true when it is not to go out now."""
        number = webhook.webhook_id
        if number in self._seen:
            return False
        self._seen.add(number)
        fault = self._faults.take("webhook")
        if fault is None:
            return False
        if fault.fault == "lose":
            await self._state.drop_webhook(number)
        elif fault.fault == "twice":
            self._twice.add(number)
        elif fault.fault == "late":
            await self._state.put_off_webhook(number, self._time.unix() + fault.seconds, tried=False)
        else:
            self._held.add(number)
            await self._state.put_off_webhook(number, self._time.unix() + FAR_SECONDS, tried=False)
        return fault.fault != "twice"

    async def _deliver(self, webhook: Webhook, target: Target) -> None:
        number = webhook.webhook_id
        status = await self._post(webhook.body.encode(), target)
        taken = 200 <= status < 300
        if taken and number in self._twice:
            self._twice.discard(number)
            return
        refused = 300 <= status < 500 and status not in (408, 429)
        if refused:
            log.warning("webhook %d was refused with status %d and is dropped", number, status)
        if target.webhook_id is not None:
            await self._count(target.webhook_id, status, taken=taken)
        pause = None if taken or refused else await self._pause(webhook, target)
        if pause is not None:
            await self._state.put_off_webhook(number, self._time.unix() + pause)
            return
        await self._state.drop_webhook(number)
        self._seen.discard(number)
        for held in self._held - {number}:
            self._held.discard(held)
            await self._state.put_off_webhook(held, self._time.unix(), tried=False)

    async def _pause(self, webhook: Webhook, target: Target) -> float | None:
        """How long to wait for the next attempt; None when there is none."""
        jitter = 1 + secrets.randbelow(100) / 1000
        if target.webhook_id is None:
            doubled = FIRST_PAUSE_SECONDS * float(2 ** min(webhook.attempts, 16))
            return min(LONGEST_PAUSE_SECONDS, doubled) * jitter
        retries = self._workspace.webhooks[target.webhook_id]["retry_enabled"]
        if not retries or webhook.event_type != "post_call_transcription":
            return None
        if webhook.attempts >= len(DOCUMENTED_PAUSES_SECONDS):
            return None
        if await self._state.count_webhooks() > MOST_WAITING:
            return None
        return DOCUMENTED_PAUSES_SECONDS[webhook.attempts] * jitter

    async def _count(self, webhook_id: str, status: int, *, taken: bool) -> None:
        """Keep how it goes with a webhook, and switch it off when it goes badly for too long."""
        found, now = self._workspace.webhooks.get(webhook_id), self._time.unix()
        if found is None:
            return
        if taken:
            await self._workspace.put("webhook", webhook_id, {**found, "failures": 0, "last_success": now})
            return
        failures = found["failures"] + 1
        forgiven = found["last_success"] is not None and now - found["last_success"] <= FORGIVEN_SECONDS
        off = failures >= MOST_FAILURES and not forgiven
        changed = {
            **found,
            "failures": failures,
            "most_recent_failure_error_code": status,
            "most_recent_failure_timestamp": int(now),
            "is_disabled": found["is_disabled"] or off,
            "is_auto_disabled": found["is_auto_disabled"] or off,
        }
        await self._workspace.put("webhook", webhook_id, changed)

    async def _post(self, body: bytes, target: Target) -> int:
        """The status; 503 stands for nobody there."""
        headers = {
            **target.headers,
            "Content-Type": "application/json",
            "ElevenLabs-Signature": signature_header(target.secret, body, int(self._time.outside())),
        }
        try:
            async with self._client.post(
                target.url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False
            ) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError) as error:
            log.debug("webhook not delivered: %s", error)
            return 503
