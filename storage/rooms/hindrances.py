"""Why no call may begin now: paused, blocked, or every line taken."""

import json
from collections.abc import Sequence
from datetime import datetime

from storage.database import Database
from storage.rows import to_text


def find_pause(database: Database) -> tuple[str, str] | None:
    """Return since when (as text) calls are paused, and why."""
    row = database.execute("SELECT value FROM settings WHERE name = 'paused'").fetchone()
    if row is None:
        return None
    since, _, reason = row["value"].partition(" ")
    return since, reason


def is_blocked(database: Database, holders: Sequence[str]) -> bool:
    """Whether a manager blocked this person, on whichever of their accounts."""
    blocked = database.execute(
        "SELECT 1 FROM blocks WHERE holder IN (SELECT value FROM json_each(?))", (json.dumps(holders),)
    )
    return blocked.fetchone() is not None


def is_full(database: Database, call_id: str, at_once: int, now: datetime) -> bool:
    """Whether as many conversations run as are allowed at once, not counting this call's own first."""
    return count_lines(database, call_id, now) >= at_once


def count_lines(database: Database, call_id: str, now: datetime) -> int:
    """Return how many conversations run; chats have a pool of their own at ElevenLabs.

    A call that was started twice may have two of them, so that one link takes no more lines than others; of
    ``call_id`` only the second counts.
    """
    running: int = database.execute(
        """
        SELECT (SELECT count(*) FROM strangers WHERE busy_until > ?1) + (
            SELECT coalesce(sum(CASE WHEN talks = 0 AND id <> ?2 THEN 1 ELSE talks END), 0) FROM (
                SELECT id, (
                    SELECT count(*) FROM bindings WHERE call_id = calls.id AND finished_at IS NULL
                ) AS talks FROM calls
                WHERE state IN ('dialing', 'live', 'unknown') AND delivery <> 'chat' AND busy_until > ?1
            ) AS running
        )
        """,
        (to_text(now), call_id),
    ).fetchone()[0]
    return running
