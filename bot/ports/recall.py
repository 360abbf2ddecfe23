"""What recall needs of a store: which turns of one person hold which terms.

**Stored when a turn is stored**, in the same transaction, and erased with it:
``domain.terms.index_turn(role, text)`` returns ``Indexed(terms, marks)``. ``terms`` are the different terms
of the turn (short lower-case strings, perhaps none), ``marks`` is one integer below 2**31 that only
``domain.recall`` understands (length and flags). Needed is one row per term, keyed by (person, term, turn
key), the person first, with the marks beside it so that a search reads the index alone. A turn's key is
``domain.hits.turn_key(conversation, position)``; conversation numbers are the store's own and need not be
in order of time. The number of an erased one may be given again: turns are told by key to none but those who
may read the conversation that has it now.
When ``domain.terms.INDEX_VERSION`` is not the one that a store was indexed with, it indexes all turns anew.

**What may be read** is the same as for ``fetch_record``: the person's and their linked people's conversations
that ``reading`` allows at this moment, held ones excluded. All figures and turns below are about these alone.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.call import CallId, CallRef, OnTheLine
from bot.domain.caller import PersonId
from bot.domain.hits import Hits, StoredTurn, TurnKey
from bot.domain.record import Reading

CANDIDATES = 2_000
"""How many different turns a search looks at, about."""


class Recall(Protocol):
    """The part of the Store that finds turns by their words, always of one person."""

    async def fetch_call_on_line(self, call_ref: CallRef, now: datetime) -> OnTheLine | None:
        """Return the talk that sent this reference along; None unless it goes on and is not past its end."""
        ...

    async def count_look_up(self, call_id: CallId, most: int) -> bool:
        """Count that a character looks something up in a call; False where it did so ``most`` times."""
        ...

    async def fetch_hits(
        self, person_id: PersonId, reading: Reading, terms: Collection[str], limit: int
    ) -> Hits:
        """Return the turns that hold any of these terms (at most 200), the rarest terms' first.

        Terms are taken in order of their frequency until ``limit`` different turns are found; the term
        that goes over it is taken in part, its newest conversations first. Of the commoner terms that are
        left, the postings name those of the turns found that hold them too. Frequencies are exact for every
        term up to 10,000, and may be estimated or cut there.
        """
        ...

    async def fetch_between(
        self, person_id: PersonId, reading: Reading, since: datetime, before: datetime, limit: int
    ) -> Hits:
        """Return the turns of conversations that began in a span of time as hits of the term ``""``.

        The newest ``limit`` of them, whole conversations or not. Asked when a query names a date.
        """
        ...

    async def fetch_said(
        self, person_id: PersonId, reading: Reading, keys: Collection[TurnKey]
    ) -> Sequence[StoredTurn]:
        """Return those of the named turns (at most 1,500) that are there and may be read, in any order.

        Keys are made up by adding to others, so many name no turn. ``at`` is when the conversation began,
        plus the seconds of the turn. Give the marks along where that is cheap: for turns that hold no term
        of the question they are made anew else.
        """
        ...

    async def fetch_newest_said(
        self, person_id: PersonId, reading: Reading, limit: int
    ) -> Sequence[StoredTurn]:
        """Return the newest turns, newest conversation first and the last turn of it first."""
        ...
