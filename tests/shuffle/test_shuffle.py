"""However events come, and whether they do, the database ends up the same: a small part of `make shuffle`."""

import asyncio
import random

import pytest

from tests.shuffle.holding import Start, prepare
from tests.shuffle.plan import plan
from tests.shuffle.proving import wrong_with_lost, wrong_with_order, wrong_with_shuffled
from tests.shuffle.run import Outcome
from tests.shuffle.running import deliver_in_order, deliver_shuffled, lose_three_in_ten

pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
"""A connection that comes in while the server closes is forgotten by asyncio, not closed."""

SEED = 4
CONVERSATIONS = 60


def silently(words: str) -> None:
    """Nobody watches."""


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> tuple[Start, Outcome]:
    """Conversations that were held, and what there is after their events came in order and once."""
    people = plan(CONVERSATIONS, random.Random(SEED))
    start = asyncio.run(prepare(people, tmp_path_factory.mktemp("shuffle") / "start"))
    return start, asyncio.run(deliver_in_order(start, silently))


def test_in_order_and_once_everything_that_was_said_is_kept_and_told_of(held):
    start, ordered = held
    assert wrong_with_order(start, ordered) == []


def test_shuffled_repeated_and_through_restarts_and_power_cuts_the_database_is_the_same(held):
    start, ordered = held
    shuffled = asyncio.run(deliver_shuffled(start, SEED, silently))
    assert wrong_with_shuffled(start, ordered, shuffled) == []
    assert shuffled.restarts
    assert shuffled.cuts


def test_with_three_in_ten_never_delivered_the_sweep_brings_home_the_rest(held):
    start, ordered = held
    outcome, lost, before = asyncio.run(lose_three_in_ten(start, SEED, silently))
    assert wrong_with_lost(start, ordered, outcome, lost) == []
    assert before < sum(ordered.everything["conversations"].values())
