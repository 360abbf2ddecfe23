"""Looking at which Slack workspaces installed the app, without changing anything of a database."""

from collections.abc import Sequence
from contextlib import closing

from bot.domain.workspace import Installed
from storage.database import Database
from storage.keyring import Place, keys_for, read_checks
from storage.rooms.installing import installed_in
from storage.schema import migrations
from storage.sqlite.connection import as_settings_error, connect_reader
from storage.url import find_database, is_postgres
from storage.vault import Vault


def look_at_workspaces(url: str, keys: Sequence[str]) -> Sequence[Installed]:
    """Return every installation, the oldest first; none where a database is not there, or of another schema.

    Raises SettingsError where it cannot be read, or its key is missing.
    """
    if is_postgres(url):
        from storage.postgres.connection import connect, name_of
        from storage.postgres.database import PostgresDatabase
        from storage.postgres.migrating import NEWEST, compare_steps

        with connect(url) as connection:
            if compare_steps(connection) != NEWEST:
                return ()
            there = PostgresDatabase(connection)
            return installed_in(there, _vault(there, name_of(url), keys))
    path = find_database(url)
    if path is None or not path.exists():
        return ()
    with as_settings_error(path), closing(connect_reader(path)) as database:
        if migrations.pending(database):
            return ()
        return installed_in(database, _vault(database, path, keys))


def _vault(database: Database, place: Place, keys: Sequence[str]) -> Vault:
    return Vault(keys_for(read_checks(database), place, keys))
