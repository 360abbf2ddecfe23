"""How much Troupe is used; what only a few people did is summed before it leaves the store."""

from datetime import datetime
from functools import reduce

from bot.domain.allowance import month_of
from bot.domain.usage import FEWEST_PEOPLE, Usage, Used
from storage.database import Database
from storage.rooms.room import Room, reads
from storage.rows import to_text

_ASKED = "FROM calls WHERE purpose = 'talk' AND asked_at >= :since"
_SUMS = "count(*), coalesce(sum(duration_seconds), 0), count(DISTINCT person_id)"
_RETURNING = f"""
    SELECT count(*) FROM (
        SELECT person_id {_ASKED} AND opened_at IS NOT NULL AND EXISTS (
            SELECT 1 FROM calls AS earlier WHERE earlier.person_id = calls.person_id
            AND earlier.purpose = 'talk' AND earlier.opened_at < calls.opened_at
        ) GROUP BY person_id
    ) AS found
"""  # noqa: S608  all of its parts are ours, here and below
_REMEMBERED = """
    SELECT count(*) FROM consents
    WHERE remember = 1 AND id IN (SELECT max(id) FROM consents GROUP BY person_id)
"""


class Counting(Room):
    """The part of the store that sums for whoever runs Troupe."""

    @reads
    def fetch_usage(self, database: Database, since: datetime) -> Usage:
        """Return how much was called since a moment, and how much is kept; nobody is named in it."""
        characters = _by(database, "slug", since)
        named = {name: used for name, used in characters.items() if used.people >= FEWEST_PEOPLE}
        few = [used for name, used in characters.items() if name not in named]
        return Usage(
            total=_by(database, "''", since).get("", Used()),
            by_hour=dict(sorted(_by(database, "substr(asked_at, 1, 13)", since).items())),
            by_delivery=_by(database, "delivery", since),
            by_state=_by(database, "state", since),
            by_character=named,
            little_called=reduce(Used.__add__, few, Used()),
            little_called_characters=len(few),
            returning=_count(database, _RETURNING, since),
            costs=_costs(database, since),
            people=_count(database, "SELECT count(*) FROM people"),
            remembered=_count(database, _REMEMBERED),
            talks=_count(database, "SELECT count(*) FROM conversations"),
            turns=_count(database, "SELECT count(*) FROM turns"),
            facts=_count(database, "SELECT count(*) FROM facts"),
            indexed_turns=_count(database, "SELECT coalesce(sum(turns), 0) FROM shelves"),
        )


def _by(database: Database, what: str, since: datetime) -> dict[str, Used]:
    """Return the calls by something, what has most of them first."""
    query = f"SELECT {what} AS what, {_SUMS} {_ASKED} GROUP BY 1 ORDER BY 2 DESC, 1"
    rows = database.execute(query, {"since": to_text(since)}).fetchall()
    return {row[0]: Used(*tuple(row)[1:]) for row in rows}


def _costs(database: Database, since: datetime) -> dict[str, int]:
    query = "SELECT month, sum(cost) FROM costs WHERE month >= ? GROUP BY month ORDER BY month"
    return {row[0]: row[1] for row in database.execute(query, (month_of(since),)).fetchall()}


def _count(database: Database, query: str, since: datetime | None = None) -> int:
    count: int = database.execute(query, {"since": to_text(since)} if since else {}).fetchone()[0]
    return count
