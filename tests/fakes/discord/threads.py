"""Threads that a bot opens in a channel, and whom it takes into them."""

from aiohttp import web

from tests.fakes.discord import payloads
from tests.fakes.discord.gateway import GUILDS
from tests.fakes.discord.refusals import Form, Refusal
from tests.fakes.discord.rest import check_may_send
from tests.fakes.discord.server import API, ASKED, worded
from tests.fakes.discord.state import PRIVATE_THREAD, PUBLIC_THREAD, TEXT, Channel
from tests.fakes.discord.world import World

ARCHIVED_AFTER = (60, 1440, 4320, 10_080)


class Threads:
    """Opens threads."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_routes(self, app: web.Application) -> None:
        """Add the routes to an application."""
        app.add_routes(
            [
                web.post(f"{API}/channels/{{channel}}/threads", self._open),
                web.put(f"{API}/channels/{{channel}}/thread-members/{{user}}", self._admit),
            ]
        )

    async def _open(self, request: web.Request) -> web.Response:
        parent = self._world.channel_for_bot(request.match_info["channel"])
        form = Form(request[ASKED].body)
        if form.is_object():
            form.knows("name type auto_archive_duration invitable rate_limit_per_user")
            form.text("name", 100, 1, required=True)
            form.one_of("type", (PUBLIC_THREAD, PRIVATE_THREAD), required=False)
            form.one_of("auto_archive_duration", ARCHIVED_AFTER, required=False)
            form.number("rate_limit_per_user", 0, 21_600)
            form.flag("invitable")
        form.settle()
        if parent.kind != TEXT or parent.server is None:
            raise Refusal(50024)
        check_may_send(parent)
        kind, name = form["type"].body or PRIVATE_THREAD, form["name"].body
        thread = Channel(self._world.new_id(), name, kind, parent.server, parent=parent)
        parent.server.channels[name] = thread
        self._world.channels[thread.id] = thread
        told = payloads.channel(thread)
        self._world.announce(
            "THREAD_CREATE", told | {"newly_created": True}, server=parent.server, intent=GUILDS
        )
        return worded(request, told, 201)

    async def _admit(self, request: web.Request) -> web.Response:
        thread = self._world.channel_for_bot(request.match_info["channel"])
        if thread.parent is None or thread.server is None:
            raise Refusal(50024)
        person = self._world.people.get(request.match_info["user"])
        if person is None or person.id not in thread.server.members:
            raise Refusal(10007)
        thread.recipients = (*thread.recipients, person)
        return worded(request, None, 204)
