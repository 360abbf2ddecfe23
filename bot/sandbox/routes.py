"""The REST routes of the sandbox (ElevenLabs: API reference, Agents Platform), as strict as the real ones."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from aiohttp import web

from bot.sandbox.clock import Time
from bot.sandbox.initiation import initiation_problems
from bot.sandbox.listing import read_filters, write_cursor
from bot.sandbox.phone import PHONE_NUMBER, PHONE_NUMBER_ID, Phone
from bot.sandbox.reading import Fields, Json, parse_object
from bot.sandbox.records import detail, list_item
from bot.sandbox.refusals import InvalidError, Problem, RefusalError, not_found
from bot.sandbox.state import Signature, State, new_id
from bot.sandbox.talks import Talks

API_KEY = "sandbox"
SIGNED_URL_SECONDS = 15 * 60
WEBSOCKET_PATH = "/v1/convai/conversation"
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Rest:
    """The handlers; a signed URL points to the host that was asked."""

    talks: Talks
    state: State
    time: Time
    phone: Phone

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get(f"{WEBSOCKET_PATH}/get-signed-url", self.get_signed_url),
            web.get("/v1/convai/agents/{agent_id}", self.get_agent),
            web.get("/v1/convai/phone-numbers", self.list_phone_numbers),
            web.post("/v1/convai/twilio/outbound-call", self.call_by_twilio),
            web.get("/v1/convai/conversations", self.list_conversations),
            web.get("/v1/convai/conversations/{conversation_id}", self.get_conversation),
            web.delete("/v1/convai/conversations/{conversation_id}", self.delete_conversation),
            web.get("/sandbox/calls", self.list_calls),
        ]

    async def get_signed_url(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        agent_id = fields.text("agent_id")
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

    async def get_agent(self, request: web.Request) -> web.Response:
        self._check_agent(request.match_info["agent_id"])
        return answer(self.talks.agent)

    async def list_phone_numbers(self, request: web.Request) -> web.Response:
        fields = Fields("query", request.query)
        provider = fields.one_of("provider", ("twilio", "sip_trunk", "exotel"))
        agent_id = fields.optional_text("agent_id")
        fields.check()
        agent = self.talks.agent
        number = {
            "provider": "twilio",
            "phone_number_id": PHONE_NUMBER_ID,
            "phone_number": PHONE_NUMBER,
            "label": "A telephone in your terminal",
            "supports_inbound": False,
            "supports_outbound": True,
            "assigned_agent": {
                "agent_id": agent["agent_id"],
                "agent_name": agent["name"],
                "environment": "production",
                "branch_id": None,
            },
        }
        fits = provider in (None, "twilio") and agent_id in (None, agent["agent_id"])
        return answer([number] if fits else [])

    async def call_by_twilio(self, request: web.Request) -> web.Response:
        body = await read_body(request)
        fields = Fields("body", body)
        agent_id, number_id = fields.text("agent_id"), fields.text("agent_phone_number_id")
        to_number = fields.text("to_number")
        data = fields.optional_object("conversation_initiation_client_data")
        phone_config = Fields("telephony_call_config", fields.optional_object("telephony_call_config"))
        seconds = phone_config.integer("ringing_timeout_secs", low=1)
        fields.problems += [problem.under("body") for problem in phone_config.problems]
        fields.problems += [
            problem.under("body", "conversation_initiation_client_data")
            for problem in initiation_problems(data)
        ]
        fields.check()
        self._check_agent(agent_id)
        if number_id != PHONE_NUMBER_ID:
            raise not_found("phone_number", "agent_phone_number_id", number_id)
        if not E164.fullmatch(to_number):
            message = "The phone number must be in E.164 format, for example +4915112345678."
            raise RefusalError(400, "validation_error", "invalid_parameters", message, "to_number")
        data = {name: value for name, value in data.items() if name != "type"}
        call = await self.phone.place(to_number, seconds, data)
        return answer(
            {
                "success": True,
                "message": "Success",
                "conversation_id": call.conversation_id,
                "callSid": call.call_sid,
            }
        )

    async def list_conversations(self, request: web.Request) -> web.Response:
        filters = read_filters(request.query)
        found = await self.state.conversations(user_id=filters.user_id)
        fitting = [conversation for conversation in found if filters.fits(conversation)]
        fitting.sort(key=lambda conversation: int(conversation.started_at), reverse=not filters.ascending)
        end = filters.offset + filters.page_size
        more = end < len(fitting)
        name = self.talks.agent["name"]
        return answer(
            {
                "conversations": [
                    list_item(conversation, name, with_summary=filters.with_summary)
                    for conversation in fitting[filters.offset : end]
                ],
                "next_cursor": write_cursor(end) if more else None,
                "has_more": more,
            }
        )

    async def get_conversation(self, request: web.Request) -> web.Response:
        conversation_id = request.match_info["conversation_id"]
        conversation = await self.state.conversation(conversation_id)
        if conversation is None:
            raise not_found("conversation", "conversation_id", conversation_id)
        return answer(detail(conversation, self.talks.agent["name"]))

    async def delete_conversation(self, request: web.Request) -> web.Response:
        conversation_id = request.match_info["conversation_id"]
        if not await self.talks.delete(conversation_id):
            raise not_found("conversation", "conversation_id", conversation_id)
        return answer({})

    async def list_calls(self, _request: web.Request) -> web.Response:
        """Not ElevenLabs: the carrier's own truth of who was rung, in the order in which it happened."""
        calls = await self.state.calls()
        rung: dict[str, int] = {}
        for call in calls:
            rung[call.to_number] = rung.get(call.to_number, 0) + 1
        return answer({"calls": [asdict(call) for call in calls], "rung": rung})

    def _check_agent(self, agent_id: str) -> None:
        if agent_id != self.talks.agent["agent_id"]:
            raise not_found("agent", "agent_id", agent_id)


@web.middleware
async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check the key of every REST route under /v1, and give every refusal its documented body."""
    request_id = secrets.token_hex(16)
    try:
        if request.match_info.http_exception is None and _needs_key(request):
            _check_key(request)
        return await handler(request)
    except RefusalError as refusal:
        return answer(refusal.body(request_id), refusal.status, request_id)
    except InvalidError as invalid:
        return answer(invalid.body(), 422, request_id)
    except web.HTTPRequestEntityTooLarge:
        too_large = RefusalError(400, "invalid_request", "request_too_large", "The request is too large.")
        return answer(too_large.body(request_id), 400, request_id)
    except web.HTTPException as error:
        return answer({"detail": error.reason}, error.status, request_id)


async def read_body(request: web.Request) -> Json:
    raw = await request.read()
    try:
        return parse_object(raw)
    except ValueError as error:
        kind = "dict_type" if str(error) == "not a JSON object" else "json_invalid"
        words = "Input should be a valid dictionary" if kind == "dict_type" else "JSON decode error"
        raise InvalidError([Problem(("body",), words, kind)]) from error


def answer(body: object, status: int = 200, request_id: str | None = None) -> web.Response:
    headers = {"request-id": request_id or secrets.token_hex(16)}
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=status,
        content_type="application/json",
        headers=headers,
    )


def _needs_key(request: web.Request) -> bool:
    return request.path.startswith("/v1/") and request.path != WEBSOCKET_PATH


def _check_key(request: web.Request) -> None:
    key = request.headers.get("xi-api-key")
    if key is None:
        raise RefusalError(
            401, "authentication_error", "missing_api_key", "The header xi-api-key is missing."
        )
    if not hmac.compare_digest(key.encode(), API_KEY.encode()):
        raise RefusalError(401, "authentication_error", "invalid_api_key", "Invalid API key.")
