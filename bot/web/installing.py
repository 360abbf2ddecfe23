"""``GET /slack/install`` and ``GET /slack/oauth_redirect``: where a workspace installs the Slack app."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

from aiohttp import web

from bot.web.answers import Trouble, respond

INSTALL, REDIRECT = "/slack/install", "/slack/oauth_redirect"
Step = Callable[[str, Mapping[str, str]], Awaitable[tuple[int, str, str, Mapping[str, str]]]]
"""What a front makes of a query and headers: status, heading and text of a page, and headers."""


class Installer(Protocol):
    """The front that is installed."""

    @property
    def begin(self) -> Step:
        """Sends a browser to the platform."""

    @property
    def finish(self) -> Step:
        """Takes a browser back from there."""


def routes(installer: Installer) -> list[web.RouteDef]:
    """Return the two addresses."""
    return [
        web.get(INSTALL, _showing(installer.begin), allow_head=False),
        web.get(REDIRECT, _showing(installer.finish), allow_head=False),
    ]


def _showing(step: Step) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def show(request: web.Request) -> web.StreamResponse:
        status, title, text, headers = await step(request.query_string, request.headers)
        if not title:
            return web.Response(status=status, headers=headers)
        start = "" if status == 200 else INSTALL
        response = respond(request, Trouble(status, title, text, start=start))
        response.headers.update(headers)
        return response

    return show
