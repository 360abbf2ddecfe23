"""People who type, press and write; what they do reads like a dialogue."""

import asyncio
from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.act import PATIENCE, Act
from tests.fakes.slack.acting import Client
from tests.fakes.slack.asked import Asked
from tests.fakes.slack.element_rules import CHOICES, MULTI_SELECTS, PICKERS, SELECTS
from tests.fakes.slack.filling import check_whole, choices_of, filled, pick
from tests.fakes.slack.server import Request
from tests.fakes.slack.shown import Home, Modal, Shown, Surface
from tests.fakes.slack.state import Account, Channel, Team
from tests.fakes.slack.values import VALUE_KEYS
from tests.fakes.slack.writing import Writer

PICKED = (*SELECTS, *MULTI_SELECTS, *CHOICES, *PICKERS, "overflow")
EXTERNAL = ("external_select", "multi_external_select")


class Person(Writer):
    """Somebody in a workspace."""

    def __init__(
        self, person_id: str, name: str, team: Team, client: Client, requests: list[Request], **more: Any
    ) -> None:
        Account.__init__(self, person_id, name, team, **more)
        self._client = client
        self._world = client.world
        self._requests = requests
        self._was_told: set[tuple[str, int, str]] = set()

    async def types(
        self,
        line: str,
        *,
        where: Channel | None = None,
        thread: Shown | None = None,
        twice: bool = False,
        waits: bool = True,
    ) -> Asked:
        """Use a slash command, and see how it is acknowledged."""
        assert thread is None, "slash commands cannot be used in threads"
        act = self._client.command(self, where or self.dm, line)
        return await self._does(act, twice=twice, waits=waits)

    async def presses(
        self,
        surface: Surface,
        label: str = "",
        *,
        action_id: str = "",
        value: str | None = None,
        forged: bool = False,
        twice: bool = False,
        waits: bool = True,
    ) -> Asked:
        """Press a button, even one that links; what is ``forged`` no client would send, but a program can."""
        if forged:
            action = {"type": "button", "action_id": action_id, "block_id": "forged", "value": value or ""}
        else:
            self._check_sees(surface)
            block, element = surface.element(action_id or label, ("button",))
            action = {"type": "button", "action_id": element["action_id"], "block_id": block["block_id"]}
            action |= {key: element[key] for key in ("text", "value", "style", "url") if key in element}
        return await self._does(self._client.action(self, surface, action), twice=twice, waits=waits)

    async def picks(
        self, surface: Surface, which: str, *options: Any, twice: bool = False, waits: bool = True
    ) -> Asked:
        """Pick options by the beginnings of their labels, in a select that tells the app at once."""
        self._check_sees(surface)
        block, element = surface.element(which, PICKED)
        quiet = block["type"] == "input" and not block.get("dispatch_action")
        assert not quiet, f"{which!r} tells nobody until the modal is sent: fill it in"
        action = {"action_id": element["action_id"], "block_id": block["block_id"]}
        if element["type"] == "overflow":
            chosen = {"type": "overflow", "selected_option": pick(options[0], element["options"])}
        else:
            key = VALUE_KEYS[element["type"]][0]
            assert key.endswith("s") or len(options) == 1, "one thing can be picked"
            given = list(options) if key.endswith("s") else options[0]
            chosen = await self._put(surface, block, element, given)
        return await self._does(self._client.action(self, surface, action | chosen), twice=twice, waits=waits)

    async def fills(self, surface: Surface, values: dict[str, Any] | None = None, **more: Any) -> list[Asked]:
        """Fill in inputs, by ids or labels; return what was asked where an input tells the app at once."""
        self._check_sees(surface)
        asked = []
        for which, given in {**(values or {}), **more}.items():
            block, element = surface.element(which, tuple(VALUE_KEYS))
            chosen = await self._put(surface, block, element, given)
            if block["type"] != "input" or block.get("dispatch_action"):
                action = {"action_id": element["action_id"], "block_id": block["block_id"], **chosen}
                asked.append(await self._does(self._client.action(self, surface, action)))
        return asked

    async def searches(self, surface: Surface, which: str, text: str) -> list[tuple[str, str]]:
        """Type into a select that is searched, and return what is offered."""
        self._check_sees(surface)
        block, element = surface.element(which, EXTERNAL)
        least = element.get("min_query_length", 3)
        assert len(text) >= least, f"{which!r} is searched with at least {least} letters"
        where = (block["block_id"], element["action_id"])
        asked = await self._does(self._client.suggestion(self, surface, where, text))
        options = asked.act.options
        assert options is not None, f"loading options failed: {asked.story()}"
        surface.kept.offered[element["action_id"]] = options
        return [(one["text"]["text"], one["value"]) for one in options]

    async def submits(
        self,
        modal: Modal,
        values: dict[str, Any] | None = None,
        *,
        twice: bool = False,
        waits: bool = True,
        **more: Any,
    ) -> Asked:
        """Fill in what is left of a modal, and send it."""
        await self.fills(modal, values, **more)
        check_whole(modal)
        modal.view.errors = {}
        act = self._client.submission(self, modal.view)
        return await self._does(act, twice=twice, waits=waits)

    async def closes(self, modal: Modal, *, clear: bool = False, waits: bool = True) -> Asked | None:
        """Close a modal, and those below it if they are cleared; the app hears of it if it asked to."""
        self._check_sees(modal)
        act = self._client.closing(self, modal.view, is_cleared=clear)
        modal.view.is_open = False
        if clear and modal.view.previous is not None:
            await self.closes(Modal(modal.view.previous), clear=True, waits=waits)
        if not modal.view.body.get("notify_on_close"):
            return None
        return await self._does(act, waits=waits)

    async def opens_home(self, timeout: float = 10) -> Home:
        """Open the home tab, and wait until the app made it anew."""
        assert self._world.settings.home_tab, "there is no home tab"
        key = (self.team.id, self.id)
        before = self._world.homes[key].revision if key in self._world.homes else 0
        await self.visits("home")
        await self._world.bell.until(
            lambda: key in self._world.homes and self._world.homes[key].revision > before,
            timeout,
            lambda: f"no home tab was made for {self.name}; requests: {[str(one) for one in self._requests]}",
        )
        return self.home

    async def visits(self, tab: str) -> None:
        """Open a tab of the app, home or messages, and wait for nothing."""
        event = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.dm.id,
            "tab": tab,
            "event_ts": self._world.new_ts(),
        }
        if tab == "home" and (self.team.id, self.id) in self._world.homes:
            event["view"] = payloads.view(self.home.view)
        self._world.announce(self.team, event, "app_home_opened")
        await asyncio.sleep(0)

    @property
    def home(self) -> Home:
        """The home tab as it stands now."""
        return Home(self._world.homes[self.team.id, self.id])

    async def uses_shortcut(
        self, callback_id: str, *, on: Shown | None = None, twice: bool = False, waits: bool = True
    ) -> Asked:
        """Use a shortcut, or one on a message."""
        return await self._does(self._client.shortcut(self, callback_id, on), twice=twice, waits=waits)

    async def _put(self, surface: Surface, block: Any, element: Any, given: Any) -> dict[str, Any]:
        choices = choices_of(surface, element)
        if element["type"] in EXTERNAL and given is not None:
            for one in given if isinstance(given, list | tuple) else [given]:
                choices = await self._found(surface, element, str(one))
        chosen = filled(element, given, choices)
        surface.kept.typed[block["block_id"], element["action_id"]] = chosen
        return chosen

    async def _found(self, surface: Surface, element: Any, wanted: str) -> list[dict[str, Any]]:
        """Return what is offered, searched for by what is wanted if that was not offered before."""
        choices = choices_of(surface, element)
        words = wanted.lower()
        if not any(
            one["value"] == wanted or one["text"]["text"].lower().startswith(words) for one in choices
        ):
            await self.searches(surface, element["action_id"], wanted)
            choices = [*choices, *choices_of(surface, element)]
        return choices

    def _check_sees(self, surface: Surface) -> None:
        if isinstance(surface, Modal):
            assert surface.view.person is self, f"this is before {surface.view.person.name}"
            assert surface.is_open, "the modal is closed"
        elif isinstance(surface, Shown):
            message = surface.message
            assert not message.is_deleted, "the message is deleted"
            assert message.viewer in (None, self), f"{self.name} does not see this message"
            assert self in message.channel.members, f"{self.name} is not in {message.channel.name}"

    async def _does(self, act: Act, *, twice: bool = False, waits: bool = True) -> Asked:
        asked = Asked(act, self._world, self._requests)
        self._client.send(act, times=2 if twice else 1)
        if waits and act.sent_at is not None:
            patience = PATIENCE.total_seconds()
            await self._world.passes(patience, lambda: asked.is_settled, since=act.sent_at)
        return asked
