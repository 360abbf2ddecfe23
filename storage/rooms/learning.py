"""Facts as rows: how they are read, and how a new one finds its place among those that are there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain.agreeing import Verdict, compare
from bot.domain.call import Reach
from bot.domain.fact import MOST_FACTS, Fact, FactId, Replaced
from bot.domain.record import Reading
from storage.database import Database
from storage.rows import Row, storable, to_text, to_time

_READABLE = """
    SELECT facts.*, EXISTS (SELECT 1 FROM calls WHERE calls.id = facts.call_id) AS has_call
    FROM facts LEFT JOIN characters ON characters.slug = facts.slug
    WHERE person_id IN (SELECT value FROM json_each(:people)) AND replaced_by = ''
    AND (is_for_everyone = 1 OR (facts.generation = coalesce(characters.generation, 0) AND (
        facts.slug = :slug OR (
            :shares = 1 AND reach = 'shared' AND facts.slug IN (SELECT value FROM json_each(:shared_slugs))
        )
    ))) ORDER BY is_pinned DESC, added_at DESC, facts.rowid DESC
"""
_STANDING = """
    SELECT *, 0 AS has_call FROM facts WHERE person_id = ? AND replaced_by = ''
    AND (is_for_everyone = 1 OR (slug = ? AND generation = ?)) ORDER BY added_at, rowid
"""


def find_facts(database: Database, people: Mapping[str, str], reading: Reading) -> tuple[Fact, ...]:
    """Return what a character may know of these people, inside a transaction that is open already."""
    if reading.memory == "none":
        return ()
    asked = {
        "people": json.dumps(list(people)),
        "slug": reading.slug,
        "shares": reading.memory == "shared",
        "shared_slugs": json.dumps(sorted(reading.shared_slugs)),
    }
    rows = database.execute(_READABLE, asked).fetchall()
    return tuple(fact_from(database, row, people[row["person_id"]]) for row in rows)


def fact_from(database: Database, row: Row, elsewhere: str = "") -> Fact:
    """Build a fact from ``facts``, with those whose place it has taken."""
    replaced = database.execute(
        "SELECT id, text FROM facts WHERE replaced_by = ? AND replaced_by <> '' ORDER BY added_at, rowid",
        (row["id"],),
    )
    return Fact(
        id=FactId(row["id"]),
        slug=row["slug"],
        reach=row["reach"],
        text=row["text"],
        added_at=to_time(row["added_at"]),
        elsewhere=elsewhere,
        source=row["source"],
        call_id=row["call_id"] if row["has_call"] else "",
        is_pinned=bool(row["is_pinned"]),
        is_for_everyone=bool(row["is_for_everyone"]),
        is_corrected=bool(row["is_corrected"]),
        replaces=tuple(Replaced(FactId(one["id"]), one["text"]) for one in replaced),
    )


def count_facts(database: Database, person_id: str) -> int:
    """Return how many a person has, those that newer ones replaced included."""
    count: int = database.execute("SELECT count(*) FROM facts WHERE person_id = ?", (person_id,)).fetchone()[
        0
    ]
    return count


def weigh(database: Database, person_id: str, generation: int, fact: Fact) -> Verdict:
    """Compare a fact with what its character, as it is now, is to know of this person already."""
    return compare(fact, standing(database, person_id, fact.slug, generation))


def standing(database: Database, person_id: str, slug: str, generation: int) -> list[Fact]:
    """Return what a character is to know of this person, the oldest first; none of a linked account's."""
    rows = database.execute(_STANDING, (person_id, storable(slug), generation)).fetchall()
    return [fact_from(database, row) for row in rows]


def is_same(one: str, other: str) -> bool:
    """Whether two facts have the same words; SQLite itself folds the case of ASCII only."""
    return storable(one).strip().casefold() == storable(other).strip().casefold()


def insert_fact(database: Database, person_id: str, generation: int, fact: Fact, verdict: Verdict) -> None:
    """Keep a fact, and let it take the place of those that it replaces."""
    database.insert(
        "facts",
        {
            "id": fact.id,
            "person_id": person_id,
            "slug": storable(fact.slug),
            "generation": generation,
            "reach": fact.reach,
            "text": storable(fact.text),
            "added_at": to_text(fact.added_at),
            "source": fact.source,
            "call_id": fact.call_id,
            "is_pinned": fact.is_pinned,
            "is_for_everyone": fact.is_for_everyone,
            "is_corrected": fact.is_corrected,
            "replaced_by": verdict.replaced_by or "",
        },
    )
    database.execute(
        """
        UPDATE facts SET replaced_by = ? WHERE id IN (SELECT value FROM json_each(?))
        AND person_id = ? AND slug = ? AND generation = ?
        """,
        (fact.id, json.dumps(verdict.replaces), person_id, fact.slug, generation),
    )


def learn(database: Database, person_id: str, generation: int, reach: Reach, facts: Sequence[Fact]) -> None:
    """Keep what a call brought, as far as it may be read, until its person has as many as one may have."""
    for fact in facts:
        if reach == "none" or count_facts(database, person_id) >= MOST_FACTS:
            return
        kept = replace(fact, reach=reach)
        verdict = weigh(database, person_id, generation, kept)
        if not verdict.is_known:
            insert_fact(database, person_id, generation, kept, verdict)


def let_back(database: Database, fact_ids: Sequence[str]) -> None:
    """Let those stand again whose place these facts had taken; to be called before they go.

    What one of these replaced that another of these replaced is let back past both: step by step.
    """
    gone = json.dumps(list(fact_ids))
    while database.execute(
        """
        UPDATE facts SET replaced_by = coalesce((
            SELECT gone.replaced_by FROM facts AS gone WHERE gone.id = facts.replaced_by
        ), '')
        WHERE replaced_by IN (SELECT value FROM json_each(?)) AND replaced_by <> ''
        """,
        (gone,),
    ).rowcount:
        pass


_OF_CALL = "call_id = :call AND person_id IN (SELECT value FROM json_each(:people))"


def facts_that_go(database: Database, people: Sequence[str], call_id: str) -> list[Row]:
    """Return what goes with a call that is erased: all but what its member pinned or corrected."""
    return database.execute(
        f"SELECT id FROM facts WHERE {_OF_CALL} AND is_pinned = 0 AND is_corrected = 0",  # noqa: S608  ours
        {"people": json.dumps(list(people)), "call": call_id},
    ).fetchall()


def let_facts_stay(database: Database, people: Sequence[str], call_id: str) -> int:
    """Let the others forget which call they are from; return how many that are."""
    stay: int = database.execute(
        f"UPDATE facts SET call_id = '' WHERE {_OF_CALL} AND (is_pinned = 1 OR is_corrected = 1)",  # noqa: S608  ours
        {"people": json.dumps(list(people)), "call": call_id},
    ).rowcount
    return stay
