"""``troupe backup`` and ``troupe restore``, from either engine to either, and whatever may go wrong."""

import asyncio
import json
import shutil
import sqlite3
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backup_places import KEY, OTHER_KEY, Place, place_of
from store_samples import NOW
from test_store_presence import FRONT, chat_with

from bot.domain.call import CallId
from bot.domain.caller import PersonId, parse_account
from bot.ports import Store
from storage import open_store
from storage.backups.making import make_backup
from storage.backups.sealing import read_contents
from storage.lock import hold_lock
from storage.postgres.connection import connect
from tests.postgres_server import Server


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
