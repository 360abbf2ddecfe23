"""A community that has talked for a while: one past call of each, in one transaction with the real schema."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from bot.calls.first_call import card_version
from bot.calls.installation import Installation
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.house import open_cast, open_installation
from storage.rooms.reserving import fingerprint_of
from storage.rows import row_of_version, to_text
from tests.bench.bots import PERSONAS

SLUG = "wizard"
DAYS = 20
"""The calls were 5 to 25 days ago: no nightly work has to do with them."""
LINE = "I walked along the sea again, {} days in a row, and thought about the letters that never came."


async def fill(
    folder: Path,
    home: tuple[str, str],
    mailboxes: Mapping[str, str],
    people: int,
    turns: int,
    say: Callable[[int], str] = LINE.format,
) -> tuple[float, float]:
    """Let ``people`` have said ``turns`` turns, among them who has a mailbox; return seconds and megabytes.

    ``home`` is the platform and the tenant of their accounts, ``mailboxes`` the channel of direct messages by
    account, ``say`` what somebody says in a turn.
    """
    began = time.perf_counter()
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=f"sqlite:///{folder}/troupe.db",
        personas_dir=PERSONAS,
    )
    cast = await open_cast(settings)
    provider = sandbox_provider("http://127.0.0.1:9")
    strangers = [str(10**17 + number) for number in range(people - len(mailboxes))]
    accounts = [*mailboxes, *strangers]
    random.Random(7).shuffle(accounts)  # members lie anywhere in the file, as they do in life
    async with open_installation(settings, provider, cast, "http://127.0.0.1:8080") as house:
        rows = _rows(house, home, accounts, mailboxes, turns // people, say)
        await house.store.writer.write(lambda database: _insert(database, rows))  # type: ignore[attr-defined]
    return time.perf_counter() - began, (folder / "troupe.db").stat().st_size / 2**20


def _insert(database: Database, rows: Iterator[tuple[str, Sequence[dict[str, Any]]]]) -> None:
    for table, some in rows:
        names = list(some[0])
        marks = ", ".join("?" for _ in names)
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})"
        with closing(database.conn.cursor()) as cursor:
            cursor.executemany(statement, [tuple(row.values()) for row in some])


def _rows(
    house: Installation,
    home: tuple[str, str],
    accounts: Sequence[str],
    mailboxes: Mapping[str, str],
    turns: int,
    say: Callable[[int], str],
) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
    """Yield each table with some of its rows, a thousand people at a time."""
    platform, tenant = home
    persona = house.cast.of_slug(SLUG)
    version, card = row_of_version(house.cast.played_version(persona)), card_version(house.terms)
    names = {account: f"Member {number}" for number, account in enumerate(mailboxes)}
    vault, last = house.store.vault, datetime.now(UTC) - timedelta(days=5)  # type: ignore[attr-defined]
    for first in range(0, len(accounts), 1000):
        tables: dict[str, list[dict[str, Any]]] = {}

        def add(table: str, tables: dict[str, list[dict[str, Any]]] = tables, **row: Any) -> None:
            tables.setdefault(table, []).append(row)

        for number, account in enumerate(accounts[first : first + 1000], first):
            person, call, at = (
                f"{number:032x}",
                house.new_id(),
                last - timedelta(days=DAYS * number / len(accounts)),
            )
            moment, key = to_text(at), {"platform": platform, "tenant": tenant}
            holder = fingerprint_of(vault, platform, tenant, account)
            add("people", id=person, name=names.get(account, "Somebody"), added_at=moment)
            add("accounts", **key, id=account, person_id=person)
            add("consents", person_id=person, text_version=card, remember=1, answered_at=moment)
            if account in mailboxes:
                add(
                    "mailboxes",
                    **key,
                    account_id=account,
                    person_id=person,
                    channel_id=mailboxes[account],
                    locale="en-US",
                )
            add(
                "calls",
                id=call,
                ref=house.new_id(),
                person_id=person,
                **key,
                account_id=account,
                slug=SLUG,
                **version,
                delivery="page",
                topic="",
                reach="own",
                state="done",
                asked_at=moment,
                opened_at=moment,
                ended_at=moment,
                duration_seconds=240,
                failure="",
                granted_minutes=15,
                holder=holder,
                charged_day=moment[:10],
                charged_calls=1,
                charged_minutes=4,
            )
            add("allowances", scope=f"person {holder}", period=moment[:7], calls=0, minutes=4)
            add(
                "bindings",
                conversation_id=f"conv_{call}",
                call_id=call,
                reach="own",
                finished_at=moment,
                erased_there_at=moment,
            )
            add(
                "conversations",
                id=number + 1,
                talk_id=call,
                person_id=person,
                slug=SLUG,
                reach="own",
                call_id=call,
                started_at=moment,
                duration_seconds=240,
                title="The letters",
                summary="They talked about letters that never came, and about the sea.",
            )
            for place in range(turns):
                add(
                    "turns",
                    conversation=number + 1,
                    position=place,
                    role="user" if place % 2 else "agent",
                    text=say(place),
                    seconds=20.0 * place,
                )
        yield from tables.items()
