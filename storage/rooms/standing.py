"""Where members stood who asked for a call: for processes that share a database."""

import json
from datetime import datetime

from bot.domain.call import CallId
from bot.domain.permission import Spot
from storage.database import Database
from storage.rooms.room import Room, reads, writes
from storage.rows import storable, to_text


class Standing(Room):
    """The part of the store that knows, for a few hours, from where a call was asked for."""

    @writes
    def keep_spots(self, database: Database, call_id: CallId, spots: tuple[Spot, ...], now: datetime) -> None:
        """Keep, sealed, where somebody stood who asked for a call; nothing of one that is gone."""
        written = [
            [one.place, sorted(one.roles), sorted(one.channels), one.is_age_restricted] for one in spots
        ]
        database.execute(
            "INSERT INTO spots SELECT id, ?, ? FROM calls WHERE id = ? ON CONFLICT DO NOTHING",
            (self.vault.seal(storable(json.dumps(written))), to_text(now), call_id),
        )

    @reads
    def fetch_spots(self, database: Database, call_id: CallId, since: datetime) -> tuple[Spot, ...]:
        """Return where a call was asked for, if it was since then."""
        row = database.execute(
            "SELECT sealed FROM spots WHERE call_id = ? AND seen_at > ?", (call_id, to_text(since))
        ).fetchone()
        written = json.loads(self.vault.open(row["sealed"])) if row else []
        return tuple(
            Spot(place, frozenset(roles), frozenset(channels), is_age_restricted)
            for place, roles, channels, is_age_restricted in written
        )

    @writes
    def pass_spots_on(self, database: Database, call_id: CallId, next_id: CallId) -> None:
        """Let a call that goes on from another be from the same spots, and known no longer than those."""
        database.execute(
            """
            INSERT INTO spots SELECT calls.id, sealed, seen_at FROM spots JOIN calls ON calls.id = ?
            WHERE call_id = ? ON CONFLICT DO NOTHING
            """,
            (next_id, call_id),
        )
