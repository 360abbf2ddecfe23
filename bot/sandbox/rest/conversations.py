"""Signed URLs and tokens; conversations listed, shown, rated and deleted."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.clock import Time
from bot.sandbox.listing import page_of, read_filters
from bot.sandbox.reading import Fields, Json
from bot.sandbox.refusals import Problem, RefusalError, not_found
from bot.sandbox.rest.answering import TOKEN_PATH, WEBSOCKET_PATH, answer, read_body
from bot.sandbox.shown import detail, list_item
from bot.sandbox.state import Signature, State, new_id
from bot.sandbox.talks import Talks

SIGNED_URL_SECONDS = 15 * 60
TOKEN_SECONDS = 10 * 60
ONE = "/v1/convai/conversations/{conversation_id}"


@dataclass(frozen=True)
class Conversations:
    """A signed URL points to the host that was asked.

    LiveKit is not built: a token looks like one and says which conversation it is for, but opens no room.
    """

    talks: Talks
    state: State
    time: Time

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{WEBSOCKET_PATH}/get-signed-url", self.get_signed_url, name="get_signed_url"),
            web.get(TOKEN_PATH, self.get_token, name="get_token"),
            web.get("/v1/convai/conversations", self.list_all, name="list_conversations"),
            web.get(ONE, self.get, name="get_conversation"),
            web.delete(ONE, self.delete, name="delete_conversation"),
            web.post(f"{ONE}/feedback", self.rate, name="send_feedback"),
        ]

    async def get_signed_url(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        agent_id = self._read_agent(fields)
        for_one = fields.flag("include_conversation_id")
        fields.check()
        self._check_agent(agent_id)
        now = self.time.unix()
        signature = Signature(
            signature=f"cvtkn_{secrets.token_urlsafe(32)}",
            agent_id=agent_id,
            conversation_id=new_id("conv") if for_one else None,
            expires_at=now + SIGNED_URL_SECONDS,
        )
        await self.state.add_signature(signature, now)
        query = {"agent_id": agent_id, "conversation_signature": signature.signature}
        if signature.conversation_id is not None:
            query["conversation_id"] = signature.conversation_id
        return answer({"signed_url": f"ws://{request.host}{WEBSOCKET_PATH}?{urlencode(query)}"})

    async def get_token(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        agent_id = self._read_agent(fields)
        participant = fields.optional_text("participant_name")
        fields.check()
        self._check_agent(agent_id)
        conversation_id, now = new_id("conv"), self.time.unix()
        grant = {
            "sub": participant or f"user_{secrets.token_hex(8)}",
            "iss": "sandbox",
            "nbf": int(now),
            "exp": int(now + TOKEN_SECONDS),
            "video": {"room": f"room_{agent_id}_{conversation_id}", "roomJoin": True},
        }
        return answer({"token": _write_token(grant), "conversation_id": conversation_id})

    async def list_all(self, request: web.Request) -> web.Response:
        filters = read_filters(request.query)
        found = await self.state.conversations(user_id=filters.user_id, call_ref=filters.call_ref)
        fitting = [conversation for conversation in found if filters.fits(conversation)]
        fitting.sort(key=lambda conversation: int(conversation.started_at), reverse=not filters.ascending)
        page, more = page_of(fitting, request.query)
        shown = [
            list_item(one, self.talks.name_of(one.agent_id), with_summary=filters.with_summary)
            for one in page
        ]
        return answer({"conversations": shown, **more})

    async def get(self, request: web.Request) -> web.Response:
        conversation_id = request.match_info["conversation_id"]
        fields = Fields("query", request.query)
        form = fields.one_of("format", ("json", "opentelemetry"))
        fields.check()
        if form == "opentelemetry":
            words = "The sandbox has conversations as JSON only."
            raise RefusalError(501, "not_implemented", "not_implemented", words, "format")
        conversation = await self.state.conversation(conversation_id)
        if conversation is None:
            raise not_found("conversation", "conversation_id", conversation_id)
        return answer(detail(conversation, self.talks.name_of(conversation.agent_id)))

    async def delete(self, request: web.Request) -> web.Response:
        conversation_id = request.match_info["conversation_id"]
        if not await self.talks.delete(conversation_id):
            raise not_found("conversation", "conversation_id", conversation_id)
        return answer({})

    async def rate(self, request: web.Request) -> web.Response:
        """The browser client also sends `rating` (1 to 5) and `comment`."""
        fields = Fields("body", await read_body(request))
        score = fields.one_of("feedback", ("like", "dislike"))
        rating = fields.integer("rating", low=1, high=5)
        comment = fields.optional_text("comment")
        if score is None and rating is None and comment is None:
            fields.problems.append(Problem(("body", "feedback"), "Field required", "missing"))
        fields.check()
        given = {"overall_score": score, "rating": rating, "comment": comment}
        feedback: Json = {name: value for name, value in given.items() if value is not None}
        conversation_id = request.match_info["conversation_id"]
        if not await self.state.rate_conversation(conversation_id, feedback):
            raise not_found("conversation", "conversation_id", conversation_id)
        return answer({})

    def _read_agent(self, fields: Fields) -> str:
        for name in ("branch_id", "version_id"):
            if fields.optional_text(name):
                raise RefusalError(
                    501, "not_implemented", "not_implemented", "The sandbox has no branches.", name
                )
        fields.optional_text("environment")
        return fields.text("agent_id")

    def _check_agent(self, agent_id: str) -> None:
        self.talks.agent(agent_id)


def _write_token(grant: Json) -> str:
    """A JSON Web Token whose key nobody has."""
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, grant)]
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    signed = hmac.new(secrets.token_bytes(32), text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"
