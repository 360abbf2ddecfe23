"""Every way in, each declared: a door ``answers`` in private or ``asks`` with a modal; no other is let in.

Source: Discord, "Receiving and responding": the first answer has to come within 3 s, a modal can only be a
first answer, and whether an answer is private is fixed there.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, cast

import discord
from discord import app_commands

P = ParamSpec("P")
It = discord.Interaction[Any]
KIND = "__door__"
"""The attribute of a callback that says which kind of door it is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an interaction asks for: a command of ours with its arguments, and a file that came with it."""

    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    attachment: discord.Attachment | None = None


def given(**arguments: object) -> dict[str, str]:
    """Return the arguments that were given, as text."""
    return {name: str(value) for name, value in arguments.items() if value not in (None, "")}


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
    """What stands already in the modal behind a button, as long as it is remembered; a restart forgets it."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._texts: OrderedDict[str, str] = OrderedDict()

    def keep(self, custom_id: str, text: str) -> None:
        """Remember what a button's modal begins with."""
        self._texts[custom_id] = text
        self._texts.move_to_end(custom_id)
        if len(self._texts) > self._most:
            self._texts.popitem(last=False)

    def get(self, custom_id: str) -> str:
        """Return what a button's modal begins with; nothing where that is not known any more."""
        return self._texts.get(custom_id, "")


class Client(Protocol):
    """The part of our client that doors know."""

    desk: Desk
    prefills: Prefills


Callback = Callable[Concatenate[It, P], Coroutine[Any, Any, None]]


def answers(work: Callable[Concatenate[It, P], Wanted]) -> Callback[P]:
    """Make a door of a function that says what is wanted: deferred in private before it is even asked."""

    @wraps(work)
    async def door(it: It, /, *args: P.args, **kwargs: P.kwargs) -> None:
        async def want() -> Wanted:
            return work(it, *args, **kwargs)

        await cast("Client", it.client).desk.answer(it, want)

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
