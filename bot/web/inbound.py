"""What ElevenLabs asks when somebody rings the agent's number, before it starts the conversation.

It is not signed; a secret in a header, which is set with the webhook, tells that it is them. Source:
ElevenLabs, "Twilio personalization".
"""

import asyncio
import json
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from bot.calls import answering
from bot.calls.installation import Installation
from bot.domain.inbound import InboundRing
from bot.web.header_secret import HeaderSecret

log = logging.getLogger(__name__)

INITIATION_PATH = "/hooks/elevenlabs/initiation"
MAX_BYTES = 16 * 1024
BODY_SECONDS = 0.3
_CONVERSATION_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_NUMBER = re.compile(r"[+0-9 ().-]{1,40}")


class Inbound:
    """Serves ``POST /hooks/elevenlabs/initiation``; without a secret there is no such address.

    Whoever knows the secret always gets 200 and all that the conversation needs to start, whatever they sent
    and whatever is out of order here: any other answer may lose the call.
    """

    def __init__(self, house: Installation, secrets: Sequence[str], nudge: Callable[[], None]) -> None:
        self._house = house
        self._secret = HeaderSecret(secrets)
        self._nudge = nudge

    async def answer(self, request: web.Request) -> web.Response:
        """Say what the conversation starts with, 300 ms after the question was heard at the latest."""
        if not self._secret.check(request):
            log.warning("somebody without the secret asked what inbound calls start with")
            raise web.HTTPUnauthorized
        initiation = await answering.answer(self._house, self._read(await _read_body(request)))
        self._nudge()
        message = initiation.as_message()
        if not initiation.user_id:
            del message["user_id"]
        return web.json_response(message)

    def _read(self, body: bytes) -> InboundRing:
        """Return what can be used of a question; what is strange about it is as good as missing."""
        try:
            asked: Any = json.loads(body)
        except (ValueError, RecursionError):
            asked = None
        if not isinstance(asked, dict):
            return InboundRing()
        return InboundRing(
            caller_id=_text(asked.get("caller_id"), _NUMBER),
            conversation_id=_text(asked.get("conversation_id"), _CONVERSATION_ID),
            is_for_us=asked.get("agent_id") == self._house.terms.agent_id,
        )


def _text(value: object, shape: re.Pattern[str]) -> str:
    return value if isinstance(value, str) and shape.fullmatch(value) else ""


async def _read_body(request: web.Request) -> bytes:
    """Return the body, or nothing of one that is too large or too slow."""
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while chunk := await request.content.readany():
                body += chunk
                if len(body) > MAX_BYTES:
                    return b""
    except (TimeoutError, web.RequestPayloadError):
        return b""
    return bytes(body)
