"""Webhooks that wait to be delivered."""

from __future__ import annotations

import json
from dataclasses import dataclass

from bot.sandbox.file import File, transaction
from bot.sandbox.reading import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS webhooks (
    webhook_id INTEGER PRIMARY KEY AUTOINCREMENT, conversation_id TEXT NOT NULL, body TEXT NOT NULL,
    due_at REAL NOT NULL, attempts INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS webhooks_by_time ON webhooks (due_at, webhook_id);
CREATE INDEX IF NOT EXISTS webhooks_by_conversation ON webhooks (conversation_id);
"""


@dataclass(frozen=True)
class Webhook:
    webhook_id: int
    body: str
    due_at: float
    attempts: int

    @property
    def event_type(self) -> str:
        return str(json.loads(self.body)["type"])


class Outbox(File):
    @transaction
    def next_webhook(self) -> Webhook | None:
        row = self.db.execute(
            "SELECT webhook_id, body, due_at, attempts FROM webhooks ORDER BY due_at, webhook_id LIMIT 1"
        ).fetchone()
        return None if row is None else Webhook(*row)

    @transaction
    def count_webhooks(self) -> int:
        return int(self.db.execute("SELECT count(*) FROM webhooks").fetchone()[0])

    @transaction
    def make_webhooks_due(self, now: float) -> None:
        self.db.execute("UPDATE webhooks SET due_at = min(due_at, ?)", (now,))

    @transaction
    def put_off_webhook(self, webhook_id: int, due_at: float, *, tried: bool = True) -> None:
        self.db.execute(
            "UPDATE webhooks SET due_at = ?, attempts = attempts + ? WHERE webhook_id = ?",
            (due_at, int(tried), webhook_id),
        )

    @transaction
    def drop_webhook(self, webhook_id: int) -> None:
        self.db.execute("DELETE FROM webhooks WHERE webhook_id = ?", (webhook_id,))

    def queue_event(self, conversation_id: str, event: Json, due_at: float) -> None:
        """Inside a transaction of its cause."""
        self.db.execute(
            "INSERT INTO webhooks (conversation_id, body, due_at) VALUES (?, ?, ?)",
            (conversation_id, json.dumps(event, ensure_ascii=False), due_at),
        )
