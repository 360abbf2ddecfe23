"""A community on a Postgres server: a small one comes over from a file, and is multiplied there."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import psycopg
from psycopg import sql

from bot.domain.caller import DEFAULT_TENANT
from bot.domain.hits import turn_key
from storage import open_store
from storage.postgres.copying import copy
from tests.bench.filling import fill
from tests.bench.texts import Texts

PEOPLE = 1_000
"""How many there are at first."""
_FIRST_ACCOUNT = 10**17
_APART = 10**7
"""By how much the accounts of one copy differ from those of the next."""
_NEW = 10**8
"""From where on the server numbers what comes later, so that there is room for copies."""

_PERSON = "lpad(to_hex({k}), 6, '0') || substr({of}, 7)"
_RANDOM = "md5({of} || {k})"
_LONGER = "{of} || {k}"
_NUMBER = f"{{of}} + {{k}} * {PEOPLE}"
_OTHER: Mapping[str, Mapping[str, str]] = {
    "people": {"id": _PERSON},
    "accounts": {"person_id": _PERSON, "id": f"({{of}}::bigint + {{k}}::bigint * {_APART})::text"},
    "consents": {"person_id": _PERSON, "id": ""},
    "calls": {"id": _RANDOM, "ref": _RANDOM, "person_id": _PERSON, "holder": _LONGER},
    "allowances": {"scope": _LONGER},
    "bindings": {"conversation_id": _LONGER, "call_id": _RANDOM},
    "shelves": {"number": _NUMBER, "person_id": _PERSON},
    "conversations": {
        "id": _NUMBER,
        "shelf": _NUMBER,
        "talk_id": _RANDOM,
        "call_id": _RANDOM,
        "person_id": _PERSON,
    },
    "turns": {"id": "", "conversation": _NUMBER},
    "terms": {"shelf": _NUMBER, "turn": f"{{of}} + {{k}}::bigint * {turn_key(PEOPLE, 0)}"},
}
"""What is different in every copy, by table and column; what is empty numbers itself."""


def account_of(number: int) -> str:
    """Return the account in the terminal of one of all people, from 0."""
    copied, first = divmod(number, PEOPLE)
    return str(_FIRST_ACCOUNT + first + copied * _APART)


async def fill_file(folder: Path, turns: int) -> str:
    """Make a file in which each of the first people has said so much, all indexed; return its address."""
    texts = Texts(random.Random(5), ready=0)
    home = ("console", DEFAULT_TENANT)
    await fill(folder, home, {}, PEOPLE, PEOPLE * turns, say=lambda _: texts.sentence())
    url = f"sqlite:///{folder}/troupe.db"
    async with open_store(url) as store:
        await store.indexed()  # type: ignore[attr-defined]
    return url


def fill_server(folder: Path, url: str) -> None:
    """Let a server hold that community as well, and keep it apart to be multiplied."""
    copy(folder / "troupe.db", url, lambda _: None)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA bench")
        for table in _OTHER:
            name = sql.Identifier(table)
            connection.execute(sql.SQL("CREATE TABLE bench.{} AS TABLE {}").format(name, name))
        for table, column in (("conversations", "id"), ("shelves", "number"), ("turns", "id")):
            connection.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", (table, column, _NEW))


def multiply(url: str, had: int, wanted: int, tell: Callable[[str], None]) -> None:
    """Let there be ``wanted`` communities like the first, where there are ``had`` now."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")  # what copies refer to comes with them
        for k in range(had, wanted):
            for table, other in _OTHER.items():
                connection.execute(_copied(connection, table, other, k))
            if (k + 1) % 10 == 0:
                tell(f"{(k + 1) * PEOPLE:,} people are there")
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def _copied(
    connection: psycopg.Connection[tuple[object, ...]], table: str, other: Mapping[str, str], k: int
) -> sql.Composed:
    described = connection.execute(sql.SQL("SELECT * FROM bench.{} LIMIT 0").format(sql.Identifier(table)))
    columns = [one.name for one in described.description or () if other.get(one.name) != ""]
    values = [
        sql.SQL(other[name].format(k=k, of=name)) if name in other else sql.Identifier(name)  # type: ignore[arg-type]
        for name in columns
    ]
    return sql.SQL("INSERT INTO {0} ({1}) SELECT {2} FROM bench.{0}").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)), sql.SQL(", ").join(values)
    )
