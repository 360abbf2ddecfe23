"""Many people's records at once, for an operator: a folder of files, or JSON Lines that say whose each is.

A line is ``{"account": …, "character": …, "name": …, "conversation": …, "profile": …}``; conversation is in
any form that we read, and any part but the account may be missing. A map, in CSV with a heading, says which
account is meant: ``theirs`` is what a line has as its account, or a file's or folder's name; ``account`` is
ours; ``character`` and ``name`` may stand beside it.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bot.domain.errors import ImportRejected
from bot.records.raw import MAX_BYTES, check_raw

_ENDINGS = (".json", ".jsonl", ".ndjson", ".json.gz")
_MOST_SHOWN = 60
_SEPARATORS = (";", "\t")
"""What spreadsheets of some countries write between columns in place of commas."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a record is: an account as somebody wrote it, for which character, called what in it."""

    account: str
    character: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of somebody's; ``end`` is how far in the source it was read, in bytes or files."""

    where: str
    owner: Owner
    conversation: bytes | Path | None
    profile: Mapping[str, Any] = field(default_factory=dict)
    end: int = 0


@dataclass(frozen=True, slots=True)
class Bad:
    """What could not be read, in one sentence that begins with its place."""

    where: str
    why: str
    end: int = 0


@dataclass(frozen=True, slots=True)
class Owners:
    """What a map says: whose what is theirs is, by its name there, and in which line that stands."""

    by_name: Mapping[str, Owner]
    lines: Mapping[str, str] = field(default_factory=dict)
    _fitted: set[str] = field(default_factory=set)

    def find(self, names: Iterable[str]) -> Owner | None:
        """Return whose something is that may be called by each of these, the first of them first."""
        fitting = [name for name in names if name in self.by_name]
        self._fitted.update(fitting)
        return self.by_name[fitting[0]] if fitting else None

    def unfitted(self) -> Iterator[Bad]:
        """Yield the lines of the map that nothing which was looked for so far fits."""
        for name, where in self.lines.items():
            if name not in self._fitted:
                why = f"names “{_shown(name)}”, and nothing here is called so: check how it is written."
                yield Bad(where, why)


def read_map(path: Path) -> tuple[Owners, list[Bad]]:
    """Read a map of accounts. Raises ImportRejected when it is none at all."""
    owners: dict[str, Owner] = {}
    lines: dict[str, str] = {}
    bad: list[Bad] = []
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            heading = file.readline()
            mark = next((one for one in _SEPARATORS if one in heading), ",")
            names = [name.strip().lower() for name in next(csv.reader([heading], delimiter=mark), [])]
            rows = csv.DictReader(file, names, delimiter=mark)
            if not {"theirs", "account"} <= set(rows.fieldnames or ()):
                raise ImportRejected(
                    f"{path.name} has no heading: begin it with a line theirs,account,character,name."
                )
            for row in rows:
                found = {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
                where = f"{path.name}, line {rows.line_num + 1:,}"
                theirs = found["theirs"].strip("/")
                if not theirs or not found["account"]:
                    bad.append(Bad(where, "names no account, or nothing that is theirs."))
                elif theirs in owners:
                    bad.append(
                        Bad(where, f"tells once more whose “{_shown(theirs)}” is; the first one counts.")
                    )
                else:
                    lines[theirs] = where
                    owners[theirs] = Owner(
                        found["account"], found.get("character", ""), found.get("name", "")
                    )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ImportRejected(f"{path.name} cannot be read as CSV in UTF-8: {_reason(error)}.") from None
    return Owners(owners, lines), bad


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder, and of those in it, that may hold records, by name."""
    return [
        path for path in sorted(folder.rglob("*")) if path.name.lower().endswith(_ENDINGS) and path.is_file()
    ]


def read_folder(folder: Path, owners: Owners) -> Iterator[Entry | Bad]:
    """Yield each file with whose it is: as its path, its name or its folder's stands in the map."""
    for number, path in enumerate(files_in(folder), start=1):
        where = path.relative_to(folder)
        names = (str(where), where.name, where.name.partition(".")[0], *map(str, where.parents))
        owner = owners.find(names)
        if owner is None:
            yield Bad(str(where), "is in no line of the map, so nobody knows whose it is.", number)
        else:
            yield Entry(str(where), owner, path, end=number)


def read_lines(path: Path, owners: Owners | None) -> Iterator[Entry | Bad]:
    """Yield each line of a file with whose it is; never more than one line is held."""
    try:
        with path.open("rb") as file:
            number = end = 0
            while line := file.readline(MAX_BYTES):
                number, end = number + 1, end + len(line)
                if line.strip():
                    yield replace(_line(line, f"{path.name}, line {number:,}", owners), end=end)
                if len(line) == MAX_BYTES and not line.endswith(b"\n"):
                    while (rest := file.readline(MAX_BYTES)) and not rest.endswith(b"\n"):
                        end += len(rest)
                    end += len(rest)
    except OSError as error:
        raise ImportRejected(f"{path.name} cannot be read: {_reason(error)}.") from None


def _line(line: bytes, where: str, owners: Owners | None) -> Entry | Bad:
    try:
        value = _object(line)
        owner = _owner(value, owners)
        conversation, profile = _contents(value)
    except ImportRejected as error:
        return Bad(where, str(error))
    found = None if conversation is None else json.dumps(conversation).encode()
    return Entry(where, owner, found, profile)


def _contents(value: Mapping[str, Any]) -> tuple[Any, dict[str, Any]]:
    conversation, profile = value.get("conversation"), value.get("profile")
    if profile is not None and not isinstance(profile, dict):
        raise ImportRejected("has a profile that is no object: write names and values in it.")
    if conversation is None and not profile:
        raise ImportRejected("has neither a conversation nor a profile: there is nothing to keep.")
    return conversation, profile or {}


def _object(line: bytes) -> dict[str, Any]:
    check_raw(line)
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise ImportRejected("is not valid JSON: export it again, one record a line.") from None
    if not isinstance(value, dict) or not isinstance(value.get("account"), str | int):
        raise ImportRejected("has no account: each line is an object with account, conversation and profile.")
    return value


def _owner(value: Mapping[str, Any], owners: Owners | None) -> Owner:
    theirs = str(value["account"]).strip()
    owner = Owner(theirs) if owners is None else owners.find([theirs])
    if owner is None:
        raise ImportRejected(f"belongs to “{_shown(theirs)}”, who is in no line of the map.")
    named = {name: value[name] for name in ("character", "name") if isinstance(value.get(name), str)}
    return replace(owner, **{name: text for name, text in named.items() if not getattr(owner, name)})


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}…"


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or type(error).__name__
