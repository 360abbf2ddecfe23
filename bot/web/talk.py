"""The talk page: an inert look at a link, the start behind its button, and the end."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, get_args
from urllib.parse import urlsplit

from aiohttp import web

from bot.calls.going_on import go_on, list_others
from bot.calls.installation import Installation
from bot.calls.opening import Doorway, Line, Opened, end_call, look_at_link, open_call
from bot.domain.errors import LinkExpired, NotStored, ProviderError
from bot.domain.persona import Persona, is_slug
from bot.web.answers import explain, render, respond
from bot.web.guarding import read_body
from bot.web.pictures import ink_on

_TOKEN = re.compile(r"[A-Za-z0-9_-]{16,128}")
_NO_SUCH_LINK = "There is no such link. Write /call for a new one, or ask whoever gave you this one."


class TalkPage:
    """Serves ``/t/<token>`` and what its buttons do; ``nudge`` tells that there is follow-up work.

    ``client`` are the addresses of the official client's files; without them the page talks in text.
    """

    def __init__(self, house: Installation, nudge: Callable[[], None], client: Mapping[str, str]) -> None:
        self._house = house
        self._client = client
        self._nudge = nudge
        public = urlsplit(house.terms.public_url)
        self._public_origin = f"{public.scheme}://{public.netloc}".lower()
        self._secure = public.scheme == "https"
        self._cookie_name = "__Host-troupe" if self._secure else "troupe"

    async def look(self, request: web.Request) -> web.Response:
        """Show who can be called, any number of times, and nothing about the caller."""
        door = await look_at_link(self._house, _token(request), self._cookie(request))
        page = show(door, self._client, has_rooms=bool(self._house.terms.room_origin))
        return web.Response(text=page, content_type="text/html")

    async def start(self, request: web.Request) -> web.Response:
        """Start the call and tie the link to this browser, which keeps its cookie if the line fails."""
        self._refuse_other_sites(request)
        token, (remember, line) = _token(request), _read_start(await read_body(request))
        known = self._cookie(request)
        cookie = known or self._house.new_token()
        try:
            opened = await open_call(self._house, token, cookie, remember=remember, line=line)
        except (ProviderError, NotStored) as error:
            response = respond(request, explain(error))
        else:
            if opened is None:
                raise web.HTTPPreconditionRequired
            response = web.json_response(_as_json(opened))
        if not known:
            self._give_cookie(response, cookie)
        return response

    def who_listens(self, request: web.Request) -> tuple[str, str]:
        """Return token and cookie of our own page. Raises LinkExpired, HTTPForbidden."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise web.HTTPForbidden
        return _token(request), self._cookie(request)

    async def end(self, request: web.Request) -> web.Response:
        """Note that the page hung up; it may tell so twice, or not at all."""
        self._refuse_other_sites(request)
        await read_body(request)
        await end_call(self._house, _token(request), self._cookie(request))
        self._nudge()
        return web.json_response({})

    async def list_others(self, request: web.Request) -> web.Response:
        """Say whom the browser that talks here may call next."""
        self._refuse_other_sites(request)
        await read_body(request)
        others = await list_others(self._house, _token(request), self._cookie(request))
        return web.json_response({"cast": [_shown(one) for one in others]})

    async def go_on(self, request: web.Request) -> web.Response:
        """Place the next call for the browser that talks here, and say where it starts."""
        self._refuse_other_sites(request)
        character = _read_character(await read_body(request))
        placed = await go_on(self._house, _token(request), self._cookie(request), character)
        self._nudge()
        return web.json_response({"path": urlsplit(placed.url).path, **_shown(placed.persona)})

    def _cookie(self, request: web.Request) -> str:
        """Return this browser's own secret, empty if it has none; one serves all links that it opens."""
        cookie = request.cookies.get(self._cookie_name, "")
        return cookie if _TOKEN.fullmatch(cookie) else ""

    def _give_cookie(self, response: web.Response, cookie: str) -> None:
        """Give it for as long as the browser runs; the name's prefix demands the path ``/``.

        A link that is opened from elsewhere brings it along; what another site posts does not.
        """
        path = "/" if self._secure else "/t/"
        response.set_cookie(
            self._cookie_name, cookie, path=path, secure=self._secure, httponly=True, samesite="Lax"
        )

    def _refuse_other_sites(self, request: web.Request) -> None:
        """Raise unless the browser says that our own page asks.

        Sec-Fetch-Site is sent to https and loopback only, and Origin is ``null`` for some beacons: one of
        the two has to speak for us, and neither against.
        """
        site = request.headers.get("Sec-Fetch-Site", "")
        origin = request.headers.get("Origin", "null").lower()
        ours = {self._public_origin, f"http://{request.host}".lower(), f"https://{request.host}".lower()}
        if site not in {"", "same-origin"} or origin not in {*ours, "null"}:
            raise web.HTTPForbidden
        if not site and origin == "null":
            raise web.HTTPForbidden


def show(door: Doorway, client: Mapping[str, str], *, has_rooms: bool) -> str:
    """Return the page as it is before the call."""
    return render(
        "talk.html",
        persona=door.persona,
        card=door.card,
        asks=door.asks,
        ink=ink_on(door.persona.color),
        is_over=door.is_over,
        client=client,
        rooms=has_rooms,
    )


def _token(request: web.Request) -> str:
    """Return the link's token. Raises LinkExpired for what we never gave out."""
    token = request.match_info["token"]
    if not _TOKEN.fullmatch(token):
        raise LinkExpired(_NO_SUCH_LINK)
    return token


def _as_json(opened: Opened) -> dict[str, Any]:
    """Return what the page needs to talk, on the line that it got."""
    where = {"signed_url": opened.signed_url}
    if opened.line == "room":
        where = {"token": opened.token, "room_origin": opened.room_origin}
    return {
        "line": opened.line,
        "message": opened.message,
        "max_seconds": opened.max_seconds,
        "remembers": opened.remembers,
        **where,
    }


def _shown(persona: Persona) -> dict[str, str]:
    """Return what the page shows of a character."""
    return {
        "slug": persona.slug,
        "name": persona.name,
        "tagline": persona.tagline,
        "author": persona.author,
        "language": persona.language,
        "color": persona.color,
        "ink": ink_on(persona.color),
    }


def _read_body(raw: bytes) -> dict[str, Any]:
    try:
        body: Any = json.loads(raw or b"{}")
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body


def _read_start(raw: bytes) -> tuple[bool | None, Line]:
    """Return the answer to the first-call card, None if there is none in it, and how the page will talk."""
    body = _read_body(raw)
    remember, line = body.get("remember"), body.get("line", "text")
    if not (remember is None or isinstance(remember, bool)) or line not in get_args(Line):
        raise web.HTTPBadRequest
    return remember, line


def _read_character(raw: bytes) -> str:
    """Return the slug of who is to be called next; empty: the same again."""
    character = _read_body(raw).get("character") or ""
    if not isinstance(character, str) or (character and not is_slug(character)):
        raise web.HTTPBadRequest
    return character
