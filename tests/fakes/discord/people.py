"""People who type, press and write; what they do reads like a dialogue."""

import asyncio
from contextlib import suppress
from typing import Any

from tests.fakes.discord.acting import Client
from tests.fakes.discord.asked import Asked
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.server import Request
from tests.fakes.discord.shown import Modal, Shown, one_of
from tests.fakes.discord.state import Account, Channel, Message
from tests.fakes.discord.submitting import fill_in

FIRST_ANSWER_SECONDS = 3.0


class Person(Account):
    """Somebody on Discord."""

    def __init__(
        self, person_id: str, name: str, locale: str, client: Client, requests: list[Request]
    ) -> None:
        super().__init__(person_id, name, locale)
        self._client = client
        self._world = client.world
        self._requests = requests
        self._was_told: set[tuple[str, int, str]] = set()

    @property
    def dm(self) -> Channel:
        """Their DM channel with the bot."""
        return self._world.dm_of(self)

    @property
    def dms(self) -> list[Shown]:
        """What the bot shows in their DM channel, private answers aside."""
        return self.dm.posts

    @property
    def sees_typing(self) -> int:
        """How often the bot was seen typing in their DM channel."""
        return self.dm.typing

    def closes_dms(self, code: int = 50007) -> None:
        """Refuse DMs from now on, with this code."""
        self._world.dm_refusals[self.id] = code

    def opens_dms(self) -> None:
        """Take DMs again."""
        self._world.dm_refusals.pop(self.id, None)

    def installs_app(self) -> None:
        """Install the application for oneself."""
        self._world.installed.add(self.id)

    def uninstalls_app(self) -> None:
        """Take that back."""
        self._world.installed.discard(self.id)

    async def types(
        self,
        command: str,
        *,
        where: Channel | None = None,
        as_user_install: bool = False,
        twice: bool = False,
        waits: bool = True,
        **options: Any,
    ) -> Asked:
        """Use a slash command, and see how it is first answered."""
        act = self._client.command(self, where or self.dm, command, options, as_user_install=as_user_install)
        return await self._does(act, twice=twice, waits=waits)

    async def completes(
        self, command: str, option: str, typed: str, *, where: Channel | None = None, **others: Any
    ) -> list[tuple[str, Any]]:
        """Type into an option, and return what is offered."""
        act = self._client.command(self, where or self.dm, command, {**others, option: typed}, focused=option)
        asked = await self._does(act)
        assert act.choices is not None, f"loading options failed: {asked.story()}"
        return act.choices

    async def presses(
        self,
        shown: Shown,
        label: str = "",
        *,
        custom_id: str = "",
        forged: bool = False,
        twice: bool = False,
        waits: bool = True,
    ) -> Asked:
        """Press a button; what is ``forged`` a client would not send, but a program can."""
        if not forged:
            self._check_sees(shown)
        if custom_id:
            found = shown.component(custom_id)
            assert found or forged, f"there is no {custom_id!r}"
            assert forged or not (found or {}).get("disabled"), f"{custom_id!r} is disabled"
        else:
            found = shown.button(label)
            custom_id = found["custom_id"]
        data = {"custom_id": custom_id, "component_type": 2, "id": (found or {}).get("id", 1)}
        act = self._client.component(self, shown.message, data)
        if found is None:
            button = {**data, "type": 2, "style": 1, "label": "forged"}
            act.payload["message"]["components"] = [{"type": 1, "id": 1, "components": [button]}]
        return await self._does(act, twice=twice, waits=waits)

    async def picks(
        self, shown: Shown, *labels: Any, custom_id: str = "", twice: bool = False, waits: bool = True
    ) -> Asked:
        """Pick options of a select by the beginnings of their labels."""
        self._check_sees(shown)
        selects = [one for one in shown.selects() if custom_id in ("", one["custom_id"])]
        assert selects, "there is nothing to pick from"
        fitting = [one for one in selects if all(_offers(one, label) for label in labels)]
        assert fitting, f"none of {shown.options} begins with {labels}"
        select = fitting[0]
        assert not select.get("disabled"), "the select is disabled"
        names = [option["label"] for option in select["options"]]
        chosen = [names.index(one_of(label, names)) for label in labels]
        values = [select["options"][index]["value"] for index in chosen]
        least, most = select.get("min_values", 1), select.get("max_values", 1)
        assert least <= len(values) <= most, f"{least} to {most} can be picked"
        data = {"custom_id": select["custom_id"], "component_type": 3, "id": select["id"], "values": values}
        act = self._client.component(self, shown.message, data)
        return await self._does(act, twice=twice, waits=waits)

    async def submits(
        self,
        modal: Modal,
        values: dict[str, Any] | None = None,
        *,
        twice: bool = False,
        waits: bool = True,
        **more: Any,
    ) -> Asked:
        """Fill in a modal, by custom ids or labels, and send it."""
        assert modal.person is self, f"the modal is before {modal.person.name}"
        act = self._client.submit(self, modal, fill_in(modal, {**(values or {}), **more}))
        return await self._does(act, twice=twice, waits=waits)

    async def writes(
        self,
        content: str,
        *,
        where: Channel | None = None,
        attachments: list[tuple[str, bytes]] | None = None,
        replies_to: Shown | None = None,
    ) -> Shown:
        """Write a message, a DM to the bot if nothing else is said."""
        assert not where or not where.server or self.id in where.server.members, f"{self.name} is not there"
        files = [self._world.keep_file(name, data) for name, data in attachments or ()]
        message = Message(
            self._world.new_id(),
            where or self.dm,
            self,
            self._world.clock(),
            content=content,
            attachments=files,
            replies_to=replies_to.message if replies_to else None,
        )
        self._world.post(message)
        await asyncio.sleep(0)
        return Shown(message)

    async def edits(self, written: Shown, content: str) -> None:
        """Edit what they wrote."""
        assert written.message.author is self, "only who wrote a message can edit it"
        written.message.content = content
        self._world.touch(written.message)
        await asyncio.sleep(0)

    async def deletes(self, written: Shown) -> None:
        """Delete what they wrote."""
        assert written.message.author is self, "only who wrote a message can delete it"
        self._world.remove(written.message)
        await asyncio.sleep(0)

    async def is_told(self, words: str, timeout: float = 20) -> Shown:
        """Wait until a DM of the bot shows these words; what was returned for them before does not count."""

        def told() -> Shown | None:
            for shown in self.dms:
                sign = (shown.message.id, shown.message.revision, words)
                if words in shown.text and sign not in self._was_told:
                    self._was_told.add(sign)
                    return shown
            return None

        def complaint() -> str:
            return f"{self.name} was not told {words!r}, only {[shown.text for shown in self.dms]}"

        found = await self._world.bell.until(told, timeout, complaint)
        assert found is not None
        return found

    def _check_sees(self, shown: Shown) -> None:
        message = shown.message
        assert not message.is_deleted, "the message is deleted"
        assert message.viewer in (None, self), f"{self.name} does not see this message"

    async def _does(self, act: Interaction, *, twice: bool = False, waits: bool = True) -> Asked:
        asked = Asked(act, self._world, self._requests)
        self._client.send(act, times=2 if twice else 1)
        if waits and self._client.gateway.live:
            with suppress(AssertionError):
                await asked.acknowledges(FIRST_ANSWER_SECONDS)
        return asked


def _offers(select: dict[str, Any], label: Any) -> bool:
    return any(option["label"].startswith(label) for option in select.get("options", ()))
