"""Facts that calls bring, summaries of ours, and how often a character looked something up."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m017_learning(db: Database) -> None:
    """Where a fact is from and what its member made of it, and which summaries are ours.

    ``replaced_by`` is the newer fact that took its place, empty where it stands. ``held_facts`` is what a
    call would bring whose owner has yet to say that it was them: a JSON list of [id, text]. With
    ``is_extract`` the summary is ours, also where there was nothing to make one of.
    """
    run(
        db,
        """
        ALTER TABLE facts ADD COLUMN source TEXT NOT NULL DEFAULT 'member';
        ALTER TABLE facts ADD COLUMN call_id TEXT NOT NULL DEFAULT '';
        ALTER TABLE facts ADD COLUMN is_pinned INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE facts ADD COLUMN is_for_everyone INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE facts ADD COLUMN is_corrected INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE facts ADD COLUMN replaced_by TEXT NOT NULL DEFAULT '';
        CREATE INDEX facts_of_call ON facts (call_id) WHERE call_id <> '';
        CREATE INDEX facts_replaced ON facts (replaced_by) WHERE replaced_by <> '';

        ALTER TABLE conversations ADD COLUMN held_facts TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE conversations ADD COLUMN is_extract INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX conversations_without_summary ON conversations (id)
            WHERE summary = '' AND is_extract = 0;
    """,
    )


@step
def m018_look_ups(db: Database) -> None:
    """How often a character looked something up in a call, so that a restart gives none back."""
    run(db, "ALTER TABLE calls ADD COLUMN look_ups INTEGER NOT NULL DEFAULT 0;")
