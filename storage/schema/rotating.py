"""Slack tokens that run out."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m026_rotating(db: Database) -> None:
    """``expires_at`` is when a token runs out, ``sealed_refresh`` what gives the next; NULL where none is."""
    run(
        db,
        """
        ALTER TABLE slack_workspaces ADD COLUMN sealed_refresh BLOB;
        ALTER TABLE slack_workspaces ADD COLUMN expires_at TEXT;
    """,
    )
