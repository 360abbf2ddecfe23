"""A backup that was put back: what was erased since it was made is erased again before anybody sees it."""

import logging
from datetime import datetime

from sqlite_utils import Database

from storage.sqlite.burying import find_buried, know, newest_known
from storage.sqlite.erasure import erase_character_of, erase_person_of, erase_talk_of
from storage.tombstones import Tombstones
from storage.vault import Vault

_log = logging.getLogger(__name__)


def erase_again(database: Database, vault: Vault, tombstones: Tombstones, now: datetime) -> int:
    """Erase what tombstones stand for that this database does not know; return how many things that were."""
    since = newest_known(database)
    stones = [stone for stone in tombstones.read() if stone.number > since]
    if not stones:
        return 0
    found = find_buried(database, vault, stones)
    for kind, person_id, what in found:
        match kind:
            case "person":
                erase_person_of(database, vault, person_id, now)
            case "character":
                erase_character_of(database, (person_id,), what, now)
            case "talk":
                erase_talk_of(database, (person_id,), what, now)
            case _:
                database.execute("DELETE FROM facts WHERE id = ?", (what,))
    know(database, max(stone.number for stone in stones))
    return len(found)


def log_erased_again(how_many: int) -> None:
    """Say that a backup was put back which held what had been erased."""
    if how_many:
        _log.warning(
            "This database is older than what was erased from it: %d things were erased again.", how_many
        )
