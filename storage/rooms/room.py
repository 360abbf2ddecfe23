"""What every room of the store is made of: methods over a connection that callers await."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage.database import Database, Engine
from storage.tombstones import Tombstones
from storage.vault import Vault

T = TypeVar("T")
P = ParamSpec("P")
R = TypeVar("R", bound="Room")


class Room:
    """What the rooms share: what writes, what reads, the vault, the tombstones."""

    def __init__(
        self,
        writer: Engine,
        reader: Engine,
        vault: Vault,
        tombstones: Tombstones | None = None,
    ) -> None:
        self.writer = writer
        self.reader = reader
        self.vault = vault
        self.tombstones = tombstones


def reads(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one view of the data."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.reader.read(lambda database: method(self, database, *args, **kwargs))

    return awaitable


def writes(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one transaction."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.write(lambda database: method(self, database, *args, **kwargs))

    return awaitable


def takes(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one transaction that takes what is free."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.take(lambda database: method(self, database, *args, **kwargs))

    return awaitable


def erases(
    method: Callable[Concatenate[R, Database, P], T],
) -> Callable[Concatenate[R, P], Coroutine[Any, Any, T]]:
    """Make a method over a connection one that callers await: one transaction; the log keeps no copy."""

    @wraps(method)
    async def awaitable(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.writer.erase(lambda database: method(self, database, *args, **kwargs))

    return awaitable
