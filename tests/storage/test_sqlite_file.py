"""The SQLite file: its place, its mode, its schema, and a disk or a lock that is in the way."""

import asyncio
import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database
from store_samples import NOW, bind, call_of, hex_of, later, link_of, person, place, said, talk

from bot.domain.call import CallState, NewJob
from bot.domain.errors import NotStored, SettingsError
from bot.domain.importing import Kept
from bot.domain.record import Reading
from storage import open_store, schema
from storage.rows import row_of_call, to_text
from storage.schema import migrations
from tests.databases import keys_of

pytestmark = pytest.mark.anyio

WIZARD = Reading("wizard", "own")


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


async def test_a_new_database_and_its_folders_are_private(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "data" / "troupe.db"
    async with open_store(f"sqlite:///{file}") as store:
        await person(store)
        assert mode_of(file.parent) == mode_of(file.parent.parent) == 0o700
        assert {path.name: mode_of(path) for path in file.parent.iterdir()} == {
            "troupe.db": 0o600,
            "troupe.db-wal": 0o600,
            "troupe.db-shm": 0o600,
            "troupe.key": 0o600,
        }


async def test_files_that_others_could_read_are_made_private(tmp_path: Path) -> None:
    names = ("troupe.db", "troupe.db-wal", "troupe.key")
    async with open_store(f"sqlite:///{tmp_path}/original/troupe.db") as store:
        who = await person(store)
        for name in names:
            (tmp_path / name).write_bytes((tmp_path / "original" / name).read_bytes())
            (tmp_path / name).chmod(0o644)
    async with open_store(f"sqlite:///{tmp_path}/troupe.db") as store:
        assert await person(store) == who
        assert {mode_of(tmp_path / name) for name in names} == {0o600}


async def test_a_path_with_three_slashes_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_store("sqlite:///data/troupe #1?.db"):
        pass
    assert (tmp_path / "data" / "troupe #1?.db").is_file()


async def test_what_was_stored_is_there_after_reopening(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await talk(store, who, said("hello"))
    async with open_store(file_url) as store:
        assert await person(store) == who
        assert len((await store.fetch_record(who.id, WIZARD)).conversations) == 1


async def test_databases_in_memory_are_apart() -> None:
    async with open_store("sqlite:///:memory:") as one, open_store("sqlite:///:memory:") as two:
        who = await person(one)
        assert (await one.fetch_record(who.id, WIZARD)).name == "alice"
        assert (await two.fetch_record(who.id, WIZARD)).name == ""


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mysql://me:hunter2@db/troupe",
        "mysql://me:a@b/hunter2@db/troupe",
        "postgresql:me:hunter2@db/troupe",
        "postgres:/me:hunter2@db/troupe",
        "host=db user=me password=hunter2 dbname=troupe",
        "sqlite://troupe.db",
        "sqlite:///",
        "troupe.db",
        "sqlite:///a\0b",
    ],
)
async def test_another_address_is_refused_in_one_sentence_without_its_password(url: str) -> None:
    with pytest.raises(SettingsError, match=r"it starts with sqlite:///") as refusal:
        async with open_store(url):
            pass
    assert "hunter2" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


async def test_a_place_that_cannot_be_a_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a database, but long enough to be looked at as one" * 99)
    (tmp_path / "folder").mkdir()
    for place_, reason in (
        ("file", "file is not a database"),
        ("folder", "Is a directory"),
        ("file/troupe.db", "Not a directory"),
    ):
        with pytest.raises(SettingsError, match=reason) as refusal:
            async with open_store(f"sqlite:///{tmp_path}/{place_}"):
                pass
        assert str(tmp_path / place_) in str(refusal.value)


async def test_a_newer_schema_is_refused_and_left_alone(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
    with Database(file_of(file_url)) as database:
        row = {"migration_set": "troupe", "name": "m999_wonders", "applied_at": "2030"}
        database.table("_sqlite_migrations").insert(row)
    with pytest.raises(SettingsError, match=r"newer Troupe .*m999_wonders"):
        async with open_store(file_url):
            pass
    with Database(file_of(file_url)) as database:
        assert database.table("people").get(who.id)["name"] == "alice"


async def test_migrations_run_once_and_in_order(file_url: str) -> None:
    for _ in range(2):
        async with open_store(file_url):
            pass
    with Database(file_of(file_url)) as database:
        applied = [step.name for step in migrations.applied(database)]
    assert applied == sorted(
        name
        for module in (getattr(schema, one) for one in schema.__all__ if one != "migrations")
        for name in vars(module)
        if name.startswith("m0")
    )


async def test_a_migration_that_breaks_leaves_nothing_half_done(
    file_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_store(file_url):
        pass

    def m998_broken(database: Database) -> None:
        database.execute("CREATE TABLE half (id INTEGER)")
        database.execute("INSERT INTO absent VALUES (1)")

    with monkeypatch.context() as patched:
        patched.setattr(migrations, "_migrations", list(migrations._migrations))
        migrations()(m998_broken)
        with pytest.raises(SettingsError, match="no such table: absent"):
            async with open_store(file_url):
                pass
    with Database(file_of(file_url)) as database:
        assert "half" not in database.table_names()
        assert "m998_broken" not in [step.name for step in migrations.applied(database)]
    async with open_store(file_url):
        pass


async def test_a_database_of_the_schema_before_generations_keeps_what_it_has(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
    file_of(file_url).unlink()
    with Database(file_of(file_url)) as database:
        migrations.apply(database, stop_before="m005_generations")
        database.execute("INSERT INTO people VALUES (?, 'alice', ?)", (who.id, to_text(NOW)))
        database.execute("INSERT INTO accounts VALUES ('discord', 'app', 'alice', ?)", (who.id,))
        done = replace(call_of(who), state=CallState.DONE, opened_at=NOW, ended_at=NOW)
        columns = {column.name for column in database.table("calls").columns}
        row = {name: value for name, value in row_of_call(done).items() if name in columns}
        database.table("calls").insert(row)
        for slug, call_id in (("wizard", done.id), ("", None), ("captain", None)):
            database.table("conversations").insert(
                {
                    "talk_id": hex_of(slug),
                    "person_id": who.id,
                    "slug": slug,
                    "reach": "own",
                    "call_id": call_id,
                    "import_digest": None if call_id else "file",
                    "import_position": None if call_id else 0,
                    "started_at": to_text(NOW),
                    "duration_seconds": 0,
                    "title": f"for {slug}",
                    "summary": "",
                }
            )
    async with open_store(file_url) as store:
        assert await person(store) == who
        record = await store.fetch_record(who.id, WIZARD)
        assert (record.call_count, {past.title for past in record.conversations}) == (
            1,
            {"for wizard", "for "},
        )
        named = [("again", said("again"))]
        assert await store.store_import(who.id, "captain", "own", named, "file", {}, NOW) == Kept()
        await store.note_characters([], later(minutes=1))
        await store.note_characters(["wizard"], later(minutes=12))
        record = await store.fetch_record(who.id, WIZARD)
        assert [past.title for past in record.conversations] == ["for "]


async def test_the_write_connection_keeps_what_it_promised(file_url: str) -> None:
    async with open_store(file_url) as store:

        def ask(database: Database) -> dict[str, object]:
            pragmas = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
            return {name: database.conn.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas}

        assert await store.writer.read(ask) == {
            "journal_mode": "wal",
            "synchronous": 2,
            "secure_delete": 1,
            "foreign_keys": 1,
            "busy_timeout": 5000,
        }


async def test_reading_cannot_write(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        with pytest.raises(NotStored):
            await store.reader.read(lambda database: database.execute("DELETE FROM people"))
        assert (await store.fetch_record(who.id, WIZARD)).name == "alice"


async def test_a_full_disk_stores_nothing_by_halves_and_is_survived(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        call = await place(store, call_of(who))
        await bind(store, call, "conv")

        def limit(database: Database) -> None:
            (pages,) = database.conn.execute("PRAGMA page_count").fetchone()
            database.conn.execute(f"PRAGMA max_page_count = {pages + 2}")

        await store.writer.write(limit)
        jobs = [NewJob("recap", "conv", NOW)]
        told = {"held_until": None, "now": NOW, "jobs": jobs}
        with pytest.raises(NotStored, match=r"^Nothing was changed: the disk is full\.$"):
            await store.finish_conversation("conv", said(*["words" * 999] * 20), "talk", **told)
        binding = await store.fetch_binding("conv")
        assert binding is not None
        assert (binding.finished, binding.call.state) == (False, "live")
        assert (await store.fetch_record(who.id, WIZARD)).conversations == ()
        assert {job.kind for job in await store.claim_jobs(later(days=1), later(days=2), 10)} == {
            "expire",
            "fetch",
        }
        assert await store.finish_conversation("conv", said("short"), "talk", **told)


async def test_a_file_that_another_process_keeps_locked_is_not_written(file_url: str) -> None:
    async with open_store(file_url) as store:
        await store.writer.read(lambda database: database.conn.execute("PRAGMA busy_timeout = 50").fetchall())
        with closing(sqlite3.connect(file_of(file_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(NotStored, match="locked by another process"):
                await person(store)
            other.execute("ROLLBACK")
        assert (await person(store)).name == "alice"


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process can grow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_a_locked_and_a_read_only_database_are_not_writable(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        await store.writer.read(lambda database: database.conn.execute("PRAGMA busy_timeout = 50").fetchall())
        await store.check_writable()
        await store.cleaned()
        with full_disk(), pytest.raises(NotStored):
            await store.check_writable()
        await store.check_writable()
        with closing(sqlite3.connect(file_of(file_url), isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(NotStored, match="locked by another process"):
                await store.check_writable()
            other.execute("ROLLBACK")
        await store.check_writable()
        await store.writer.read(lambda database: database.conn.execute("PRAGMA query_only = 1").fetchall())
        with pytest.raises(NotStored, match="may not be written"):
            await store.check_writable()
        assert (await store.fetch_record(who.id, WIZARD)).name == "alice"


async def test_asking_whether_it_can_be_written_changes_nothing(url: str) -> None:
    async with open_store(url, keys_of(url)) as store:
        who = await person(store)
        await talk(store, who, said("hello"))
        before = await store.fetch_history(who.id)
        await store.check_writable()
        assert await store.fetch_history(who.id) == before


async def test_a_mistake_of_ours_is_not_called_a_full_disk(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        call = call_of(who)
        await place(store, call, link_of(call))
        with pytest.raises(sqlite3.IntegrityError):
            await place(store, call)
        with pytest.raises(sqlite3.OperationalError, match="syntax error"):
            await store.writer.write(lambda database: database.execute("DELETE FRM people"))
        found = await store.fetch_link(link_of(call).token_hash)
        assert found is not None
        assert not found[0].withdrawn


async def test_a_caller_who_gives_up_leaves_the_transaction_to_finish(file_url: str) -> None:
    async with open_store(file_url) as store:
        who = await person(store)
        calls = [call_of(who, f"{number}") for number in range(20)]
        tasks = [asyncio.create_task(place(store, call)) for call in calls]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert {type(end) for end in ends} == {asyncio.CancelledError}
    async with open_store(file_url) as store:
        assert len(await store.fetch_history(who.id, limit=99)) == len(calls)


async def test_many_callers_at_once_get_each_their_own_answer(url: str) -> None:
    async with open_store(url, keys_of(url)) as store:
        people = await asyncio.gather(*(person(store, f"person{number}") for number in range(50)))
        calls = [call_of(who) for who in people]
        await asyncio.gather(*(place(store, call, link_of(call)) for call in calls))
        found = await asyncio.gather(*(store.fetch_link(link_of(call).token_hash) for call in calls))
        assert [(call.id, who) for _, call, who in found] == list(
            zip([call.id for call in calls], people, strict=True)
        )
