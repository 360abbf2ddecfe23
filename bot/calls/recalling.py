"""Finding what a person said before: for the topic of a call, and for the character in the middle of one."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from bot.calls.installation import Installation
from bot.domain.asking import Question, read_question
from bot.domain.call import FRESH
from bot.domain.caller import Person, PersonId
from bot.domain.hits import Hits, StoredTurn
from bot.domain.persona import Persona
from bot.domain.recall import Matches, match, rank, shortlist
from bot.domain.recalled import NO_NAMES, Recalled, Speakers, tell, telling
from bot.domain.record import Reading
from bot.ports.recall import CANDIDATES, Recall

_RELATED_CANDIDATES = 800
_DATED_CANDIDATES = 400
_NEWEST = 60
_BRIEFED = 1_000
_ABOUT_A_TOPIC = 16
_SOON_AFTER = timedelta(days=4)


async def recall(
    store: Recall,
    person_id: PersonId,
    reading: Reading,
    query: str,
    now: datetime,
    *,
    k: int,
    max_chars: int,
    speakers: Speakers = NO_NAMES,
) -> Recalled:
    """Return the ``k`` turns of this person, as far as this character may read them, that answer best.

    The text with them holds as many whole turns as are worth it, of these or others, in ``max_chars``.
    ``now`` is what relative dates are counted from, in the zone in which the person lives. Names of
    ``speakers`` in a query weigh who said it. Where no word of it was ever said, the newest turns are all
    there is.
    """
    ranked = rank(*await find_candidates(store, person_id, reading, query, now, speakers))
    return Recalled(tuple(one.turn for one in ranked[:k]), tell(ranked, speakers, max_chars))


async def recall_topic(
    house: Installation, person: Person, persona: Persona, topic: str, continues: str
) -> tuple[StoredTurn, ...]:
    """Return what was said about the topic of a call, best first, as far as the character may know it.

    Nothing where no word of it, nor on the days that it names, was ever said.
    """
    if not topic or person.declined or persona.memory == "none" or continues == FRESH:
        return ()
    reading = Reading(persona.slug, persona.memory, house.cast.shared_slugs)
    now = house.now().astimezone(house.terms.timezone)
    speakers = Speakers(person.name or NO_NAMES.member, persona.name)
    found, is_about_it = await _find(house.store, person.id, reading, topic, now, speakers)
    if not is_about_it:
        return ()
    return tuple(one.turn for one in rank(*found)[:_ABOUT_A_TOPIC])


async def brief(
    store: Recall, person_id: PersonId, reading: Reading, *, max_chars: int, speakers: Speakers = NO_NAMES
) -> str:
    """Return what to tell before anything is asked: of the newest turns those that tell most."""
    newest = await store.fetch_newest_said(person_id, reading, _BRIEFED)
    return tell(telling(newest), speakers, max_chars)


async def find_candidates(
    store: Recall, person_id: PersonId, reading: Reading, query: str, now: datetime, speakers: Speakers
) -> tuple[Question, Matches, Sequence[StoredTurn]]:
    """Return what is asked, how its words stand, and the turns that may answer, for ``rank``."""
    return (await _find(store, person_id, reading, query, now, speakers))[0]


async def _find(
    store: Recall, person_id: PersonId, reading: Reading, query: str, now: datetime, speakers: Speakers
) -> tuple[tuple[Question, Matches, Sequence[StoredTurn]], bool]:
    """Return the candidates, and whether anything in them led to them; else they are the newest turns."""
    question = read_question(
        query, now.date(), member_name=speakers.member, character_name=speakers.character
    )
    exact = await store.fetch_hits(person_id, reading, question.exact_terms, CANDIDATES)
    related = await store.fetch_hits(person_id, reading, question.related_terms, _RELATED_CANDIDATES)
    dated = await _fetch_dated(store, person_id, reading, question)
    matches = match(question, exact, related)
    keys = shortlist(matches, dated)
    if keys:
        said = await store.fetch_said(person_id, reading, keys)
    else:
        said = await store.fetch_newest_said(person_id, reading, _NEWEST)
    return (question, matches, said), bool(keys)


async def _fetch_dated(
    store: Recall, person_id: PersonId, reading: Reading, question: Question
) -> Hits | None:
    if not question.dates:
        return None
    since = datetime.combine(min(one.since for one in question.dates), time(), UTC)
    before = datetime.combine(max(one.before for one in question.dates), time(), UTC)
    return await store.fetch_between(person_id, reading, since, before + _SOON_AFTER, _DATED_CANDIDATES)
