"""People, calls over links and in chats, what was said, follow-up, and retention."""

from datetime import UTC, datetime

from storage.database import Database
from storage.rows import to_text
from storage.schema.steps import run, step


@step
def m001_people(db: Database) -> None:
    """Who somebody is, what they agreed to, and fields that an operator or an import set."""
    run(
        db,
        """
        CREATE TABLE people (
            id TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            added_at TEXT NOT NULL
        ) STRICT;

        CREATE TABLE accounts (
            platform TEXT NOT NULL,
            tenant TEXT NOT NULL,
            id TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES people (id),
            PRIMARY KEY (platform, tenant, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX accounts_of_person ON accounts (person_id);

        CREATE TABLE consents (
            id INTEGER PRIMARY KEY,
            person_id TEXT NOT NULL REFERENCES people (id),
            text_version TEXT NOT NULL,
            remember INTEGER NOT NULL,
            answered_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX consents_of_person ON consents (person_id);

        CREATE TABLE profiles (
            person_id TEXT NOT NULL REFERENCES people (id),
            field TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (person_id, field)
        ) STRICT, WITHOUT ROWID;
    """,
    )


@step
def m002_calls(db: Database) -> None:
    """Calls, the links that open them, ElevenLabs' conversations that belong to them, and played texts."""
    run(
        db,
        """
        CREATE TABLE persona_versions (
            slug TEXT NOT NULL,
            version TEXT NOT NULL,
            text TEXT NOT NULL,
            PRIMARY KEY (slug, version)
        ) STRICT;

        CREATE TABLE calls (
            id TEXT PRIMARY KEY NOT NULL,
            ref TEXT NOT NULL UNIQUE,
            person_id TEXT NOT NULL REFERENCES people (id),
            platform TEXT NOT NULL,
            tenant TEXT NOT NULL,
            account_id TEXT NOT NULL,
            slug TEXT NOT NULL,
            persona_version TEXT NOT NULL,
            house_rules_version TEXT NOT NULL,
            voices_version TEXT NOT NULL,
            delivery TEXT NOT NULL,
            topic TEXT NOT NULL,
            reach TEXT NOT NULL,
            state TEXT NOT NULL,
            asked_at TEXT NOT NULL,
            opened_at TEXT,
            ended_at TEXT,
            duration_seconds INTEGER NOT NULL,
            failure TEXT NOT NULL
        ) STRICT;
        CREATE INDEX calls_of_person ON calls (person_id, asked_at);
        CREATE INDEX calls_of_character ON calls (person_id, slug, state, opened_at, id);
        CREATE INDEX calls_asked ON calls (person_id) WHERE state = 'asked';

        CREATE TABLE links (
            token_hash TEXT PRIMARY KEY NOT NULL,
            call_id TEXT NOT NULL REFERENCES calls (id),
            expires_at TEXT NOT NULL,
            cookie_hash TEXT NOT NULL,
            withdrawn INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX links_of_call ON links (call_id);

        CREATE TABLE bindings (
            conversation_id TEXT PRIMARY KEY NOT NULL,
            call_id TEXT NOT NULL REFERENCES calls (id),
            reach TEXT NOT NULL,
            finished_at TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX bindings_of_call ON bindings (call_id);
    """,
    )


@step
def m003_conversations(db: Database) -> None:
    """What was said, in calls and in imported files; an empty slug means every character."""
    run(
        db,
        """
        CREATE TABLE conversations (
            id INTEGER PRIMARY KEY,
            talk_id TEXT NOT NULL UNIQUE,
            person_id TEXT NOT NULL REFERENCES people (id),
            slug TEXT NOT NULL,
            reach TEXT NOT NULL CHECK (reach IN ('own', 'shared')),
            call_id TEXT REFERENCES calls (id),
            import_digest TEXT,
            import_position INTEGER,
            started_at TEXT NOT NULL,
            duration_seconds INTEGER NOT NULL,
            title TEXT NOT NULL,
            summary TEXT NOT NULL,
            held_until TEXT
        ) STRICT;
        CREATE INDEX conversations_of_character ON conversations (person_id, slug, started_at);
        CREATE INDEX conversations_shared ON conversations (person_id, slug, started_at)
            WHERE reach = 'shared' AND held_until IS NULL;
        CREATE INDEX conversations_held ON conversations (person_id) WHERE held_until IS NOT NULL;
        CREATE INDEX conversations_of_call ON conversations (call_id) WHERE call_id IS NOT NULL;
        CREATE INDEX imports_of_person ON conversations (person_id, started_at) WHERE call_id IS NULL;
        CREATE UNIQUE INDEX imports_once
            ON conversations (person_id, slug, import_digest, import_position) WHERE call_id IS NULL;

        CREATE TABLE turns (
            id INTEGER PRIMARY KEY,
            conversation INTEGER NOT NULL REFERENCES conversations (id),
            position INTEGER NOT NULL,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            seconds REAL NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX turns_in_order ON turns (conversation, position);
    """,
    )


@step
def m004_follow_up(db: Database) -> None:
    """Verified webhooks and the work that is still to be done."""
    run(
        db,
        """
        CREATE TABLE inbox (
            key TEXT PRIMARY KEY NOT NULL,
            conversation_id TEXT NOT NULL,
            body BLOB,
            received_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX inbox_of_conversation ON inbox (conversation_id);

        CREATE TABLE jobs (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            due_at TEXT NOT NULL,
            again_at TEXT,
            lease_until TEXT,
            attempts INTEGER NOT NULL,
            UNIQUE (kind, subject)
        ) STRICT;
        CREATE INDEX jobs_of_subject ON jobs (subject);
        CREATE INDEX jobs_waiting ON jobs (due_at) WHERE lease_until IS NULL;
        CREATE INDEX jobs_leased ON jobs (lease_until) WHERE lease_until IS NOT NULL;
    """,
    )


@step
def m005_generations(db: Database) -> None:
    """Characters that come and go: a new file under an old slug is another generation of it."""
    run(
        db,
        """
        CREATE TABLE characters (
            slug TEXT PRIMARY KEY NOT NULL,
            generation INTEGER NOT NULL,
            absent_since TEXT
        ) STRICT, WITHOUT ROWID;
        INSERT INTO characters
            SELECT slug, 0, NULL FROM calls UNION SELECT slug, 0, NULL FROM conversations WHERE slug <> '';

        ALTER TABLE calls ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
        DROP INDEX calls_of_character;
        CREATE INDEX calls_of_character ON calls (person_id, slug, generation, state, opened_at, id);

        ALTER TABLE conversations ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
        DROP INDEX conversations_of_character;
        CREATE INDEX conversations_of_character
            ON conversations (person_id, slug, generation, started_at);
        DROP INDEX conversations_shared;
        CREATE INDEX conversations_shared ON conversations (person_id, slug, generation, started_at)
            WHERE reach = 'shared' AND held_until IS NULL;
        DROP INDEX imports_once;
        CREATE UNIQUE INDEX imports_once
            ON conversations (person_id, slug, generation, import_digest, import_position)
            WHERE call_id IS NULL;
    """,
    )


@step
def m006_retention(db: Database) -> None:
    """When an import came and when ElevenLabs' copy went; imports that are here count as of today."""
    run(
        db,
        """
        ALTER TABLE conversations ADD COLUMN imported_at TEXT;
        CREATE INDEX imports_by_age ON conversations (imported_at) WHERE call_id IS NULL;

        ALTER TABLE bindings ADD COLUMN erased_there_at TEXT;
        CREATE INDEX bindings_kept_there ON bindings (call_id) WHERE erased_there_at IS NULL;

        CREATE INDEX calls_by_age ON calls (coalesce(ended_at, asked_at))
            WHERE state IN ('done', 'failed', 'expired');
        CREATE INDEX inbox_unread ON inbox (received_at) WHERE body IS NOT NULL;
    """,
    )
    today = to_text(datetime.now(UTC))
    db.execute("UPDATE conversations SET imported_at = ? WHERE call_id IS NULL", (today,))
