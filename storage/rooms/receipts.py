"""What ElevenLabs has confirmed of an erasure: kept until it has confirmed all of it, and no longer."""

import json
from datetime import datetime, timedelta

from bot.domain.call import NewJob
from bot.domain.caller import Account
from bot.domain.record import Confirmed, Receipt, Telling
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.room import Room, erases, reads, writes
from storage.rows import to_text
from storage.vault import Vault

TOLD_AFTER = timedelta(seconds=20)
"""Later than the answer to whoever erases something, which tells what is confirmed by then."""


class Receipts(Room):
    """The part of the store that knows what is gone at ElevenLabs as well."""

    @writes
    def note_erased_there(self, database: Database, conversation_id: str, now: datetime) -> None:
        """Note that ElevenLabs has a conversation no more; the last of an erasure queues ``erased``."""
        database.execute(
            "UPDATE bindings SET erased_there_at = ? WHERE conversation_id = ? AND erased_there_at IS NULL",
            (to_text(now), conversation_id),
        )
        confirmed = database.execute(
            "DELETE FROM unconfirmed WHERE conversation_id = ? RETURNING receipt_id", (conversation_id,)
        ).fetchall()
        complete = [row["receipt_id"] for row in confirmed if not _left(database, row["receipt_id"])]
        queue(database, [NewJob("erased", receipt_id, now + TOLD_AFTER) for receipt_id in complete])

    @erases
    def settle_receipt(self, database: Database, receipt_id: str) -> Confirmed:
        """Return how far an erasure is confirmed, and forget whose it was once all of it is."""
        row = database.execute("SELECT total FROM receipts WHERE id = ?", (receipt_id,)).fetchone()
        if row is None:
            return Confirmed()
        left = _left(database, receipt_id)
        if not left:
            database.execute("DELETE FROM receipts WHERE id = ?", (receipt_id,))
        return Confirmed(row["total"] - left, row["total"])

    @reads
    def fetch_receipt(self, database: Database, receipt_id: str) -> tuple[Account, Confirmed] | None:
        """Return whose erasure it is and how far it is confirmed; None once it was settled."""
        row = database.execute("SELECT * FROM receipts WHERE id = ?", (receipt_id,)).fetchone()
        if row is None:
            return None
        confirmed = row["total"] - _left(database, receipt_id)
        return Account(*json.loads(self.vault.open(row["sealed"]))), Confirmed(confirmed, row["total"])


def keep_receipt(database: Database, vault: Vault, telling: Telling | None, receipt: Receipt) -> None:
    """Keep what is to be confirmed to whoever erased it; what several erasures leave there adds up."""
    if telling is None or not receipt.kept_there:
        return
    one = telling.account
    database.execute(
        """
        INSERT INTO receipts VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET total = receipts.total + excluded.total
        """,
        (
            telling.receipt_id,
            vault.seal(json.dumps([one.platform, one.tenant, one.id])),
            len(receipt.conversation_ids),
        ),
    )
    database.execute(
        "INSERT INTO unconfirmed SELECT ?, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
        (telling.receipt_id, json.dumps(sorted(receipt.kept_there))),
    )


def _left(database: Database, receipt_id: str) -> int:
    query = "SELECT count(*) FROM unconfirmed WHERE receipt_id = ?"
    left: int = database.execute(query, (receipt_id,)).fetchone()[0]
    return left
