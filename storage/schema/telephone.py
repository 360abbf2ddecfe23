"""Settings of the installation, telephones, allowances and cost."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m007_settings(db: Database) -> None:
    """What the installation itself has to remember, such as which secret key it was written with."""
    run(
        db,
        """
        CREATE TABLE settings (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL
        ) STRICT;
    """,
    )


@step
def m008_telephone(db: Database) -> None:
    """Telephones, calls that ring one, what calls are charged, and what managers decided.

    ``holder`` and ``number_hash`` are keyed hashes, of a person's account and of a number.
    """
    run(
        db,
        """
        CREATE TABLE phones (
            id TEXT PRIMARY KEY NOT NULL,
            person_id TEXT NOT NULL REFERENCES people (id),
            number_hash TEXT NOT NULL,
            sealed BLOB NOT NULL,
            region TEXT NOT NULL,
            added_at TEXT NOT NULL,
            verified_at TEXT,
            code_hash TEXT NOT NULL,
            code_expires_at TEXT,
            tries INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX phones_of_person ON phones (person_id);
        CREATE UNIQUE INDEX phones_verified ON phones (number_hash) WHERE verified_at IS NOT NULL;

        CREATE TABLE phone_consents (
            id INTEGER PRIMARY KEY,
            person_id TEXT NOT NULL REFERENCES people (id),
            number_hash TEXT NOT NULL,
            text_version TEXT NOT NULL,
            agreed_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX phone_consents_of_person ON phone_consents (person_id);
        CREATE TABLE consent_texts (version TEXT PRIMARY KEY NOT NULL, text TEXT NOT NULL) STRICT;

        CREATE TABLE do_not_call (number_hash TEXT PRIMARY KEY NOT NULL, added_at TEXT NOT NULL) STRICT;

        ALTER TABLE calls ADD COLUMN purpose TEXT NOT NULL DEFAULT 'talk';
        ALTER TABLE calls ADD COLUMN due_at TEXT;
        ALTER TABLE calls ADD COLUMN phone_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN number_hash TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN place TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN granted_minutes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE calls ADD COLUMN is_told INTEGER NOT NULL DEFAULT 1;
        ALTER TABLE calls ADD COLUMN is_unclear INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE calls ADD COLUMN answered_at TEXT;
        ALTER TABLE calls ADD COLUMN busy_until TEXT;
        ALTER TABLE calls ADD COLUMN holder TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN charged_day TEXT NOT NULL DEFAULT '';
        ALTER TABLE calls ADD COLUMN charged_calls INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE calls ADD COLUMN charged_minutes INTEGER NOT NULL DEFAULT 0;
        CREATE UNIQUE INDEX one_phone_call_per_person ON calls (person_id)
            WHERE delivery = 'phone' AND state IN ('dialing', 'live', 'unknown');
        CREATE UNIQUE INDEX one_phone_call_per_number ON calls (number_hash)
            WHERE delivery = 'phone' AND state IN ('dialing', 'live', 'unknown');
        CREATE INDEX calls_running ON calls (busy_until) WHERE state IN ('dialing', 'live', 'unknown');
        CREATE INDEX calls_to_phones ON calls (number_hash, state) WHERE number_hash <> '';
        CREATE INDEX calls_scheduled ON calls (holder) WHERE state = 'scheduled';
        CREATE INDEX calls_unclear ON calls (ended_at) WHERE is_unclear = 1;

        CREATE TABLE allowances (
            scope TEXT NOT NULL,
            period TEXT NOT NULL,
            calls INTEGER NOT NULL CHECK (calls >= 0),
            minutes INTEGER NOT NULL CHECK (minutes >= 0),
            PRIMARY KEY (scope, period)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE limits (
            scope TEXT PRIMARY KEY NOT NULL,
            calls_per_day INTEGER,
            minutes_per_month INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE blocks (holder TEXT PRIMARY KEY NOT NULL, blocked_at TEXT NOT NULL) STRICT;
        CREATE TABLE costs (
            month TEXT NOT NULL,
            delivery TEXT NOT NULL,
            slug TEXT NOT NULL,
            place TEXT NOT NULL,
            holder TEXT NOT NULL,
            cost INTEGER NOT NULL,
            seconds INTEGER NOT NULL,
            calls INTEGER NOT NULL,
            PRIMARY KEY (month, delivery, slug, place, holder)
        ) STRICT, WITHOUT ROWID;
    """,
    )


@step
def m009_inbound(db: Database) -> None:
    """Calls that come in: what a number's owner lets them be told, and lines that strangers take."""
    run(
        db,
        """
        ALTER TABLE phones ADD COLUMN inbound_context INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE calls ADD COLUMN is_inbound INTEGER NOT NULL DEFAULT 0;

        CREATE TABLE strangers (
            conversation_id TEXT PRIMARY KEY NOT NULL,
            slug TEXT NOT NULL,
            month TEXT NOT NULL,
            minutes INTEGER NOT NULL,
            busy_until TEXT NOT NULL,
            is_settled INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX strangers_on_the_line ON strangers (busy_until);
    """,
    )
