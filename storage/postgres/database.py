"""A connection to Postgres as the rooms of the store use it."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar

import psycopg
from psycopg import RawCursor
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Dumper, Loader
from psycopg.rows import RowMaker

from storage.database import Values
from storage.postgres.dialect import insertion, translate, translate_schema

WAKING = "troupe"
"""The channel on which processes wake each other."""
NOTIFY = "SELECT pg_notify(%s, %s)"


class Row(tuple[Any, ...]):
    """A row as ``sqlite3.Row`` is one: by position, by name, and the tuple of its values."""

    __slots__ = ()
    _places: ClassVar[Mapping[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        return tuple.__getitem__(self, self._places[key] if type(key) is str else key)

    def keys(self) -> Sequence[str]:
        """Return the names of the columns."""
        return tuple(self._places)


@cache
def _rows_of(names: tuple[str, ...]) -> type[Row]:
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name, place)
    return type("Row", (Row,), {"__slots__": (), "_places": places})


def _row_maker(cursor: psycopg.Cursor[Any] | RawCursor[Any]) -> RowMaker[Row]:
    described = cursor.description
    return _rows_of(tuple(column.name for column in described) if described else ())


class PostgresDatabase:
    """A ``storage.database.Database`` over one connection, inside a transaction that is open already."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.unclean: set[str] = set()
        """The tables from which this transaction took something away."""

    def execute(self, statement: str, values: Values = ()) -> RawCursor[Row]:
        """Run one statement."""
        translated = translate(statement)
        if translated.changes:
            self.unclean.add(translated.changes)
        cursor = RawCursor(self.connection, row_factory=_row_maker)
        cursor.execute(translated.text, translated.pick(values))
        return cursor

    def executemany(self, statement: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of these."""
        translated = translate(statement)
        if picked := [translated.pick(row) for row in rows]:
            RawCursor(self.connection).executemany(translated.text, picked)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row by the names of its columns."""
        RawCursor(self.connection).execute(insertion(table, tuple(row)), tuple(row.values()))

    def mark_unclean(self) -> None:
        """Nothing is to be noted: every table that an erasure touched is vacuumed after it."""

    def wake(self, whom: str) -> None:
        """Notify whoever listens, once this is committed (Postgres, NOTIFY)."""
        self.connection.execute(NOTIFY, (WAKING, whom))


class SchemaDatabase(PostgresDatabase):
    """A connection whose statements are steps of the schema."""

    def execute(self, statement: str, values: Values = ()) -> RawCursor[Row]:
        """Run one statement of a step."""
        return super().execute(translate_schema(statement), values)


class _Integer(Dumper):
    """Numbers and truth values: 64 bits, as their columns."""

    oid = psycopg.adapters.types["int8"].oid

    def dump(self, obj: Any) -> Buffer:
        return b"%d" % obj

    def quote(self, obj: Any) -> Buffer:
        return b" %d" % obj


class _Text(Dumper):
    """Text, with something in place of what a database cannot hold, so that it is found nowhere."""

    oid = psycopg.adapters.types["text"].oid

    def dump(self, obj: Any) -> Buffer:
        text: str = obj
        return text.replace("\0", "\ufffd").encode("utf-8", "replace")


class _WholeNumber(Loader):
    """The sum of whole numbers, which Postgres counts without an end."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data))


class _Truth(Loader):
    """A truth value as the number that SQLite has for it."""

    def load(self, data: Buffer) -> int:
        return int(bytes(data) == b"t")


def adapt(context: AdaptContext) -> None:
    """Let values go to Postgres and come back as they do with SQLite."""
    for kind in (int, bool):
        context.adapters.register_dumper(kind, _Integer)
    context.adapters.register_dumper(str, _Text)
    context.adapters.register_loader("numeric", _WholeNumber)
    context.adapters.register_loader("bool", _Truth)
