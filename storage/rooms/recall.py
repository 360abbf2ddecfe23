"""Finding turns by their words: asked of the shelves that may be read, and of no other.

How the index is laid out, and why, stands in ``storage.rooms.shelving``.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.domain.caller import PersonId
from bot.domain.hits import Hits, StoredTurn, TurnKey, turn_key
from bot.domain.record import Reading
from bot.domain.terms import INDEX_VERSION
from storage.database import Database
from storage.rooms.room import Room, reads
from storage.rooms.shelving import EVERY_TURN
from storage.rooms.together import people_sharing
from storage.rows import Row, storable, to_text, to_time

_COUNTED = 10_000
"""A term that stands in more turns of a shelf than this counts as standing in so many."""
_FEW = 2
"""A list that is not that many times as long as what is looked for in it is read whole."""

_SHELVES = """
    SELECT number, turns FROM json_each(:people) AS reader
    CROSS JOIN shelves ON shelves.person_id = reader.value AND shelves.version = :version
    LEFT JOIN characters ON characters.slug = shelves.slug
    WHERE shelves.generation = coalesce(characters.generation, 0)
    AND (shelves.slug IN (:slug, '') OR (
        :shares = 1 AND reach = 'shared' AND shelves.slug IN (SELECT value FROM json_each(:shared_slugs))
    )) ORDER BY number
"""
_FREQUENCIES = """
    SELECT shelf.number AS shelf, wanted.value AS term, (
        SELECT count(*) FROM (
            SELECT 1 FROM terms WHERE shelf = shelf.number AND term = wanted.value LIMIT :counted
        ) AS counted
    ) AS count
    FROM (SELECT CAST(value AS INTEGER) AS number FROM json_each(:shelves)) AS shelf
    CROSS JOIN json_each(:terms) AS wanted ON true
"""
_NEWEST = """
    SELECT c.started_at, terms.turn, terms.marks
    FROM conversations AS c INDEXED BY conversations_on_shelf CROSS JOIN terms
    ON terms.shelf = c.shelf AND terms.term = :term
    AND terms.turn >= c.id << 20 AND terms.turn < (c.id + 1) << 20
    WHERE c.shelf = :shelf AND c.started_at >= :since AND c.started_at < :before
    ORDER BY c.started_at DESC, c.id DESC, terms.turn DESC LIMIT :limit
"""
"""What holds a term, newest first: conversation by conversation, so that it ends at the limit."""
_COUNT_BETWEEN = """
    SELECT count(*) AS count FROM (
        SELECT 1 FROM conversations AS c INDEXED BY conversations_on_shelf CROSS JOIN terms
        ON terms.shelf = c.shelf AND terms.term = ''
        AND terms.turn >= c.id << 20 AND terms.turn < (c.id + 1) << 20
        WHERE c.shelf = :shelf AND c.started_at >= :since AND c.started_at < :before LIMIT :counted
    )
"""
_SAID = """
    SELECT turns.*, c.started_at, terms.marks
    FROM (SELECT CAST(value AS INTEGER) AS turn FROM json_each(:keys)) AS asked
    CROSS JOIN conversations AS c ON c.id = asked.turn >> 20
    CROSS JOIN turns ON turns.conversation = c.id AND turns.position = asked.turn & 1048575
    CROSS JOIN terms ON terms.shelf = c.shelf AND terms.term = '' AND terms.turn = asked.turn
    WHERE c.shelf IN (SELECT CAST(value AS INTEGER) FROM json_each(:shelves))
"""
_NEWEST_SAID = """
    SELECT turns.*, c.started_at, terms.marks
    FROM conversations AS c CROSS JOIN turns ON turns.conversation = c.id
    CROSS JOIN terms ON terms.shelf = c.shelf AND terms.term = ''
    AND terms.turn = c.id << 20 | turns.position
    WHERE c.id IN (
        SELECT id FROM conversations INDEXED BY conversations_on_shelf WHERE shelf = :shelf
        ORDER BY started_at DESC, id DESC LIMIT :limit
    ) ORDER BY c.started_at DESC, c.id DESC, turns.position DESC LIMIT :limit
"""
_BEGINNING, _END = "", "~"
"""Before and after all times as they are stored."""


@dataclass
class _Found:
    """Turns that were found, by the shelf that they are on, with their marks."""

    marks: dict[TurnKey, int] = field(default_factory=dict)
    on_shelf: dict[int, list[TurnKey]] = field(default_factory=dict)

    def add(self, shelf: int, key: TurnKey, marks: int) -> None:
        if key not in self.marks:
            self.marks[key] = marks
            self.on_shelf.setdefault(shelf, []).append(key)


class Recalling(Room):
    """The part of the store that finds turns by their words, always of one person."""

    @reads
    def fetch_hits(
        self,
        database: Database,
        person_id: PersonId,
        reading: Reading,
        terms: Collection[str],
        limit: int,
    ) -> Hits:
        """Return the turns that hold any of these terms, the rarest terms' first, ``limit`` in all.

        The term that goes over the limit is taken in part, its newest conversations first; of commoner ones
        the postings name the turns found that hold them too. Frequencies are exact up to 10,000 on a shelf.
        """
        shelves = _find_shelves(database, person_id, reading)
        frequencies = dict.fromkeys((term for term in terms if term != EVERY_TURN), 0)
        on_shelf: dict[str, dict[int, int]] = {}
        for row in _count(database, shelves, frequencies):
            frequencies[row["term"]] += row["count"]
            on_shelf.setdefault(row["term"], {})[row["shelf"]] = row["count"]
        found = _Found()
        postings: dict[str, Sequence[TurnKey]] = {}
        for term in sorted(on_shelf, key=lambda term: (frequencies[term], term)):
            room = limit - len(found.marks)
            if frequencies[term] <= room:
                postings[term] = _take_all(database, term, on_shelf[term], found)
                continue
            if room > 0:
                _take_newest(database, term, on_shelf[term], found, limit)
            postings[term] = _among(database, term, on_shelf[term], found)
        return _hits(shelves, frequencies, postings, found.marks)

    @reads
    def fetch_between(
        self,
        database: Database,
        person_id: PersonId,
        reading: Reading,
        since: datetime,
        before: datetime,
        limit: int,
    ) -> Hits:
        """Return the newest turns of conversations that began in a span of time, as hits of ``""``."""
        shelves = _find_shelves(database, person_id, reading)
        span = {"since": to_text(since), "before": to_text(before)}
        asked = [{**span, "shelf": shelf, "counted": _COUNTED} for shelf in shelves]
        count = sum(database.execute(_COUNT_BETWEEN, one).fetchone()["count"] for one in asked)
        marks = {row["turn"]: row["marks"] for row in _newest(database, EVERY_TURN, shelves, limit, **span)}
        return _hits(shelves, {EVERY_TURN: count}, {EVERY_TURN: tuple(marks)}, marks)

    @reads
    def fetch_said(
        self, database: Database, person_id: PersonId, reading: Reading, keys: Collection[TurnKey]
    ) -> tuple[StoredTurn, ...]:
        """Return those of the named turns that are there and may be read."""
        asked = {
            "keys": json.dumps(list(set(keys))),
            "shelves": json.dumps(list(_find_shelves(database, person_id, reading))),
        }
        return tuple(_said(row) for row in database.execute(_SAID, asked))

    @reads
    def fetch_newest_said(
        self, database: Database, person_id: PersonId, reading: Reading, limit: int
    ) -> tuple[StoredTurn, ...]:
        """Return the newest turns, newest conversation first and the last turn of it first."""
        rows = [
            row
            for shelf in _find_shelves(database, person_id, reading)
            for row in database.execute(_NEWEST_SAID, {"shelf": shelf, "limit": limit})
        ]
        rows.sort(key=lambda row: (row["started_at"], row["conversation"], row["position"]), reverse=True)
        return tuple(_said(row) for row in rows[:limit])


def _find_shelves(database: Database, person_id: str, reading: Reading) -> dict[int, int]:
    """Return the shelves that may be read now, with the turns on each; the rules are ``fetch_record``'s."""
    if reading.memory == "none":
        return {}
    asked = {
        "people": json.dumps(list(people_sharing(database, person_id))),
        "version": INDEX_VERSION,
        "slug": reading.slug,
        "shares": reading.memory == "shared",
        "shared_slugs": json.dumps(sorted(reading.shared_slugs)),
    }
    return {row["number"]: row["turns"] for row in database.execute(_SHELVES, asked)}


def _count(database: Database, shelves: Iterable[int], terms: Iterable[str]) -> list[Row]:
    """Return how often each term stands on each shelf where it does; what cannot be stored stands on none."""
    asked = {
        "counted": _COUNTED,
        "shelves": json.dumps(list(shelves)),
        "terms": json.dumps([term for term in terms if term == storable(term)]),
    }
    return [row for row in database.execute(_FREQUENCIES, asked) if row["count"]]


def _take_all(database: Database, term: str, shelves: Iterable[int], found: _Found) -> list[TurnKey]:
    keys = []
    for shelf in shelves:
        for key, marks in database.execute(
            "SELECT turn, marks FROM terms WHERE shelf = ? AND term = ?", (shelf, term)
        ):
            found.add(shelf, key, marks)
            keys.append(key)
    return keys


def _take_newest(database: Database, term: str, shelves: Iterable[int], found: _Found, limit: int) -> None:
    for row in _newest(database, term, shelves, limit):
        if len(found.marks) >= limit:
            return
        found.add(row["shelf"], row["turn"], row["marks"])


def _among(database: Database, term: str, shelves: Mapping[int, int], found: _Found) -> list[TurnKey]:
    """Return the turns, of those that were found, that hold a term too."""
    keys: list[TurnKey] = []
    for shelf, count in shelves.items():
        sought = found.on_shelf.get(shelf, [])
        if count <= _FEW * len(sought):
            rows = database.execute("SELECT turn FROM terms WHERE shelf = ? AND term = ?", (shelf, term))
            keys += [key for (key,) in rows if key in found.marks]
        elif sought:
            # In their order, so that one step leads to the next.
            rows = database.execute(
                "SELECT turn FROM (SELECT CAST(value AS INTEGER) AS key FROM json_each(?3)) AS sought "
                "CROSS JOIN terms ON shelf = ?1 AND term = ?2 AND turn = sought.key",
                (shelf, term, json.dumps(sorted(sought))),
            )
            keys += [key for (key,) in rows]
    return keys


def _newest(
    database: Database,
    term: str,
    shelves: Iterable[int],
    limit: int,
    since: str = _BEGINNING,
    before: str = _END,
) -> list[dict[str, int]]:
    """Return what holds a term on these shelves, of the conversations that began last."""
    rows = []
    for shelf in shelves:
        asked = {"term": term, "shelf": shelf, "limit": limit, "since": since, "before": before}
        rows += [(*row, shelf) for row in database.execute(_NEWEST, asked)]
    rows.sort(reverse=True)
    return [{"turn": turn, "marks": marks, "shelf": shelf} for _, turn, marks, shelf in rows[:limit]]


def _hits(
    shelves: Mapping[int, int],
    frequencies: Mapping[str, int],
    postings: Mapping[str, Sequence[TurnKey]],
    marks: Mapping[TurnKey, int],
) -> Hits:
    return Hits(
        turn_count=sum(shelves.values()),
        frequencies=frequencies,
        postings={term: postings.get(term, ()) for term in frequencies},
        marks=marks,
    )


def _said(row: Row) -> StoredTurn:
    began = to_time(row["started_at"])
    try:
        at = began + timedelta(seconds=row["seconds"])
    except OverflowError:  # a file may say anything
        at = began.astimezone(UTC)
    key = turn_key(row["conversation"], row["position"])
    return StoredTurn(key, row["role"], row["text"], at, row["marks"])
