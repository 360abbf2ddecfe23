"""HTTP mode: what is handed to the app is posted to its address, and signed."""

import asyncio
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack.act import FAILED, PATIENCE, TIMED_OUT
from tests.fakes.slack.delivery import COMMANDS, EVENTS, Courier, Delivery, Tasks
from tests.fakes.slack.world import World

FORGERIES = ("wrong secret", "stale", "unsigned")
STALE = 301
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


class Posting:
    """Posts to the app, signed as was said."""

    def __init__(self, world: World, courier: Courier, tasks: Tasks, secret: str) -> None:
        self._world = world
        self._courier = courier
        self._tasks = tasks
        self._secret = secret
        self._http: aiohttp.ClientSession | None = None
        self.url = ""
        self.forgeries: list[str] = []

    def hand(self, delivery: Delivery) -> bool:
        """Post something in the background."""
        kind, text = _worded(delivery)
        delivery.body = text.encode()
        delivery.headers = {"Content-Type": kind, "User-Agent": "Slackbot 1.0"} | self._signature(text)
        if delivery.retry:
            delivery.headers |= {
                "X-Slack-Retry-Num": str(delivery.retry),
                "X-Slack-Retry-Reason": delivery.reason,
            }
        self._tasks.start(self._post(delivery))
        return True

    async def posts(self, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        """Post these very bytes, and return status and body."""
        self._http = self._http or aiohttp.ClientSession()
        async with self._http.post(self.url, data=body, headers=headers) as answer:
            return answer.status, await answer.text()

    async def is_verified(self) -> bool:
        """Whether the app answers the challenge by which Slack finds out that an address is its own."""
        challenge = self._world.new_id("challenge-")
        body = json.dumps({"type": "url_verification", "token": "x", "challenge": challenge})
        try:
            status, text = await self.posts(
                body.encode(), {"Content-Type": JSON} | self._signature(body, forged=False)
            )
        except aiohttp.ClientError:
            return False
        return status == 200 and challenge in text

    async def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            await self._http.close()

    def _signature(self, text: str, *, forged: bool = True) -> dict[str, str]:
        forgery = self.forgeries.pop(0) if forged and self.forgeries else ""
        secret = "another secret" if forgery == "wrong secret" else self._secret
        at = int(self._world.clock().timestamp()) - (STALE if forgery == "stale" else 0)
        digest = hmac.new(secret.encode(), f"v0:{at}:{text}".encode(), hashlib.sha256).hexdigest()
        signed = {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={digest}"}
        return {} if forgery == "unsigned" else signed

    async def _post(self, delivery: Delivery) -> None:
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                self._http = self._http or aiohttp.ClientSession()
                async with self._http.post(self.url, data=delivery.body, headers=delivery.headers) as answer:
                    text = await answer.text()
        except TimeoutError:
            self._courier.failed(delivery, "http_timeout" if delivery.kind == EVENTS else TIMED_OUT)
            return
        except aiohttp.ClientError:
            self._courier.failed(delivery, "connection_failed" if delivery.kind == EVENTS else FAILED)
            return
        delivery.status = answer.status
        delivery.is_final = answer.headers.get("X-Slack-No-Retry") == "1"
        if 200 <= answer.status < 300:
            self._courier.acked(delivery.id, _read(text, answer.content_type))
        else:
            self._courier.failed(delivery, "http_error" if delivery.kind == EVENTS else FAILED)


def _worded(delivery: Delivery) -> tuple[str, str]:
    if delivery.kind == EVENTS:
        return JSON, json.dumps(delivery.payload)
    if delivery.kind == COMMANDS:
        return FORM, urlencode(delivery.payload)
    return FORM, urlencode({"payload": json.dumps(delivery.payload)})


def _read(text: str, content_type: str) -> Any:
    if not text:
        return None
    if content_type == JSON:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return {"text": text}
