"""What changes when a file of the folder does, and whether git is writing there at this moment."""

import os
from collections.abc import Mapping
from pathlib import Path

FileSign = tuple[int, int, int, int]
FolderSign = Mapping[str, FileSign]


def sign_file(path: Path) -> FileSign:
    """Return what changes when a file does, of what a link leads to. Raises OSError."""
    return _sign_of(path.stat())


def sign_folder(folder: Path) -> FolderSign:
    """Return the sign of every entry by its name; empty where the folder is gone, which reading it reports.

    Names that begin with a dot are no part of a cast: a repository's own folder changes at every look.
    """
    signs: dict[str, FileSign] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith("."):
                    continue
                try:
                    status = entry.stat()
                except OSError:  # a link that leads nowhere, or in circles
                    status = entry.stat(follow_symlinks=False)
                signs[entry.name] = _sign_of(status)
    except OSError:
        return {}
    return signs


def find_git_lock(folder: Path) -> Path | None:
    """Return the lock that git holds while it changes files of the folder, None where nothing is locked.

    Git takes ``index.lock`` before it touches the first file of a checkout, pull or reset and gives it back
    after the last. The repository may begin above the folder; a worktree or submodule has a file ``.git``
    that names its own. Source: gitrepository-layout(5).
    """
    try:
        real = folder.resolve()
        for place in (real, *real.parents):
            git = place / ".git"
            if git.is_file():
                named = git.read_text(errors="replace").removeprefix("gitdir:").strip()
                git = place / named
            if git.is_dir():
                lock = git / "index.lock"
                return lock if lock.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None
    return None


def _sign_of(status: os.stat_result) -> FileSign:
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
