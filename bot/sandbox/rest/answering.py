"""What every route has in common: the key, the bodies of refusals, and faults."""

from __future__ import annotations

import hmac
import json
import logging
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.sandbox.clock import Time
from bot.sandbox.faults import CALLS, OUTER, Fault, Faults
from bot.sandbox.reading import Json, parse_object
from bot.sandbox.refusals import InvalidError, Problem, RefusalError
from bot.sandbox.workspace import Workspace

log = logging.getLogger(__name__)

API_KEY = "sandbox"
WEBSOCKET_PATH = "/v1/convai/conversation"
TOKEN_PATH = "/v1/convai/conversation/token"  # noqa: S105 - a path
STATUSES = {
    400: ("invalid_request", "invalid_parameters"),
    401: ("authentication_error", "invalid_api_key"),
    402: ("payment_required", "insufficient_credits"),
    403: ("authorization_error", "insufficient_permissions"),
    404: ("not_found", "conversation_not_found"),
    409: ("conflict", "concurrent_modification"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    503: ("service_unavailable", "service_unavailable"),
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(workspace: Workspace, faults: Faults, time: Time) -> Callable[..., Awaitable[web.StreamResponse]]:
    """The middleware that checks the key of every route under /v1, lets faults happen, and words refusals."""

    @web.middleware
    async def handle(request: web.Request, handler: Handler) -> web.StreamResponse:
        request_id = secrets.token_hex(16)
        try:
            found = request.match_info.http_exception is None
            if found and _needs_key(request, workspace):
                _check_key(request)
            name = request.match_info.route.name
            fault = faults.take(name, OUTER) if found and name else None
            if fault is None:
                return await handler(request)
            return await _go_wrong(request, handler, fault, time)
        except RefusalError as refusal:
            return answer(refusal.body(request_id), refusal.status, request_id)
        except InvalidError as invalid:
            return answer(invalid.body(), 422, request_id)
        except web.HTTPException as error:
            return _worded(error, request_id)
        except ConnectionError:
            raise
        except Exception:
            log.exception("%s %s failed", request.method, request.path)
            words = "An internal error of the sandbox; its log says more."
            broken = RefusalError(500, "internal_error", "internal_server_error", words)
            return answer(broken.body(request_id), 500, request_id)

    return handle


def call_fault(faults: Faults, name: str) -> str | None:
    """What goes wrong with an outbound call's answer."""
    fault = faults.take(name, CALLS)
    return None if fault is None else fault.fault


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


def _worded(error: web.HTTPException, request_id: str) -> web.Response:
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        too_large = RefusalError(400, "invalid_request", "request_too_large", "The request is too large.")
        return answer(too_large.body(request_id), 400, request_id)
    return answer({"detail": error.reason}, error.status, request_id)


async def _go_wrong(request: web.Request, handler: Handler, fault: Fault, time: Time) -> web.StreamResponse:
    if fault.when == "before" and fault.fault == "status":
        return _refusal(fault)
    if fault.when == "before" and fault.fault == "delay":
        await request.read()  # whoever sent it may be gone by then, and it is carried out all the same
        await time.sleep_until(time.unix() + fault.seconds)
    if fault.when == "before" and fault.fault == "drop":
        return _drop(request)
    given = await handler(request)
    if fault.fault == "status":
        return _refusal(fault)
    if fault.fault == "garbage":
        return web.Response(body=b"<html>\xff", content_type="text/html")
    if fault.when == "after" and fault.fault == "delay":
        await time.sleep_until(time.unix() + fault.seconds)
    return _drop(request) if fault.fault == "drop" else given


def _refusal(fault: Fault) -> web.Response:
    kind, code = STATUSES.get(fault.status, ("internal_error", "internal_server_error"))
    refusal = RefusalError(
        fault.status, kind, fault.code or code, fault.reason or "A fault that was asked for."
    )
    request_id = secrets.token_hex(16)
    body = refusal.body(request_id)
    if fault.status == 422:
        body = InvalidError([Problem(("body",), refusal.message, "value_error")]).body()
    given = answer(body, fault.status, request_id)
    if fault.retry_after is not None:
        given.headers["Retry-After"] = str(fault.retry_after)
    return given


def _drop(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _needs_key(request: web.Request, workspace: Workspace) -> bool:
    """A browser may ask for the token of a public agent without a key."""
    if request.path == TOKEN_PATH and "xi-api-key" not in request.headers:
        agent = workspace.agents.get(request.query.get("agent_id", "")) or workspace.agent()
        return bool(agent["platform_settings"]["auth"]["enable_auth"])
    return request.path.startswith("/v1/") and request.path != WEBSOCKET_PATH


def _check_key(request: web.Request) -> None:
    key = request.headers.get("xi-api-key")
    if key is None:
        raise RefusalError(
            401, "authentication_error", "missing_api_key", "The header xi-api-key is missing."
        )
    if not hmac.compare_digest(key.encode(), API_KEY.encode()):
        raise RefusalError(401, "authentication_error", "invalid_api_key", "Invalid API key.")
