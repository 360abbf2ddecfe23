"""Backups of an older and of a newer Troupe."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from backup_places import Place, place_of

from storage.backups.sealing import read_contents
from storage.postgres.connection import connect
from storage.postgres.migrating import migrate
from storage.schema.steps import all_steps
from tests.postgres_server import Server


def test_an_older_schema_is_backed_up_as_it_is_and_brought_up_to_date(
    server: Server, there: Place, tmp_path: Path
) -> None:
    from storage.schema import migrations
    from storage.sqlite.saving import open_part

    old = place_of("file", None, tmp_path / "old")  # type: ignore[arg-type]
    old.brings("alice", "Quuxlena")
    old.file.unlink()
    with open_part(old.file) as database:
        migrations.apply(database, stop_before="m016_recall")
        database.execute("INSERT INTO people VALUES ('p1', 'alice', '2026-01-01T00:00:00.000000+00:00')")
        database.execute("INSERT INTO accounts VALUES ('discord', 'app', 'alice', 'p1')")
    unused = old.runs("restore", str(old.backs_up()), code=2)
    assert "a database that no Troupe ever used" in unused
    check = read_contents(there_backup(there), lambda *_: None).key_checks[0]
    with open_part(old.file) as database:
        database.execute("INSERT INTO settings VALUES ('secret_key', ?)", (check,))
    backup = old.backs_up()
    assert "m016_recall" not in read_contents(backup, lambda *_: None).steps
    assert json.loads(there.runs("restore", str(backup), "--yes", "--json"))["people"] == 1
    there.brings("alice", "Quuxlena")
    assert there.tells("Quuxlena") == {"alice"}


def there_backup(place: Place) -> Path:
    place.brings("alice", "Quuxlena")
    return place.backs_up("of-there.backup")


def test_an_older_server_is_backed_up_as_it_is(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.new_database())
    *older, (newest, _) = all_steps().items()
    with connect(place.settings["DATABASE_URL"]) as connection:
        migrate(connection, "the old database", dict(older))
        connection.execute("INSERT INTO people VALUES ('p1', 'alice', '2026-01-01T00:00:00.000000+00:00')")
    contents = read_contents(place.backs_up(), lambda *_: None)
    assert newest not in contents.steps
    assert (contents.steps, contents.people) == (tuple(name for name, _ in older), 1)


def test_a_newer_schema_is_refused(here: Place) -> None:
    url = here.settings["DATABASE_URL"]
    if url.startswith("postgresql"):
        with connect(url) as connection:
            connection.execute("INSERT INTO schema_steps VALUES ('m999_later', '2030')")
        assert "newer Troupe (it knows m999_later)" in here.runs("backup", "one.backup", code=2)
        return
    with closing(sqlite3.connect(here.file)) as database, database:
        database.execute("INSERT INTO _sqlite_migrations VALUES (NULL, 'troupe', 'm999_later', '2030')")
    backup = here.backs_up()
    refused = here.runs("restore", str(backup), "--yes", code=2)
    assert f"{backup} was made by a newer Troupe (it knows m999_later); update this one." in refused
