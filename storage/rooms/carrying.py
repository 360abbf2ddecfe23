"""What is carried to a line, from the process where it was said to the one that holds it."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.call import CallId, NewJob
from bot.domain.line import Carried, CarriedKind, Taken
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, reads, writes
from storage.rows import Row, storable, to_text


class Carrying(Room):
    """The part of the store that carries words to whoever holds a line, sealed, and for a minute at most."""

    @writes
    def begin_page(self, database: Database, call_id: CallId, text: str, now: datetime) -> None:
        """Forget what a page was told, and have this be the first thing, if it is any."""
        database.execute("DELETE FROM carried WHERE call_id = ?", (call_id,))
        if text and database.execute("SELECT 1 FROM calls WHERE id = ?", (call_id,)).fetchone():
            self._send(database, call_id, "update", text, now)

    @writes
    def send_to_line(
        self, database: Database, call_id: CallId, kind: CarriedKind, text: str, now: datetime
    ) -> int | None:
        """Put something on its way and wake the holder; return its number, None where nobody holds it."""
        held = database.execute("SELECT 1 FROM lines WHERE call_id = ?", (call_id,)).fetchone()
        return None if held is None else self._send(database, call_id, kind, text, now)

    async def take_from_line(self, call_id: CallId, holder: str) -> Taken:
        """Take what is on its way, each once and in the order in which it was sent.

        What is said in a chat is forgotten with that; what a page is told stays for one that comes back.
        Nothing is written where nothing waits.
        """
        taken = await self.reader.read(lambda database: _look(database, call_id, holder))
        if taken is not None:
            return taken
        return await self.writer.write(lambda database: self._take(database, call_id, holder))

    @reads
    def fetch_waiting(self, database: Database, holder: str) -> frozenset[CallId]:
        """Return the calls for whose lines, held by this process, something waits."""
        rows = database.execute(
            """
            SELECT DISTINCT carried.call_id FROM carried JOIN lines ON lines.call_id = carried.call_id
            WHERE holder = ? AND state = 'waiting'
            """,
            (holder,),
        )
        return frozenset(CallId(row["call_id"]) for row in rows)

    @writes
    def fetch_told(self, database: Database, call_id: CallId, after: int) -> tuple[Carried, ...]:
        """Take what a page is to be told, and return it after what it was told since that number."""
        new = _mark(database, call_id, "heard")
        rows = database.execute(
            """
            SELECT number, kind, sealed FROM carried WHERE call_id = ? AND state = 'heard'
            AND (number > ? OR number IN (SELECT CAST(value AS INTEGER) FROM json_each(?))) ORDER BY number
            """,
            (call_id, after, json.dumps(new)),
        ).fetchall()
        return self._open(rows)

    @writes
    def settle_carried(self, database: Database, number: int, *, is_heard: bool) -> None:
        """Note what became of something that was taken, and wake whoever sent it."""
        database.execute(
            "UPDATE carried SET state = ? WHERE number = ? AND state = 'taken'",
            ("heard" if is_heard else "unheard", number),
        )
        _wake_sender(database, number)

    @reads
    def was_heard(self, database: Database, number: int) -> bool | None:
        """Return whether something was heard; None where that is not known yet."""
        row = database.execute("SELECT state FROM carried WHERE number = ?", (number,)).fetchone()
        return {"heard": True, "unheard": False}.get(row["state"]) if row else True

    @writes
    def take_back(self, database: Database, number: int, now: datetime) -> bool:
        """Take back what nobody heard within its time; False where it was heard after all.

        Where nobody even took it, its line is held by a process that is dead, or stopped: it is over, and a
        chat's member is told by ``broke_off``.
        """
        row = database.execute(
            "DELETE FROM carried WHERE number = ? AND state <> 'heard' RETURNING call_id, state", (number,)
        ).fetchone()
        if row is not None and row["state"] == "waiting":
            over = database.execute("DELETE FROM lines WHERE call_id = ? RETURNING *", (row["call_id"],))
            chats = [line["call_id"] for line in over.fetchall() if line["kind"] == "chat"]
            queue(database, [NewJob("broke_off", call_id, now) for call_id in chats])
            wake_holder(database, row["call_id"])
        return row is not None

    def _send(self, database: Database, call_id: CallId, kind: CarriedKind, text: str, now: datetime) -> int:
        number: int = database.execute(
            "INSERT INTO carried (call_id, kind, sealed, sent_at) VALUES (?, ?, ?, ?) RETURNING number",
            (call_id, kind, self.vault.seal(storable(text)), to_text(now)),
        ).fetchone()[0]
        wake_holder(database, call_id)
        return number

    def _take(self, database: Database, call_id: CallId, holder: str) -> Taken:
        kind, lost = _find_line(database, call_id, holder)
        if lost is not None:
            return lost
        numbers = json.dumps(_mark(database, call_id, "heard" if kind == "page" else "taken"))
        rows = database.execute(
            """
            SELECT number, kind, sealed FROM carried
            WHERE number IN (SELECT CAST(value AS INTEGER) FROM json_each(?)) ORDER BY number
            """,
            (numbers,),
        ).fetchall()
        for row in rows:
            if row["kind"] == "say":
                database.execute("DELETE FROM carried WHERE number = ?", (row["number"],))
                _wake_sender(database, row["number"])
        return Taken(self._open(rows))

    def _open(self, rows: Sequence[Row]) -> tuple[Carried, ...]:
        return tuple(Carried(row["number"], row["kind"], self.vault.open(row["sealed"])) for row in rows)


def end_carried(database: Database, call_id: str) -> None:
    """Let whoever sent something to a chat that is over know: only that it should end was heard."""
    ended = database.execute(
        """
        UPDATE carried SET state = CASE WHEN kind = 'hang_up' THEN 'heard' ELSE 'unheard' END
        WHERE call_id = ? AND state IN ('waiting', 'taken') RETURNING number
        """,
        (call_id,),
    ).fetchall()
    for row in ended:
        _wake_sender(database, row["number"])


def wake_holder(database: Database, call_id: str) -> None:
    """Have whoever holds a line look at it, once this is committed."""
    database.wake(f"call {call_id}")


def _find_line(database: Database, call_id: CallId, holder: str) -> tuple[str, Taken | None]:
    """Return the kind of a line, and where somebody else holds it, or nobody, that it is lost."""
    row = database.execute("SELECT kind, holder FROM lines WHERE call_id = ?", (call_id,)).fetchone()
    if row is None or row["holder"] != holder:
        return "", Taken(is_held=False, is_moved=row is not None)
    return row["kind"], None


def _look(database: Database, call_id: CallId, holder: str) -> Taken | None:
    """Return what is found without taking anything; None where something waits."""
    if (lost := _find_line(database, call_id, holder)[1]) is not None:
        return lost
    waits = database.execute("SELECT 1 FROM carried WHERE call_id = ? AND state = 'waiting'", (call_id,))
    return None if waits.fetchone() else Taken()


def _mark(database: Database, call_id: CallId, state: str) -> list[int]:
    """Take what waits for a line, and return the numbers."""
    rows = database.execute(
        "UPDATE carried SET state = ? WHERE call_id = ? AND state = 'waiting' RETURNING number",
        (state, call_id),
    ).fetchall()
    if state == "heard":
        for row in rows:
            _wake_sender(database, row["number"])
    return [row["number"] for row in rows]


def _wake_sender(database: Database, number: int) -> None:
    database.wake(f"sent {number}")
