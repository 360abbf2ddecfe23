"""What `troupe check` says of this machine: database, key, files, disk and clock, each broken for real."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.check_clock import compare_clocks
from bot.cli.check_database import check_disk, check_sqlite, others_with
from bot.sandbox import open_sandbox
from storage import open_store
from storage.sqlite.examining import has_wal_reset_bug
from tests.program import troupe

pytestmark = pytest.mark.anyio

KEY, OTHER_KEY = "k" * 40, "o" * 40


async def database_in(folder: Path, *keys: str) -> Path:
    """Make a database as a first start does, and return its file."""
    async with open_store(f"sqlite:///{folder}/data/troupe.db", keys):
        pass
    return folder / "data" / "troupe.db"


async def findings(folder: Path, **settings: str) -> dict[str, dict[str, str]]:
    """Run `troupe check --json` and return its findings by what they say; notes on SQLite are left out."""
    done = await asyncio.to_thread(troupe, folder, "check", "--json", **settings)
    found = {one["what"]: one for one in json.loads(done.stdout)["findings"]}
    worst = {"error": 2, "warning": 1, "note": 0}
    assert done.returncode == max((worst[one["severity"]] for one in found.values()), default=0)
    return {what: one for what, one in found.items() if "rare bug" not in what and "sandbox" not in what}


async def test_a_fresh_database_is_as_it_should_be(tmp_path):
    await database_in(tmp_path)
    assert await findings(tmp_path) == {}


async def test_files_that_others_can_read_are_named_and_left_as_they_are(tmp_path):
    path = await database_in(tmp_path)
    env = tmp_path / ".env"
    env.write_text("COMMUNITY_NAME=The Inn\n")
    for file in (path, path.with_suffix(".key"), env):
        file.chmod(0o644)
    found = await findings(tmp_path)
    for name in (str(path), str(path.with_suffix(".key")), ".env"):
        finding = found[f"Other users of this machine can read {name}: its mode is 0644."]
        assert (finding["severity"], finding["fix"]) == ("warning", f"chmod 600 {name}")
    assert len(found) == 3
    assert path.with_suffix(".key").stat().st_mode & 0o777 == 0o644
    for file in (env, *path.parent.iterdir()):
        file.chmod(0o600)
    assert await findings(tmp_path) == {}


async def test_a_key_that_the_database_was_not_written_with_is_an_error(tmp_path):
    path = await database_in(tmp_path, KEY)
    assert await findings(tmp_path, SECRET_KEY=KEY) == {}
    (wrong,) = (await findings(tmp_path, SECRET_KEY=OTHER_KEY)).values()
    assert wrong["severity"] == "error"
    assert f"SECRET_KEY is not what {path} was written with" in wrong["what"]
    assert OTHER_KEY not in json.dumps(wrong)
    (missing,) = (await findings(tmp_path)).values()
    assert f"{path.with_suffix('.key')} is missing" in missing["what"]
    assert not path.with_suffix(".key").exists(), "a check makes no key"


async def test_a_newer_database_is_an_error_and_an_older_one_is_brought_up_to_date(tmp_path):
    path = await database_in(tmp_path)
    with closing(sqlite3.connect(path)) as database:
        name = database.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid DESC").fetchone()[0]
        database.execute("UPDATE _sqlite_migrations SET name = 'm999_later' WHERE name = ?", (name,))
        database.commit()
    (newer,) = (await findings(tmp_path)).values()
    assert newer["severity"] == "error"
    assert f"{path} was written by a newer Troupe (it knows m999_later)" in newer["what"]
    with closing(sqlite3.connect(path)) as database:
        database.execute("DELETE FROM _sqlite_migrations WHERE name = 'm999_later'")
        database.commit()
    (older,) = (await findings(tmp_path)).values()
    assert (older["severity"], "older Troupe" in older["what"]) == ("note", True)


async def test_a_file_that_is_no_database_is_an_error(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "troupe.db").write_bytes(
        b"no database at all, but long enough to be read as one" * 99
    )
    (tmp_path / "data" / "troupe.db").chmod(0o600)
    (broken,) = (await findings(tmp_path)).values()
    assert broken["severity"] == "error"
    assert "cannot be used" in broken["what"]


@pytest.mark.parametrize(
    ("version", "has_it"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 0), False),
    ],
)
def test_versions_of_sqlite_are_told_apart(version, has_it):
    assert has_wal_reset_bug(version) == has_it
    found = list(check_sqlite(version, Path("troupe.db"), frozenset()))
    assert [one.severity for one in found] == ["note"] * has_it


def test_several_processes_with_the_file_open_are_a_warning_where_sqlite_has_the_bug(tmp_path):
    path = tmp_path / "troupe.db"
    path.touch()
    hold = ["-c", f"import sys; file = open({str(path)!r}); print('open', flush=True); sys.stdin.read()"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with (
        subprocess.Popen([sys.executable, *hold], **pipes) as one,
        subprocess.Popen([sys.executable, *hold], **pipes) as other,
    ):
        assert (one.stdout.readline(), other.stdout.readline()) == (b"open\n", b"open\n")
        others = others_with(path)
        one.stdin.close()
        other.stdin.close()
    assert others == {one.pid, other.pid}
    (found,) = check_sqlite((3, 40, 1), path, others)
    assert found.severity == "warning"
    assert str(one.pid) in found.what
    assert others_with(path) == frozenset()


@pytest.mark.parametrize(
    ("free_bytes", "severities"),
    [(99_000_000, ["error"]), (100_000_000, ["warning"]), (999_000_000, ["warning"]), (1_000_000_000, [])],
)
def test_little_room_is_a_warning_and_next_to_none_an_error(free_bytes, severities):
    found = list(check_disk(free_bytes, Path("/data")))
    assert [one.severity for one in found] == severities
    assert all(f"{free_bytes // 1_000_000} MB" in one.what for one in found)


@pytest.mark.parametrize(("shift", "said"), [(-300, "ahead of"), (300, "behind"), (20, "")])
async def test_a_clock_that_is_off_is_told_by_the_answers_of_elevenlabs(tmp_path, shift, said):
    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=shift)

    async with open_sandbox(listen="127.0.0.1:0", file=tmp_path / "sandbox.db", clock=clock) as sandbox:
        found = await findings(
            tmp_path,
            ELEVENLABS_API_KEY=sandbox.api_key,
            ELEVENLABS_AGENT_ID=sandbox.agent_id,
            ELEVENLABS_API_URL=sandbox.url,
        )
    told = [one for what, one in found.items() if "clock" in what]
    assert [one["severity"] for one in told] == (["warning"] if said else [])
    assert all(said in one["what"] for one in told)


def test_a_minute_is_no_matter_and_more_is():
    there = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert list(compare_clocks(there + timedelta(seconds=60), there, "api.example.com")) == []
    (found,) = compare_clocks(there - timedelta(seconds=150), there, "api.example.com")
    assert found.what == "This machine's clock is 2 minutes 30 s behind that of api.example.com."
