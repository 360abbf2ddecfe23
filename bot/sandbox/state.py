"""The sandbox's own file: SQLite, written before any answer leaves.

Every public method is one transaction. They run on one thread of their own, so that waiting for the disk
does not hold up the conversations.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from bot.sandbox import carrier, documents, outbox
from bot.sandbox.carrier import CarrierLog
from bot.sandbox.documents import Documents
from bot.sandbox.file import transaction
from bot.sandbox.outbox import Outbox
from bot.sandbox.reading import Json
from bot.sandbox.records import Call, Conversation, Turn, Who

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS signatures (
    signature TEXT PRIMARY KEY, agent_id TEXT NOT NULL, conversation_id TEXT, expires_at REAL NOT NULL,
    used_at REAL);
CREATE TABLE IF NOT EXISTS conversations (
    position INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL UNIQUE, document TEXT NOT NULL,
    status TEXT AS (json_extract(document, '$.status')),
    user_id TEXT AS (json_extract(document, '$.user_id')));
CREATE INDEX IF NOT EXISTS conversations_by_status ON conversations (status);
CREATE INDEX IF NOT EXISTS conversations_by_user ON conversations (user_id);
CREATE INDEX IF NOT EXISTS conversations_by_ref ON conversations (
    json_extract(document, '$.client_data.dynamic_variables.call_ref'));
CREATE TABLE IF NOT EXISTS turns (
    position INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL,
    conversation_id TEXT NOT NULL REFERENCES conversations (conversation_id) ON DELETE CASCADE);
CREATE INDEX IF NOT EXISTS turns_by_conversation ON turns (conversation_id);
"""
CLOCK_OFFSET = "clock_offset_seconds"


@dataclass(frozen=True)
class Signature:
    """A signed URL's secret; one with a `conversation_id` is good for that conversation only."""

    signature: str
    agent_id: str
    conversation_id: str | None
    expires_at: float


class State(CarrierLog, Outbox, Documents):
    schema = SCHEMA + carrier.SCHEMA + outbox.SCHEMA + documents.SCHEMA

    @transaction
    def setting(self, name: str, first_value: str) -> str:
        """The stored value; the first value ever asked for stays."""
        self.db.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, first_value))
        row = self.db.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return str(row[0])

    @transaction
    def put_setting(self, name: str, value: str) -> None:
        self.db.execute("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    @transaction
    def add_signature(self, signature: Signature, now: float) -> None:
        self.db.execute("DELETE FROM signatures WHERE expires_at < ?", (now - 86_400,))
        self.db.execute(
            "INSERT INTO signatures VALUES (:signature, :agent_id, :conversation_id, :expires_at, NULL)",
            asdict(signature),
        )

    @transaction
    def use_signature(self, text: str, now: float) -> Signature | None:
        """None when it is unknown, expired, or single-use and used."""
        row = self.db.execute(
            "UPDATE signatures SET used_at = ?1 WHERE signature = ?2 AND expires_at > ?1"
            " AND (conversation_id IS NULL OR used_at IS NULL)"
            " RETURNING signature, agent_id, conversation_id, expires_at",
            (now, text),
        ).fetchone()
        return None if row is None else Signature(*row)

    @transaction
    def put_conversation(self, conversation: Conversation) -> None:
        self._put(conversation)

    @transaction
    def place_call(self, call: Call, conversation: Conversation) -> None:
        self._put(conversation)
        self.put_call(call)

    @transaction
    def answer_call(self, call_sid: str, now: float, who: Who) -> Call | None:
        """None when it does not ring any more; of two who answer, one gets it."""
        call = self.find_call(call_sid)
        if call.state != "ringing":
            return None
        answered = replace(call, state="in-progress", answered_at=now, answered_by=who)
        self.put_call(answered)
        conversation = self._get(call.conversation_id)
        if conversation is not None:
            self._put(replace(conversation, status="in-progress", accepted_at=now))
        return answered

    @transaction
    def miss_call(self, missed: Call, conversation: Conversation | None, event: Json) -> bool:
        """Store how a ringing call ended, with conversation and webhook; false if it rings no more."""
        if self.find_call(missed.call_sid).state != "ringing":
            return False
        self.put_call(missed)
        if conversation is not None and self._get(missed.conversation_id) is not None:
            self._put(conversation)
            self.queue_event(missed.conversation_id, event, missed.ended_at or 0.0)
        return True

    @transaction
    def add_turns(self, conversation_id: str, turns: tuple[Turn, ...]) -> None:
        """Turns of a conversation that was deleted meanwhile are not kept."""
        if self._get(conversation_id) is None:
            return
        for turn in turns:
            self.db.execute(
                "INSERT INTO turns (conversation_id, document) VALUES (?, ?)",
                (conversation_id, json.dumps(asdict(turn))),
            )

    @transaction
    def rate_turn(self, conversation_id: str, event_id: int, feedback: Json | None) -> None:
        self.db.execute(
            "UPDATE turns SET document = json_set(document, '$.feedback', json(?))"
            " WHERE conversation_id = ? AND json_extract(document, '$.event_id') = ?",
            (json.dumps(feedback), conversation_id, event_id),
        )

    @transaction
    def rate_conversation(self, conversation_id: str, feedback: Json) -> bool:
        conversation = self._get(conversation_id)
        if conversation is not None:
            self._put(replace(conversation, feedback={**(conversation.feedback or {}), **feedback}))
        return conversation is not None

    @transaction
    def end_conversation(self, conversation: Conversation) -> None:
        """Store a conversation that just ended, unless it is gone, and that its line was hung up."""
        stored = self._get(conversation.conversation_id)
        if stored is not None:
            self._put(replace(conversation, feedback=stored.feedback))
        self._hang_up(conversation)

    @transaction
    def store_failed_start(self, conversation: Conversation) -> None:
        self._put(conversation)
        self._hang_up(conversation)

    @transaction
    def complete(self, conversation: Conversation, event: Json, now: float) -> None:
        """Store an analysed conversation together with its webhook, once."""
        stored = self._get(conversation.conversation_id)
        if stored is not None and stored.status == "processing":
            self._put(replace(conversation, feedback=stored.feedback))
            self.queue_event(conversation.conversation_id, event, now)

    @transaction
    def conversation(self, conversation_id: str) -> Conversation | None:
        return self._get(conversation_id)

    @transaction
    def conversations(
        self, *, status: str | None = None, user_id: str | None = None, call_ref: str | None = None
    ) -> list[Conversation]:
        """With their turns, newest first; `call_ref` is the dynamic variable of that name, a text."""
        wanted = {
            "status": status,
            "user_id": user_id,
            "json_extract(document, '$.client_data.dynamic_variables.call_ref')": call_ref,
        }
        tests = [f"{place} = ?" for place, value in wanted.items() if value is not None]
        rows = self.db.execute(
            f"SELECT conversation_id FROM conversations WHERE {' AND '.join(tests) or 'true'}"  # noqa: S608
            " ORDER BY position DESC",
            [value for value in wanted.values() if value is not None],
        ).fetchall()
        found = [self._get(row[0]) for row in rows]
        return [conversation for conversation in found if conversation is not None]

    async def delete_conversation(self, conversation_id: str) -> bool:
        """Its waiting webhooks go as well, a telephone that rings for it stops; nothing of it is on disk."""
        is_gone = await self._delete(conversation_id)
        await self.on_thread(self.clean)
        return is_gone

    @transaction
    def _delete(self, conversation_id: str) -> bool:
        for call in self.calls_of(conversation_id):
            if call.state == "ringing":
                self.put_call(replace(call, state="failed"))
        self.db.execute("DELETE FROM webhooks WHERE conversation_id = ?", (conversation_id,))
        gone = self.db.execute("DELETE FROM conversations WHERE conversation_id = ?", (conversation_id,))
        return gone.rowcount == 1

    def _get(self, conversation_id: str) -> Conversation | None:
        row = self.db.execute(
            "SELECT document FROM conversations WHERE conversation_id = ?", (conversation_id,)
        ).fetchone()
        if row is None:
            return None
        turns = self.db.execute(
            "SELECT document FROM turns WHERE conversation_id = ? ORDER BY position", (conversation_id,)
        )
        said = tuple(Turn(**json.loads(document)) for (document,) in turns)
        return replace(Conversation(**json.loads(row[0])), turns=said)

    def _put(self, conversation: Conversation) -> None:
        document = asdict(replace(conversation, turns=()))
        del document["turns"]
        self.db.execute(
            "INSERT INTO conversations (conversation_id, document) VALUES (?, ?)"
            " ON CONFLICT (conversation_id) DO UPDATE SET document = excluded.document",
            (conversation.conversation_id, json.dumps(document)),
        )

    def _hang_up(self, conversation: Conversation) -> None:
        for call in self.calls_of(conversation.conversation_id):
            if call.state == "in-progress":
                self.put_call(replace(call, state="completed", ended_at=conversation.ended_at))


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(14)}"


@asynccontextmanager
async def open_state(path: Path) -> AsyncIterator[State]:
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-file") as thread:
        state = State(thread)
        await state.on_thread(partial(state.connect, path))
        try:
            yield state
        finally:
            await state.on_thread(state.disconnect)
