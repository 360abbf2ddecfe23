"""People, their accounts, and what they agreed to."""

from datetime import datetime

from bot.domain.caller import Account, Consent, Person, PersonId
from storage.database import Database
from storage.rooms.room import Room, reads, writes
from storage.rows import person_from, storable, to_text


class People(Room):
    """The part of the store that knows who is asking."""

    async def find_or_add_person(
        self, account: Account, name: str, new_id: PersonId, now: datetime
    ) -> Person:
        """Return the account's person, made under ``new_id`` if new; a name replaces an old one.

        Whoever is known already by that name does not wait for what others write.
        """
        known = await self.find_person(account)
        if known is not None and (not name or known.name == storable(name)):
            return known
        return await self._find_or_add(account, name, new_id, now)

    @writes
    def _find_or_add(
        self, database: Database, account: Account, name: str, new_id: PersonId, now: datetime
    ) -> Person:
        key = (account.platform, account.tenant, account.id)
        known = database.execute(
            "SELECT person_id FROM accounts WHERE platform = ? AND tenant = ? AND id = ?", key
        ).fetchone()
        person_id = known["person_id"] if known else new_id
        if known is None:
            database.execute("INSERT INTO people VALUES (?, ?, ?)", (new_id, storable(name), to_text(now)))
            database.execute("INSERT INTO accounts VALUES (?, ?, ?, ?)", (*key, new_id))
        elif name:
            database.execute(
                "UPDATE people SET name = ?1 WHERE id = ?2 AND name <> ?1", (storable(name), person_id)
            )
        return find_person(database, person_id)

    @reads
    def find_person(self, database: Database, account: Account) -> Person | None:
        """Return the account's person; None if nobody ever came from it, or they erased themselves."""
        row = database.execute(
            "SELECT person_id FROM accounts WHERE platform = ? AND tenant = ? AND id = ?",
            (account.platform, account.tenant, account.id),
        ).fetchone()
        return find_person(database, row["person_id"]) if row else None

    @reads
    def fetch_person(self, database: Database, person_id: PersonId) -> Person | None:
        """Return a person by their id, such as that of a call; None once they erased themselves."""
        row = database.execute("SELECT 1 FROM people WHERE id = ?", (person_id,)).fetchone()
        return find_person(database, person_id) if row else None

    @writes
    def record_consent(self, database: Database, person_id: PersonId, consent: Consent) -> None:
        """Keep the answer to the first-call card; the latest one counts.

        After a no, nothing is kept of conversations that have not come home yet.
        """
        if not consent.remember:
            _keep_no_more(database, person_id)
        database.execute(
            "INSERT INTO consents (person_id, text_version, remember, answered_at) VALUES (?, ?, ?, ?)",
            (person_id, consent.text_version, consent.remember, to_text(consent.answered_at)),
        )


def find_person(database: Database, person_id: str) -> Person:
    """Return a person who is known to exist, inside a transaction that is open already."""
    row = database.execute("SELECT * FROM people WHERE id = ?", (person_id,)).fetchone()
    consent = database.execute(
        "SELECT * FROM consents WHERE person_id = ? ORDER BY id DESC LIMIT 1", (person_id,)
    ).fetchone()
    return person_from(row, consent)


def _keep_no_more(database: Database, person_id: str) -> None:
    database.execute(
        "UPDATE calls SET reach = 'none', topic = '' WHERE person_id = ? AND state <> 'done'", (person_id,)
    )
    database.execute(
        """
        UPDATE bindings SET reach = 'none' WHERE finished_at IS NULL
        AND call_id IN (SELECT id FROM calls WHERE person_id = ?)
        """,
        (person_id,),
    )
