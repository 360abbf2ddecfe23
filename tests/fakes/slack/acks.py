"""What an acknowledgement says beside that something arrived."""

from typing import Any

from tests.fakes.slack import act as kinds
from tests.fakes.slack.act import Act
from tests.fakes.slack.composing import compose
from tests.fakes.slack.message_rules import RESPONSE, check_message
from tests.fakes.slack.refusals import Part, Refusal
from tests.fakes.slack.server import Door
from tests.fakes.slack.state import View
from tests.fakes.slack.text_rules import Sheet, check_offered
from tests.fakes.slack.view_rules import MODAL, check_errors, check_view
from tests.fakes.slack.world import World

BARE, SAYS, OFFERS = "bare", "message", "options"
MOST_VIEWS = 3
ANSWERS = {"errors": "errors", "update": "view", "push": "view", "clear": ""}


class Acks:
    """Takes acknowledgements of acts."""

    def __init__(self, world: World, door: Door) -> None:
        self._world = world
        self._door = door

    def take(self, act: Act, body: Any) -> None:
        """Let an acknowledgement take effect, unless what it says is refused."""
        if act.acknowledged:
            return
        refusal = None
        try:
            told = self._take(act, body if body not in ("", {}) else None)
        except Refusal as error:
            refusal, act.failure = error, kinds.FAILED
        else:
            act.acknowledged, act.answered_at, act.failure = told, self._world.clock(), ""
        if body or refusal:
            self._door.note_ack(act.kind, body, refusal)
        self._world.bell.ring()

    def _take(self, act: Act, body: Any) -> str:
        if act.kind == kinds.SUGGESTION:
            return self._offer(act, body)
        if act.kind == kinds.SUBMISSION:
            return self._go_on(act, body)
        if body is None:
            return BARE
        if act.kind != kinds.COMMAND:
            raise Refusal("invalid_arguments", ["[ERROR] nothing may come with this acknowledgement"])
        if not isinstance(body, dict):
            raise Refusal("invalid_arguments", ["[ERROR] must provide an object"])
        assert act.channel is not None
        check_message(body, RESPONSE)
        viewer = None if body.get("response_type") == "in_channel" else act.person
        act.messages.append(compose(self._world, act.channel, body, viewer))
        return SAYS

    def _offer(self, act: Act, body: Any) -> str:
        form = Part(body)
        if form.is_object():
            form.knows("options option_groups")
            check_offered(form, Sheet(), least=0)
        form.settle("invalid_arguments")
        groups = [option for group in body.get("option_groups", ()) for option in group["options"]]
        act.options = [*body.get("options", ()), *groups]
        return OFFERS

    def _go_on(self, act: Act, body: Any) -> str:
        view = act.view
        assert view is not None
        if body is None:
            close(view)
            return BARE
        form = Part(body)
        if form.is_object():
            form.one_of("response_action", ANSWERS, required=True)
            form.knows(f"response_action {ANSWERS.get(body.get('response_action'), '')}")
        form.settle("invalid_arguments")
        action: str = body["response_action"]
        if action == "errors":
            check_errors(body.get("errors"), view.body["blocks"])
            view.errors = act.errors = body["errors"]
        elif action == "clear":
            close(view, every=True)
        else:
            check_view(body.get("view"), MODAL)
            if action == "update":
                self._world.change_view(view, body["view"])
            else:
                view = push(self._world, view, body["view"])
            act.views.append(view)
        return action


def push(world: World, below: View, body: dict[str, Any]) -> View:
    """Put a view on top of another."""
    if below.depth >= MOST_VIEWS:
        raise Refusal("push_limit_reached")
    return world.new_view(below.person, body, below)


def close(view: View, *, every: bool = False) -> None:
    """Close a view, and those below it too if every one is meant."""
    view.is_open = False
    if every and view.previous is not None:
        close(view.previous, every=True)
