"""What imports and operators set of a person, and how an import is taken back."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from bot.domain.caller import PersonId
from bot.domain.importing import TakeBack, mark_of
from bot.domain.record import Receipt
from storage.rows import storable, to_text
from storage.sqlite.burying import bury
from storage.sqlite.cleaning import mark_unclean
from storage.sqlite.erase import erase
from storage.sqlite.thread import Room, erases, reads


class Bringing(Room):
    """The part of the store that knows profiles, and what one import added."""

    @reads
    def fetch_profile(self, database: Database, person_id: PersonId) -> dict[str, Any]:
        """Return a person's own profile fields, none of a linked account's."""
        return _profile(database, person_id)

    @erases
    def erase_fields(
        self, database: Database, person_id: PersonId, fields: Collection[str], now: datetime
    ) -> int:
        """Erase profile fields, in the file as well; return how many there were."""
        del now  # nothing of them is anywhere else, so there is no work to queue
        return sum(_erase_field(database, person_id, field) for field in fields)

    @erases
    def take_back_import(
        self, database: Database, person_id: PersonId, done: TakeBack, now: datetime
    ) -> Receipt:
        """Erase what one import of a person's added, and set back the profile fields that it changed.

        What was changed or erased since is left as it is.
        """
        talks = database.execute(
            """
            SELECT id, talk_id FROM conversations
            WHERE call_id IS NULL AND person_id = ? AND imported_at = ?
            """,
            (person_id, to_text(done.saved_at)),
        ).fetchall()
        facts = database.execute(
            "SELECT id FROM facts WHERE person_id = ? AND id IN (SELECT value FROM json_each(?))",
            (person_id, json.dumps(done.facts)),
        ).fetchall()
        gone = [("talk", row["talk_id"]) for row in talks] + [("fact", row["id"]) for row in facts]
        bury(database, self.vault, self.tombstones, gone)
        receipt = erase(database, (person_id,), [], talks, now, facts=facts)
        present = _profile(database, person_id)
        fields = 0
        for field, (before, mark) in done.fields.items():
            if field not in present or mark_of(present[field]) != mark:
                continue
            fields += 1
            if before:
                database.execute(
                    "UPDATE profiles SET value = ? WHERE person_id = ? AND field = ?",
                    (json.dumps(before[0]), person_id, storable(field)),
                )
                mark_unclean(database)
            else:
                _erase_field(database, person_id, field)
        return receipt + Receipt(profile_fields=fields)


def _profile(database: Database, person_id: str) -> dict[str, Any]:
    rows = database.execute("SELECT field, value FROM profiles WHERE person_id = ?", (person_id,))
    return {row["field"]: json.loads(row["value"]) for row in rows}


def _erase_field(database: Database, person_id: str, field: str) -> int:
    erased: int = database.execute(
        "DELETE FROM profiles WHERE person_id = ? AND field = ?", (person_id, storable(field))
    ).rowcount
    if erased:
        mark_unclean(database)
    return erased
