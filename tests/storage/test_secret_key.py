"""The secret key of a database: where it comes from, when it is another one, and what a crash leaves."""

import asyncio
import logging
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings, read_settings
from bot.domain.errors import SettingsError
from bot.house import open_cast, open_installation
from storage import open_store
from storage.keys import key_file_of

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
FIRST, SECOND, THIRD = "first" * 7, "second" * 6, "third" * 7
NUMBER = "+4930123456"


def database_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def key_of(url: str) -> Path:
    return database_of(url).with_name("troupe.key")


def run(name: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a program that knows the rooms of this project."""
    environment = {**os.environ, "PYTHONPATH": f"{HERE.parents[1]}{os.pathsep}{HERE}"}
    return subprocess.Popen(
        [sys.executable, name, *arguments],
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


async def seal(url: str, keys: Sequence[str] = ()) -> tuple[bytes, str]:
    async with open_store(url, keys) as store:
        return store.vault.seal(NUMBER), store.vault.fingerprint("phone", NUMBER)


async def refusal_of(url: str, keys: Sequence[str] = ()) -> str:
    """Return the sentence with which a start is refused."""
    with pytest.raises(SettingsError) as refusal:
        await seal(url, keys)
    sentence = str(refusal.value)
    assert "\n" not in sentence
    assert not [key for key in keys if key in sentence]
    return sentence


async def test_the_first_start_makes_a_private_key_file_that_the_next_one_reads(file_url: str) -> None:
    sealed, mark = await seal(file_url)
    assert stat.S_IMODE(key_of(file_url).stat().st_mode) == 0o600
    assert sorted(path.name for path in key_of(file_url).parent.iterdir()) == ["troupe.db", "troupe.key"]
    written = key_of(file_url).read_text()
    async with open_store(file_url) as store:
        assert store.vault.open(sealed) == NUMBER
        assert store.vault.fingerprint("phone", NUMBER) == mark
    assert key_of(file_url).read_text() == written
    assert len(written.strip()) >= 32


async def test_every_new_database_has_another_key(tmp_path: Path) -> None:
    marks = {(await seal(f"sqlite:///{tmp_path}/{name}/troupe.db"))[1] for name in ("one", "two")}
    marks |= {(await seal("sqlite:///:memory:"))[1] for _ in range(2)}
    assert len(marks) == 4


async def test_the_operators_key_needs_no_file(url: str) -> None:
    _, mark = await seal(url, [FIRST])
    assert (await seal(url, [FIRST]))[1] == mark
    assert not key_of(url).exists()


async def test_a_key_file_that_others_could_read_is_made_private(file_url: str) -> None:
    await seal(file_url)
    key_of(file_url).chmod(0o644)
    await seal(file_url)
    assert stat.S_IMODE(key_of(file_url).stat().st_mode) == 0o600


async def test_the_key_file_never_is_the_database(tmp_path: Path) -> None:
    assert key_file_of(tmp_path / "troupe.key") == tmp_path / "troupe.key.key"
    await seal(f"sqlite:///{tmp_path}/troupe.key")
    await seal(f"sqlite:///{tmp_path}/troupe.key")


async def test_a_missing_key_file_is_named_and_never_made_anew(file_url: str) -> None:
    _, mark = await seal(file_url)
    aside = key_of(file_url).rename(key_of(file_url).with_name("aside"))
    for _ in range(2):
        sentence = await refusal_of(file_url)
        assert sentence.startswith(f"{key_of(file_url)} is missing")
        assert "put that file back" in sentence
    assert not key_of(file_url).exists()
    aside.rename(key_of(file_url))
    assert (await seal(file_url))[1] == mark


@pytest.mark.parametrize("damage", ["", "\n", "short", f"{FIRST},", f"{FIRST},short", "\0" * 44, "ß" * 44])
@pytest.mark.parametrize("is_new", [True, False])
async def test_an_empty_or_damaged_key_file_is_named_and_left_alone(
    file_url: str, damage: str, is_new: bool
) -> None:
    if is_new:
        key_of(file_url).parent.mkdir()
    else:
        await seal(file_url)
    key_of(file_url).write_text(damage)
    assert (await refusal_of(file_url)).startswith(f"{key_of(file_url)} is empty or damaged: put back")
    assert key_of(file_url).read_text() == damage


async def test_a_key_file_that_leads_nowhere_or_is_a_folder_is_named(file_url: str) -> None:
    key_of(file_url).parent.mkdir()
    key_of(file_url).symlink_to("nowhere")
    assert await refusal_of(file_url) == (
        f"{key_of(file_url)} leads nowhere; remove it, or put the key where it leads."
    )
    key_of(file_url).unlink()
    key_of(file_url).mkdir()
    assert str(key_of(file_url)) in await refusal_of(file_url)


async def test_another_key_is_refused_at_the_start(file_url: str) -> None:
    await seal(file_url, [FIRST])
    assert (await refusal_of(file_url, [SECOND])).startswith(
        f"SECRET_KEY is not what {database_of(file_url)} was written with: put every key back"
    )
    await seal(file_url, [FIRST])


async def test_another_key_file_is_refused_at_the_start(file_url: str) -> None:
    await seal(file_url)
    mine = key_of(file_url).read_text()
    key_of(file_url).write_text(SECOND)
    sentence = await refusal_of(file_url)
    assert sentence.startswith(f"{key_of(file_url)} is not what {database_of(file_url)} was written with")
    assert SECOND not in sentence
    key_of(file_url).write_text(mine)
    assert str(key_of(file_url)) in await refusal_of(file_url, [SECOND])


async def test_keys_are_rotated_by_putting_a_new_one_first(file_url: str) -> None:
    sealed, mark = await seal(file_url, [FIRST])
    newer, _ = await seal(file_url, [SECOND, FIRST])
    async with open_store(file_url, [THIRD, SECOND, FIRST]) as store:
        assert [store.vault.open(text) for text in (sealed, newer)] == [NUMBER, NUMBER]
        assert store.vault.fingerprint("phone", NUMBER) == mark


@pytest.mark.parametrize("keys", [[SECOND], [FIRST], [FIRST, SECOND], [THIRD, FIRST], [SECOND, FIRST, THIRD]])
async def test_no_key_that_was_in_use_may_go_or_change_its_place(file_url: str, keys: list[str]) -> None:
    await seal(file_url, [FIRST])
    await seal(file_url, [SECOND, FIRST])
    assert "put every key back" in await refusal_of(file_url, keys)
    await seal(file_url, [SECOND, FIRST])


async def test_the_key_of_the_file_can_be_rotated_in_the_file_and_in_the_setting(file_url: str) -> None:
    _, mark = await seal(file_url)
    made = key_of(file_url).read_text().strip()
    key_of(file_url).write_text(f"{SECOND}, {made}\n")
    assert (await seal(file_url))[1] == mark
    assert (await seal(file_url, [THIRD, SECOND, made]))[1] == mark


async def test_processes_that_start_at_once_end_with_one_key(file_url: str) -> None:
    program = database_of(file_url).parents[1] / "ask.py"
    program.write_text(
        "import asyncio, sys\n"
        "from storage import open_store\n"
        "async def main():\n"
        "    print('ready', flush=True)\n"
        "    sys.stdin.read()\n"
        "    async with open_store(sys.argv[1]) as store:\n"
        "        print(store.vault.fingerprint('phone', '1'))\n"
        "asyncio.run(main())\n"
    )
    processes = [run(str(program), file_url) for _ in range(4)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    ends = [process.communicate(timeout=60) for process in processes]
    assert {error for _, error in ends} == {""}
    assert len({mark for mark, _ in ends}) == 1
    assert sorted(path.name for path in key_of(file_url).parent.iterdir()) == ["troupe.db", "troupe.key"]


async def test_of_two_first_starts_with_other_keys_one_is_refused(file_url: str) -> None:
    await seal(file_url, [FIRST])
    with closing(sqlite3.connect(database_of(file_url), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("DELETE FROM settings")
        other.execute("COMMIT")
        other.execute("BEGIN IMMEDIATE")
        starts = [asyncio.create_task(seal(file_url, [key])) for key in (SECOND, THIRD)]
        await asyncio.sleep(0.3)
        other.execute("ROLLBACK")
        ends = await asyncio.gather(*starts, return_exceptions=True)
    assert sorted(type(end).__name__ for end in ends) == ["SettingsError", "tuple"]


async def test_a_kill_at_any_step_of_the_first_start_leaves_what_the_next_one_can_use(tmp_path: Path) -> None:
    process = run(str(HERE / "key_killer.py"), str(tmp_path))
    output, error = process.communicate(timeout=60)
    assert (process.returncode, error) == (0, "")
    assert int(output) >= 5
    for step in range(int(output) + 1):
        url = f"sqlite:///{tmp_path}/{step}/troupe.db"
        found = key_of(url).read_text() if key_of(url).exists() else None
        _, mark = await seal(url)
        assert found in {None, key_of(url).read_text()}
        assert (await seal(url))[1] == mark
        assert sorted(path.name for path in key_of(url).parent.iterdir()) == ["troupe.db", "troupe.key"]


async def test_the_key_file_of_a_lost_database_serves_the_new_one(file_url: str) -> None:
    _, mark = await seal(file_url)
    database_of(file_url).unlink()
    assert (await seal(file_url))[1] == mark


async def test_the_key_stands_neither_in_the_database_nor_in_the_log(
    file_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with open_store(file_url) as store:
        made = key_of(file_url).read_text().strip()
        assert made not in repr(store.vault)
    with Database(database_of(file_url)) as database:
        (row,) = database.table("settings").rows
    assert row["name"] == "secret_key"
    assert made.encode() not in database_of(file_url).read_bytes()
    assert made not in caplog.text


def test_keys_that_are_too_short_or_odd_are_refused_with_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for written in ("short", f"{FIRST},{'x' * 31}", "ß" * 44, "x\ty" * 20):
        monkeypatch.setenv("SECRET_KEY", written)
        with pytest.raises(SettingsError) as refusal:
            read_settings(None)
        assert str(refusal.value) == (
            "SECRET_KEY cannot be used: a key has 32 plain characters or more; make one with: "
            'python -c "import secrets; print(secrets.token_urlsafe(32))".'
        )


def test_keys_are_read_newest_first_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", f" {SECOND} ,{FIRST}")
    settings = read_settings(None)
    assert settings.keys == (SECOND, FIRST)
    assert not [key for key in (FIRST, SECOND) if key in f"{settings!r} {settings} {settings.model_dump()}"]
    monkeypatch.setenv("SECRET_KEY", "")
    assert read_settings(None).keys == ()


async def test_the_program_opens_its_database_with_the_key_that_is_set(file_url: str) -> None:
    def settings_with(key: str) -> Settings:
        personas = HERE.parents[1] / "personas"
        return Settings(_env_file=None, database_url=file_url, personas_dir=personas, secret_key=key)

    async def start(settings: Settings) -> None:
        cast = await open_cast(settings)
        async with open_installation(settings, sandbox_provider("http://127.0.0.1:9"), cast, "http://x"):
            pass

    await start(settings_with(FIRST))
    assert not key_of(file_url).exists()
    await seal(file_url, [FIRST])
    with pytest.raises(SettingsError, match="SECRET_KEY is not what"):
        await start(settings_with(SECOND))
