"""Places, permissions, direct messages, buttons and facts."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m010_messaging(db: Database) -> None:
    """Where Troupe was let in and who may call whom there, how accounts are reached, and what was posted.

    ``roles`` and ``channels`` are sorted JSON lists; ``sealed`` is what a button stands for.
    """
    run(
        db,
        """
        CREATE TABLE places (
            place TEXT PRIMARY KEY NOT NULL,
            name TEXT NOT NULL,
            admitted_at TEXT NOT NULL,
            is_in INTEGER NOT NULL DEFAULT 1
        ) STRICT;

        CREATE TABLE rules (
            place TEXT NOT NULL,
            slug TEXT NOT NULL,
            is_off INTEGER NOT NULL,
            age_restricted_only INTEGER NOT NULL,
            roles TEXT NOT NULL,
            channels TEXT NOT NULL,
            PRIMARY KEY (place, slug)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mailboxes (
            platform TEXT NOT NULL,
            tenant TEXT NOT NULL,
            account_id TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES people (id),
            channel_id TEXT NOT NULL DEFAULT '',
            wants_links INTEGER NOT NULL DEFAULT 1,
            refused_at TEXT,
            locale TEXT NOT NULL DEFAULT '',
            recaps TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (platform, tenant, account_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mailboxes_of_person ON mailboxes (person_id);

        CREATE TABLE seen (key TEXT PRIMARY KEY NOT NULL, seen_at TEXT NOT NULL) STRICT, WITHOUT ROWID;
        CREATE INDEX seen_by_age ON seen (seen_at);

        CREATE TABLE posts (
            call_id TEXT NOT NULL REFERENCES calls (id),
            kind TEXT NOT NULL,
            channel_id TEXT NOT NULL,
            message_id TEXT NOT NULL,
            PRIMARY KEY (call_id, kind)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX posts_of_chats ON posts (call_id) WHERE kind = 'chat';

        CREATE TABLE presses (
            person_id TEXT NOT NULL REFERENCES people (id),
            id TEXT NOT NULL,
            sealed BLOB NOT NULL,
            made_at TEXT NOT NULL,
            PRIMARY KEY (person_id, id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX presses_by_age ON presses (made_at);

        ALTER TABLE calls ADD COLUMN channel TEXT NOT NULL DEFAULT '';
        CREATE INDEX calls_untold ON calls (person_id, coalesce(ended_at, asked_at)) WHERE is_told = 0;
    """,
    )


@step
def m011_facts(db: Database) -> None:
    """What members want characters to know."""
    run(
        db,
        """
        CREATE TABLE facts (
            id TEXT PRIMARY KEY NOT NULL,
            person_id TEXT NOT NULL REFERENCES people (id),
            slug TEXT NOT NULL,
            generation INTEGER NOT NULL,
            reach TEXT NOT NULL CHECK (reach IN ('own', 'shared')),
            text TEXT NOT NULL,
            added_at TEXT NOT NULL
        ) STRICT;
        CREATE INDEX facts_of_person ON facts (person_id, slug, generation);
    """,
    )
