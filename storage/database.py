"""What the rooms of the store need of a database, whichever engine keeps it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

T = TypeVar("T")
Values = Sequence[Any] | Mapping[str, Any]
"""What stands for ``?`` in their order, for ``?1`` by number, or for ``:name``."""


class Rows(Protocol):
    """What a statement found. A row is read by position, by name, and as the tuple of its values."""

    @property
    def rowcount(self) -> int:
        """How many rows a statement changed."""

    def fetchone(self) -> Any:
        """Return the next row; None after the last one."""

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """A connection inside a transaction that is open already.

    Statements are written in what SQLite and Postgres have in common; what only one of them understands is
    named in ``storage.postgres.dialect``. Numbers stand for truth values, ISO text for times.
    """

    def execute(self, statement: str, values: Values = (), /) -> Rows:
        """Run one statement."""

    def executemany(self, statement: str, rows: Iterable[Values], /) -> object:
        """Run one statement for each of these."""

    def insert(self, table: str, row: Mapping[str, Any], /) -> object:
        """Add a row by the names of its columns; the others have what the schema says."""

    def mark_unclean(self) -> None:
        """Note, in the transaction of an erasure, that copies of what it erased may be left behind."""

    def wake(self, whom: str) -> None:
        """Tell every process that listens, once this is committed; ``whom`` is an id, never words."""


class Engine(Protocol):
    """Runs transactions: each is a plain function over a ``Database``, in a thread of its own.

    Postgres may run one more than once, so none has an effect beside the database that must not come twice.
    All of them raise NotStored when the world is at fault.
    """

    async def read(self, work: Callable[[Database], T], /) -> T:
        """Run ``work`` on one unchanging view of the data."""

    async def write(self, work: Callable[[Database], T], /) -> T:
        """Run ``work`` and commit it."""

    async def take(self, work: Callable[[Database], T], /) -> T:
        """Run ``work`` and commit it: it locks what it takes, and passes over what another one locked."""

    async def erase(self, work: Callable[[Database], T], /) -> T:
        """Run ``work``, commit it, and see to it that no copy of what it deleted is left."""
