"""What goes over the conversation's socket: messages that are read, closes and errors that are told.

Source: ElevenLabs, Agent WebSockets.
"""

from __future__ import annotations

from aiohttp import WSCloseCode, WSMsgType, web

from bot.sandbox.reading import Json, parse_object

LARGEST_MESSAGE_BYTES = 256 * 1024
CLOSE_REASON_BYTES = 123  # RFC 6455, 5.5


class ClosedError(Exception):
    """The connection is to end; `code` is 1008 when it is the client's doing.

    `error_type` is one of the documented names; empty where none of them fits.
    """

    def __init__(
        self, reason: str, code: int = WSCloseCode.POLICY_VIOLATION, error_type: str = "invalid_message"
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
        self.error_type = error_type


def wants_errors(agent: Json) -> bool:
    return "client_error" in agent["conversation_config"]["conversation"]["client_events"]


def error_event(code: int, error_type: str, reason: str) -> Json:
    """What is told before a close, with `client_error` switched on."""
    event: Json = {"code": int(code), "message": reason, "reason": reason}
    if error_type:
        event["error_type"] = error_type
    return {"type": "error", "error_event": event}


def close_reason(text: str) -> bytes:
    """As much of a text as fits into a close frame, in whole characters."""
    return text.encode()[:CLOSE_REASON_BYTES].decode(errors="ignore").encode()


def text_of(message: Json) -> str:
    text = message.get("text")
    if not isinstance(text, str):
        raise ClosedError(f"{message.get('type')} needs a text")
    return text


async def receive(socket: web.WebSocketResponse) -> Json | None:
    """The next message; None when the connection is closed. Raises ClosedError for what is not one."""
    frame = await socket.receive()
    if frame.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
        return None
    if frame.type is not WSMsgType.TEXT:
        raise ClosedError("Only JSON text messages are understood")
    if len(frame.data) > LARGEST_MESSAGE_BYTES:
        raise ClosedError("The message is too large")
    try:
        return parse_object(frame.data)
    except ValueError as error:
        raise ClosedError("The message is not valid JSON") from error
