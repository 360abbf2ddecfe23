"""Members' telephones: the number encrypted, found by a keyed hash; and the numbers never to be called."""

import hmac
from datetime import datetime

from bot.domain.call import NewJob
from bot.domain.caller import PersonId
from bot.domain.errors import NumberNotAllowed
from bot.domain.phone import (
    CODE_TRIES,
    NOT_HERE,
    VERIFIED_FOR,
    WANTS_NO_CALLS,
    CodeVerdict,
    Phone,
    PhoneConsent,
)
from storage.database import Database
from storage.rooms.endings import expire
from storage.rooms.jobs import queue
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_together
from storage.rows import Row, to_text, to_time, to_time_or_none
from storage.vault import Vault


class Phones(Room):
    """The part of the store that knows whose telephone may ring."""

    @writes
    def add_phone(self, database: Database, phone: Phone, consent: PhoneConsent) -> None:
        """Keep a number that is not verified yet, in place of another such one of this person.

        One that this person verified before, and that lapsed, is verified anew. Raises NumberNotAllowed when
        it is another person's, or must not be called.
        """
        add_phone(database, self.vault, phone, consent)

    @reads
    def may_add_phone(self, database: Database, person_id: PersonId, number: str, now: datetime) -> bool:
        """Whether a number is not another person's, and may be called."""
        return _may_add(database, person_id, hash_number(self.vault, number), now)

    @reads
    def fetch_phones(self, database: Database, person_id: PersonId) -> tuple[Phone, ...]:
        """Return a person's numbers, the verified one first, then the verified ones of linked accounts."""
        own = "SELECT * FROM phones WHERE person_id = ? ORDER BY verified_at IS NULL, added_at"
        rows = database.execute(own, (person_id,)).fetchall()
        for linked in people_together(database, person_id)[1:]:
            rows += [row for row in database.execute(own, (linked,)) if row["verified_at"] is not None]
        return tuple(phone_from(row, self.vault) for row in rows)

    @writes
    def set_code(self, database: Database, phone_id: str, code: str, expires_at: datetime) -> None:
        """Keep the code that is about to be read aloud, as a keyed hash; the tries begin anew."""
        database.execute(
            "UPDATE phones SET code_hash = ?, code_expires_at = ?, tries = 0 WHERE id = ?",
            (_hash_code(self.vault, phone_id, code), to_text(expires_at), phone_id),
        )

    @writes
    def check_code(self, database: Database, person_id: PersonId, code: str, now: datetime) -> CodeVerdict:
        """Count a try, and verify the number if the code is right; the person's other numbers go then.

        A right code is good once. Whoever had verified the number longer than 180 days ago loses it.
        """
        row = database.execute(
            "SELECT * FROM phones WHERE person_id = ? AND code_hash <> ''", (person_id,)
        ).fetchone()
        if row is None or is_not_to_be_called(database, row["number_hash"]):
            return "none"
        if to_time(row["code_expires_at"]) <= now:
            return "expired"
        is_right = hmac.compare_digest(row["code_hash"], _hash_code(self.vault, row["id"], code))
        tries = row["tries"] + 1
        if not is_right or tries > CODE_TRIES:
            database.execute("UPDATE phones SET tries = ? WHERE id = ?", (tries, row["id"]))
            return "wrong" if tries < CODE_TRIES else "used_up"
        return "verified" if _verify(database, row, now) else "none"

    @writes
    def remove_phone(self, database: Database, person_id: PersonId, phone_id: str, now: datetime) -> int:
        """Forget a number, also one of a linked account, and cancel what was scheduled for it.

        Returns how many calls of this person that were; for those of linked accounts a recap is queued.
        """
        row = database.execute("SELECT person_id FROM phones WHERE id = ?", (phone_id,)).fetchone()
        if row is None or row["person_id"] not in people_together(database, person_id):
            return 0
        return _remove(database, phone_id, now, told=person_id)

    @reads
    def is_not_to_be_called(self, database: Database, number: str) -> bool:
        """Whether somebody at this number wants no calls."""
        return is_not_to_be_called(database, hash_number(self.vault, number))

    @writes
    def never_call(self, database: Database, number: str, now: datetime) -> None:
        """Put a number on the do-not-call list: a keyed hash that outlives every erasure."""
        never_call(database, hash_number(self.vault, number), now)

    @writes
    def allow_calling(self, database: Database, number: str) -> bool:
        """Take a number off the do-not-call list; True if it stood there."""
        return bool(
            database.execute(
                "DELETE FROM do_not_call WHERE number_hash = ?", (hash_number(self.vault, number),)
            ).rowcount
        )


def add_phone(database: Database, vault: Vault, phone: Phone, consent: PhoneConsent) -> None:
    """Keep a number that is not verified yet, inside a transaction that is open already."""
    number_hash = hash_number(vault, phone.number)
    if not _may_add(database, phone.person_id, number_hash, consent.agreed_at):
        raise NumberNotAllowed(NOT_HERE)
    replaced = database.execute(
        "SELECT id FROM phones WHERE person_id = ? AND (verified_at IS NULL OR number_hash = ?)",
        (phone.person_id, number_hash),
    ).fetchall()
    for row in replaced:
        _remove(database, row["id"], consent.agreed_at)
    database.execute(
        "INSERT INTO phones VALUES (?, ?, ?, ?, ?, ?, NULL, '', NULL, 0, 0)",
        (
            phone.id,
            phone.person_id,
            number_hash,
            vault.seal(phone.number),
            phone.region,
            to_text(phone.added_at),
        ),
    )
    database.execute(
        "INSERT INTO consent_texts VALUES (?, ?) ON CONFLICT DO NOTHING",
        (consent.text_version, consent.text),
    )
    database.execute(
        """
        INSERT INTO phone_consents (person_id, number_hash, text_version, agreed_at) VALUES (?, ?, ?, ?)
        """,
        (phone.person_id, number_hash, consent.text_version, to_text(consent.agreed_at)),
    )


def _may_add(database: Database, person_id: str, number_hash: str, now: datetime) -> bool:
    others = database.execute(
        "SELECT 1 FROM phones WHERE number_hash = ? AND person_id <> ? AND verified_at > ?",
        (number_hash, person_id, to_text(now - VERIFIED_FOR)),
    ).fetchone()
    return others is None and not is_not_to_be_called(database, number_hash)


def _verify(database: Database, row: Row, now: datetime) -> bool:
    """Make a number its person's only one; False if it still is another person's."""
    others = database.execute(
        """
        SELECT id, person_id, verified_at FROM phones WHERE id <> ?1 AND verified_at IS NOT NULL
        AND (number_hash = ?2 OR person_id = ?3)
        """,
        (row["id"], row["number_hash"], row["person_id"]),
    ).fetchall()
    lapsed = to_text(now - VERIFIED_FOR)
    if any(other["person_id"] != row["person_id"] and other["verified_at"] > lapsed for other in others):
        return False
    for other in others:
        _remove(database, other["id"], now, told=row["person_id"])
    database.execute(
        "UPDATE phones SET verified_at = ?, code_hash = '', code_expires_at = NULL, tries = 0 WHERE id = ?",
        (to_text(now), row["id"]),
    )
    return True


def hash_number(vault: Vault, number: str) -> str:
    """Return the keyed hash that a number is found by."""
    return vault.fingerprint("phone", number)


def is_not_to_be_called(database: Database, number_hash: str) -> bool:
    """Whether a number stands on the do-not-call list."""
    return (
        database.execute("SELECT 1 FROM do_not_call WHERE number_hash = ?", (number_hash,)).fetchone()
        is not None
    )


def never_call(database: Database, number_hash: str, now: datetime) -> None:
    """Put a number on the do-not-call list and cancel what was scheduled or asked for it."""
    database.execute(
        "INSERT INTO do_not_call VALUES (?, ?) ON CONFLICT DO NOTHING", (number_hash, to_text(now))
    )
    waiting = database.execute(
        """
        SELECT id FROM calls WHERE number_hash = ? AND number_hash <> '' AND state IN ('scheduled', 'asked')
        """,
        (number_hash,),
    ).fetchall()
    for row in waiting:
        expire(database, row["id"], now, WANTS_NO_CALLS)
        queue(database, [NewJob("recap", row["id"], now)])


def phone_from(row: Row, vault: Vault) -> Phone:
    """Build a telephone from ``phones``."""
    return Phone(
        id=row["id"],
        person_id=PersonId(row["person_id"]),
        number=vault.open(row["sealed"]),
        region=row["region"],
        added_at=to_time(row["added_at"]),
        verified_at=to_time_or_none(row["verified_at"]),
        code_expires_at=to_time_or_none(row["code_expires_at"]),
        tries=row["tries"],
        inbound_context=bool(row["inbound_context"]),
    )


def phone_by_id(database: Database, vault: Vault, phone_id: str) -> Phone:
    """Return a telephone that is known to exist, inside a transaction that is open already."""
    return phone_from(database.execute("SELECT * FROM phones WHERE id = ?", (phone_id,)).fetchone(), vault)


def _remove(database: Database, phone_id: str, now: datetime, *, told: str = "") -> int:
    """Forget a number and cancel what was scheduled for it; return how many calls of ``told`` that were.

    That person learns of it by an answer, everybody else gets a recap.
    """
    scheduled = database.execute(
        "SELECT id, person_id FROM calls WHERE phone_id = ? AND state = 'scheduled'", (phone_id,)
    ).fetchall()
    for row in scheduled:
        expire(database, row["id"], now, "the phone was removed")
        if row["person_id"] != told:
            queue(database, [NewJob("recap", row["id"], now)])
    database.execute("DELETE FROM phones WHERE id = ?", (phone_id,))
    return sum(row["person_id"] == told for row in scheduled)


def _hash_code(vault: Vault, phone_id: str, code: str) -> str:
    return vault.fingerprint("code", f"{phone_id} {code}")
