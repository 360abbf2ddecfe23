"""The contract of the store: how things stand, in numbers alone."""

import pytest
from store_samples import NOW, bind, call_of, later, link_of, person

from bot.domain.allowance import UNLIMITED
from bot.domain.call import NewJob
from bot.domain.standing import Standing
from bot.ports import Store

pytestmark = pytest.mark.anyio


async def test_in_an_empty_store_nothing_stands(store: Store) -> None:
    assert await store.fetch_standing(NOW) == Standing(0, {}, {}, 0)


async def test_lines_are_taken_until_their_call_is_over_at_the_latest(store: Store) -> None:
    call = call_of(await person(store))
    await store.place_call(call, link_of(call), [], {}, UNLIMITED)
    assert (await store.fetch_standing(NOW)).lines == 0
    assert await bind(store, call, "conv_1")
    assert (await store.fetch_standing(NOW)).lines == 1
    assert (await store.fetch_standing(later(days=2))).lines == 0


async def test_jobs_are_counted_by_kind_and_those_that_were_tried_apart(store: Store) -> None:
    jobs = [NewJob("fetch", "a", later(hours=1)), NewJob("fetch", "b", NOW), NewJob("recap", "a", NOW)]
    await store.add_jobs(jobs)
    fetch, recap = await store.claim_jobs(NOW, later(minutes=1), 10)
    standing = await store.fetch_standing(NOW)
    assert (standing.waiting, standing.tried) == ({"fetch": 2, "recap": 1}, {})
    await store.finish_job(fetch)
    await store.postpone_job(recap, later(hours=1))
    standing = await store.fetch_standing(NOW)
    assert (standing.waiting, standing.tried) == ({"fetch": 1, "recap": 1}, {"recap": 1})
