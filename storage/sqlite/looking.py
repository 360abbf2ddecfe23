"""Looking at a file while others write to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bot.domain.errors import SettingsError
from storage.rooms.comparing import errors_of, shelves_in
from storage.schema import migrations
from storage.sqlite.connection import as_settings_error, connect_reader
from storage.sqlite.transactions import transaction
from storage.tables import count_in


def look_at_shelves(path: Path) -> Iterator[tuple[int, bool]]:
    """Yield each shelf in a file, and whether it holds what its turns say; none where there is no index yet.

    A shelf is one view of the data, so that others write meanwhile. Raises SettingsError.
    """
    with as_settings_error(path), closing(connect_reader(path)) as database:
        if migrations.pending(database):
            return
        for shelf in shelves_in(database):
            with transaction(database, "BEGIN"):
                is_right = next(errors_of(database, shelf), "") == ""
            yield shelf, is_right


def count_people(path: Path) -> int | None:
    """Return how many people a file knows; None where it cannot be read, or is no database of ours."""
    try:
        with closing(connect_reader(path)) as database:
            return count_in(database, "people")
    except (sqlite3.DatabaseError, SettingsError):
        return None
