"""The signs that a turn answers a question, against what the table of weights says they are."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asking import read_question
from bot.domain.hits import StoredTurn, conversation_of, turn_key
from bot.domain.recall import Matches, describe
from bot.domain.weighing import WEIGHTS

AT = datetime(2026, 3, 1, tzinfo=UTC)
QUESTION = read_question("boats", date(2026, 3, 1))
TURNS = [
    StoredTurn(turn_key(talk, position), "user", "A word.", AT, 0)
    for talk in (1, 2)
    for position in range(12)
]
KEYS = [turn.key for turn in TURNS]
worths = st.sampled_from([0.3, 0.6, 1.0])
WINDOWS = {
    "coverage": (0, 0),
    "turn before": (-1, -1),
    "turn after": (1, 1),
    "leading up": (-2, 0),
    "two around": (-2, 2),
    "four around": (-4, 4),
}


@given(
    held=st.lists(st.dictionaries(st.sampled_from(KEYS), worths, min_size=1), min_size=1, max_size=3),
    scores=st.dictionaries(st.sampled_from(KEYS), st.floats(0.1, 9), min_size=1),
    data=st.data(),
)
def test_each_sign_is_the_share_that_its_surroundings_hold(held, scores, data):
    rarity = tuple(data.draw(st.floats(0.1, 9)) for _ in held)
    matches = Matches(tuple(held), tuple(held), rarity, scores, scores, {})

    def share(key, first, last):
        best = [max(word.get(key + step, 0.0) for step in range(first, last + 1)) for word in held]
        return sum(map(float.__mul__, rarity, best)) / sum(rarity)

    def three_best(talk):
        return sum(sorted((score for key, score in scores.items() if conversation_of(key) == talk))[-3:])

    for turn, signs in zip(TURNS, describe(QUESTION, matches, TURNS), strict=True):
        found = dict(zip(WEIGHTS, signs, strict=True))
        for name, (first, last) in WINDOWS.items():
            assert found[name] == pytest.approx(share(turn.key, first, last)), name
        talk = conversation_of(turn.key)
        whole = [
            max((worth for key, worth in word.items() if conversation_of(key) == talk), default=0.0)
            for word in held
        ]
        assert found["conversation"] == pytest.approx(sum(map(float.__mul__, rarity, whole)) / sum(rarity))
        best = max(three_best(1), three_best(2))
        assert found["best of conversation"] == pytest.approx(three_best(talk) / best)
        for name, step in (("match before", -1), ("match after", 1)):
            assert found[name] == pytest.approx(scores.get(turn.key + step, 0.0) / max(scores.values()))
