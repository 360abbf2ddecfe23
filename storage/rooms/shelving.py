"""The index of what was said: which terms stand in which turns, kept in step in the same transaction.

A **shelf** holds the conversations that are always read together: one person's, one character's, of one
generation, with one reach. It is the first part of the index's key, so whoever may not read a conversation
never comes near its terms, and a figure about readable turns is the length of a range. A held conversation
stands on no shelf until its owner keeps it; nothing that is linked, parted, shared or removed later moves a
row, for that only changes which shelves are read. The term ``""`` stands in every turn.

A plain table was chosen over FTS5 (contentless, ``detail=none``, tokens prefixed with the shelf), measured on
SQLite 3.40 and 2 busy cores with 100,000 turns of one person among 500,000, ten terms each:

=====================================  ============  ============
..                                     this table    FTS5
=====================================  ============  ============
bytes a turn, marks included           299           116
add a turn, in bulk                    23 us         11 us
add a conversation of 20, committed    1.7 ms        3.7 ms
search of 6 terms, p50 / p99           3.4 / 11 ms   5.9 / 14 ms
search of 12 terms, p50 / p99          7.6 / 20 ms   11 / 25 ms
search of the 8 commonest, p50 / p99   13 / 26 ms    28 / 48 ms
erase a conversation                   its rows      the index of everybody is merged: 0.9 s, 54 MB of log,
..                                     ..            both growing with all that is stored
=====================================  ============  ============

FTS5 reads the whole list of a term to say how common it is; here counting ends at a limit. Its own
``secure-delete`` came with SQLite 3.42. Postings in blobs of up to 512 took 332 bytes a turn and three times
as long to add: most terms are rare.
"""

import json
from collections.abc import Collection, Iterator
from typing import Any

from bot.domain.hits import turn_key
from bot.domain.terms import INDEX_VERSION, index_turn
from storage.database import Database
from storage.rows import Row

EVERY_TURN = ""
"""The term that stands in every turn."""
_MOST_TURNS = 1 << 20
"""How many turns of a conversation have keys; later ones cannot be found by their words."""


def shelve(database: Database, conversation: int) -> None:
    """Put a conversation with all its turns on its shelf, unless it is held or stands on one already."""
    row = database.execute(
        "SELECT * FROM conversations WHERE id = ? AND shelf IS NULL AND held_until IS NULL", (conversation,)
    ).fetchone()
    if row is None:
        return
    shelf = _find_or_add_shelf(database, row)
    database.execute("UPDATE conversations SET shelf = ? WHERE id = ?", (shelf, conversation))
    postings = sorted(postings_of(database, conversation))
    database.executemany(
        "INSERT INTO terms (shelf, term, turn, marks) VALUES (?, ?, ?, ?)",
        ((shelf, *posting) for posting in postings),
    )
    added = sum(term == EVERY_TURN for term, _, _ in postings)
    database.execute("UPDATE shelves SET turns = turns + ? WHERE number = ?", (added, shelf))


def reshelve(database: Database, conversation: int, first: int) -> None:
    """Index the turns of a conversation that is on a shelf anew, from a position on."""
    row = database.execute("SELECT shelf FROM conversations WHERE id = ?", (conversation,)).fetchone()
    if row is None or row["shelf"] is None:
        return
    shelf, start = row["shelf"], turn_key(conversation, 0) + first
    database.execute(
        "DELETE FROM terms WHERE shelf = ? AND turn BETWEEN ? AND ?",
        (shelf, start, turn_key(conversation, _MOST_TURNS - 1)),
    )
    database.executemany(
        "INSERT INTO terms (shelf, term, turn, marks) VALUES (?, ?, ?, ?)",
        sorted((shelf, *posting) for posting in postings_of(database, conversation) if posting[1] >= start),
    )
    count_turns(database, [shelf])


def shelves_of(database: Database, conversations: Collection[int]) -> list[int]:
    """Return the shelves that some conversations stand on."""
    rows = database.execute(
        "SELECT DISTINCT shelf FROM conversations WHERE shelf IS NOT NULL "
        "AND id IN (SELECT CAST(value AS INTEGER) FROM json_each(?))",
        (json.dumps(list(conversations)),),
    )
    return [row["shelf"] for row in rows]


def count_turns(database: Database, shelves: Collection[int]) -> None:
    """Note how many turns are left on shelves, after some were erased."""
    database.execute(
        """
        UPDATE shelves SET turns = (SELECT count(*) FROM terms WHERE shelf = number AND term = '')
        WHERE number IN (SELECT CAST(value AS INTEGER) FROM json_each(?))
        """,
        (json.dumps(list(shelves)),),
    )


SAME = ("person_id", "slug", "generation", "reach")
"""What the conversations on a shelf have in common."""


def take_down(database: Database, shelf: int) -> None:
    """Let a shelf be no more, and its conversations stand on none until they are indexed again."""
    database.execute("DELETE FROM terms WHERE shelf = ?", (shelf,))
    database.execute("UPDATE conversations SET shelf = NULL WHERE shelf = ?", (shelf,))
    database.execute("DELETE FROM shelves WHERE number = ?", (shelf,))


def _find_or_add_shelf(database: Database, talk: Row) -> int:
    key = {name: talk[name] for name in SAME} | {"version": INDEX_VERSION}
    found = database.execute(
        """
        SELECT number FROM shelves WHERE person_id = :person_id AND version = :version AND slug = :slug
        AND generation = :generation AND reach = :reach
        """,
        key,
    ).fetchone()
    if found is None:
        found = database.execute(
            """
            INSERT INTO shelves (person_id, slug, generation, reach, version, turns)
            VALUES (:person_id, :slug, :generation, :reach, :version, 0) RETURNING number
            """,
            key,
        ).fetchone()
    number: int = found["number"]
    return number


def postings_of(database: Database, conversation: int) -> Iterator[tuple[str, int, int]]:
    """Yield (term, turn, marks) of all that was said."""
    turns: Any = database.execute(
        "SELECT position, role, text FROM turns WHERE conversation = ? AND position < ?",
        (conversation, _MOST_TURNS),
    )
    for turn in turns:
        key, indexed = turn_key(conversation, turn["position"]), index_turn(turn["role"], turn["text"])
        yield EVERY_TURN, key, indexed.marks
        for term in {term for term in indexed.terms if term != EVERY_TURN}:
            yield term, key, indexed.marks
