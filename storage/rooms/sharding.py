"""Discord's shards: who holds which, and whose turn it is to begin a connection.

Times are those of whoever asks. That a clock is ahead by some seconds does no harm: a holder stops before its
lease is over (``bot.fronts.discord.sharding``).
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from bot.domain.shards import APART, Holder, Holders, Kept, Starts, Turn
from storage.database import Database
from storage.rooms.notes import keep_setting
from storage.rooms.room import Room, reads, writes
from storage.rows import storable, to_text, to_time

KEPT_BACK = 10
"""How many connections of a day are never begun: whoever uses up all of them loses the bot's token."""
_SAME_DAY = timedelta(minutes=5)
"""How far two tellings of when a day of Discord's is over may differ."""
_DAY = "note discord starts"
"""In the settings: how many connections are left, and until when that counts."""


class Sharding(Room):
    """The part of the store that divides shards among processes, each decision in one transaction."""

    @writes
    def keep_shards(
        self,
        database: Database,
        holder: str,
        name: str,
        wanted: Collection[int],
        count: int,
        now: datetime,
        lease_until: datetime,
    ) -> Kept:
        """Hold the shards that this holder has, and those of ``wanted`` that nobody else does."""
        moment, until = to_text(now), to_text(lease_until)
        holders = read_holders(database, now)
        if holders.count not in (0, count):
            return Kept(frozenset(), frozenset(), holders)
        database.execute("DELETE FROM shards WHERE lease_until <= ? AND shards <> ?", (moment, count))
        renewed = frozenset(
            row["shard"]
            for row in database.execute(
                "UPDATE shards SET lease_until = ? WHERE holder = ? RETURNING shard", (until, holder)
            )
        )
        taken = frozenset(wanted) - holders.by_shard.keys() - renewed
        database.executemany(
            """
            INSERT INTO shards VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (shard) DO UPDATE SET shards = ?2, holder = ?3, holder_name = ?4, lease_until = ?5
            """,
            [(one, count, holder, storable(name), until) for one in sorted(taken)],
        )
        return Kept(renewed, taken, read_holders(database, now))

    @writes
    def release_shards(self, database: Database, holder: str) -> None:
        """Give back all that a holder has, so that others need not wait for its lease."""
        database.execute("DELETE FROM shards WHERE holder = ?", (holder,))

    @reads
    def fetch_holders(self, database: Database, now: datetime) -> Holders:
        """Return who holds which shard."""
        return read_holders(database, now)

    @writes
    def take_turn(self, database: Database, shard: int, starts: Starts, now: datetime) -> Turn:
        """Take the turn to begin a shard's connection, if it is free."""
        left = _left_of_day(database, starts)
        if left <= KEPT_BACK:
            return Turn(starts.resets_at, is_used_up=True)
        bucket = starts.bucket_of(shard)
        row = database.execute("SELECT next_at FROM shard_turns WHERE bucket = ?", (bucket,)).fetchone()
        if row and now < (next_at := to_time(row["next_at"])) <= now + APART:
            return Turn(next_at)
        database.execute(
            """
            INSERT INTO shard_turns VALUES (?1, ?2) ON CONFLICT (bucket) DO UPDATE SET next_at = ?2
            """,
            (bucket, to_text(now + APART)),
        )
        keep_setting(database, _DAY, f"{left - 1} {to_text(starts.resets_at)}")
        return Turn(None)

    @writes
    def claim(self, database: Database, what: str, now: datetime, until: datetime) -> bool:
        """Whether to do now what one process does for all of them; False until then, where another does."""
        name = f"claim {storable(what)}"
        row = database.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        if row and to_time(row["value"]) > now:
            return False
        keep_setting(database, name, to_text(until))
        return True

    @writes
    def drop_claim(self, database: Database, what: str) -> None:
        """Let others do what this process did, or could not do."""
        database.execute("DELETE FROM settings WHERE name = ?", (f"claim {storable(what)}",))


def read_holders(database: Database, now: datetime) -> Holders:
    """Return who holds which shard."""
    rows = database.execute(
        "SELECT * FROM shards WHERE lease_until > ? ORDER BY shard", (to_text(now),)
    ).fetchall()
    if not rows:
        return Holders()
    return Holders(
        rows[0]["shards"], {row["shard"]: Holder(row["holder"], row["holder_name"]) for row in rows}
    )


def _left_of_day(database: Database, starts: Starts) -> int:
    """Return how many connections are left, be they told by Discord or used since by others of us."""
    row = database.execute("SELECT value FROM settings WHERE name = ?", (_DAY,)).fetchone()
    if row:
        remaining, resets_at = row["value"].split()
        if abs(to_time(resets_at) - starts.resets_at) < _SAME_DAY:
            return min(int(remaining), starts.left)
    return starts.left
