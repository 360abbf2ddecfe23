"""What operators were told at once, and the numbers by which trouble is known."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.alert import Alert, Cause, Signs
from bot.domain.allowance import day_of
from bot.domain.call import NewJob
from bot.domain.phone import CODE_TRIES
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.reserving import used
from storage.rooms.room import Room, reads, writes
from storage.rows import to_text

KEPT_FOR = timedelta(days=90)
MOST_CALLS = 50
GUESSED_WITHIN = timedelta(days=1)
"""For how long a code whose tries were used up counts, from when it would have run out by itself."""
COMES_WITHIN = timedelta(minutes=10)
"""How long after its end nobody wonders yet that no event of a call came."""


class Alerting(Room):
    """The part of the store that knows what operators were told."""

    @writes
    def settle_cause(self, database: Database, cause: Cause, boards: Sequence[str], now: datetime) -> bool:
        """Note that something is so, or no longer; queue an ``alert`` job for each board if that is new."""
        if not cause.sentence:
            row = database.execute(
                """
                UPDATE alerts SET over_at = ?, over_sentence = ? WHERE cause = ? AND over_at IS NULL
                RETURNING id
                """,
                (to_text(now), cause.over_sentence, cause.name),
            ).fetchone()
        else:
            database.execute("DELETE FROM alerts WHERE raised_at < ?", (to_text(now - KEPT_FOR),))
            row = database.execute(
                """
                INSERT INTO alerts (cause, sentence, over_sentence, raised_at) VALUES (?, ?, ?, ?)
                ON CONFLICT DO NOTHING RETURNING id
                """,
                (cause.name, cause.sentence, cause.over_sentence, to_text(now)),
            ).fetchone()
        if row is None:
            return False
        if cause.sentence or cause.over_sentence:
            queue(database, [NewJob("alert", f"{row['id']} {board}", now) for board in boards])
        return True

    @reads
    def fetch_alert(self, database: Database, alert_id: int) -> Alert | None:
        """Return what was told, or is to be; None for what is forgotten."""
        row = database.execute("SELECT * FROM alerts WHERE id = ?", (alert_id,)).fetchone()
        if row is None:
            return None
        return Alert(row["sentence"], row["over_sentence"], row["over_at"] is not None)

    @reads
    def fetch_raised(self, database: Database, beginning: str) -> tuple[str, ...]:
        """Return the names of causes that are so, and begin like this."""
        rows = database.execute("SELECT cause FROM alerts WHERE over_at IS NULL ORDER BY cause")
        return tuple(row["cause"] for row in rows if row["cause"].startswith(beginning))

    @reads
    def fetch_signs(self, database: Database, now: datetime) -> Signs:
        """Return the numbers by which trouble is known."""
        guessed = database.execute(
            "SELECT count(*) FROM phones WHERE tries >= ? AND code_hash <> '' AND code_expires_at > ?",
            (CODE_TRIES, to_text(now - GUESSED_WITHIN)),
        ).fetchone()[0]
        strangers = database.execute(
            "SELECT count(*) FROM strangers WHERE busy_until > ?", (to_text(now - timedelta(hours=1)),)
        ).fetchone()[0]
        ended, heard = database.execute(
            """
            SELECT count(*), coalesce(sum(CASE WHEN EXISTS (
                SELECT 1 FROM inbox WHERE inbox.conversation_id = bindings.conversation_id
            ) THEN 1 ELSE 0 END), 0) FROM (
                SELECT id FROM calls
                WHERE state IN ('done', 'failed', 'expired') AND state = 'done'
                AND coalesce(ended_at, asked_at) >= ? AND coalesce(ended_at, asked_at) <= ?
                ORDER BY coalesce(ended_at, asked_at) DESC LIMIT ?
            ) AS lately JOIN bindings ON bindings.call_id = lately.id
            """,
            (to_text(now - timedelta(days=1)), to_text(now - COMES_WITHIN), MOST_CALLS),
        ).fetchone()
        codes, _ = used(database, "code", day_of(now))
        return Signs(codes, guessed, strangers, ended, heard)
