"""``troupe backup`` and ``troupe restore``, from either engine to either, and whatever may go wrong."""

import asyncio
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from store_samples import NOW, hex_of, person, said
from test_store_presence import FRONT, chat_with

from bot.domain.call import CallId
from bot.domain.caller import Account, PersonId, parse_account
from bot.domain.errors import BackupRefused
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store
from storage.backups.making import make_backup
from storage.backups.sealing import read_contents
from storage.lock import hold_lock
from storage.postgres.connection import connect
from storage.postgres.migrating import migrate
from storage.rooms.comparing import find_index_errors
from storage.schema.steps import all_steps
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.program import ROOT, kept_environment, troupe

(KEY,) = keys_of("postgresql://")
OTHER_KEY = "another one of 32 characters or more"


T = TypeVar("T")


class Place:
    """An installation: a folder, and the address of its database."""

    def __init__(self, folder: Path, url: str = "") -> None:
        self.folder = folder
        self.file = folder / "data" / "troupe.db"
        self.settings = {"DATABASE_URL": url or f"sqlite:///{self.file}", "SECRET_KEY": KEY}

    def runs(self, *arguments: str, code: int = 0, typed: str = "", **settings: str) -> str:
        done = troupe(self.folder, *arguments, typed=typed, **(self.settings | settings))
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def backs_up(self, name: str = "one.backup") -> Path:
        self.runs("backup", name, "--yes")
        return self.folder / name

    def works(self, work: Callable[[Store], Awaitable[T]]) -> T:
        """Do something with what is kept here."""

        async def opened() -> T:
            async with open_store(self.settings["DATABASE_URL"], [KEY]) as store:
                return await work(store)

        return asyncio.run(opened())

    def brings(self, who: str, word: str) -> None:
        async def bring(store: Store) -> None:
            one = await person(store, who)
            talk = (hex_of(f"{who} {word}"), said(f"{word} moved to Bern."))
            await store.store_import(one.id, "", "own", [talk], "f", {}, NOW)

        self.works(bring)

    def forgets(self, who: str) -> None:
        async def forget(store: Store) -> None:
            await store.erase_person((await person(store, who)).id, NOW)
            await store.cleaned()  # type: ignore[attr-defined]

        self.works(forget)

    def tells(self, word: str) -> set[str]:
        """Return who is known to have said a word; the index is in step with what was said."""

        async def look(store: Store) -> set[str]:
            assert await store.reader.read(find_index_errors) == []  # type: ignore[attr-defined]
            told = set()
            for who in ("alice", "bob", "carol"):
                if one := await store.find_person(Account("discord", "app", who)):
                    record = await store.fetch_record(one.id, Reading("wizard", "own"))
                    if word in str(record):
                        told.add(who)
            return told

        return self.works(look)


def place_of(kind: str, request: pytest.FixtureRequest, folder: Path) -> Place:
    folder.mkdir()
    if kind == "postgres":
        server: Server = request.getfixturevalue("server")
        return Place(folder, server.new_database())
    return Place(folder)


@pytest.fixture(params=["file", "postgres"])
def here(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Where alice and bob said something."""
    place = place_of(request.param, request, tmp_path / "here")
    place.brings("alice", "Quuxlena")
    place.brings("bob", "Quuxlena")
    return place


@pytest.fixture(params=["file", "postgres"])
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A new place, with nothing in it."""
    return place_of(request.param, request, tmp_path / "there")


def test_what_is_backed_up_here_is_put_back_there(here: Place, there: Place) -> None:
    backup = here.backs_up()
    assert backup.stat().st_mode & 0o777 == 0o600
    assert KEY.encode() not in backup.read_bytes()
    told = json.loads(there.runs("restore", str(backup), "--json"))
    assert (told["people"], told["erased_again"], told["kept"]) == (2, 0, None)
    assert there.tells("Quuxlena") == {"alice", "bob"}
    there.brings("carol", "Quuxlena")
    assert there.tells("Quuxlena") == {"alice", "bob", "carol"}
    assert json.loads(there.runs("backup", "again.backup", "--json"))["people"] == 3


def test_what_was_erased_since_is_erased_again(here: Place) -> None:
    backup = here.backs_up()
    here.forgets("alice")
    asked = here.runs("restore", str(backup), code=1, typed="n\n")
    assert "nows 1 person" in asked
    told = here.runs("restore", str(backup), "--yes")
    assert "1 thing that had been erased since: erased again." in told
    assert "It holds people's words" in told
    assert here.tells("Quuxlena") == {"bob"}
    assert "erased again" not in here.runs("restore", str(here.backs_up("two.backup")), "--yes")


def test_a_chat_is_over_once_a_backup_that_names_its_process_is_back(here: Place, there: Place) -> None:
    async def relay(store: Store) -> None:
        await store.keep_process(FRONT)
        await store.keep_shards(FRONT.id, "front", {0, 1}, 8, NOW, NOW + timedelta(days=1))
        call_id = CallId(await chat_with(store, "alice", FRONT.id))
        assert await store.send_to_line(call_id, "say", "hello?", NOW)
        assert await store.claim("commands", NOW, NOW + timedelta(days=1))

    async def look(store: Store) -> None:
        assert await store.fetch_processes() == ()
        assert (await store.fetch_holders(NOW)).count == 0
        assert await store.fetch_waiting(FRONT.id) == frozenset()
        assert await store.claim("commands", NOW, NOW)
        assert await store.queue_broken_chats(NOW) == 1
        assert await store.fetch_held(FRONT.id) == frozenset()

    here.works(relay)
    there.runs("restore", str(here.backs_up()), "--yes")
    there.works(look)


def test_erasures_that_a_backup_knows_are_known_where_it_was_put_back(here: Place, there: Place) -> None:
    with_alice = here.backs_up()
    here.forgets("alice")
    without = here.backs_up("later.backup")
    there.runs("restore", str(without))
    there.forgets("bob")
    there.runs("restore", str(with_alice), "--yes")
    assert there.tells("Quuxlena") == set()


def test_erasures_of_two_histories_count_though_their_numbers_are_the_same(here: Place, there: Place) -> None:
    with_alice = here.backs_up()
    here.forgets("alice")
    with_bob = here.backs_up("later.backup")
    there.brings("bob", "Quuxlena")
    there.forgets("bob")
    there.runs("restore", str(with_bob), "--yes")
    assert there.tells("Quuxlena") == set()
    there.runs("restore", str(with_alice), "--yes")
    assert there.tells("Quuxlena") == set()


def test_what_was_there_is_kept_and_can_be_put_back(here: Place) -> None:
    backup = here.backs_up()
    here.brings("carol", "Quuxlena")
    kept = Path(json.loads(here.runs("restore", str(backup), "--yes", "--json"))["kept"])
    assert here.tells("Quuxlena") == {"alice", "bob"}
    assert kept.stat().st_mode & 0o777 == 0o600
    if here.file.exists():
        shutil.copy(kept, here.file)
    else:
        here.runs("restore", str(kept), "--yes")
    assert here.tells("Quuxlena") == {"alice", "bob", "carol"}


def test_a_backup_holds_nothing_of_what_was_erased_before(here: Place) -> None:
    here.brings("carol", "Zyzzyva")
    here.forgets("carol")
    assert b"Quuxlena" in here.backs_up().read_bytes()
    if here.file.exists():  # what SQLite leaves behind where nobody cleans up
        with closing(sqlite3.connect(here.file, isolation_level=None)) as database:
            database.execute("PRAGMA secure_delete = OFF").close()
            database.execute("INSERT INTO settings VALUES ('left', ?)", ("Zyzzyva" * 9_000,))
            database.execute("DELETE FROM settings WHERE name = 'left'")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        assert b"yzzyva" in here.file.read_bytes()
    assert b"yzzyva" not in here.backs_up("two.backup").read_bytes()


@pytest.mark.anyio
async def test_a_backup_is_made_while_others_write(here: Place) -> None:
    async with open_store(here.settings["DATABASE_URL"], [KEY]) as store:
        await store.find_or_add_person(parse_account("x"), "", PersonId("x"), datetime.now(UTC))
        backup = await asyncio.to_thread(here.backs_up)
        await store.find_or_add_person(parse_account("y"), "", PersonId("y"), datetime.now(UTC))
    assert read_contents(backup, lambda *_: None).people == 3


def test_a_server_waits_for_a_backup_that_takes_its_time(server: Server, tmp_path: Path) -> None:
    place = Place(tmp_path, server.new_database())
    place.brings("alice", "Quuxlena")
    waited = False

    def tell(_done: int, _total: int) -> None:
        nonlocal waited
        if not waited:
            waited = True
            time.sleep(5.5)  # as summing up a few million rows does; other transactions get 5 seconds

    make_backup(place.settings["DATABASE_URL"], tmp_path / "slow.backup", NOW, tell)
    assert read_contents(tmp_path / "slow.backup", lambda *_: None).people == 1


def test_a_wrong_key_is_refused_before_anything_is_changed(here: Place) -> None:
    backup = here.backs_up()
    refused = here.runs("restore", str(backup), "--yes", code=2, SECRET_KEY=OTHER_KEY)
    assert f"SECRET_KEY is not what {backup} was written with" in refused
    missing = here.runs("restore", str(backup), "--yes", code=2, SECRET_KEY="")
    assert "cannot be read without the key" in missing
    assert here.tells("Quuxlena") == {"alice", "bob"}


def test_a_key_file_is_named_and_not_backed_up(tmp_path: Path) -> None:
    place = place_of("file", None, tmp_path / "one")  # type: ignore[arg-type]
    place.settings["SECRET_KEY"] = ""
    (tmp_path / "past.json").write_text(json.dumps([{"role": "user", "content": "Quuxlena"}]))
    place.runs("import", str(tmp_path / "past.json"), "--as", "alice", "--yes")
    key = (tmp_path / "one" / "data" / "troupe.key").read_text().strip()
    told = place.runs("backup", "one.backup")
    assert f"the key in {tmp_path}/one/data/troupe.key alone" in told
    assert key.encode() not in (tmp_path / "one" / "one.backup").read_bytes()
    assert "1 person" in place.runs("restore", "one.backup", "--yes")


def test_nothing_is_put_back_while_troupe_runs(here: Place) -> None:
    backup = here.backs_up()
    url = here.settings["DATABASE_URL"]
    if url.startswith("postgresql"):
        with connect(url):
            refused = here.runs("restore", str(backup), "--yes", code=2)
        assert "(1 connection): stop it first, everywhere." in refused
        return
    with hold_lock(f"sqlite:///{here.file}", {}):
        assert "already running" in here.runs("restore", str(backup), "--yes", code=2)
    with closing(sqlite3.connect(here.file)) as other:
        other.execute("SELECT count(*) FROM people").fetchone()
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM people").fetchone()
        assert "Something else uses" in here.runs("restore", str(backup), "--yes", code=2)
    assert here.tells("Quuxlena") == {"alice", "bob"}


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


# A folder of backups


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


# What goes wrong


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that was backed up, and lost alice since."""
    folder = tmp_path_factory.mktemp("made")
    place = Place(folder)
    place.brings("alice", "Quuxlena")
    place.brings("bob", "Quuxlena")
    place.backs_up()
    place.forgets("alice")
    return folder


def test_a_backup_is_a_database_that_any_program_opens(made: Path) -> None:
    with closing(sqlite3.connect(f"file:{made}/one.backup?mode=ro", uri=True)) as database:
        assert database.execute("SELECT count(*) FROM people").fetchone() == (2,)
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


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
    half = next(one for one in places if list(one.folder.glob(".troupe-backup-part-*")))
    half.backs_up("three.backup")
    assert not list(half.folder.glob(".troupe-backup-part-*"))


def test_putting_back_that_is_killed_leaves_the_one_or_the_other(made: Path, tmp_path: Path) -> None:
    places = list(killed(made, tmp_path / "all", "restore", "HERE/one.backup", "--yes"))
    for place in places:
        assert people_in(place.file) == 1
        kept = list((place.folder / "data").glob("*.before-*"))
        assert len(kept) <= 1
        assert all(people_in(one) == 1 for one in kept)
    half = next(one for one in places if (one.folder / "data" / "troupe.db.restoring").exists())
    half.runs("restore", "one.backup", "--yes")
    assert half.tells("Quuxlena") == {"bob"}
    assert not (half.folder / "data" / "troupe.db.restoring").exists()
