"""Linking accounts to one person: codes, tries, what was decided, and taking it back."""

import json
from collections.abc import Iterable
from datetime import datetime

from bot.domain.call import NewJob
from bot.domain.caller import Account, PersonId
from bot.domain.linking import (
    LINK_TRIES,
    MOST_LINKED,
    NOT_LINKED,
    TRIES_WITHIN,
    Linked,
    LinkedAccount,
    LinkTry,
)
from storage.database import Database
from storage.rooms.endings import expire
from storage.rooms.jobs import queue
from storage.rooms.reserving import holder_of
from storage.rooms.room import Room, reads, writes
from storage.rooms.together import people_sharing, people_together
from storage.rows import to_text, to_time
from storage.vault import Vault

PHONE_GONE = "the phone was removed"
"""Why a call does not ring at a telephone that its person may use no more."""


class Linking(Room):
    """The part of the store that knows which accounts are one person's."""

    @writes
    def keep_link_code(
        self, database: Database, person_id: PersonId, code: str, expires_at: datetime, now: datetime
    ) -> bool:
        """Keep a person's code as a keyed hash, in place of an older one; False if no more can be linked."""
        if len(people_together(database, person_id)) >= MOST_LINKED:
            return False
        code_hash = _hash_code(self.vault, code)
        database.execute(
            "DELETE FROM link_codes WHERE expires_at <= ? OR person_id = ? OR code_hash = ?",
            (to_text(now), person_id, code_hash),
        )
        database.execute(
            "INSERT INTO link_codes VALUES (?, ?, ?)", (person_id, code_hash, to_text(expires_at))
        )
        return True

    @writes
    def try_link_code(self, database: Database, person_id: PersonId, code: str, now: datetime) -> LinkTry:
        """Say whose a code is that somebody wrote; a wrong one is counted, a right one stays good."""
        return _try(database, self.vault, person_id, code, now)

    @writes
    def link_with_code(
        self,
        database: Database,
        person_id: PersonId,
        code: str,
        now: datetime,
        *,
        shares_memory: bool,
        new_id: str,
    ) -> LinkTry:
        """Link somebody with whose code it is, use the code up, and queue ``linked`` for the others.

        The code is looked at as by ``try_link_code``; unless it is right, nothing is changed. Whoever was
        linked with either of them is linked with all; what is shared holds for all of them.
        """
        tried = _try(database, self.vault, person_id, code, now)
        if tried.verdict != "right":
            return tried
        maker = tried.accounts[0].person_id
        database.execute("DELETE FROM link_codes WHERE person_id = ?", (maker,))
        people = [*people_together(database, maker), *people_together(database, person_id)]
        database.executemany(
            """
            INSERT INTO linked_people VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (person_id) DO UPDATE SET together = ?2, shares_memory = ?3
            """,
            [(one, new_id, shares_memory, to_text(now)) for one in people],
        )
        _tell(database, people, person_id, now)
        return tried

    @reads
    def fetch_linked(self, database: Database, person_id: PersonId) -> Linked:
        """Return a person's other accounts, and whether they share their memory."""
        row = database.execute(
            "SELECT shares_memory FROM linked_people WHERE person_id = ?", (person_id,)
        ).fetchone()
        if row is None:
            return NOT_LINKED
        sharing = people_sharing(database, person_id)
        others = people_together(database, person_id)[1:]
        return Linked(_accounts(database, others, sharing), bool(row["shares_memory"]))

    @writes
    def share_memory(self, database: Database, person_id: PersonId, now: datetime, *, is_on: bool) -> bool:
        """Decide for all of a person's accounts whether they share their memory; False if there is only one.

        ``linked`` is queued for the others where it begins.
        """
        people = people_together(database, person_id)
        changed = database.execute(
            "UPDATE linked_people SET shares_memory = ? WHERE person_id IN (SELECT value FROM json_each(?))",
            (is_on, json.dumps(people)),
        ).rowcount
        if changed and is_on:
            _tell(database, people, person_id, now)
        return bool(changed)

    @writes
    def unlink(self, database: Database, person_id: PersonId, other: PersonId, now: datetime) -> bool:
        """Part one of a person's accounts, be it this one, from the others; False if it is none of theirs."""
        if other not in people_together(database, person_id):
            return False
        return part(database, other, now)


def part(database: Database, person_id: str, now: datetime) -> bool:
    """Part an account from those that it is linked with; True if there were any.

    Each keeps its own records and its own telephone: calls that were to ring the other's are cancelled, and
    their people told.
    """
    others = people_together(database, person_id)[1:]
    if not others:
        return False
    scope = {"person": person_id, "others": json.dumps(others)}
    astray = database.execute(
        """
        SELECT calls.id FROM calls JOIN phones ON phones.id = calls.phone_id
        WHERE state IN ('scheduled', 'asked') AND delivery = 'phone' AND (
            (calls.person_id = :person AND phones.person_id IN (SELECT value FROM json_each(:others)))
            OR (phones.person_id = :person AND calls.person_id IN (SELECT value FROM json_each(:others)))
        )
        """,
        scope,
    ).fetchall()
    for row in astray:
        expire(database, row["id"], now, PHONE_GONE)
        queue(database, [NewJob("recap", row["id"], now)])
    database.execute("DELETE FROM linked_people WHERE person_id = ?", (person_id,))
    if len(others) == 1:
        database.execute("DELETE FROM linked_people WHERE person_id = ?", others)
    return True


def _try(database: Database, vault: Vault, person_id: str, code: str, now: datetime) -> LinkTry:
    """Look a code up, and count it if it is wrong."""
    holder = holder_of(database, vault, person_id)
    if _is_locked(database, holder, now):
        return LinkTry("locked")
    row = database.execute(
        "SELECT person_id FROM link_codes WHERE code_hash = ? AND expires_at > ?",
        (_hash_code(vault, code), to_text(now)),
    ).fetchone()
    if row is None:
        database.execute("INSERT INTO link_tries (holder, tried_at) VALUES (?, ?)", (holder, to_text(now)))
        return LinkTry("locked" if _is_locked(database, holder, now) else "wrong")
    if row["person_id"] == person_id:
        return LinkTry("own")
    theirs, own = people_together(database, row["person_id"]), people_together(database, person_id)
    if person_id in theirs:
        return LinkTry("linked")
    if len(theirs) + len(own) > MOST_LINKED:
        return LinkTry("full")
    return LinkTry("right", _accounts(database, theirs))


def _is_locked(database: Database, holder: str, now: datetime) -> bool:
    """Whether an account wrote so many wrong codes in a row of minutes that it has to wait."""
    database.execute("DELETE FROM link_tries WHERE tried_at <= ?", (to_text(now - 2 * TRIES_WITHIN),))
    tried = database.execute(
        "SELECT tried_at FROM link_tries WHERE holder = ? ORDER BY tried_at DESC LIMIT ?",
        (holder, LINK_TRIES),
    ).fetchall()
    if len(tried) < LINK_TRIES:
        return False
    last, first = to_time(tried[0]["tried_at"]), to_time(tried[-1]["tried_at"])
    return last - first < TRIES_WITHIN and now - last < TRIES_WITHIN


def _accounts(
    database: Database, people: Iterable[str], sharing: Iterable[str] = ()
) -> tuple[LinkedAccount, ...]:
    """Return the accounts of these people, in their order."""
    found = []
    for person_id in people:
        row = database.execute(
            """
            SELECT accounts.*, people.name FROM accounts JOIN people ON people.id = accounts.person_id
            WHERE person_id = ? ORDER BY platform, tenant, accounts.id LIMIT 1
            """,
            (person_id,),
        ).fetchone()
        account = Account(row["platform"], row["tenant"], row["id"])
        found.append(LinkedAccount(PersonId(person_id), account, row["name"], person_id in sharing))
    return tuple(found)


def _tell(database: Database, people: Iterable[str], but: str, now: datetime) -> None:
    queue(database, [NewJob("linked", one, now) for one in people if one != but])


def _hash_code(vault: Vault, code: str) -> str:
    return vault.fingerprint("link code", code)
