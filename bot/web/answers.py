"""What every response has in common: the security headers, and words for whatever went wrong."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.domain.errors import (
    AllLinesBusy,
    CallerError,
    CallRefused,
    LinkExpired,
    LinkTaken,
    NotStored,
    ProviderError,
    ProviderUnavailable,
    TroupeError,
    UnknownPersona,
)
from bot.web import page_files

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES.globals["files"] = page_files


@dataclass(frozen=True, slots=True)
class Trouble:
    """What somebody is told instead; ``again`` offers to open the same address once more."""

    status: int
    title: str
    text: str
    again: bool = False
    start: str = ""
    """Where it can be started anew."""


def security_headers(socket_origins: Sequence[str]) -> Mapping[str, str]:
    """Return what goes on every response; pages may open sockets to these origins and to nothing else."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": " ".join(("'self'", *socket_origins)),
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Robots-Tag": "noindex",
        "X-Content-Type-Options": "nosniff",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Server": "Troupe",
    }


def render(template: str, **values: object) -> str:
    """Return one of our pages; every value in it is escaped."""
    return _PAGES.get_template(template).render(values)


@web.middleware
async def answer_in_words(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what we and aiohttp raise into an answer that a person can read."""
    try:
        return await handler(request)
    except web.HTTPException as refusal:
        response = respond(request, _refused(refusal.status))
        if "Allow" in refusal.headers:
            response.headers["Allow"] = refusal.headers["Allow"]
        return response
    except web.RequestPayloadError:
        return respond(request, _refused(400))
    except TroupeError as error:
        return respond(request, explain(error))


def respond(request: web.BaseRequest, trouble: Trouble) -> web.Response:
    """Say it as JSON to whoever posts, as a page to everybody else."""
    if request.method == "POST":
        return web.json_response({"title": trouble.title, "error": trouble.text}, status=trouble.status)
    page = render("notice.html", trouble=trouble)
    return web.Response(text=page, status=trouble.status, content_type="text/html")


def explain(error: TroupeError) -> Trouble:
    """Return what to say about an error of ours; what the operator has to know goes to the log.

    Raises an error that nobody outside can be told anything about.
    """
    if isinstance(error, ProviderError):
        log.warning("%s", error)
        status = 503 if isinstance(error, ProviderUnavailable) else 502
        return Trouble(status, "The line is out of order", _OUT_OF_ORDER)
    if isinstance(error, NotStored):
        log.error("not stored: %s", error)
        return Trouble(503, "Not just now", _NOT_STORED)
    if isinstance(error, UnknownPersona):
        return Trouble(404, "This character has left", _LEFT)
    if isinstance(error, CallerError):
        return _in_their_words(error)
    raise error


def _in_their_words(error: CallerError) -> Trouble:
    """Return what the error itself says, under a heading of ours."""
    match error:
        case LinkExpired():
            return Trouble(410, "This link has run out", str(error))
        case LinkTaken():
            return Trouble(409, "This link is in use", str(error), again=True)
        case AllLinesBusy() | CallRefused():
            return Trouble(503, "Not just now", str(error), again=True)
    return Trouble(400, "This did not work", str(error))


class Connection(web.RequestHandler):
    """One browser's connection; what is not HTTP, and what nobody foresaw, is answered in words as well."""

    __slots__ = ("_headers",)

    def __init__(self, manager: web.Server, headers: Mapping[str, str], **settings: object) -> None:
        super().__init__(manager, access_log=None, auto_decompress=False, **settings)  # type: ignore[arg-type]
        self._headers = headers

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 (may quote the request)
    ) -> web.StreamResponse:
        """Answer without repeating what was sent: it may have been half a link."""
        transport = request.transport
        if isinstance(exc, ConnectionError) and (transport is None or transport.is_closing()):
            log.info("a connection was lost while it was read")
        elif status >= 500:
            log.error("a request failed", exc_info=exc)
        else:
            log.info("what came in was not HTTP (%s)", type(exc).__name__)
        if request.writer.output_size > 0:
            raise ConnectionError("half an answer was sent already") from exc
        response = respond(request, _refused(status))
        response.headers.update(self._headers)
        response.force_close()
        return response


def _refused(status: int) -> Trouble:
    title, text = _REFUSALS.get(status, (HTTPStatus(status).phrase, "This request cannot be answered."))
    return Trouble(status, title, text)


_LEFT = (
    "The character behind this link is not in the cast any more. "
    "/characters shows who can be called; or ask whoever gave you this link."
)
_OUT_OF_ORDER = (
    "The call could not be put through. Try again in a moment; if it stays like this, tell whoever runs this."
)
_NOT_STORED = "Nothing can be written down at the moment, so nothing was started. Try again in a minute."
_REFUSALS = {
    400: ("This cannot be read", "What was sent is not a request that this page makes."),
    401: ("Not accepted", "Not accepted."),
    403: ("Not from there", "A call can only be started from its own page. Open the link itself."),
    404: (
        "There is nothing here",
        "Links to a call look different. Ask for one with /call, or ask whoever gave you this one.",
    ),
    405: ("Not like this", "This address does not do that."),
    408: ("Too slow", "What was sent did not come in time. Try again."),
    413: ("Too much", "What was sent is larger than anything that belongs here."),
    428: (
        "One question first",
        "Say first whether the call may be remembered. Load the page again to be asked.",
    ),
    500: ("Something broke", "That is our fault and was written down. Try again in a moment."),
    503: ("Not just now", "There is too much at once. Try again in a minute."),
}
