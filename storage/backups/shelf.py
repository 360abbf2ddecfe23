"""A folder of backups: how they are called, and which of them go."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

_NAME = re.compile(r"troupe-(\d{8}T\d{6}Z)(?:-\d+|-before-restore)*\.backup")
_TIME = "%Y%m%dT%H%M%SZ"


def new_name(folder: Path, now: datetime, why: str = "") -> Path:
    """Return a name for a backup that none in the folder has: ``troupe-20261128T212500Z.backup``."""
    stem = f"troupe-{now.astimezone(UTC):{_TIME}}{why}"
    names = (folder / f"{stem}{f'-{number}' if number > 1 else ''}.backup" for number in count(1))
    return next(name for name in names if not name.exists())


def delete_old(folder: Path, now: datetime, days: int, keep: int, newest: Path) -> list[Path]:
    """Delete the backups that are older than so many days, and all but so many; 0 is no limit to either.

    Only files with names as ``new_name`` gives them go, and never ``newest``. Return what is gone.
    """
    others = sorted((one for one in _backups_in(folder) if one[1] != newest), reverse=True)
    oldest = now - timedelta(days=days)
    gone = [
        path
        for place, (made_at, path) in enumerate(others, 1)
        if (days and made_at < oldest) or (keep and place >= keep)
    ]
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _backups_in(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for path in folder.iterdir():
        if (named := _NAME.fullmatch(path.name)) and path.is_file():
            try:
                yield datetime.strptime(named[1], _TIME).replace(tzinfo=UTC), path
            except ValueError:
                continue
