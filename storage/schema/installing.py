"""Slack workspaces that installed our app."""

from storage.database import Database
from storage.schema.steps import run, step


@step
def m023_installing(db: Database) -> None:
    """Installations with their tokens, which team is of which organisation, and what is under way.

    ``id`` is a team's, or an organisation's where the app was installed for all of it; ``sealed`` is the
    token. ``state_hash`` is of the state that Slack sends back.
    """
    run(
        db,
        """
        CREATE TABLE slack_workspaces (
            id TEXT PRIMARY KEY NOT NULL,
            enterprise TEXT NOT NULL,
            name TEXT NOT NULL,
            sealed BLOB NOT NULL,
            bot_user TEXT NOT NULL,
            bot_id TEXT NOT NULL,
            scopes TEXT NOT NULL,
            installed_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE slack_teams (
            team TEXT PRIMARY KEY NOT NULL,
            enterprise TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX slack_teams_of_enterprise ON slack_teams (enterprise);

        CREATE TABLE slack_states (
            state_hash TEXT PRIMARY KEY NOT NULL,
            expires_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
    """,
    )
