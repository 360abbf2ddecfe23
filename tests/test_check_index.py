"""`troupe check` and `troupe reindex`: an index that does not hold what was said is told, and mended."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.check_index import check_index
from bot.config import Settings
from storage.sqlite.looking import look_at_shelves
from tests.program import troupe
from tests.scenarios.stage import open_stage

MISSED = (
    "The recall index is not in step with what was said, so characters do not find all of it: 1 part of it "
    "is wrong."
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where somebody's conversation was brought, and is found by its words."""
    file = tmp_path / "past.json"
    file.write_text(json.dumps([{"role": "user", "content": "Quuxlena moved to Bern."}]))
    assert troupe(tmp_path, "import", "past.json", "--as", "alice", "--yes").returncode == 0
    return tmp_path


def change(folder: Path, statement: str) -> None:
    with closing(sqlite3.connect(folder / "data" / "troupe.db")) as database, database:
        database.execute(statement)


def terms_in(folder: Path) -> list[tuple]:
    with closing(sqlite3.connect(folder / "data" / "troupe.db")) as database:
        return database.execute("SELECT term, turn, marks FROM terms ORDER BY 1").fetchall()


def findings(folder: Path) -> Iterator[tuple[str, str]]:
    done = troupe(folder, "check", "--json")
    assert "quuxlena" not in (done.stdout + done.stderr).lower()
    for one in json.loads(done.stdout)["findings"]:
        yield one["severity"], one["what"]


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM terms WHERE term <> ''",
        "UPDATE terms SET turn = turn + 1 WHERE term <> ''",
        "UPDATE shelves SET turns = 9",
        "INSERT INTO terms VALUES (77, 'quux', 1, 1)",
    ],
)
def test_an_index_out_of_step_is_told_with_the_command_that_mends_it(folder: Path, damage: str) -> None:
    before = terms_in(folder)
    assert not any("recall index" in what for _, what in findings(folder))
    change(folder, damage)
    assert ("warning", MISSED) in list(findings(folder))
    shown = troupe(folder, "check")
    assert shown.returncode == 1
    assert "Run troupe reindex, also while Troupe runs" in shown.stdout
    mended = troupe(folder, "reindex")
    assert mended.returncode == 0, mended.stderr
    assert mended.stdout == "1 part of the recall index: built anew from what was said.\n"
    assert not any("recall index" in what for _, what in findings(folder))
    assert terms_in(folder) == before
    assert "nothing was changed" in troupe(folder, "reindex").stdout


def test_for_a_program_it_prints_how_many_parts_there_are_and_were_built_anew(folder: Path) -> None:
    change(folder, "UPDATE shelves SET turns = 9")
    for rebuilt in (1, 0):
        assert json.loads(troupe(folder, "reindex", "--json").stdout) == {"parts": 1, "rebuilt": rebuilt}


def test_where_nothing_was_kept_yet_there_is_nothing_to_say_and_nothing_is_made(tmp_path: Path) -> None:
    assert not any("index" in what for _, what in findings(tmp_path))
    assert "nothing was changed" in troupe(tmp_path, "reindex").stdout
    assert json.loads(troupe(tmp_path, "reindex", "--json").stdout) == {"parts": 0, "rebuilt": 0}
    assert not (tmp_path / "data").exists()


def test_a_file_that_is_no_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "troupe.db").write_text("This was never a database, though it is long enough." * 99)
    (severity, what), *_ = [
        one for one in findings(tmp_path) if "troupe.db" in one[1] and "mode" not in one[1]
    ]
    assert severity == "error"
    assert what.endswith("cannot be used: file is not a database.")
    done = troupe(tmp_path, "reindex")
    assert done.returncode == 2
    assert done.stderr.strip() == what


def test_an_index_too_large_to_be_waited_for_is_looked_at_in_part(folder: Path) -> None:
    settings = Settings(_env_file=None, database_url=f"sqlite:///{folder}/data/troupe.db")
    (told,) = check_index(settings, patience_seconds=-1)
    assert (told.severity, told.what) == ("note", "The recall index is large, and was looked at in part.")


@pytest.mark.anyio
async def test_it_is_mended_next_to_a_running_troupe_that_goes_on_with_it(tmp_path: Path) -> None:
    file = tmp_path / "troupe.db"
    async with open_stage(tmp_path) as stage, stage.browser() as browser:
        mira = stage.member("mira")
        await mira.calls("wizard")
        await browser.talks(mira.link(), "My cat is called Fig.")
        await mira.is_told("will remember this")
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("DELETE FROM terms WHERE term <> ''")
        assert [is_right for _, is_right in look_at_shelves(file)] == [False]
        done = await asyncio.to_thread(troupe, tmp_path, "reindex", DATABASE_URL=f"sqlite:///{file}")
        assert "1 part" in done.stdout, done.stderr
        await mira.types("/call wizard")
        await browser.talks(mira.link(), "And my dog is called Rex.")
        await mira.is_told("will remember this")
        assert [is_right for _, is_right in look_at_shelves(file)] == [True]
