"""Empty databases for tests that need many: their schema stands already."""

import tempfile
from functools import cache
from pathlib import Path

from storage.sqlite.connection import connect_writer
from storage.url import is_postgres


def keys_of(url: str) -> tuple[str, ...]:
    """Return what has to be given to open a database: a server's has no key file."""
    return ("a key of the tests that is kept in no file",) if is_postgres(url) else ()


def database_in(folder: Path) -> str:
    """Return the address of the database in a folder, which is a new one if there is none.

    Only copied: to migrate an empty file step by step takes longer than most tests.
    """
    file = folder / "troupe.db"
    if not file.exists():
        folder.mkdir(exist_ok=True)
        file.write_bytes(_empty())
    return f"sqlite:///{file}"


@cache
def _empty() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "troupe.db"
        connect_writer(file).close()
        return file.read_bytes()
