"""Where backups are written, how many are kept, and what they are."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from backup_places import Place, place_of


def test_in_a_folder_old_backups_go_and_nothing_else_does(tmp_path: Path) -> None:
    place = place_of("file", None, tmp_path / "one")  # type: ignore[arg-type]
    place.brings("alice", "Quuxlena")
    folder = tmp_path / "one" / "data" / "backups"
    folder.mkdir()
    for name in ("troupe-20200101T000000Z.backup", "troupe-20200101T000000Z-before-restore.backup"):
        (folder / name).touch()
    others = {"notes.txt", "troupe-20200101T000000Z.backup.gpg", "troupe-99999999T000000Z.backup"}
    for name in others:
        (folder / name).touch()
    for expected in (1, 2, 3):
        place.runs("backup", BACKUP_DAYS="7")
        made = {one.name for one in folder.iterdir()} - others
        assert len(made) == expected
    assert len(json.loads(place.runs("backup", "--keep", "2", "--json"))["deleted"]) == 2
    assert others < {one.name for one in folder.iterdir()}
    assert len(list(folder.iterdir())) == len(others) + 2
    (folder / "troupe-20990101T000000Z.backup").touch()
    assert Path(json.loads(place.runs("backup", "--keep", "1", "--json"))["file"]).exists()
    assert "BACKUP_DAYS is 0" in place.runs("backup", BACKUP_DAYS="0")
    assert "Name a folder" in place.runs("backup", "x.backup", "--keep", "2", code=1)


def test_a_slash_means_a_folder_and_nothing_means_nothing(made: Path, tmp_path: Path) -> None:
    place = Place(made)
    for _ in range(2):
        place.runs("backup", f"{tmp_path}/new/", "--keep", "1")
    assert len(list((tmp_path / "new").iterdir())) == 1
    assert "Name a file or a folder;" in place.runs("backup", "", code=1)


def test_a_file_is_replaced_after_a_yes_only(tmp_path: Path) -> None:
    place = place_of("file", None, tmp_path / "one")  # type: ignore[arg-type]
    assert "does not exist" in place.runs("backup", "x.backup", code=2)
    place.brings("alice", "Quuxlena")
    place.runs("backup", "x.backup")
    before = (tmp_path / "one" / "x.backup").stat()
    assert "is there already" in place.runs("backup", "x.backup", code=1)
    assert (tmp_path / "one" / "x.backup").stat() == before
    place.runs("backup", "x.backup", "--yes")
    assert (tmp_path / "one" / "x.backup").stat().st_ino != before.st_ino


def test_a_backup_is_a_database_that_any_program_opens(made: Path) -> None:
    with closing(sqlite3.connect(f"file:{made}/one.backup?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM people").fetchone() == (2,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
