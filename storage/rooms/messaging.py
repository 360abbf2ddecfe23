"""How accounts are reached, what was posted for a call, what buttons stand for, and what is still untold."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.call import LINK_LIFETIME, Call, CallId, NewJob, Post, PostKind
from bot.domain.caller import DEFAULT_TENANT, Account, PersonId
from bot.domain.mailbox import Mailbox
from storage.database import Database
from storage.rooms.jobs import queue
from storage.rooms.notes import keep_setting
from storage.rooms.reserving import holder_of
from storage.rooms.room import Room, reads, writes
from storage.rows import call_from, storable, to_text, to_time_or_none

MOST_PRESSES = 300
"""So many buttons of one person, the newest, are remembered."""


class Messaging(Room):
    """The part of the store that fronts with channels and direct messages need."""

    @reads
    def fetch_mailbox(self, database: Database, account: Account) -> Mailbox:
        """Return how an account is reached; an empty mailbox where nothing is known."""
        row = database.execute(
            "SELECT * FROM mailboxes WHERE platform = ? AND tenant = ? AND account_id = ?", _key(account)
        ).fetchone()
        if row is None:
            return Mailbox()
        refused_at = to_time_or_none(row["refused_at"])
        wants_links, recaps = bool(row["wants_links"]), row["recaps"]
        return Mailbox(row["channel_id"], wants_links, refused_at, row["locale"], recaps)

    @writes
    def keep_channel(self, database: Database, account: Account, channel_id: str) -> None:
        """Keep the direct message channel of a known account; no refusal stands any more."""
        if _open_mailbox(database, account):
            database.execute(
                """
                UPDATE mailboxes SET channel_id = ?, refused_at = NULL
                WHERE platform = ? AND tenant = ? AND account_id = ?
                """,
                (storable(channel_id), *_key(account)),
            )

    @writes
    def set_wants_links(self, database: Database, account: Account, *, wanted: bool) -> None:
        """Keep whether a known account wants talk links in its direct messages."""
        if _open_mailbox(database, account):
            database.execute(
                """
                UPDATE mailboxes SET wants_links = ? WHERE platform = ? AND tenant = ? AND account_id = ?
                """,
                (wanted, *_key(account)),
            )

    @writes
    def keep_locale(self, database: Database, account: Account, locale: str) -> None:
        """Keep in which language a known account is spoken with."""
        if _open_mailbox(database, account):
            database.execute(
                "UPDATE mailboxes SET locale = ? WHERE platform = ? AND tenant = ? AND account_id = ?",
                (storable(locale), *_key(account)),
            )

    @writes
    def set_recaps(self, database: Database, account: Account, recaps: str) -> None:
        """Keep how much a known account wants to read after a call."""
        if _open_mailbox(database, account):
            database.execute(
                "UPDATE mailboxes SET recaps = ? WHERE platform = ? AND tenant = ? AND account_id = ?",
                (storable(recaps), *_key(account)),
            )

    @writes
    def note_once(self, database: Database, key: str, now: datetime) -> bool:
        """Note that something came; False if it came before, and is to be taken once."""
        return bool(
            database.execute(
                "INSERT INTO seen VALUES (?, ?) ON CONFLICT DO NOTHING", (storable(key), to_text(now))
            ).rowcount
        )

    @writes
    def drop_seen(self, database: Database, before: datetime) -> int:
        """Forget what came before a moment; return how many that were."""
        return database.execute("DELETE FROM seen WHERE seen_at < ?", (to_text(before),)).rowcount

    @writes
    def note_refused(self, database: Database, account: Account, at: datetime) -> None:
        """Note that a known account's direct messages were refused."""
        if _open_mailbox(database, account):
            database.execute(
                """
                UPDATE mailboxes SET refused_at = ? WHERE platform = ? AND tenant = ? AND account_id = ?
                """,
                (to_text(at), *_key(account)),
            )

    @writes
    def note_post(
        self,
        database: Database,
        call_id: CallId,
        kind: PostKind,
        channel_id: str,
        message_id: str,
        jobs: Sequence[NewJob],
    ) -> bool:
        """Keep where a call is shown, in place of an older post of its kind, and queue the jobs.

        False, and nothing is kept or queued, when the call is gone.
        """
        if database.execute("SELECT 1 FROM calls WHERE id = ?", (call_id,)).fetchone() is None:
            return False
        database.execute(
            """
            INSERT INTO posts (call_id, kind, channel_id, message_id) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (call_id, kind) DO UPDATE SET channel_id = ?3, message_id = ?4
            """,
            (call_id, kind, storable(channel_id), storable(message_id)),
        )
        queue(database, jobs)
        return True

    @writes
    def hasten_dead_links(self, database: Database, person_id: PersonId, now: datetime) -> int:
        """Have the posts of a person's links that are dead taken away now; return how many."""
        return database.execute(
            """
            UPDATE jobs SET due_at = ?1 WHERE kind = 'link_over' AND due_at > ?1 AND lease_until IS NULL
            AND subject IN (
                SELECT id FROM calls INDEXED BY calls_of_person
                WHERE person_id = ?2 AND asked_at >= ?3 AND state = 'expired'
            )
            """,
            (to_text(now), person_id, to_text(now - 2 * LINK_LIFETIME)),
        ).rowcount

    @reads
    def fetch_post(self, database: Database, call_id: CallId, kind: PostKind) -> Post | None:
        """Return where a call is shown."""
        row = database.execute(
            "SELECT * FROM posts WHERE call_id = ? AND kind = ?", (call_id, kind)
        ).fetchone()
        return Post(call_id, kind, row["channel_id"], row["message_id"]) if row else None

    @writes
    def drop_post(self, database: Database, call_id: CallId, kind: PostKind) -> None:
        """Forget where a call is shown."""
        database.execute("DELETE FROM posts WHERE call_id = ? AND kind = ?", (call_id, kind))

    @writes
    def keep_press(
        self, database: Database, press_id: str, person_id: PersonId, text: str, now: datetime
    ) -> None:
        """Keep, sealed, what a button stands for; nothing is kept for a person who is gone."""
        database.execute(
            """
            INSERT INTO presses SELECT id, ?, ?, ? FROM people WHERE id = ?
            ON CONFLICT (person_id, id) DO UPDATE SET sealed = excluded.sealed, made_at = excluded.made_at
            """,
            (storable(press_id), self.vault.seal(storable(text)), to_text(now), person_id),
        )
        database.execute(
            """
            DELETE FROM presses WHERE person_id = ?1 AND made_at < (
                SELECT made_at FROM presses WHERE person_id = ?1 ORDER BY made_at DESC LIMIT 1 OFFSET ?2
            )
            """,
            (person_id, MOST_PRESSES - 1),
        )

    @reads
    def fetch_press(self, database: Database, person_id: PersonId, press_id: str) -> str | None:
        """Return what a person's own button stands for; None once it was dropped or they erased anything."""
        row = database.execute(
            "SELECT sealed FROM presses WHERE person_id = ? AND id = ?", (person_id, storable(press_id))
        ).fetchone()
        return self.vault.open(row["sealed"]) if row else None

    @writes
    def drop_presses(self, database: Database, before: datetime) -> int:
        """Forget buttons that were made before a moment; return how many."""
        return database.execute("DELETE FROM presses WHERE made_at < ?", (to_text(before),)).rowcount

    @writes
    def keep_note(self, database: Database, name: str, value: str) -> None:
        """Keep what the installation itself has to remember, such as which commands were synced."""
        keep_setting(database, f"note {storable(name)}", storable(value))

    @writes
    def connect_as(self, database: Database, platform: str, tenant: str) -> None:
        """Keep which application or team a front is connected as; ``discord:123`` is one of it from now on.

        So are those that were brought before anybody knew, unless they came from there themselves meanwhile.
        """
        keep_setting(database, f"note tenant {platform}", tenant)
        brought = database.execute(
            """
            SELECT * FROM accounts AS one WHERE platform = ? AND tenant = ? AND NOT EXISTS (
                SELECT * FROM accounts WHERE platform = one.platform AND tenant = ? AND id = one.id
            )
            """,
            (platform, DEFAULT_TENANT, tenant),
        ).fetchall()
        for row in brought:
            was = holder_of(database, self.vault, row["person_id"])
            database.execute(
                "UPDATE accounts SET tenant = ? WHERE platform = ? AND tenant = ? AND id = ?",
                (tenant, platform, DEFAULT_TENANT, row["id"]),
            )
            now = holder_of(database, self.vault, row["person_id"])
            _rename(database, "blocks", "holder", was, now)
            _rename(database, "limits", "scope", f"person {was}", f"person {now}")

    @reads
    def fetch_note(self, database: Database, name: str) -> str | None:
        """Return what was kept under a name."""
        row = database.execute(
            "SELECT value FROM settings WHERE name = ?", (f"note {storable(name)}",)
        ).fetchone()
        return row["value"] if row else None

    @reads
    def fetch_untold(
        self, database: Database, person_id: PersonId, since: datetime | None = None
    ) -> tuple[CallId, ...]:
        """Return a person's calls that ended since then and whose recap was refused, oldest first."""
        rows = database.execute(
            """
            SELECT id FROM calls INDEXED BY calls_untold
            WHERE person_id = ? AND is_told = 0 AND coalesce(ended_at, asked_at) >= ?
            ORDER BY coalesce(ended_at, asked_at), id
            """,
            (person_id, to_text(since) if since else ""),
        )
        return tuple(CallId(row["id"]) for row in rows)

    @writes
    def note_told(self, database: Database, call_id: CallId) -> None:
        """Note that a call's recap was told after all."""
        database.execute("UPDATE calls SET is_told = 1 WHERE id = ? AND is_told = 0", (call_id,))

    @reads
    def fetch_running(self, database: Database, person_id: PersonId) -> tuple[Call, ...]:
        """Return a person's talks that are dialing, live or unknown, newest first."""
        # The index holds what runs now, of everybody: that is a handful, however many calls there were.
        rows = database.execute(
            """
            SELECT * FROM calls INDEXED BY calls_running
            WHERE person_id = ? AND state IN ('dialing', 'live', 'unknown') AND purpose = 'talk'
            ORDER BY asked_at DESC, rowid DESC
            """,
            (person_id,),
        )
        return tuple(call_from(row) for row in rows)


def _rename(database: Database, table: str, column: str, was: str, now: str) -> None:
    """Let what stands under one key stand under another, in place of what stood there."""
    # Table and column are ours.
    there = f"SELECT 1 FROM {table} WHERE {column} = ?2"  # noqa: S608
    database.execute(f"DELETE FROM {table} WHERE {column} = ?1 AND ?1 <> ?2 AND EXISTS ({there})", (now, was))  # noqa: S608
    database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (now, was))  # noqa: S608


def _key(account: Account) -> tuple[str, str, str]:
    return account.platform, account.tenant, account.id


def _open_mailbox(database: Database, account: Account) -> bool:
    """Make sure that an account has a mailbox; False if the account is not known."""
    known = database.execute(
        "SELECT person_id FROM accounts WHERE platform = ? AND tenant = ? AND id = ?", _key(account)
    ).fetchone()
    if known is None:
        return False
    database.execute(
        """
        INSERT INTO mailboxes (platform, tenant, account_id, person_id) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        (*_key(account), known["person_id"]),
    )
    return True
