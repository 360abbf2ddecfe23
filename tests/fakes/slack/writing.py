"""How people write, and what is written to them."""

import asyncio
from typing import TYPE_CHECKING

from tests.fakes.slack import payloads
from tests.fakes.slack.acting import typed
from tests.fakes.slack.shown import Shown
from tests.fakes.slack.state import Account, Channel, Message

if TYPE_CHECKING:
    from tests.fakes.slack.world import World


class Writer(Account):
    """Somebody who writes and reads messages."""

    _world: "World"
    _was_told: set[tuple[str, int, str]]

    @property
    def dm(self) -> Channel:
        """Their direct messages with the bot."""
        return self._world.dm_of(self)

    @property
    def dms(self) -> list[Shown]:
        """What the bot wrote in their direct messages, private answers aside."""
        return self.dm.posts

    @property
    def whispers(self) -> list[Shown]:
        """What the bot shows in any channel to nobody but them."""
        return [
            Shown(message)
            for channel in self._world.channels.values()
            for message in channel.messages
            if message.viewer is self and not message.is_deleted
        ]

    def closes_dms(self, error: str = "user_not_visible") -> None:
        """Let direct messages be refused from now on, with this error."""
        self.dm_refusal = error

    def opens_dms(self) -> None:
        """Take direct messages again."""
        self.dm_refusal = ""

    def leaves(self) -> None:
        """Be deactivated."""
        self.is_deleted = True

    async def writes(
        self,
        text: str,
        *,
        where: Channel | None = None,
        thread: Shown | None = None,
        twice: bool = False,
    ) -> Shown:
        """Write a message, a direct one to the bot if nothing else is said."""
        return await self._says(Message("", self._place(where, thread), self, typed(text, self.team)),
                                thread, twice=twice)  # fmt: skip

    async def shares_file(
        self,
        name: str,
        data: bytes,
        *,
        mimetype: str = "application/json",
        text: str = "",
        where: Channel | None = None,
        thread: Shown | None = None,
        size: int | None = None,
        url: str | None = None,
        is_stub: bool = False,
        also: tuple[str, ...] = (),
        twice: bool = False,
    ) -> Shown:
        """Share a file, or several alike; its size and its address may be told falsely."""
        told = {"size": size or 0, "url": url or "", "is_stub": is_stub}
        names = (name, *also)
        files = [self._world.keep_file(self, one, data, mimetype, **told) for one in names]
        message = Message("", self._place(where, thread), self, typed(text, self.team), files=files)
        return await self._says(message, thread, twice=twice)

    async def edits(self, written: Shown, text: str) -> None:
        """Edit what they wrote."""
        assert written.message.author is self, "only who wrote a message can edit it"
        was = payloads.message(written.message)
        written.message.text = typed(text, self.team)
        self._world.change(written.message, was=was)
        await asyncio.sleep(0)

    async def deletes(self, written: Shown) -> None:
        """Delete what they wrote."""
        assert written.message.author is self, "only who wrote a message can delete it"
        self._world.remove(written.message)
        await asyncio.sleep(0)

    async def is_told(self, words: str, timeout: float = 20) -> Shown:
        """Wait until the bot shows these words to them alone; what was returned before does not count."""

        def told() -> Shown | None:
            for shown in (*self.dms, *self.whispers):
                sign = (shown.message.ts, shown.message.revision, words)
                if words in shown.text and sign not in self._was_told:
                    self._was_told.add(sign)
                    return shown
            return None

        def complaint() -> str:
            shown = [one.text for one in (*self.dms, *self.whispers)]
            return f"{self.name} was not told {words!r}, only {shown}"

        found = await self._world.bell.until(told, timeout, complaint)
        assert found is not None
        return found

    def _place(self, where: Channel | None, thread: Shown | None) -> Channel:
        place = where or (thread.message.channel if thread else self.dm)
        assert self in place.members, f"{self.name} is not in {place.name}"
        reads = self._world.settings.messages_tab or not place.is_im
        assert reads, "nobody can write where the messages tab is off"
        return place

    async def _says(self, message: Message, thread: Shown | None, *, twice: bool) -> Shown:
        message.ts = self._world.new_ts()
        if thread is not None:
            assert thread.message.channel is message.channel, "the thread is elsewhere"
            message.thread_ts = thread.message.thread_ts or thread.message.ts
        self._world.post(message, twice=twice)
        await asyncio.sleep(0)
        return Shown(message)
