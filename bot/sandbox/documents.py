"""The workspace as documents: changes of the agent, tools, secrets, webhooks, settings."""

from __future__ import annotations

import json

from bot.sandbox.file import File, transaction
from bot.sandbox.reading import Json

SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    position INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (kind, id));
"""


class Documents(File):
    @transaction
    def documents(self, kind: str) -> dict[str, Json]:
        """By id, oldest first."""
        rows = self.db.execute("SELECT id, document FROM documents WHERE kind = ? ORDER BY position", (kind,))
        return {row[0]: json.loads(row[1]) for row in rows}

    @transaction
    def put_document(self, kind: str, document_id: str, document: Json) -> None:
        self.db.execute(
            "INSERT INTO documents (kind, id, document) VALUES (?, ?, ?)"
            " ON CONFLICT (kind, id) DO UPDATE SET document = excluded.document",
            (kind, document_id, json.dumps(document)),
        )

    @transaction
    def drop_document(self, kind: str, document_id: str) -> None:
        self.db.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (kind, document_id))
