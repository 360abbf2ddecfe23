"""Which of a person's turns answer a question: pure scoring over the hits of an index."""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from bot.domain.asking import Question
from bot.domain.hits import Hits, StoredTurn, TurnKey, conversation_of, position_of
from bot.domain.terms import Marks, mark_turn, read_marks
from bot.domain.weighing import WEIGHTS

POOL = 150
"""How many turns that hold words of the question are looked at closely; their neighbours come on top."""
_NEIGHBOURS_OF = 50
_TYPICAL_TERMS = 10
_SATURATION = 1.0
_LENGTH_SHARE = 0.6
_LEAST = _SATURATION * (1 - _LENGTH_SHARE)
_SHARE = _SATURATION * _LENGTH_SHARE / _TYPICAL_TERMS


@dataclass(frozen=True, slots=True)
class Scored:
    """A turn and how well it answers; scores of one question alone can be compared."""

    turn: StoredTurn
    score: float


@dataclass(frozen=True, slots=True)
class Matches:
    """How the words of a question stand in a person's turns.

    ``exact`` and ``near`` have for each word, in the question's order, what it is worth per turn that holds
    it (1.0 for the word itself); ``rarity`` its inverse document frequency. Words that nobody ever said are
    left out. The scores are per turn with a word (BM25), those of ``near`` with words of similar meaning.
    """

    exact: tuple[Mapping[TurnKey, float], ...]
    near: tuple[Mapping[TurnKey, float], ...]
    rarity: tuple[float, ...]
    exact_scores: Mapping[TurnKey, float]
    near_scores: Mapping[TurnKey, float]
    marks: Mapping[TurnKey, int]


def match(question: Question, exact: Hits, related: Hits) -> Matches:
    """Lay the hits of a question's own terms, and of the terms near them, over its words."""
    marks = {**related.marks, **exact.marks}
    lengths = {key: _LEAST + _SHARE * (one >> 16 & 255) for key, one in marks.items()}
    held: list[tuple[Mapping[TurnKey, float], Mapping[TurnKey, float], float]] = []
    for one in question.wanted:
        own = {key: 1.0 for term in one.exact for key in exact.postings.get(term, ())}
        near: dict[TurnKey, float] = {}
        for term, weight in one.related.items():
            for hits in (related, exact):
                for key in hits.postings.get(term, ()):
                    if near.get(key, 0.0) < weight:
                        near[key] = weight
        near |= own
        own_frequency = max((exact.frequencies.get(term, 0) for term in one.exact), default=0)
        frequency = own_frequency or len(near)
        if near:
            rarity = math.log(1 + (exact.turn_count - frequency + 0.5) / (frequency + 0.5))
            held.append((own, near, max(rarity, 0.05)))
    return Matches(
        exact=tuple(own for own, _, _ in held),
        near=tuple(near for _, near, _ in held),
        rarity=tuple(rarity for _, _, rarity in held),
        exact_scores=_bm25(((own, rarity) for own, _, rarity in held), lengths),
        near_scores=_bm25(((near, rarity) for _, near, rarity in held), lengths),
        marks=marks,
    )


def shortlist(matches: Matches, dated: Hits | None = None) -> set[TurnKey]:
    """Return the turns to read before the last judgement, neighbours of good ones among them (some made up).

    ``dated`` are turns of the days that the question names.
    """
    scores = matches.near_scores
    of, nothing = scores.get, 0.0
    surrounded = (
        (score + 0.4 * max(of(key - 1, nothing), of(key + 1, nothing)), key) for key, score in scores.items()
    )
    chosen = [key for _, key in nlargest(POOL, surrounded)]
    keys = set(chosen)
    for key in chosen[:_NEIGHBOURS_OF]:
        position = position_of(key)
        keys.update(key + step for step in (-2, -1, 1, 2) if position + step >= 0)
    if dated:
        keys.update(nlargest(POOL, dated.marks))
    return keys


def rank(question: Question, matches: Matches, said: Iterable[StoredTurn]) -> list[Scored]:
    """Return turns, best first; of two that are as good the newer one is first."""
    turns = list(said)
    scored = [
        Scored(turn, sum(map(float.__mul__, _WEIGHTS, features)))
        for turn, features in zip(turns, describe(question, matches, turns), strict=True)
    ]
    return sorted(scored, key=lambda one: (one.score, one.turn.at, one.turn.key), reverse=True)


def describe(question: Question, matches: Matches, turns: Sequence[StoredTurn]) -> list[tuple[float, ...]]:
    """Return the features of each turn, in the order of ``WEIGHTS``."""
    marks = {turn.key: _marks(turn, matches) for turn in turns}
    sessions = _best_of_sessions(matches.near_scores)
    read = {conversation_of(turn.key) for turn in turns}
    total = sum(matches.rarity) or 1.0
    best_exact = max(matches.exact_scores.values(), default=0.0) or 1.0
    best_near = max(matches.near_scores.values(), default=0.0) or 1.0
    words = [
        (held.get, rarity, _by_conversation(held, read))
        for held, rarity in zip(matches.near, matches.rarity, strict=True)
    ]
    found = []
    for turn in turns:
        key, own = turn.key, marks[turn.key]
        first = key - position_of(key)
        here = before = after = leading = around = two_around = all_around = coverage = 0.0
        conversation = conversation_of(key)
        for worth, rarity, best in words:  # keys of two conversations are never this close
            if conversation not in best:
                continue
            coverage += rarity * best[conversation]
            two_before, one_before = worth(key - 2, 0.0), worth(key - 1, 0.0)
            one_after, two_after = worth(key + 1, 0.0), worth(key + 2, 0.0)
            itself = worth(key, 0.0)
            here += rarity * itself
            before += rarity * one_before
            after += rarity * one_after
            led = max(two_before, one_before, itself)
            leading += rarity * led
            around += rarity * max(one_before, itself, one_after)
            near = max(led, one_after, two_after)
            two_around += rarity * near
            if near < 1.0:
                near = max(
                    near, worth(key - 4, 0.0), worth(key - 3, 0.0), worth(key + 3, 0.0), worth(key + 4, 0.0)
                )
            all_around += rarity * near
        previous = marks.get(key - 1) if key > first else None
        replies = bool(previous and previous.asks and previous.is_agents != own.is_agents)
        near_before = matches.near_scores.get(key - 1, 0.0)
        found.append(
            (
                matches.exact_scores.get(key, 0.0) / best_exact,
                matches.near_scores.get(key, 0.0),
                here / total,
                before / total,
                after / total,
                leading / total,
                two_around / total,
                all_around / total,
                near_before / best_near,
                matches.near_scores.get(key + 1, 0.0) / best_near,
                coverage / total,
                sessions.get(conversation, 0.0),
                *_who(question, own, around / total),
                float(replies),
                before / total if replies else 0.0,
                *_shape(question, own, is_first=key == first),
                *_when(question, turn),
            )
        )
    return found


def _marks(turn: StoredTurn, matches: Matches) -> Marks:
    known = matches.marks.get(turn.key, turn.marks)
    return read_marks(mark_turn(turn.role, turn.text) if known is None else known)


def _who(question: Question, own: Marks, around: float) -> tuple[float, ...]:
    if question.speaker is None:
        return 0.0, 0.0, 0.0
    side = 1.0 if own.is_agents == (question.speaker == "agent") else -1.0
    if question.sureness < 1:
        return 0.0, side, 0.0
    return side, 0.0, side * around


def _shape(question: Question, own: Marks, *, is_first: bool) -> tuple[float, ...]:
    return (
        float(own.asks),
        float(own.first_person),
        float(own.second_person),
        float(own.names),
        float(own.times),
        float(is_first),
        float(own.times) if question.asks_when else 0.0,
        float(own.numbers) if question.asks_how_many else 0.0,
        float(own.places) if question.asks_where else 0.0,
        float(own.names) if question.asks_where or question.asks_who else 0.0,
    )


def _when(question: Question, turn: StoredTurn) -> tuple[float, ...]:
    """Return whether it was said in the time that the question names, soon after, and on the very day."""
    said = turn.at.date()
    within = soon = on_the_day = 0.0
    for span in question.dates:
        days = (span.before - span.since).days
        if span.since <= said < span.before:
            within = 1.0
            on_the_day = max(on_the_day, float(days <= 2))
        elif 0 <= (said - span.before).days < max(3, min(12, days // 2)):
            soon = 1.0
    return within, 0.0 if within else soon, on_the_day


def _best_of_sessions(scores: Mapping[TurnKey, float]) -> dict[int, float]:
    """Return what the three best turns of each conversation have, the best conversation being 1."""
    found: dict[int, list[float]] = defaultdict(list)
    for key, score in scores.items():
        found[conversation_of(key)].append(score)
    best = {one: sum(some if len(some) <= 3 else nlargest(3, some)) for one, some in found.items()}
    most = max(best.values(), default=0.0) or 1.0
    return {one: score / most for one, score in best.items()}


def _by_conversation(held: Mapping[TurnKey, float], conversations: Collection[int]) -> dict[int, float]:
    """Return what a word is worth at best in each of some conversations where it stands."""
    best: dict[int, float] = {}
    for key, worth in held.items():
        conversation = conversation_of(key)
        if conversation in conversations and worth > best.get(conversation, 0.0):
            best[conversation] = worth
    return best


def _bm25(
    words: Iterable[tuple[Mapping[TurnKey, float], float]], lengths: Mapping[TurnKey, float]
) -> dict[TurnKey, float]:
    scores = dict.fromkeys(lengths, 0.0)
    for held, rarity in words:
        most = rarity * (_SATURATION + 1)
        for key, worth in held.items():
            scores[key] += most * worth / (worth + lengths[key])
    return {key: score for key, score in scores.items() if score}


_WEIGHTS = tuple(weight for weight, _ in WEIGHTS.values())
