"""The folder of personas as it was at a git revision: read from git's objects, nothing is checked out."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot.cast.admin_files import VOICES
from bot.domain.errors import CallerError
from bot.domain.variables import strip_control

_SAFE = ("-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false")
"""A folder that somebody sent must not pass for a repository with settings of its own."""
_FETCHES_NOTHING = {"GIT_ALLOW_PROTOCOL": "", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
"""Where objects are missing, a repository's own settings can name a program that fetches them."""
_ENDINGS = (".md", ".png", ".webp")
_FILE_MODES = frozenset({b"100644", b"100755"})
_MOST_BYTES = 1024 * 1024
"""What is larger is too large to be read, whatever is in it."""
_INCOMPLETE = "git has not all files of that revision here; fetch it whole."


@contextmanager
def open_revision(folder: Path, rev: str) -> Iterator[Path]:
    """Yield a folder with the files that the cast had at a revision; it is gone afterwards.

    ``folder`` may be a repository of its own or lie within one. A folder that was not there yet is empty.
    Raises CallerError.
    """
    commit = _find_commit(folder, rev)
    with tempfile.TemporaryDirectory(prefix="troupe-") as name:
        then = Path(name)
        _lay_out(folder, _list_files(folder, commit), then)
        yield then


def _find_commit(folder: Path, rev: str) -> str:
    if not folder.is_dir():
        raise CallerError(f"There is no folder {folder}; set PERSONAS_DIR, or --dir.")
    try:
        _git(folder, "rev-parse", "--show-prefix")
    except _GitRefused as refused:
        raise CallerError(f"{folder} is in no git repository that can be read: {refused}.") from None
    try:
        named = ("--verify", "--quiet", "--end-of-options", f"{rev}^{{commit}}")
        return _git(folder, "rev-parse", *named).decode().split()[-1]
    except _GitRefused:
        raise CallerError(
            f"git knows no revision {strip_control(rev)[:80]!r} here; name a commit, tag or branch that was "
            "fetched, such as HEAD~1 or origin/main."
        ) from None


def _list_files(folder: Path, commit: str) -> Mapping[str, tuple[str, int]]:
    """Return what the cast may read, by name, as git's object and how many bytes it has."""
    files = {}
    for line in _git(folder, "ls-tree", "-z", "-l", commit).split(b"\0"):
        about, _, name_bytes = line.partition(b"\t")
        name = name_bytes.decode(errors="replace")
        mode, _, rest = about.partition(b" ")
        if mode in _FILE_MODES and "/" not in name and (name.lower().endswith(_ENDINGS) or name == VOICES):
            _, sha, size = rest.split()
            if not size.isdigit():
                raise CallerError(_INCOMPLETE)
            files[name] = (sha.decode(), int(size))
    return files


def _lay_out(folder: Path, files: Mapping[str, tuple[str, int]], then: Path) -> None:
    small = {name: sha for name, (sha, size) in files.items() if size <= _MOST_BYTES}
    for name in files.keys() - small.keys():
        with (then / name).open("wb") as file:
            file.truncate(_MOST_BYTES)
    for name, data in zip(small, _read_objects(folder, list(small.values())), strict=True):
        (then / name).write_bytes(data)


def _read_objects(folder: Path, shas: Sequence[str]) -> Iterator[bytes]:
    if not shas:
        return
    try:
        answer = _git(folder, "cat-file", "--batch", given="".join(f"{sha}\n" for sha in shas).encode())
    except _GitRefused as refused:
        raise CallerError(f"git cannot read the files of that revision: {refused}.") from None
    at = 0
    for _ in shas:
        head = answer[at : answer.index(b"\n", at)]
        size = head.split()[-1]
        if not size.isdigit():
            raise CallerError(_INCOMPLETE)
        begin = at + len(head) + 1
        at = begin + int(size) + 1
        yield answer[begin : at - 1]


class _GitRefused(Exception):
    """What git says, in its first line."""


def _git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            ["git", *_SAFE, "-C", str(folder), *arguments],
            env={**os.environ, **_FETCHES_NOTHING},
            input=given,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise CallerError("git is not installed here; install it to compare with an earlier cast.") from None
    except ValueError:
        raise _GitRefused("its name cannot be passed on") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["it gives no reason"]
        raise _GitRefused(strip_control(said[0]).removeprefix("fatal: ").rstrip(".")[:200])
    return done.stdout
