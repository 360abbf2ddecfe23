"""Having npm fetch packages whose files are pinned by hash; npm's own configuration says from where."""

import errno
import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bot.domain.errors import OperatorError
from bot.web.talk_client import PinnedFile, fits

PATIENCE_SECONDS = 300
MOST_BYTES = 32 * 1024 * 1024
"""How large a file of a package may be."""
_CODE = re.compile(r"npm (?:error|ERR!) code (\w+)")
_UNREACHABLE = frozenset(
    {"ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "EHOSTUNREACH",
     "ENOTCACHED", "ERR_SOCKET_TIMEOUT", "FETCH_ERROR"}
)  # fmt: skip


def missing(files: Sequence[PinnedFile], folder: Path) -> list[PinnedFile]:
    """Return the files that the folder does not have as they should be."""
    return [file for file in files if not _is_there(file, folder)]


def fetch_files(files: Sequence[PinnedFile], folder: Path) -> int:
    """Have npm fetch the packages of these files, and put the files into the folder; return their bytes.

    All are checked before the first is written, and each takes its place at once. Raises OperatorError, with
    what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".npm-", dir=folder) as work:
            contents = _fetch_contents(files, Path(work))
            for file, data in contents.items():
                fresh = Path(work) / file.name
                fresh.write_bytes(data)
                fresh.replace(folder / file.name)
    except OSError as error:
        raise OperatorError(_unwritable(folder, error)) from error
    return sum(map(len, contents.values()))


def _fetch_contents(files: Sequence[PinnedFile], work: Path) -> dict[PinnedFile, bytes]:
    contents: dict[PinnedFile, bytes] = {}
    for package in dict.fromkeys(file.package for file in files):
        wanted = [file for file in files if file.package == package]
        contents |= _read_package(_pack(package, work), wanted)
    return contents


def _is_there(file: PinnedFile, folder: Path) -> bool:
    try:
        return fits(file, (folder / file.name).read_bytes())
    except OSError:
        return False


def _pack(package: str, work: Path) -> Path:
    """Have npm put the package's archive into ``work``, and return where it is."""
    command = ["npm", "pack", package, "--json", "--ignore-scripts", "--pack-destination", str(work)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS, errors="replace"
        )
    except FileNotFoundError:
        raise OperatorError(
            "npm is not there. It comes with Node.js (Debian: apt-get install npm); install it, then run "
            "this again."
        ) from None
    except PermissionError as error:
        raise OperatorError(f"npm cannot be run: {error.strerror}.") from None
    except subprocess.TimeoutExpired:
        raise OperatorError(
            f"npm did not fetch {package} within {PATIENCE_SECONDS // 60} minutes. Try again later."
        ) from None
    if done.returncode:
        raise OperatorError(_refusal(package, done.stderr))
    try:
        return work / str(json.loads(done.stdout)[0]["filename"]).replace("@", "").replace("/", "-")
    except (ValueError, LookupError, TypeError):
        raise OperatorError(
            f"npm fetched {package} and did not say as what. Update npm (9 or newer), then run this again."
        ) from None


def _refusal(package: str, said: str) -> str:
    found = _CODE.search(said)
    code = found[1] if found else ""
    if code in _UNREACHABLE:
        return (
            f"npm cannot reach where it fetches packages from ({code}). Is this machine online? "
            "`npm config get registry` says whom it asks."
        )
    if code in {"E404", "ETARGET"}:
        return (
            f"Where npm fetches packages from there is no {package} (`npm config get registry` says where)."
        )
    if code in {"ENOSPC", "EDQUOT"}:
        return f"The disk is full: npm could not write {package}. Make room (40 MB), then run this again."
    reason = f" ({code})" if code else ""
    return f"npm could not fetch {package}{reason}. `npm pack {package}` shows what it says to that."


def _read_package(archive: Path, wanted: Sequence[PinnedFile]) -> dict[PinnedFile, bytes]:
    """Return the contents of these files. Raises OperatorError where one is not what it should be."""
    try:
        with tarfile.open(archive, "r:gz") as package:
            contents = {file: _read_member(package, file) for file in wanted}
    except (tarfile.TarError, EOFError, FileNotFoundError) as error:
        raise OperatorError(f"What npm fetched as {wanted[0].package} cannot be read. Try again.") from error
    for file, data in contents.items():
        if data is None or not fits(file, data):
            raise OperatorError(
                f"What npm fetched as {file.package} is not what Troupe was made for: {file.path} has "
                "another hash. Nothing was taken over. `npm config get registry` says where it came from."
            )
    return {file: data for file, data in contents.items() if data is not None}


def _read_member(package: tarfile.TarFile, file: PinnedFile) -> bytes | None:
    try:
        member = package.getmember(f"package/{file.path}")
    except KeyError:
        return None
    content = package.extractfile(member) if member.isfile() and member.size <= MOST_BYTES else None
    return content.read() if content else None


def _unwritable(folder: Path, error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: {folder} could not be filled. Make room (40 MB), then run this again."
    reason = os.strerror(error.errno) if error.errno else str(error)
    return f"{folder} cannot be written: {reason}. TALK_CLIENT_DIR names another folder."
