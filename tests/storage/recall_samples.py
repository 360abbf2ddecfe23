"""What the tests of recall ask, and the same answered by reading everything."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from store_samples import hex_of

from bot.domain.caller import Person
from bot.domain.conversation import Transcript
from bot.domain.hits import Hits
from bot.domain.record import Reading
from bot.domain.terms import index_turn
from bot.ports import Store
from storage.rooms.comparing import find_index_errors
from storage.sqlite.connection import connect_reader

WIZARD = Reading("wizard", "own")
SHARING = Reading("wizard", "shared", frozenset({"wizard", "captain"}))
MANY = 10_000


async def bring(
    store: Store,
    who: Person,
    *transcripts: Transcript,
    slug: str = "",
    reach: str = "own",
    file: str = "f",
    time: int = 0,
) -> list[str]:
    """Import a file of conversations, for the how-manieth ``time``, and return their ids."""
    ids = [hex_of(f"import {who.id} {slug} {file} {time} {place}") for place, _ in enumerate(transcripts)]
    named = list(zip(ids, transcripts, strict=True))
    await store.store_import(who.id, slug, reach, named, file, {}, transcripts[0].started_at)
    return ids


async def heard(
    store: Store, who: Person, *words: str, reading: Reading = WIZARD, limit: int = MANY
) -> set[str]:
    """Return the words of the turns that hold any of these words."""
    hits = await store.fetch_hits(who.id, reading, [term(word) for word in words], limit)
    return await words_of(store, who, hits, reading)


def term(word: str) -> str:
    """Return what a word is indexed as."""
    (indexed,) = index_turn("user", word).terms
    return indexed


async def words_of(store: Store, who: Person, hits: Hits, reading: Reading = WIZARD) -> set[str]:
    """Return what was said in turns that were hit, once for each."""
    said = await store.fetch_said(who.id, reading, tuple(hits.marks))
    assert {turn.key for turn in said} == set(hits.marks) == keys_in(hits)
    return {turn.text for turn in said}


def keys_in(hits: Hits) -> set[int]:
    return {key for keys in hits.postings.values() for key in keys}


def is_as_promised(hits: Hits, terms: Iterable[str]) -> bool:
    """Whether an answer is whole: each term, the marks of all turns in it, and no others."""
    return (
        set(hits.frequencies) == set(hits.postings) == set(terms)
        and set(hits.marks) == keys_in(hits)
        and all(len(set(keys)) == len(keys) for keys in hits.postings.values())
    )


def index_errors(database_url: str) -> list[str]:
    """Compare the index in a file with what turns say."""
    with closing(connect_reader(Path(database_url.removeprefix("sqlite:///")))) as database:
        return find_index_errors(database)
