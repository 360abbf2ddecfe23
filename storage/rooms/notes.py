"""What the installation itself has to remember: one value under each name."""

from storage.database import Database


def keep_setting(database: Database, name: str, value: str) -> None:
    """Keep a value, in place of an older one."""
    database.execute(
        "INSERT INTO settings VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2", (name, value)
    )
