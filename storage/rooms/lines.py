"""Who holds which line: of every chat, and of the pages that processes which share a database serve."""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

from bot.domain.call import CallId
from bot.domain.caller import Account, PersonId
from bot.domain.line import HeldLine, LineKind, News
from storage.database import Database
from storage.rooms.carrying import end_carried, wake_holder
from storage.rooms.room import Room, reads, writes
from storage.rows import Row, to_text


class Lines(Room):
    """The part of the store that knows which process holds the line of a chat or a page."""

    is_shared = False
    """Whether other processes may use this store."""

    def listening(self, woken: Callable[[str], None]) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Have ``woken`` called with the id of what changed; nobody calls where nothing is shared."""
        return nullcontext()

    @writes
    def wake_everybody(self, database: Database, what: str) -> None:
        """Wake all processes with something to do, such as to forget an account: ids, no words."""
        database.wake(what)

    async def wake_for(self, news: News) -> None:
        """Tell all processes of something to look at; with a file there are no others."""

    @writes
    def hold_line(
        self,
        database: Database,
        call_id: CallId,
        kind: LineKind,
        holder: str,
        now: datetime,
        *,
        alone: bool = False,
    ) -> bool:
        """Note which process holds a line now; False where the call is gone.

        Whoever held it is woken, and with ``alone`` whoever holds another of the account's lines of its kind:
        that one is over.
        """
        call = database.execute("SELECT * FROM calls WHERE id = ?", (call_id,)).fetchone()
        if call is None:
            return False
        if alone:
            _end_others(database, call, kind)
        database.execute(
            """
            INSERT INTO lines VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (call_id) DO UPDATE SET kind = ?2, holder = ?3, held_at = ?4
            """,
            (call_id, kind, holder, to_text(now)),
        )
        wake_holder(database, call_id)
        return True

    @writes
    def let_line_go(self, database: Database, call_id: CallId, holder: str) -> None:
        """Note that a process holds a line no more; not a line that another one holds by now.

        What was on its way to a chat was not heard; a page may come back for it.
        """
        gone = database.execute(
            "DELETE FROM lines WHERE call_id = ? AND holder = ? RETURNING kind", (call_id, holder)
        ).fetchone()
        if gone is not None and gone["kind"] == "chat":
            end_carried(database, call_id)

    @writes
    def end_page(self, database: Database, call_id: CallId) -> None:
        """Forget what a page was told, and wake whoever holds its line: it is over."""
        database.execute("DELETE FROM carried WHERE call_id = ?", (call_id,))
        database.execute("DELETE FROM lines WHERE call_id = ?", (call_id,))
        wake_holder(database, call_id)

    @reads
    def fetch_chats(self, database: Database, account: Account) -> tuple[HeldLine, ...]:
        """Return the chats of an account that go on, the oldest first."""
        rows = database.execute(
            """
            SELECT lines.call_id, lines.holder, calls.slug, coalesce(threads.message_id, '') AS root
            FROM lines JOIN calls ON calls.id = lines.call_id
            LEFT JOIN posts AS threads ON threads.call_id = lines.call_id AND threads.kind = 'thread'
            WHERE lines.kind = 'chat' AND platform = ? AND tenant = ? AND account_id = ?
            ORDER BY lines.held_at, lines.call_id
            """,
            (account.platform, account.tenant, account.id),
        )
        return tuple(
            HeldLine(CallId(row["call_id"]), row["holder"], row["slug"], row["root"]) for row in rows
        )

    @reads
    def find_page(self, database: Database, person_id: PersonId) -> CallId | None:
        """Return the call of somebody whose page listens, the newest of several."""
        row = database.execute(
            """
            SELECT lines.call_id FROM lines JOIN calls ON calls.id = lines.call_id
            WHERE person_id = ? AND lines.kind = 'page' ORDER BY lines.held_at DESC LIMIT 1
            """,
            (person_id,),
        ).fetchone()
        return CallId(row["call_id"]) if row else None

    @reads
    def fetch_held(self, database: Database, holder: str) -> frozenset[CallId]:
        """Return the calls whose lines a process holds."""
        rows = database.execute("SELECT call_id FROM lines WHERE holder = ?", (holder,))
        return frozenset(CallId(row["call_id"]) for row in rows)

    async def drop_stale(self, carried_before: datetime, lines_before: datetime) -> int:
        """Forget what was carried, and which lines were held and spots seen, before these moments."""
        before = {"carried": to_text(carried_before), "lines": to_text(lines_before)}
        if not await self.reader.read(lambda database: _count_stale(database, before)):
            return 0
        return await self.writer.write(lambda database: _drop_stale(database, before))


def end_lines(database: Database, call_ids: Sequence[str]) -> None:
    """Wake whoever holds the lines of calls that are erased in this transaction."""
    held = database.execute(
        "SELECT call_id FROM lines WHERE call_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(call_ids)),),
    ).fetchall()
    for row in held:
        wake_holder(database, row["call_id"])


def _end_others(database: Database, call: Row, kind: LineKind) -> None:
    others = database.execute(
        """
        SELECT lines.call_id FROM lines JOIN calls ON calls.id = lines.call_id WHERE kind = ?
        AND platform = ? AND tenant = ? AND account_id = ? AND lines.call_id <> ?
        """,
        (kind, call["platform"], call["tenant"], call["account_id"], call["id"]),
    ).fetchall()
    for row in others:
        database.execute("DELETE FROM lines WHERE call_id = ?", (row["call_id"],))
        end_carried(database, row["call_id"])
        wake_holder(database, row["call_id"])


_STALE = (
    ("carried", "sent_at < :carried"),
    ("lines", "held_at < :lines"),
    ("spots", "seen_at < :lines"),
)


def _count_stale(database: Database, before: Mapping[str, str]) -> int:
    """Return in how many of the tables something is stale."""
    found = (
        database.execute(f"SELECT 1 FROM {table} WHERE {is_stale} LIMIT 1", before).fetchone()  # noqa: S608
        for table, is_stale in _STALE
    )
    return sum(row is not None for row in found)


def _drop_stale(database: Database, before: Mapping[str, str]) -> int:
    return sum(
        database.execute(f"DELETE FROM {table} WHERE {is_stale}", before).rowcount  # noqa: S608
        for table, is_stale in _STALE
    )
