"""Comparing the index with what turns say, one shelf after the other; ``shelving`` keeps the two in step.

Everything is read, in the memory of one turn; what waits to be indexed is no error.
"""

from collections.abc import Iterable, Iterator

from bot.domain.terms import INDEX_VERSION
from storage.database import Database
from storage.rooms.shelving import EVERY_TURN, SAME, postings_of

_SHELVES = """
    WITH RECURSIVE found (shelf) AS (
        SELECT min(shelf) FROM terms
        UNION ALL SELECT (SELECT min(shelf) FROM terms WHERE shelf > found.shelf) FROM found
        WHERE found.shelf IS NOT NULL
    )
    SELECT number FROM shelves UNION SELECT shelf FROM found WHERE shelf IS NOT NULL ORDER BY 1
"""


def find_index_errors(database: Database) -> list[str]:
    """Compare the index with what turns say, and say what is wrong, in no words of theirs."""
    return [error for shelf in shelves_in(database) for error in errors_of(database, shelf)]


def shelves_in(database: Database) -> list[int]:
    """Return the numbers of all shelves, and of those that only terms are left of."""
    return [row[0] for row in database.execute(_SHELVES).fetchall()]


def errors_of(database: Database, number: int) -> Iterator[str]:
    """Say what is wrong with one shelf."""
    shelf = database.execute("SELECT * FROM shelves WHERE number = ?", (number,)).fetchone()
    rows = database.execute("SELECT term, turn, marks FROM terms WHERE shelf = ?", (number,))
    if shelf is None:
        if rows.fetchone() is not None:
            yield f"terms on shelf {number}, which is none"
        return
    talks = database.execute("SELECT * FROM conversations WHERE shelf = ?", (number,)).fetchall()
    for talk in talks:
        if talk["held_until"] or any(talk[name] != shelf[name] for name in SAME):
            yield f"conversation {talk['id']} stands on the wrong shelf"
    if shelf["version"] != INDEX_VERSION:
        return
    said = _summed(posting for talk in talks for posting in postings_of(database, talk["id"]))
    if said != _summed((row["term"], row["turn"], row["marks"]) for row in rows):
        yield f"the terms on shelf {number} are not those of its turns"
    if shelf["turns"] != said[0]:
        yield f"the turns on shelf {number} are miscounted"


def _summed(postings: Iterable[tuple[str, int, int]]) -> tuple[int, int, int]:
    """Return how many turns there are, how many postings, and a sum that tells these postings from others.

    No posting comes twice, and their order says nothing.
    """
    turns = count = total = 0
    for posting in postings:
        turns += posting[0] == EVERY_TURN
        count += 1
        total += hash(posting)
    return turns, count, total
