"""A backup that was put back: what was erased since it was made is erased again before anybody sees it."""

import json
import logging
from datetime import datetime
from functools import partial

from storage.database import Database, Engine
from storage.rooms.burying import find_buried, know, newest_known, who_forgot
from storage.rooms.erasure import erase_character_of, erase_person_of, erase_talk_of
from storage.rooms.growing import LINES, shrink_again
from storage.rooms.learning import let_back
from storage.rooms.together import people_sharing
from storage.tombstones import Tombstones
from storage.vault import Vault

_log = logging.getLogger(__name__)


async def keep_erased(writer: Engine, vault: Vault, tombstones: Tombstones, now: datetime) -> None:
    """Erase again what a backup brought back, before anybody sees it, and say so. Raises SettingsError."""
    if await writer.read(lambda database: tombstones.newest(database) > newest_known(database)):
        again = partial(erase_again, vault=vault, tombstones=tombstones, now=now)
        log_erased_again(await writer.erase(again))


def erase_again(database: Database, vault: Vault, tombstones: Tombstones, now: datetime) -> int:
    """Erase what tombstones stand for that this database does not know; return how many things that were.

    As when it was erased first, nothing stands behind the buttons of whoever shares memory with its owner.
    """
    since = newest_known(database)
    stones = [stone for stone in tombstones.read(database) if stone.number > since]
    if not stones:
        return 0
    found = find_buried(database, vault, stones)
    owners = {person_id for _, person_id, _ in found} | who_forgot(database, vault, stones)
    sharers = {one for person_id in owners for one in people_sharing(database, person_id)}
    for kind, person_id, what in found:
        match kind:
            case "person":
                erase_person_of(database, vault, person_id, now)
            case "character":
                erase_character_of(database, (person_id,), what, now)
            case "talk":
                erase_talk_of(database, (person_id,), what, now)
            case "fact":
                let_back(database, [what])
                database.execute("DELETE FROM facts WHERE id = ?", (what,))
            case lines:
                shrink_again(database, what, int(lines.removeprefix(LINES)))
    database.execute(
        "DELETE FROM presses WHERE person_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(sharers)),),
    )
    know(database, max(stone.number for stone in stones))
    return len(found)


_OVER = (
    "DELETE FROM processes",
    "DELETE FROM shards",
    "DELETE FROM shard_turns",
    "DELETE FROM carried",
    "DELETE FROM lines WHERE kind = 'page'",
    "DELETE FROM slack_states",
    "DELETE FROM settings WHERE name LIKE 'claim %'",
)


def forget_who_ran(database: Database) -> None:
    """Forget which processes ran while a backup was made, what they held, and what was on its way to them.

    A file admits one process, which takes nobody for gone: a chat that they relayed would go on for ever. Its
    line stays, held by nobody who is known, so that its member is told.
    """
    for statement in _OVER:
        database.execute(statement)


def log_erased_again(how_many: int) -> None:
    """Say that a backup was put back which held what had been erased."""
    if how_many:
        _log.warning(
            "This database is older than what was erased from it: %d things were erased again.", how_many
        )
