"""Response addresses: five answers within half an hour."""

from aiohttp import web

from tests.fakes.slack.act import RESPONSES, RESPONSES_LAST, Act
from tests.fakes.slack.composing import compose, rewrite
from tests.fakes.slack.message_rules import RESPONSE, check_message
from tests.fakes.slack.refusals import Part, Refusal
from tests.fakes.slack.server import ASKED, worded
from tests.fakes.slack.state import Message
from tests.fakes.slack.world import World


class Responses:
    """Takes what is posted to response addresses."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_routes(self, app: web.Application) -> None:
        """Add the route to an application."""
        app.router.add_post("/response/{token}", self._take)

    async def _take(self, request: web.Request) -> web.Response:
        act = self._world.responses.get(request.match_info["token"])
        if act is None:
            raise Refusal("invalid_url", status=404)
        if self._world.clock() - act.at > RESPONSES_LAST:
            raise Refusal("expired_url", status=404)
        if act.responses >= RESPONSES:
            raise Refusal("used_url", status=404)
        try:
            self._answer(act, request[ASKED].body)
        except Refusal as refusal:
            refusal.status = 400
            raise
        act.responses += 1
        self._world.bell.ring()
        return worded(request, "ok")

    def _answer(self, act: Act, body: dict[str, object]) -> None:
        form = Part(body)
        form.one_of("response_type", ("ephemeral", "in_channel"))
        form.settle("invalid_arguments")
        if body.get("delete_original"):
            if act.message is not None:
                self._world.remove(_there(act.message))
                return
            raise Refusal("message_not_found")
        check_message(body, RESPONSE)
        if body.get("replace_original"):
            if act.message is None:
                raise Refusal("message_not_found")
            rewrite(self._world, _there(act.message), body)
            if act.message not in act.messages:
                act.messages.append(act.message)
            return
        assert act.channel is not None
        viewer = None if body.get("response_type") == "in_channel" else act.person
        act.messages.append(compose(self._world, act.channel, body, viewer))


def _there(message: Message) -> Message:
    if message.is_deleted:
        raise Refusal("message_not_found")
    return message
