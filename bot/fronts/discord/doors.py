"""Every way in, each declared: a door ``answers`` in private or ``asks`` with a modal; no other is let in.

Source: Discord, "Receiving and responding": the first answer has to come within 3 s, a modal can only be a
first answer, and whether an answer is private is fixed there.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

import discord
from discord import app_commands

from bot.fronts.presses import Wanted

P = ParamSpec("P")
It = discord.Interaction[Any]
KIND = "__door__"
"""The attribute of a callback that says which kind of door it is."""


class Desk(Protocol):
    """Where every interaction is taken."""

    async def answer(self, it: It, want: Callable[[], Awaitable[Wanted]], *, in_place: bool = False) -> None:
        """Acknowledge in private, then find out what is wanted, and answer it."""
        ...

    async def unpack(self, it: It, what: str) -> Wanted:
        """Return what stands behind a button. Raises CallerError where it is kept no more."""
        ...

    async def ask(self, it: It, modal: discord.ui.Modal) -> None:
        """Show a modal as the first and only answer."""
        ...


class Prefills:
    """What stands already in the modals behind somebody's buttons; a restart and erasing forget it."""

    def __init__(self, most: int = 2_000) -> None:
        self._most = most
        self._texts: OrderedDict[str, dict[str, str]] = OrderedDict()

    def keep(self, owner: str, what: str, text: str) -> None:
        """Remember what a modal of somebody's begins with."""
        self._texts.setdefault(owner, {})[what] = text
        self._texts.move_to_end(owner)
        if len(self._texts) > self._most:
            self._texts.popitem(last=False)

    def get(self, owner: str, what: str) -> str:
        """Return what a modal begins with; nothing where that is not known any more."""
        return self._texts.get(owner, {}).get(what, "")

    def forget(self, owner: str) -> None:
        """Forget everything of somebody's."""
        self._texts.pop(owner, None)


class Client(Protocol):
    """The part of our client that doors know."""

    desk: Desk
    prefills: Prefills


Callback = Callable[Concatenate[It, P], Coroutine[Any, Any, None]]


def answers(work: Callable[Concatenate[It, P], Wanted | Awaitable[Wanted]]) -> Callback[P]:
    """Make a door of a function that says what is wanted: deferred in private before it is even asked."""
    return _answering(work, in_place=False)


def answers_in_place(work: Callable[Concatenate[It, P], Wanted | Awaitable[Wanted]]) -> Callback[P]:
    """Make a door like ``answers`` whose answer takes the place of the private message that was pressed."""
    return _answering(work, in_place=True)


def _answering(
    work: Callable[Concatenate[It, P], Wanted | Awaitable[Wanted]], *, in_place: bool
) -> Callback[P]:
    @wraps(work)
    async def door(it: It, /, *args: P.args, **kwargs: P.kwargs) -> None:
        async def want() -> Wanted:
            wanted = work(it, *args, **kwargs)
            return wanted if isinstance(wanted, Wanted) else await wanted

        await cast("Client", it.client).desk.answer(it, want, in_place=in_place)

    setattr(door, KIND, "answers")
    return door


def asks(work: Callable[Concatenate[It, P], discord.ui.Modal]) -> Callback[P]:
    """Make a door of a function that builds a modal from memory: nothing is awaited before it is shown."""

    @wraps(work)
    async def door(it: It, /, *args: P.args, **kwargs: P.kwargs) -> None:
        await cast("Client", it.client).desk.ask(it, work(it, *args, **kwargs))

    setattr(door, KIND, "asks")
    return door


def check_declared(callback: Callable[..., Any], name: str) -> None:
    """Raise TypeError for a callback that is no door."""
    if getattr(callback, KIND, None) not in {"answers", "asks"}:
        raise TypeError(f"{name} is neither a door that answers nor one that asks")


class DeclaredTree(app_commands.CommandTree[Any]):
    """A tree of commands that takes doors only."""

    def add_command(self, command: Any, /, **how: Any) -> None:
        """Add a command whose every callback is a door; raises TypeError for any other."""
        for one in command.walk_commands() if isinstance(command, app_commands.Group) else [command]:
            if not isinstance(one, app_commands.Group):
                check_declared(one.callback, one.qualified_name)
        super().add_command(command, **how)
