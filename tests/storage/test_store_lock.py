"""The lock that admits one running bot per database."""

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.domain.errors import SettingsError
from storage import open_store
from storage.lock import hold_lock, read_lock
from storage.schema import migrations
from storage.url import find_database

pytestmark = pytest.mark.anyio

HOLDER = """
import sys, time
from storage.lock import hold_lock
with hold_lock(sys.argv[1], {"public_url": "http://127.0.0.1:8080"}):
    print("held", flush=True)
    time.sleep(60)
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def another_bot(url: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that holds the lock."""
    command = [sys.executable, "-c", HOLDER, url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as bot:
        try:
            assert bot.stdout is not None
            assert bot.stdout.readline() == "held\n"
            yield bot
        finally:
            bot.kill()


def test_a_second_bot_is_told_which_process_runs_already(file_url: str) -> None:
    with (
        another_bot(file_url) as bot,
        pytest.raises(SettingsError, match=rf"already running here \(process {bot.pid}\)"),
        hold_lock(file_url, {}),
    ):
        pass


def test_others_read_what_the_running_bot_says_about_itself(file_url: str) -> None:
    assert read_lock(file_url) is None
    with another_bot(file_url) as bot:
        assert read_lock(file_url) == {"pid": str(bot.pid), "public_url": "http://127.0.0.1:8080"}


async def test_the_schema_is_not_changed_below_an_older_bot_that_runs(file_url: str) -> None:
    path = find_database(file_url)
    assert path is not None
    path.parent.mkdir()
    with Database(path) as database:
        migrations.apply(database, stop_before="m024_watching")
    with another_bot(file_url) as bot:
        with pytest.raises(
            SettingsError, match=rf"^An older Troupe runs with .* \(process {bot.pid}\): start it"
        ):
            async with open_store(file_url):
                pass
        with Database(path) as database:
            assert next(iter(migrations.pending(database))).name == "m024_watching"
    with hold_lock(file_url, {}):
        async with open_store(file_url):
            pass


def test_a_killed_bot_holds_nothing(file_url: str) -> None:
    with another_bot(file_url) as bot:
        bot.send_signal(signal.SIGKILL)
        bot.wait()
        assert read_lock(file_url) is None
        with hold_lock(file_url, {"public_url": ""}):
            assert read_lock(file_url) == {"pid": str(os.getpid()), "public_url": ""}


def test_a_bot_that_ended_may_start_again(file_url: str) -> None:
    for _ in range(2):
        with hold_lock(file_url, {}):
            assert read_lock(file_url) is not None
        assert read_lock(file_url) is None


def test_an_error_inside_lets_go(file_url: str) -> None:
    with pytest.raises(RuntimeError), hold_lock(file_url, {}):
        raise RuntimeError
    assert read_lock(file_url) is None


def test_one_database_under_two_names_has_one_lock(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real" / "troupe.db")
    with (
        another_bot(f"sqlite:///{tmp_path}/real/troupe.db"),
        pytest.raises(SettingsError, match="already running"),
        hold_lock(f"sqlite:///{tmp_path}/link.db", {}),
    ):
        pass


def test_somebody_who_looks_just_then_does_not_keep_a_bot_from_starting(file_url: str) -> None:
    with hold_lock(file_url, {}):
        pass
    looking = os.open(file_url.removeprefix("sqlite:///") + ".lock", os.O_RDONLY)
    fcntl.flock(looking, fcntl.LOCK_SH)
    done_looking = threading.Timer(0.1, os.close, [looking])
    done_looking.start()
    with hold_lock(file_url, {}):
        done_looking.join()
        assert read_lock(file_url) is not None


def test_the_lock_file_is_private(file_url: str) -> None:
    with hold_lock(file_url, {}):
        lock = Path(file_url.removeprefix("sqlite:///") + ".lock")
        assert lock.stat().st_mode & 0o777 == 0o600


def test_a_database_in_memory_needs_no_lock() -> None:
    with hold_lock("sqlite:///:memory:", {}), hold_lock("sqlite:///:memory:", {}):
        assert read_lock("sqlite:///:memory:") is None


def test_a_place_where_no_lock_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(SettingsError, match="Not a directory"),
        hold_lock(f"sqlite:///{tmp_path}/file/t.db", {}),
    ):
        pass
