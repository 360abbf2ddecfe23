"""How things stand, in numbers alone."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from bot.domain.allowance import month_of
from bot.domain.standing import LATE_AFTER, Standing
from bot.domain.usage import FEWEST_PEOPLE
from bot.domain.versions import UsedVersion
from storage.database import Database
from storage.rooms.costs import total_cost
from storage.rooms.hindrances import count_lines
from storage.rooms.reserving import EVERYBODY
from storage.rooms.room import Room, reads
from storage.rows import to_text, to_time_or_none

_OPEN = "FROM calls WHERE state IN ('scheduled', 'asked', 'dialing', 'live', 'unknown')"


class Watching(Room):
    """The part of the store that counts what stands there."""

    @reads
    def fetch_standing(self, database: Database, now: datetime) -> Standing:
        """Return the calls that are open, the work that waits, and what the month used and cost."""
        rows = database.execute(
            """
            SELECT kind, count(*) AS waiting,
                sum(CASE WHEN attempts > 0 AND lease_until IS NULL THEN 1 ELSE 0 END) AS tried,
                sum(CASE WHEN coalesce(lease_until, due_at) <= :now THEN 1 ELSE 0 END) AS due,
                sum(CASE WHEN coalesce(lease_until, due_at) <= :late THEN 1 ELSE 0 END) AS late,
                min(coalesce(lease_until, due_at)) AS oldest
            FROM jobs GROUP BY kind ORDER BY kind
            """,
            {"now": to_text(now), "late": to_text(now - LATE_AFTER)},
        ).fetchall()
        minutes = database.execute(
            "SELECT minutes FROM allowances WHERE scope = ? AND period = ?", (EVERYBODY, month_of(now))
        ).fetchone()
        oldest = min((row["oldest"] for row in rows if row["due"]), default=None)
        return Standing(
            count_lines(database, "", now),
            {row["kind"]: row["waiting"] for row in rows},
            {row["kind"]: row["tried"] for row in rows if row["tried"]},
            total_cost(database, month_of(now)),
            due={row["kind"]: row["due"] for row in rows if row["due"]},
            late={row["kind"]: row["late"] for row in rows if row["late"]},
            oldest_due_at=to_time_or_none(oldest),
            minutes=minutes["minutes"] if minutes else 0,
            calls=_open_calls(database),
        )

    @reads
    def fetch_versions(self, database: Database, slug: str) -> tuple[UsedVersion, ...]:
        """Return each version of a character's file that a call was placed with, the earliest first."""
        rows = database.execute(
            """
            SELECT kept.version, kept.text, coalesce(calls, 0) AS calls, first_at, last_at
            FROM persona_versions AS kept LEFT JOIN (
                SELECT persona_version, count(*) AS calls,
                    min(opened_at) AS first_at, max(opened_at) AS last_at
                FROM calls WHERE slug = :slug AND purpose = 'talk' AND opened_at IS NOT NULL
                GROUP BY persona_version
            ) ON persona_version = kept.version
            WHERE kept.slug = :slug ORDER BY kept.rowid
            """,
            {"slug": slug},
        )
        return tuple(
            UsedVersion(
                row["version"],
                row["text"],
                row["calls"],
                to_time_or_none(row["first_at"]),
                to_time_or_none(row["last_at"]),
            )
            for row in rows
        )


def _open_calls(database: Database) -> Mapping[tuple[str, str, str], int]:
    """Return how many calls are open, as ``Standing.calls`` has them."""
    rows = database.execute(
        f"SELECT state, delivery, slug, count(*) AS calls {_OPEN} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    ).fetchall()
    named = database.execute(
        f"SELECT slug {_OPEN} GROUP BY slug HAVING count(DISTINCT person_id) >= ?", (FEWEST_PEOPLE,)
    ).fetchall()
    slugs = {row["slug"] for row in named}
    calls: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        calls[row["state"], row["delivery"], row["slug"] if row["slug"] in slugs else ""] += row["calls"]
    return calls
