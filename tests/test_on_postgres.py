"""The whole program with ``DATABASE_URL=postgresql://…``: that is all that changes."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.config import Settings
from bot.domain.process import ROLES, Process
from storage import open_store
from storage.lock import hold_lock
from storage.postgres.connection import connect
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.program import troupe
from tests.scenarios.stage import open_stage

(KEY,) = keys_of("postgresql://")


@pytest.fixture
def settings(server: Server) -> dict[str, str]:
    """A database of its own, as a program's settings."""
    return {"DATABASE_URL": server.new_database(), "SECRET_KEY": KEY}


@pytest.fixture
def past(tmp_path: Path) -> Path:
    file = tmp_path / "past.json"
    file.write_text(json.dumps([{"role": "user", "content": "Quuxlena moved to Bern."}]))
    return tmp_path


def findings(folder: Path, settings: dict[str, str]) -> list[str]:
    done = troupe(folder, "check", "--json", **settings)
    assert KEY not in done.stdout + done.stderr
    assert "hunter2" not in done.stdout + done.stderr
    return [one["what"] for one in json.loads(done.stdout)["findings"]]


@pytest.mark.anyio
async def test_who_talked_is_remembered_after_a_restart(server: Server, tmp_path: Path) -> None:
    kept = {"database_url": server.new_database(), "secret_key": KEY}
    async with open_stage(tmp_path, settings=kept) as stage:
        alice = stage.member("console:alice")
        await alice.calls("wizard")
        async with stage.browser() as browser:
            await browser.talks(alice.link(), "My cat is called Quuxlena.")
        await alice.is_told("Quuxlena")
    async with open_stage(tmp_path, settings=kept) as stage:
        assert "Quuxlena" in await stage.member("console:alice").types("/memory wizard")


@pytest.mark.anyio
async def test_a_receipt_says_that_the_servers_log_ages_out(
    server: Server, tmp_path: Path, past: Path
) -> None:
    in_log = "deleted at once; its own log holds it until that is written over"
    for number, kept in enumerate(({"database_url": server.new_database(), "secret_key": KEY}, {})):
        (tmp_path / str(number)).mkdir()
        async with open_stage(tmp_path / str(number), settings=kept) as stage:
            alice = stage.member("console:alice")
            await alice.types(f"/import {past}/past.json")
            await alice.types("1")
            await alice.types("/forget everything")
            receipt = " ".join((await alice.types("1")).replace("│", " ").split())
            assert (in_log in receipt) == bool(kept)


def test_what_was_brought_is_found_and_the_index_is_in_step(past: Path, settings: dict[str, str]) -> None:
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **settings).returncode == 0
    assert json.loads(troupe(past, "reindex", "--json", **settings).stdout) == {"parts": 1, "rebuilt": 0}
    with connect(settings["DATABASE_URL"]) as connection:
        connection.execute("DELETE FROM terms WHERE term <> ''")
    assert any("recall index is not in step" in one for one in findings(past, settings))
    assert json.loads(troupe(past, "reindex", "--json", **settings).stdout) == {"parts": 1, "rebuilt": 1}
    assert not any("index" in one for one in findings(past, settings))


def test_check_says_what_keeps_it_from_starting(past: Path, settings: dict[str, str], server: Server) -> None:
    assert not any("database" in one for one in findings(past, settings))
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **settings).returncode == 0
    wrong = findings(past, settings | {"SECRET_KEY": "another one of 32 characters or more"})
    assert any(one.startswith("SECRET_KEY is not what the database") for one in wrong)
    with connect(settings["DATABASE_URL"]) as connection:
        connection.execute("DELETE FROM schema_steps WHERE name = 'm018_look_ups'")
    assert any("was written by an older Troupe" in one for one in findings(past, settings))
    with connect(settings["DATABASE_URL"]) as connection:
        connection.execute("INSERT INTO schema_steps VALUES ('m999_later', '2030')")
    assert any("newer Troupe (it knows m999_later)" in one for one in findings(past, settings))
    gone = {"DATABASE_URL": f"postgresql://troupe:hunter2@/one?host={server.folder}/nowhere"}
    assert any("cannot be reached" in one for one in findings(past, settings | gone))
    refused = troupe(past, "import", "past.json", "--as", "alice", "--yes", **(settings | gone))
    assert refused.returncode == 2
    assert "cannot be reached" in refused.stderr
    assert "hunter2" not in refused.stderr


def test_a_file_moves_to_the_server_and_can_do_so_again(past: Path, settings: dict[str, str]) -> None:
    url, key = settings["DATABASE_URL"], {"SECRET_KEY": KEY}
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **key).returncode == 0
    assert troupe(past, "import", "past.json", "--as", "bob", "--yes", **key).returncode == 0
    copied = troupe(past, "migrate-to", url, **key)
    assert "and the same on both sides." in copied.stdout, copied.stderr
    assert "leave SECRET_KEY as it is" in copied.stdout
    again = troupe(past, "migrate-to", url, typed="n\n", **key)
    assert again.returncode == 1
    assert "knows 2 people already" in again.stdout
    rows = json.loads(troupe(past, "migrate-to", url, "--yes", "--json", **key).stdout)["rows"]
    assert rows > 10
    assert json.loads(troupe(past, "reindex", "--json", **settings).stdout) == {"parts": 2, "rebuilt": 0}
    later = troupe(past, "import", "past.json", "--as", "carol", "--yes", **settings)
    assert later.returncode == 0, later.stderr


def test_who_was_forgotten_on_the_server_does_not_come_back_with_the_file(
    past: Path, settings: dict[str, str]
) -> None:
    url, key = settings["DATABASE_URL"], {"SECRET_KEY": KEY}
    for who in ("alice", "bob"):
        assert troupe(past, "import", "past.json", "--as", who, "--yes", **key).returncode == 0
    assert json.loads(troupe(past, "migrate-to", url, "--json", **key).stdout)["erased_again"] == 0
    assert troupe(past, "people", "forget", "alice", "--yes", **settings).returncode == 0
    assert json.loads(troupe(past, "migrate-to", url, "--yes", "--json", **key).stdout)["erased_again"] == 1
    again = troupe(past, "migrate-to", url, "--yes", **key)
    assert "1 thing that had been erased on the server: erased again." in again.stdout, again.stderr
    assert "Nobody is known as alice" in troupe(past, "people", "export", "alice", **settings).stderr
    assert "Quuxlena" in troupe(past, "people", "export", "bob", "-", **settings).stdout
    assert "Quuxlena" in troupe(past, "people", "export", "alice", "-", **key).stdout
    assert not (past / "data" / "troupe.db.restoring").exists()


def test_nothing_moves_that_does_not_come_over_as_it_is(past: Path, settings: dict[str, str]) -> None:
    url, key = settings["DATABASE_URL"], {"SECRET_KEY": KEY}
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **key).returncode == 0
    assert troupe(past, "migrate-to", url, **key).returncode == 0
    file = past / "data" / "troupe.db"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("UPDATE people SET name = 'someone else'")
        database.execute("INSERT INTO settings VALUES ('broken', ?)", ("a\0b",))
    refused = troupe(past, "migrate-to", url, "--yes", **key)
    assert (refused.returncode, refused.stderr.strip()) == (
        2,
        "Nothing was copied: settings did not come over as it is.",
    )
    with connect(url) as connection:
        assert connection.execute("SELECT name FROM people").fetchall() == [("",)]


def test_nothing_moves_while_troupe_runs(past: Path, settings: dict[str, str]) -> None:
    key = {"SECRET_KEY": KEY}
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **key).returncode == 0
    with hold_lock(f"sqlite:///{past}/data/troupe.db", {}):
        refused = troupe(past, "migrate-to", settings["DATABASE_URL"], **key)
    assert refused.returncode == 2
    assert "already running" in refused.stderr


@pytest.mark.anyio
async def test_a_bot_that_runs_on_the_server_is_seen(past: Path, settings: dict[str, str]) -> None:
    url, public_url = settings["DATABASE_URL"], "http://127.0.0.1:1"
    runs = Process(
        "1", ROLES, "alpha", 4711, "1", datetime.now(UTC), public_url, "", "http://127.0.0.1:9", "", ""
    )
    async with open_store(url, keys_of(url)) as store, asyncio.TaskGroup() as tasks:

        async def live() -> None:
            while True:
                await store.keep_process(runs)
                await asyncio.sleep(1.0)

        await store.keep_process(runs)
        lives = tasks.create_task(live())
        made = await asyncio.to_thread(troupe, past, "link", "wizard", "--as", "alice", **settings)
        assert made.stdout.startswith(f"{public_url}/t/"), made.stderr
        assert "Troupe does not run" not in made.stderr
        key = {"SECRET_KEY": KEY}
        await asyncio.to_thread(troupe, past, "import", "past.json", "--as", "alice", "--yes", **key)
        refused = await asyncio.to_thread(troupe, past, "migrate-to", url, "--yes", **key)
        assert refused.stderr.startswith(
            "Troupe runs with that database already, as everything (process 4711"
        )
        lives.cancel()
        await asyncio.wait([lives])
        await store.drop_process(runs.id)
    made = await asyncio.to_thread(troupe, past, "link", "wizard", "--as", "alice", **settings)
    assert "Troupe does not run at the moment" in made.stderr


def test_an_address_that_does_not_do_is_not_told_as_that_of_the_settings(past: Path, server: Server) -> None:
    key = {"SECRET_KEY": KEY}
    assert troupe(past, "import", "past.json", "--as", "alice", "--yes", **key).returncode == 0
    for address, told in (
        (
            "postgresql://troupe:a@hunter2@db/troupe",
            "The address that you gave cannot be read as the address",
        ),
        (
            f"postgresql://troupe:hunter2@/one?host={server.folder}/nowhere",
            "correct the address that you gave.",
        ),
    ):
        refused = troupe(past, "migrate-to", address, **key)
        assert refused.returncode == 2
        assert told in refused.stderr
        assert "DATABASE_URL" not in refused.stderr
        assert "hunter2" not in refused.stderr


def test_only_a_file_moves_and_only_to_a_server(past: Path, settings: dict[str, str]) -> None:
    for told, arguments, chosen in (
        ("there is nothing to copy", [settings["DATABASE_URL"]], {}),
        ("there is nothing to copy", [settings["DATABASE_URL"]], settings),
        ("Name a database on a server", ["sqlite:///other.db"], {}),
    ):
        refused = troupe(past, "migrate-to", *arguments, **chosen)
        assert refused.returncode == 1
        assert told in refused.stderr


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://troupe:a@hunter2@127.0.0.1:1/troupe",
        "postgresql://troupe:a/hunter2@127.0.0.1:1/troupe",
        "postgresql://troupe:a?a@hunter2@127.0.0.1:1/troupe",
        "postgresql://troupe:hunter2/troupe",
        "postgresql://troupe:hunter2@127.0.0.1\n:1/troupe",
        "postgresql:/troupe:hunter2@127.0.0.1/troupe",
        "postgresql+psycopg://troupe:a@hunter2@127.0.0.1/troupe",
        "troupe:hunter2@127.0.0.1/troupe",
        "host=127.0.0.1 user=troupe password=hunter2",
    ],
)
def test_a_mistyped_address_is_refused_in_a_sentence_without_its_password(
    tmp_path: Path, address: str
) -> None:
    refused = troupe(tmp_path, "backup", DATABASE_URL=address, SECRET_KEY=KEY)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (2, "", 1)
    assert refused.stderr.startswith("DATABASE_URL ")
    assert "hunter2" not in refused.stderr
    moved = troupe(tmp_path, "migrate-to", address, "--json", SECRET_KEY=KEY)
    assert "hunter2" not in moved.stdout + moved.stderr


def test_settings_do_not_show_the_password_of_the_database() -> None:
    shown = repr(Settings(_env_file=None, database_url="postgresql://troupe:hunter2@db/troupe"))  # type: ignore[call-arg]
    assert "hunter2" not in shown
