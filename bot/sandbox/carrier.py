"""The carrier's log: who was rung, and how often. It is on the disk before anybody hears of a call."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import MISSING, asdict, dataclass, fields

from bot.sandbox.file import File, transaction
from bot.sandbox.reading import Json
from bot.sandbox.records import Call

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    position INTEGER PRIMARY KEY AUTOINCREMENT, call_sid TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
    conversation_id TEXT AS (json_extract(document, '$.conversation_id')));
CREATE INDEX IF NOT EXISTS calls_by_conversation ON calls (conversation_id);
CREATE INDEX IF NOT EXISTS calls_by_number ON calls (json_extract(document, '$.to_number'));
CREATE INDEX IF NOT EXISTS calls_by_ref ON calls (json_extract(document, '$.call_ref'));
CREATE INDEX IF NOT EXISTS calls_by_state ON calls (json_extract(document, '$.state'));
"""
_LATER_FIELDS = {field.name: field.default for field in fields(Call) if field.default is not MISSING}


@dataclass(frozen=True)
class Log:
    """A part of the log, in the order in which it rang; `after` asks for the next page, None on the last."""

    calls: list[Json]
    after: int | None

    @property
    def rung(self) -> Counter[str]:
        """How often each number was rung, in this part."""
        return Counter(str(call["to_number"]) for call in self.calls if call["direction"] == "outbound")


class CarrierLog(File):
    @transaction
    def call(self, call_sid: str) -> Call | None:
        found = self.db.execute("SELECT 1 FROM calls WHERE call_sid = ?", (call_sid,)).fetchone()
        return None if found is None else self.find_call(call_sid)

    @transaction
    def ringing_calls(self) -> list[Call]:
        rows = self.db.execute(
            "SELECT document FROM calls WHERE json_extract(document, '$.state') = 'ringing' ORDER BY position"
        )
        return [Call(**json.loads(document)) for (document,) in rows]

    @transaction
    def log(
        self,
        *,
        to_number: str | None = None,
        call_ref: str | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Log:
        """The calls to a number, or with a reference, or all; each document has its `position`."""
        wanted = {"to_number": to_number, "call_ref": call_ref}
        tests = [f"json_extract(document, '$.{name}') = :{name}" for name, value in wanted.items() if value]
        where = " AND ".join(tests) or "true"
        rows = self.db.execute(
            f"SELECT position, document FROM calls WHERE {where} AND position > :after"  # noqa: S608
            " ORDER BY position LIMIT :limit",
            {**wanted, "after": after, "limit": -1 if limit is None else limit + 1},
        ).fetchall()
        page = rows if limit is None else rows[:limit]
        calls = [{**_LATER_FIELDS, **json.loads(document), "position": place} for place, document in page]
        return Log(calls, page[-1][0] if page and len(page) < len(rows) else None)

    def find_call(self, call_sid: str) -> Call:
        """Inside a transaction."""
        row = self.db.execute("SELECT document FROM calls WHERE call_sid = ?", (call_sid,)).fetchone()
        return Call(**json.loads(row[0]))

    def calls_of(self, conversation_id: str) -> list[Call]:
        """Inside a transaction."""
        rows = self.db.execute("SELECT document FROM calls WHERE conversation_id = ?", (conversation_id,))
        return [Call(**json.loads(document)) for (document,) in rows]

    def put_call(self, call: Call) -> None:
        """Inside a transaction of its cause."""
        self.db.execute(
            "INSERT INTO calls (call_sid, document) VALUES (?, ?)"
            " ON CONFLICT (call_sid) DO UPDATE SET document = excluded.document",
            (call.call_sid, json.dumps(asdict(call))),
        )
