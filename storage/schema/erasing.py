"""What is still to be confirmed of an erasure, and which talk a call goes on with."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m014_receipts(db: Database) -> None:
    """Erasures that ElevenLabs has not confirmed yet; ``sealed`` is the account that asked for it."""
    run(
        db,
        """
        CREATE TABLE receipts (
            id TEXT PRIMARY KEY NOT NULL,
            sealed BLOB NOT NULL,
            total INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE unconfirmed (
            receipt_id TEXT NOT NULL REFERENCES receipts (id),
            conversation_id TEXT NOT NULL,
            PRIMARY KEY (conversation_id, receipt_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX unconfirmed_of_receipt ON unconfirmed (receipt_id);
    """,
    )


@step
def m015_continuing(db: Database) -> None:
    """The past talk that a call goes on with, or that it starts fresh; empty for the newest."""
    db.execute("ALTER TABLE calls ADD COLUMN continues TEXT NOT NULL DEFAULT ''")
