"""Putting a backup back: looked through and brought up to date aside, then put in place in one step.

What was erased since it was made is erased again aside as well, so that none of it comes to the place itself,
nor into a server's log. Which processes ran when it was made is forgotten there.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

from bot.domain.errors import BackupRefused
from storage.backups.sealing import Contents, Tell
from storage.files import make_private_file, sync_folder
from storage.keyring import open_vault
from storage.lock import unfinished_of
from storage.rooms.burying import know, newest_known
from storage.rooms.restoring import erase_again, forget_who_ran
from storage.schema.steps import all_steps
from storage.sqlite.connection import connect_writer
from storage.sqlite.saving import as_refusal, count_tables, find_faults, open_part, take_tombstones
from storage.sqlite.thread import DatabaseThread
from storage.tombstones import Tombstone, TombstonesInFile, tombstones_of

_AT_ONCE_BYTES = 1 << 20
_BESIDE = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A backup that was made ready aside: its file, how much was erased again, and tombstones it brings."""

    file: Path
    erased_again: int
    more_stones: tuple[Tombstone, ...]


def refuse_unfit(path: Path, contents: Contents) -> None:
    """Raise BackupRefused for a backup that a newer Troupe made, or of a database that was never used."""
    if newer := sorted(set(contents.steps) - set(all_steps())):
        raise BackupRefused(
            f"{path} was made by a newer Troupe (it knows {', '.join(newer)}); update this one. "
            "Nothing was changed."
        )
    if not contents.key_checks:
        raise BackupRefused(f"{path} was made of a database that no Troupe ever used. Nothing was changed.")


@contextmanager
def aside(place: Path) -> Iterator[Path]:
    """Make a private folder beside where a database is to be, and be rid of it afterwards.

    What somebody who was killed left in it goes first. Raises OSError.
    """
    folder = unfinished_of(place)
    shutil.rmtree(folder, ignore_errors=True)
    os.close(make_private_file(folder / place.name))
    try:
        yield folder / place.name
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def prepare(
    backup: Path,
    contents: Contents,
    file: Path,
    keys: Sequence[str],
    here: Sequence[Tombstone],
    now: datetime,
    tell: Tell,
) -> Prepared:
    """Make a backup ready in an empty file: look through it, bring it up to date, erase again.

    ``here`` are the tombstones of the place that it comes to. Raises BackupRefused and SettingsError.
    """
    carried = await asyncio.to_thread(_unpack, backup, contents, file, tell)
    writer = await DatabaseThread.start(partial(connect_writer, file))
    try:
        vault = await open_vault(writer, file, keys)
        known = await writer.read(newest_known)
        everything = _join(carried, here)
        gone = {one for one in carried if one.number <= known}
        left = [one for one in dict.fromkeys((*here, *carried)) if one not in gone]
        numbered = [replace(one, number=known + place) for place, one in enumerate(left, 1)]
        stones = TombstonesInFile(tombstones_of(file))
        if numbered:
            stones.add(None, numbered)
        erased = await writer.erase(partial(erase_again, vault=vault, tombstones=stones, now=now))
        newest = max((one.number for one in everything), default=0)
        await writer.write(lambda database: know(database, max(known, newest)))
        await writer.write(forget_who_ran)
        await writer.cleaner.finished()
    finally:
        await writer.aclose()
    return Prepared(file, erased, tuple(everything[len(here) :]))


def _unpack(backup: Path, contents: Contents, file: Path, tell: Tell) -> list[Tombstone]:
    """Copy the database out of a backup, and return the tombstones that it carried along."""
    done = 0
    with backup.open("rb") as source, file.open("r+b") as target:
        while piece := source.read(min(_AT_ONCE_BYTES, contents.database_bytes - done)):
            target.write(piece)
            done += len(piece)
            tell(done, contents.database_bytes)
    with as_refusal(f"{backup} is damaged"), open_part(file) as database:
        if faults := find_faults(database):
            raise BackupRefused(f"{backup} is damaged: {faults}. Nothing was changed.")
        stones = take_tombstones(database)
        if count_tables(database) != dict(contents.tables):
            raise BackupRefused(f"{backup} does not hold the rows that it says. Nothing was changed.")
    return stones


def _join(carried: Sequence[Tombstone], here: Sequence[Tombstone]) -> list[Tombstone]:
    """Return all tombstones, those of the place under their numbers; two histories may use the same ones."""
    known, taken = set(here), {one.number for one in here}
    newest = max((one.number for one in (*here, *carried)), default=0)
    joined = list(here)
    for one in carried:
        if one in known:
            continue
        if one.number in taken:
            newest += 1
            joined.append(replace(one, number=newest))
        else:
            joined.append(one)
    return joined


def put_in_place(prepared: Prepared, place: Path, now: datetime) -> Path | None:
    """Let a file be the database; return where the one that was there is kept, None if there was none.

    Nobody else may use it: the running bot's lock is held. At every moment one of the two stands there.
    """
    kept = _free_name(place, now) if place.exists() else None
    _sync(prepared.file)
    if kept is not None:
        _end_log(place)
        os.link(place, kept)
        for end in _BESIDE:  # only of a file that SQLite cannot read any more
            with suppress(FileNotFoundError):
                place.with_name(place.name + end).replace(kept.with_name(kept.name + end))
    prepared.file.replace(place)
    sync_folder(place.parent)
    if prepared.more_stones:
        TombstonesInFile(tombstones_of(place)).add(None, prepared.more_stones)
    return kept


def _free_name(place: Path, now: datetime) -> Path:
    stem = f"{place.name}.before-{now:%Y%m%dT%H%M%SZ}"
    names = (place.with_name(f"{stem}{f'-{number}' if number > 1 else ''}") for number in count(1))
    return next(name for name in names if not name.exists())


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _end_log(place: Path) -> None:
    """Have everything in the one file, which fails while somebody else uses it. Raises BackupRefused."""
    try:
        with closing(sqlite3.connect(place, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=DELETE").close()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise BackupRefused(
                f"Something else uses {place} at this moment: end it first. Nothing was changed."
            ) from error
    except sqlite3.DatabaseError:
        return  # it is damaged, which may be why somebody puts a backup back
