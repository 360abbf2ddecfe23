"""The routes that need no token but an interaction's own, and the CDN."""

from datetime import UTC, datetime

from aiohttp import web

from tests.fakes.discord import payloads
from tests.fakes.discord.answering import Answering
from tests.fakes.discord.refusals import Refusal
from tests.fakes.discord.server import API, ASKED, worded
from tests.fakes.discord.world import World


class Webhooks:
    """Answers to interactions, and files."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._answering = Answering(world)

    def add_routes(self, app: web.Application) -> None:
        """Add the routes to an application."""
        webhook = f"{API}/webhooks/{{application}}/{{token}}"
        message = f"{webhook}/messages/{{message}}"
        app.add_routes(
            [
                web.post(f"{API}/interactions/{{interaction}}/{{token}}/callback", self._callback),
                web.post(webhook, self._follow_up),
                web.get(message, self._fetch),
                web.patch(message, self._edit),
                web.delete(message, self._delete),
                web.get("/cdn/{folder}/{file}/{name}", self._file),
            ]
        )

    async def _callback(self, request: web.Request) -> web.Response:
        asked, match = request[ASKED], request.match_info
        told = self._answering.callback(match["interaction"], match["token"], asked.body, asked.uploads)
        if request.query.get("with_response", "") in ("1", "true"):
            return worded(request, told)
        return worded(request, None, 204)

    async def _follow_up(self, request: web.Request) -> web.Response:
        asked = request[ASKED]
        message = self._answering.follow_up(self._token(request), asked.body, asked.uploads)
        return worded(request, payloads.message(message))

    async def _fetch(self, request: web.Request) -> web.Response:
        message = self._answering.fetch(self._token(request), request.match_info["message"])
        return worded(request, payloads.message(message))

    async def _edit(self, request: web.Request) -> web.Response:
        asked, message_id = request[ASKED], request.match_info["message"]
        message = self._answering.edit(self._token(request), message_id, asked.body, asked.uploads)
        return worded(request, payloads.message(message))

    async def _delete(self, request: web.Request) -> web.Response:
        self._answering.delete(self._token(request), request.match_info["message"])
        return worded(request, None, 204)

    def _token(self, request: web.Request) -> str:
        if request.match_info["application"] != self._world.application_id:
            raise Refusal(10015)
        return request.match_info["token"]

    async def _file(self, request: web.Request) -> web.Response:
        file = self._world.files.get(request.match_info["file"])
        try:
            until = datetime.fromtimestamp(int(request.query["ex"], 16), UTC)
        except (KeyError, ValueError):
            until = datetime.min.replace(tzinfo=UTC)
        if file is None or file.filename != request.match_info["name"] or until < self._world.clock():
            request[ASKED].status = 404
            return web.Response(status=404, text="This content is no longer available.")
        headers = {"Content-Type": file.content_type or "application/octet-stream"}
        return web.Response(body=file.data, headers=headers)
