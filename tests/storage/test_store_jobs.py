"""The contract of the store: follow-up work and the inbox."""

import pytest
from store_samples import NOW, later

from bot.domain.call import Job, NewJob
from bot.ports import Store

pytestmark = pytest.mark.anyio


async def claim(store: Store, minutes: float = 0, limit: int = 10) -> tuple[Job, ...]:
    """Claim what is due so many minutes after NOW, for one minute."""
    return await store.claim_jobs(later(minutes=minutes), later(minutes=minutes + 1), limit)


async def test_due_jobs_are_claimed_the_longest_due_first(store: Store) -> None:
    await store.add_jobs(
        [
            NewJob("recap", "b", later(minutes=-1)),
            NewJob("recap", "a", later(minutes=-2)),
            NewJob("fetch", "a", NOW),
            NewJob("fetch", "c", later(minutes=1)),
        ]
    )
    first = await claim(store, limit=2)
    assert [(job.kind, job.subject, job.attempts) for job in first] == [("recap", "a", 1), ("recap", "b", 1)]
    assert [job.lease_until for job in first] == [later(minutes=1)] * 2
    assert [(job.kind, job.subject) for job in await claim(store)] == [("fetch", "a")]


async def test_a_claimed_job_is_nobody_elses_until_its_lease_runs_out(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", NOW)])
    (job,) = await claim(store)
    assert await claim(store, 0.9) == ()
    (again,) = await claim(store, 1)
    assert (again.id, again.attempts) == (job.id, 2)


async def test_a_finished_job_is_gone_and_may_be_queued_anew(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", NOW)])
    (job,) = await claim(store)
    await store.finish_job(job)
    assert await claim(store, 60) == ()
    await store.add_jobs([NewJob("recap", "a", NOW)])
    (anew,) = await claim(store)
    assert anew.attempts == 1


async def test_a_postponed_job_comes_back_when_it_is_due_and_counts_its_attempts(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", NOW)])
    (job,) = await claim(store)
    await store.postpone_job(job, later(minutes=5))
    assert await claim(store, 4) == ()
    (again,) = await claim(store, 5)
    assert again.attempts == 2


async def test_a_worker_whose_lease_passed_on_neither_finishes_nor_postpones(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", NOW)])
    (slow,) = await claim(store)
    (other,) = await claim(store, 2)
    await store.finish_job(slow)
    await store.postpone_job(slow, later(days=1))
    (third,) = await claim(store, 4)
    assert (third.id, third.attempts) == (other.id, 3)


async def test_a_queued_job_is_only_ever_brought_forward(store: Store) -> None:
    await store.add_jobs([NewJob("fetch", "a", later(minutes=5))])
    await store.add_jobs([NewJob("fetch", "a", later(minutes=9))])
    assert await store.fetch_next_due_at() == later(minutes=5)
    await store.add_jobs([NewJob("fetch", "a", later(minutes=2))])
    assert await store.fetch_next_due_at() == later(minutes=2)
    assert len(await claim(store, 60)) == 1


async def test_a_job_that_is_asked_for_again_while_it_runs_runs_once_more(store: Store) -> None:
    await store.add_jobs([NewJob("fetch", "a", NOW)])
    (job,) = await claim(store)
    await store.add_jobs([NewJob("fetch", "a", later(minutes=2))])
    await store.add_jobs([NewJob("fetch", "a", later(minutes=3))])
    assert await claim(store, 0.5) == ()
    await store.finish_job(job)
    assert await claim(store, 1.5) == ()
    (again,) = await claim(store, 2)
    assert again.attempts == 1
    await store.finish_job(again)
    assert await claim(store, 60) == ()


async def test_a_job_asked_for_again_while_it_fails_comes_back_at_the_earlier_time(
    store: Store,
) -> None:
    await store.add_jobs([NewJob("fetch", "a", NOW), NewJob("fetch", "b", NOW)])
    first, second = await claim(store)
    await store.add_jobs([NewJob("fetch", "a", later(minutes=2)), NewJob("fetch", "b", later(minutes=9))])
    await store.postpone_job(first, later(minutes=5))
    await store.postpone_job(second, later(minutes=5))
    (again,) = await claim(store, 2)
    assert (again.subject, again.attempts) == ("a", 2)
    assert [job.subject for job in await claim(store, 5)] == ["a", "b"]


async def test_the_run_after_a_dead_worker_covers_what_was_asked_for_meanwhile(store: Store) -> None:
    await store.add_jobs([NewJob("fetch", "a", NOW)])
    await claim(store)
    await store.add_jobs([NewJob("fetch", "a", NOW)])
    (job,) = await claim(store, 2)
    await store.finish_job(job)
    assert await claim(store, 60) == ()


async def test_what_was_asked_for_at_a_later_time_outlives_a_dead_worker(store: Store) -> None:
    await store.add_jobs([NewJob("fetch", "a", NOW)])
    await claim(store)
    await store.add_jobs([NewJob("fetch", "a", later(minutes=9))])
    (job,) = await claim(store, 2)
    await store.finish_job(job)
    assert await claim(store, 8) == ()
    assert len(await claim(store, 9)) == 1


async def test_a_dead_process_gives_its_leases_back_at_the_next_start(store: Store) -> None:
    await store.add_jobs([NewJob("fetch", "a", NOW), NewJob("recap", "b", NOW)])
    before = await claim(store)
    await store.release_jobs()
    after = await claim(store)
    assert [(job.subject, job.attempts) for job in after] == [("a", 2), ("b", 2)]
    assert before[0].lease_until == after[0].lease_until
    await store.finish_job(before[0])
    await store.finish_job(after[1])
    assert [job.subject for job in await claim(store, 60)] == ["a"]


async def test_hastened_jobs_are_due_now(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", later(days=1)), NewJob("fetch", "a", later(days=1))])
    await store.hasten_jobs("recap", NOW)
    assert [(job.kind, job.subject) for job in await claim(store)] == [("recap", "a")]


async def test_hastening_leaves_a_job_that_somebody_works_on_alone(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", later(minutes=5))])
    assert len(await claim(store, 5)) == 1
    await store.hasten_jobs("recap", NOW)
    assert await store.fetch_next_due_at() == later(minutes=6)
    await store.release_jobs()
    assert await store.fetch_next_due_at() == later(minutes=5)


async def test_hastening_does_not_set_back_what_is_overdue(store: Store) -> None:
    await store.add_jobs([NewJob("recap", "a", later(minutes=-5))])
    await store.hasten_jobs("recap", NOW)
    assert await store.fetch_next_due_at() == later(minutes=-5)


async def test_the_next_due_moment_looks_at_waiting_jobs_and_at_leases(store: Store) -> None:
    assert await store.fetch_next_due_at() is None
    await store.add_jobs([NewJob("recap", "a", NOW), NewJob("recap", "b", later(minutes=9))])
    assert await store.fetch_next_due_at() == NOW
    await claim(store)
    assert await store.fetch_next_due_at() == later(minutes=1)


async def test_a_webhook_is_stored_once_with_its_job(store: Store) -> None:
    assert await store.receive_event("transcript:conv", "conv", b"\x00\xff{}", NOW)
    assert not await store.receive_event("transcript:conv", "conv", b"another", later(minutes=1))
    assert await store.fetch_event("transcript:conv") == b"\x00\xff{}"
    assert await store.fetch_event("unknown") is None
    assert [(job.kind, job.subject) for job in await claim(store)] == [("event", "transcript:conv")]


async def test_a_closed_event_is_without_bytes_and_still_recognised(store: Store) -> None:
    await store.receive_event("key", "conv", b"{}", NOW)
    (job,) = await claim(store)
    await store.close_event("key")
    await store.finish_job(job)
    assert await store.fetch_event("key") is None
    assert not await store.receive_event("key", "conv", b"{}", later(minutes=1))
    assert await claim(store, 60) == ()
