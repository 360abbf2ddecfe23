"""What the daily work asks: whose conversations to look for."""

from datetime import datetime

from sqlite_utils import Database

from bot.domain.call import CallRef
from bot.domain.caller import PersonId
from storage.rows import to_text
from storage.sqlite.thread import Room, reads


class Daily(Room):
    """The part of the store that the nightly jobs work with."""

    @reads
    def fetch_callers_since(self, database: Database, since: datetime) -> tuple[PersonId, ...]:
        """Return who asked for a call since then, sorted."""
        rows = database.execute(
            "SELECT DISTINCT person_id FROM calls WHERE asked_at >= ? ORDER BY person_id", (to_text(since),)
        )
        return tuple(PersonId(row["person_id"]) for row in rows)

    @reads
    def fetch_refs_to_find(
        self, database: Database, person_id: PersonId, since: datetime
    ) -> tuple[CallRef, ...]:
        """Return the references of a person's calls that may have a conversation which we do not know.

        Those are calls that no conversation is bound to, if they were opened or have a link that we cannot
        see being opened (hosted), however they ended here.
        """
        rows = database.execute(
            """
            SELECT ref FROM calls WHERE person_id = ? AND asked_at >= ?
            AND (delivery = 'hosted' OR opened_at IS NOT NULL)
            AND NOT EXISTS (SELECT 1 FROM bindings WHERE call_id = calls.id)
            ORDER BY asked_at, id
            """,
            (person_id, to_text(since)),
        )
        return tuple(CallRef(row["ref"]) for row in rows)
