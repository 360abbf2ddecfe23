"""How things stand, in numbers alone."""

from datetime import datetime

from bot.domain.allowance import month_of
from bot.domain.standing import Standing
from bot.domain.versions import UsedVersion
from storage.database import Database
from storage.rooms.costs import total_cost
from storage.rooms.hindrances import count_lines
from storage.rooms.room import Room, reads
from storage.rows import to_time_or_none


class Watching(Room):
    """The part of the store that counts what stands there."""

    @reads
    def fetch_standing(self, database: Database, now: datetime) -> Standing:
        """Return the lines that are taken, the work that waits, and what the month of ``now`` cost."""
        rows = database.execute(
            "SELECT kind, count(*) AS waiting, "
            "sum(CASE WHEN attempts > 0 AND lease_until IS NULL THEN 1 ELSE 0 END) AS tried "
            "FROM jobs GROUP BY kind ORDER BY kind"
        ).fetchall()
        return Standing(
            count_lines(database, "", now),
            {row["kind"]: row["waiting"] for row in rows},
            {row["kind"]: row["tried"] for row in rows if row["tried"]},
            total_cost(database, month_of(now)),
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
