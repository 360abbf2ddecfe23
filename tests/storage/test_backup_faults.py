"""Backups that are damaged, cut off or killed: nothing is lost by one."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from backup_places import KEY, Place
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from bot.domain.errors import BackupRefused
from storage.backups.sealing import read_contents
from storage.lock import hold_lock
from tests.postgres_server import Server
from tests.program import PERSONAS, ROOT, kept_environment


@examples(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_bit_is_wrong_and_wherever_it_is_cut_off_it_is_refused(
    made: Path, tmp_path: Path, data: st.DataObject
) -> None:
    whole = (made / "one.backup").read_bytes()
    damaged = bytearray(whole)
    near_the_end = st.integers(len(whole) - 1_300, len(whole) - 1)
    at = data.draw(st.integers(0, len(whole) - 1) | near_the_end)
    how = data.draw(st.sampled_from(["bit", "cut", "more", "zeros"]))
    if how == "bit":
        damaged[at] ^= 1 << data.draw(st.integers(0, 7))
    elif how == "cut":
        del damaged[at:]
    elif how == "more":
        damaged += data.draw(st.binary(min_size=1, max_size=200))
    else:
        damaged[at:] = bytes(len(whole) - at)
    file = tmp_path / "damaged.backup"
    file.write_bytes(damaged)
    if damaged == whole:
        return
    with pytest.raises(BackupRefused) as refusal:
        read_contents(file, lambda *_: None)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("how", ["cut", "bit", "absent", "folder", "empty"])
def test_what_is_no_whole_backup_changes_nothing(made: Path, tmp_path: Path, how: str) -> None:
    shutil.copytree(made, tmp_path / "one")
    place = Place(tmp_path / "one")
    backup = tmp_path / "one" / "one.backup"
    whole = bytearray(backup.read_bytes())
    whole[4_000] ^= 1
    {
        "cut": lambda: os.truncate(backup, 100_000),
        "bit": lambda: backup.write_bytes(whole),
        "absent": backup.unlink,
        "folder": lambda: (backup.unlink(), backup.mkdir()),
        "empty": lambda: os.truncate(backup, 0),
    }[how]()
    before = place.file.read_bytes()
    refused = place.runs("restore", "one.backup", "--yes", code=2)
    assert refused.startswith("one.backup ")
    assert refused.count("\n") == 1
    assert place.file.read_bytes() == before
    assert json.loads(place.runs("restore", "one.backup", "--json", code=2))["error"] in refused


def test_a_damaged_database_is_not_backed_up_and_a_backup_replaces_it(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "one")
    place = Place(tmp_path / "one")
    with place.file.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 60_000)
    assert "cannot be backed up" in place.runs("backup", "two.backup", code=2)
    assert not (tmp_path / "one" / "two.backup").exists()
    place.file.write_bytes(b"no database at all")
    assert "cannot be read" in place.runs("restore", "one.backup", typed="n\n", code=1)
    place.runs("restore", "one.backup", "--yes")
    assert place.tells("Quuxlena") == {"bob"}


@pytest.mark.parametrize("what", ["backup two.backup", "restore one.backup --yes"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(made: Path, tmp_path: Path, what: str) -> None:
    folder = tmp_path / "one"
    shutil.copytree(made, folder)
    before = (folder / "data" / "troupe.db").read_bytes()
    command = f'ulimit -f 300; exec "{sys.executable}" -m bot {what}'
    environment = {**kept_environment(), "PYTHONPATH": str(ROOT), "SECRET_KEY": KEY}
    done = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, check=False
    )
    said = done.stderr.decode()
    assert (done.returncode, said.count("\n")) == (2, 1), said
    assert "Traceback" not in said
    left = {one.name for one in folder.iterdir()} | {one.name for one in (folder / "data").iterdir()}
    of_sqlite = {"troupe.db-wal", "troupe.db-shm"}
    assert left - of_sqlite <= {"data", "one.backup", "troupe.db", "troupe.db.erased", "troupe.db.lock"}
    assert (folder / "data" / "troupe.db").read_bytes() == before


def killed(made: Path, root: Path, *typed: str) -> Iterator[Place]:
    """Kill the program at each of its steps, and return what each of these left."""
    script = ROOT / "tests" / "storage" / "backup_killer.py"
    done = subprocess.run(
        [sys.executable, script, made, root, *typed],
        env={**kept_environment(), "PYTHONPATH": str(ROOT), "SECRET_KEY": KEY},
        capture_output=True,
        text=True,
        check=True,
    )
    steps = int(done.stdout.splitlines()[-1])
    assert steps > 5
    return (Place(root / str(step)) for step in range(steps + 1))


def people_in(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        count: int = database.execute("SELECT count(*) FROM people").fetchone()[0]
        return count


def test_a_backup_that_is_killed_is_whole_or_not_there(made: Path, tmp_path: Path) -> None:
    whole = set()
    places = list(killed(made, tmp_path / "all", "backup", "HERE/two.backup"))
    for place in places:
        backup = place.folder / "two.backup"
        whole.add(backup.exists())
        if backup.exists():
            assert read_contents(backup, lambda *_: None).people == 1
    assert whole == {True, False}
    half = next(one for one in places if list(one.folder.glob(".troupe-part-*")))
    half.backs_up("three.backup")
    assert not list(half.folder.glob(".troupe-part-*"))


def test_putting_back_that_is_killed_leaves_the_one_or_the_other(made: Path, tmp_path: Path) -> None:
    places = list(killed(made, tmp_path / "all", "restore", "HERE/one.backup", "--yes"))
    for place in places:
        assert people_in(place.file) == 1
        kept = list((place.folder / "data").glob("*.before-*"))
        assert len(kept) <= 1
        assert all(people_in(one) == 1 for one in kept)
    half, *others = [one for one in places if (one.folder / "data" / "troupe.db.restoring").exists()]
    with hold_lock(others[0].settings["DATABASE_URL"], {}):  # as Troupe does once it starts
        assert not (others[0].folder / "data" / "troupe.db.restoring").exists()
    half.runs("restore", "one.backup", "--yes")
    assert half.tells("Quuxlena") == {"bob"}
    assert not (half.folder / "data" / "troupe.db.restoring").exists()


def ended(folder: Path, typed: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Type a command that is ended in the middle."""
    environment = {
        **kept_environment(),
        "PYTHONPATH": str(ROOT),
        "SECRET_KEY": KEY,
        "PERSONAS_DIR": str(PERSONAS),
        **more,
    }
    command = [sys.executable, ROOT / "tests" / "storage" / "backup_ender.py", *typed.split()]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False)


@pytest.mark.parametrize(
    "typed", ["backup two.backup", "restore one.backup --yes", "people export discord:app:bob all.json"]
)
def test_what_the_system_ends_leaves_nobodys_words_behind(made: Path, tmp_path: Path, typed: str) -> None:
    folder = tmp_path / "one"
    shutil.copytree(made, folder)
    done = ended(folder, typed)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"\nAborted!\n")
    assert not list(folder.rglob(".troupe-part-*"))
    assert not list(folder.rglob("*.restoring"))


def test_what_was_killed_while_it_came_to_a_server_is_cleared_away_by_the_next(
    made: Path, server: Server, tmp_path: Path
) -> None:
    folder = tmp_path / "one"
    shutil.copytree(made, folder)
    place = Place(folder, server.new_database())
    killed_by = ended(folder, "restore one.backup --yes", ENDED_WITH="SIGKILL", **place.settings)
    assert killed_by.returncode == -signal.SIGKILL
    assert len(list(folder.glob("*.restoring/*"))) == 1
    place.runs("restore", "one.backup", "--yes")
    assert not list(folder.glob("*.restoring"))
    assert place.tells("Quuxlena") == {"alice", "bob"}
