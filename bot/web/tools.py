"""What characters ask of us in the middle of a call, through a server tool of ElevenLabs'.

A request is ``{"call_ref": text, "query": text}`` and the answer ``{"memory": text}``; whatever else is sent
along is not looked at. Source: ElevenLabs, "Server tools".
"""

import json
import logging
import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.calls.installation import Installation
from bot.calls.looking_up import ENOUGH, NOTHING_YET, look_up
from bot.domain.call import CallRef
from bot.domain.errors import TroupeError
from bot.web.guarding import read_body
from bot.web.header_secret import HeaderSecret

RECALL_PATH = "/tools/recall"

log = logging.getLogger(__name__)

_CALL_REF = re.compile(r"[A-Za-z0-9_-]{1,64}")


class RecallTool:
    """Serves ``POST /tools/recall``; without a secret there is no such address."""

    def __init__(self, house: Installation, secrets: Sequence[str]) -> None:
        self._house = house
        self._secret = HeaderSecret(secrets)

    async def answer(self, request: web.Request) -> web.Response:
        """Say what the call's person told before; a reference that is none of ours is told nothing."""
        figures = self._house.figures
        try:
            memory = await self._answer(request)
        except (web.HTTPException, TroupeError):
            figures.recalls.labels("refused").inc()
            raise
        figures.recalls.labels({NOTHING_YET: "nothing", ENOUGH: "enough"}.get(memory, "answered")).inc()
        return web.json_response({"memory": memory})

    async def _answer(self, request: web.Request) -> str:
        if not self._secret.check(request):
            log.warning("somebody without the secret asked for what is remembered")
            raise web.HTTPUnauthorized
        with self._house.figures.recall_seconds.time():
            call_ref, query = _read(await read_body(request))
            return await look_up(self._house, call_ref, query)


def _read(raw: bytes) -> tuple[CallRef, str]:
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    call_ref, query = (body.get("call_ref"), body.get("query")) if isinstance(body, dict) else (None, None)
    if not isinstance(call_ref, str) or not isinstance(query, str) or not _CALL_REF.fullmatch(call_ref):
        raise web.HTTPBadRequest
    return CallRef(call_ref), query.encode("utf-8", "replace").decode()
