"""An index of turns in memory, for measuring recall without a database."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from bot.domain.caller import PersonId
from bot.domain.conversation import Turn
from bot.domain.hits import Hits, StoredTurn, TurnKey, conversation_of, turn_key
from bot.domain.record import Reading
from bot.domain.terms import index_turn


class MemoryIndex:
    """Answers as a store does (``ports.recall.Recall``); every character may read everything."""

    def __init__(self) -> None:
        self._postings: dict[tuple[str, str], list[TurnKey]] = defaultdict(list)
        self._turns: dict[str, dict[TurnKey, StoredTurn]] = defaultdict(dict)
        self._marks: dict[TurnKey, int] = {}
        self._started: dict[int, datetime] = {}
        self._conversations: dict[str, list[tuple[int, int]]] = defaultdict(list)

    def add(self, person_id: str, turns: Sequence[Turn], at: datetime) -> Sequence[TurnKey]:
        """Keep one conversation; returns the keys of its turns, in order."""
        number = len(self._started) + 1
        self._started[number] = at
        self._conversations[person_id].append((number, len(turns)))
        for position, turn in enumerate(turns):
            key = turn_key(number, position)
            indexed = index_turn(turn.role, turn.text)
            self._turns[person_id][key] = StoredTurn(key, turn.role, turn.text, at, indexed.marks)
            self._marks[key] = indexed.marks
            for term in indexed.terms:
                self._postings[person_id, term].append(key)
        return [turn_key(number, position) for position in range(len(turns))]

    async def fetch_hits(
        self,
        person_id: PersonId,
        reading: Reading,
        terms: Collection[str],
        limit: int,
    ) -> Hits:
        """Return the hits of terms, the rarest first."""
        held = {term: self._postings.get((person_id, term), []) for term in terms}
        found: dict[TurnKey, None] = {}
        postings: dict[str, Sequence[TurnKey]] = {}
        for term in sorted(held, key=lambda term: (len(held[term]), term)):
            keys = held[term]
            room = limit - len(found)
            if room > 0:
                if len(keys) > room:
                    keys = [*keys[-room:], *(key for key in keys[:-room] if key in found)]
                found |= dict.fromkeys(keys)
            elif len(keys) > 4 * len(found):
                here = set(keys)
                keys = [key for key in found if key in here]
            else:
                keys = [key for key in keys if key in found]
            postings[term] = keys
        return self._hits(person_id, postings, {term: len(keys) for term, keys in held.items()})

    async def fetch_between(
        self,
        person_id: PersonId,
        reading: Reading,
        since: datetime,
        before: datetime,
        limit: int,
    ) -> Hits:
        """Return the turns of a span of time as hits of the empty term, the newest."""
        keys = [
            turn_key(number, position)
            for number, count in self._conversations[person_id]
            if since <= self._started[number] < before
            for position in range(count)
        ]
        keys.sort(key=lambda key: (self._started[conversation_of(key)], key))
        return self._hits(person_id, {"": keys[-limit:]}, {"": len(keys)})

    async def fetch_said(
        self,
        person_id: PersonId,
        reading: Reading,
        keys: Collection[TurnKey],
    ) -> Sequence[StoredTurn]:
        """Return those turns that are there."""
        turns = self._turns[person_id]
        return [turns[key] for key in keys if key in turns]

    async def fetch_newest_said(
        self,
        person_id: PersonId,
        reading: Reading,
        limit: int,
    ) -> Sequence[StoredTurn]:
        """Return the newest turns, the newest first."""
        turns = self._turns[person_id].values()
        return sorted(turns, key=lambda turn: (turn.at, turn.key), reverse=True)[:limit]

    def _hits(
        self, person_id: str, postings: dict[str, Sequence[TurnKey]], frequencies: dict[str, int]
    ) -> Hits:
        keys = {key for held in postings.values() for key in held}
        return Hits(
            turn_count=len(self._turns[person_id]),
            frequencies=frequencies,
            postings=postings,
            marks={key: self._marks[key] for key in keys},
        )
