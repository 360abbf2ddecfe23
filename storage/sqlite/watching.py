"""How things stand, in numbers alone."""

from datetime import datetime

from sqlite_utils import Database

from bot.domain.allowance import month_of
from bot.domain.standing import Standing
from storage.sqlite.costs import total_cost
from storage.sqlite.hindrances import count_lines
from storage.sqlite.thread import Room, reads


class Watching(Room):
    """The part of the store that counts what stands there."""

    @reads
    def fetch_standing(self, database: Database, now: datetime) -> Standing:
        """Return the lines that are taken, the work that waits, and what the month of ``now`` cost."""
        rows = database.execute(
            "SELECT kind, count(*) AS waiting, sum(attempts > 0 AND lease_until IS NULL) AS tried FROM jobs "
            "GROUP BY kind ORDER BY kind"
        ).fetchall()
        return Standing(
            count_lines(database, "", now),
            {row["kind"]: row["waiting"] for row in rows},
            {row["kind"]: row["tried"] for row in rows if row["tried"]},
            total_cost(database, month_of(now)),
        )
