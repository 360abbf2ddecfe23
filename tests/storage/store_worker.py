"""A process that works on a database until it is killed, or until there is nothing left to claim.

Arguments: ``talk`` or ``claim``, the address of the database, a name.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from store_samples import bind, call_of, finish, hex_of, link_of, person, said

from bot.domain.allowance import UNLIMITED
from bot.domain.call import NewJob
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of


async def talk_on(store: Store, name: str) -> None:
    """Go through whole calls, one by one, and be ready after the first; every third is erased again."""
    who = await person(store, name)
    for number in range(1_000_000):
        call, conversation_id = call_of(who, f"{name} {number}"), f"conv {name} {number}"
        texts = {("wizard", hex_of(f"{name} {number}")): "# Personality"}
        jobs = [NewJob("expire", call.id, call.asked_at), NewJob("find", call.id, call.asked_at)]
        await store.place_call(call, link_of(call), jobs, texts, UNLIMITED)
        await bind(store, call, conversation_id)
        words = said(*(f"{conversation_id} says {turn}" for turn in range(30)), duration_seconds=30)
        await finish(store, conversation_id, words, jobs=(NewJob("recap", conversation_id, call.asked_at),))
        if number == 0:
            print("ready", flush=True)
        if number % 3 == 2:
            await store.erase_talk(who.id, call.id, call.asked_at)


async def claim_all(store: Store) -> None:
    """Claim, print and finish jobs until none is left."""
    now = datetime(2030, 1, 1, tzinfo=UTC)
    while jobs := await store.claim_jobs(now, now + timedelta(minutes=1), 3):
        for job in jobs:
            print(job.subject, job.attempts, flush=True)
            await store.finish_job(job)


async def main(work: str, url: str, name: str) -> None:
    async with open_store(url, keys_of(url)) as store:
        await (talk_on(store, name) if work == "talk" else claim_all(store))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
