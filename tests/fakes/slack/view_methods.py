"""The methods that open, change and publish views."""

from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.acks import push
from tests.fakes.slack.act import PATIENCE, Act
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.state import View
from tests.fakes.slack.view_rules import HOME, MODAL, check_view
from tests.fakes.slack.world import World


class ViewMethods:
    """Opens, pushes, updates and publishes."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def table(self) -> dict[str, Method]:
        """The methods by their names."""
        return {
            "views.open": self._open,
            "views.push": self._push,
            "views.update": self._update,
            "views.publish": self._publish,
        }

    def _open(self, call: Call) -> dict[str, Any]:
        act = self._act(call)
        self._check(call, MODAL)
        act.trigger_is_used = True
        view = self._world.new_view(act.person, call["view"])
        return self._shown(act, view)

    def _push(self, call: Call) -> dict[str, Any]:
        act = self._act(call)
        self._check(call, MODAL)
        if act.view is None or act.view.body["type"] != MODAL or not act.view.is_open:
            raise Refusal("not_found")
        view = push(self._world, act.view, call["view"])
        act.trigger_is_used = True
        return self._shown(act, view)

    def _update(self, call: Call) -> dict[str, Any]:
        call.knows("view view_id external_id hash")
        wanted, external_id = call["view_id"], call["external_id"]
        if not wanted and not external_id:
            call.needs("view_id")
        view = self._world.views.get(wanted) if wanted else self._named(call, external_id)
        if view is None or not view.is_open or view.person.team is not call.team:
            raise Refusal("not_found")
        if call["hash"] not in (None, view.hash):
            raise Refusal("hash_conflict")
        self._check(call, view.body["type"], view)
        self._world.change_view(view, call["view"])
        return {"view": payloads.view(view)}

    def _publish(self, call: Call) -> dict[str, Any]:
        call.knows("user_id view hash")
        user_id, _ = call.needs("user_id", "view")
        if not self._world.settings.home_tab:
            raise Refusal("not_enabled")
        person = self._world.person(call.team, user_id)
        view = self._world.homes.get((call.team.id, user_id))
        if call["hash"] is not None and (view is None or call["hash"] != view.hash):
            raise Refusal("hash_conflict")
        self._check(call, HOME, view)
        if view is None:
            view = self._world.new_view(person, call["view"])
            self._world.homes[call.team.id, user_id] = view
            view.revision = 1
            self._world.bell.ring()
        else:
            self._world.change_view(view, call["view"])
        return {"view": payloads.view(view)}

    def _act(self, call: Call) -> Act:
        call.knows("trigger_id view")
        trigger, _ = call.needs("trigger_id", "view")
        act = self._world.triggers.get(trigger)
        if act is None or act.person.team is not call.team:
            raise Refusal("invalid_trigger_id")
        if act.trigger_is_used:
            raise Refusal("exchanged_trigger_id")
        if self._world.clock() - act.at > PATIENCE:
            raise Refusal("expired_trigger_id")
        return act

    def _check(self, call: Call, kind: str, replaced: View | None = None) -> None:
        call.needs("view")
        check_view(call["view"], kind)
        external_id = call["view"].get("external_id")
        other = self._named(call, external_id) if external_id else None
        if other is not None and other is not replaced:
            raise Refusal("duplicate_external_id")

    def _named(self, call: Call, external_id: str) -> View | None:
        for view in self._world.views.values():
            if view.is_open and view.person.team is call.team and view.body.get("external_id") == external_id:
                return view
        return None

    def _shown(self, act: Act, view: View) -> dict[str, Any]:
        act.views.append(view)
        self._world.bell.ring()
        return {"view": payloads.view(view)}
