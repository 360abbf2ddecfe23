"""Chats in threads of direct messages: several at once, and words go where they are written.

Source: Slack, "Messaging: threads"; slash commands do not work in threads, so a command that is not clear
asks which talk is meant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NewType

from bot.calls.installation import Installation, character_names
from bot.domain.call import CallId
from bot.domain.caller import Account
from bot.domain.line import HeldLine
from bot.domain.reply import Choice, Reply
from bot.fronts.chats import Chats
from bot.fronts.ends import End

Root = NewType("Root", str)
"""The time stamp of the message that a thread hangs on."""

SILENCE_SECONDS = 600.0
OVER = "The talk is over."
WHICH = "You are in several talks. Which one do you mean?"
ELSEWHERE = "Nobody hears that here. Write in the thread of whom you mean: {names}."


@dataclass(frozen=True, slots=True)
class Thread:
    """A talk: whose, in which thread, which call it is, and with which character."""

    account: Account
    root: Root
    call_id: CallId
    slug: str


class Talks:
    """Everybody's chats; one that is over is nowhere noted any more."""

    def __init__(self, house: Installation) -> None:
        self._house = house
        self.chats = Chats(house, lambda: SILENCE_SECONDS, _line_of)

    async def of(self, account: Account) -> list[Thread]:
        """Return the talks that somebody is in, or that are just beginning, the oldest first.

        Those that other processes relay come before those that this one does.
        """
        here = [key for key in self.chats.open_keys() if isinstance(key, Thread) and key.account == account]
        known = {one.call_id for one in here}
        lines = await self._house.lines.chats_of(account)
        there = [
            Thread(account, Root(one.root), one.call_id, one.slug)
            for one in lines
            if one.call_id not in known and not self._house.lines.holds(one.call_id)
        ]
        return there + here

    async def with_character(self, account: Account, slug: str) -> Thread | None:
        """Return somebody's talk with a character."""
        return next((one for one in await self.of(account) if one.slug == slug), None)

    async def heard_by(self, account: Account, root: str) -> End | None:
        """Return who hears what somebody writes in a thread; outside of any only who is alone on the line."""
        open_ones = await self.of(account)
        if root:
            open_ones = [one for one in open_ones if one.root == root]
        return await self.chats.find(open_ones[0]) if len(open_ones) == 1 else None

    async def elsewhere(self, account: Account) -> str:
        """Return in which threads somebody is heard; nothing where in none."""
        names = ", ".join(self.name_of(one) for one in await self.of(account))
        return ELSEWHERE.format(names=names) if names else ""

    def name_of(self, thread: Thread) -> str:
        """Return the name of whom a talk is with."""
        return character_names(self._house).get(thread.slug, thread.slug)

    async def hang_up(self, account: Account) -> bool:
        """End all of somebody's talks; False where there is none."""
        ended = [await self.chats.hang_up(one) for one in await self.of(account)]
        return any(ended)

    async def answer(self, account: Account, command: str, arguments: Mapping[str, str]) -> Reply | None:
        """Hang up or whisper; None for any other command, and where no talk is on.

        Of several talks ``call`` says which one, or ``what`` that all are meant; else it is asked.
        """
        if command == "hangup":
            return await self._end(account, arguments)
        if command == "whisper" and (text := arguments.get("text", "")):
            return await self._whisper(account, text, arguments.get("call", ""))
        return None

    async def _end(self, account: Account, arguments: Mapping[str, str]) -> Reply | None:
        talks, meant = await self.of(account), arguments.get("call", "")
        if meant or arguments.get("what") == "all":
            talks = [one for one in talks if not meant or one.call_id == meant]
        elif len(talks) > 1:
            choices = [
                Choice(f"Hang up on {self.name_of(one)}", "hangup", {"call": one.call_id}, replaces=True)
                for one in talks
            ]
            every = Choice("Hang up on all", "hangup", {"what": "all"}, replaces=True)
            return Reply(WHICH, choices=(*choices, every))
        elif not talks:
            return None
        for one in talks:
            await self.chats.hang_up(one)
        return Reply(OVER)

    async def _whisper(self, account: Account, text: str, meant: str) -> Reply | None:
        talks = [one for one in await self.of(account) if not meant or one.call_id == meant]
        if len(talks) > 1:
            choices = [
                Choice(
                    f"Tell {self.name_of(one)}", "whisper", {"call": one.call_id, "text": text}, replaces=True
                )
                for one in talks
            ]
            return Reply(WHICH, choices=tuple(choices))
        if talks and await self.chats.whisper(talks[0], text):
            return Reply(f"{self.name_of(talks[0])} knows.")
        return Reply(OVER) if meant else None


async def _line_of(thread: Thread) -> HeldLine:
    """Return what is known of a talk that another process relays."""
    return HeldLine(thread.call_id, "", thread.slug, thread.root)
