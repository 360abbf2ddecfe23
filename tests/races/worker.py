"""A process that asks for its share of every round's calls at once, and then lets them end in all ways.

Arguments: the address of the database, the person's id, this worker's number, how many workers there are, the
name of a deliberate bug or nothing. A round is a line of JSON on its standard input, and one of its answer.
"""

import asyncio
import itertools
import json
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.domain.allowance import UNLIMITED, used_up
from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, Played, PlayedVersion, Slot
from bot.domain.caller import Account, PersonId
from bot.domain.conversation import Transcript
from bot.domain.errors import AllowanceUsedUp
from bot.ports import Store
from storage import open_store
from storage.rooms.placing import Placing
from tests.databases import keys_of
from tests.races.rounds import Round

VERSION = PlayedVersion("a" * 40, "b" * 40, "c" * 40)


def call_of(one: Round, person_id: PersonId, name: str) -> Call:
    """A chat; it has no link that a later call of the same person would withdraw."""
    return Call(
        id=CallId(f"call {name}"),
        ref=CallRef(f"ref {name}"),
        person_id=person_id,
        account=Account("discord", "app", "racer"),
        slug="wizard",
        version=VERSION,
        delivery=Delivery.CHAT,
        topic="",
        reach="own",
        state=CallState.ASKED,
        asked_at=one.moment,
        place=one.place,
        granted_minutes=one.minutes,
    )


async def place(store: Store, one: Round, person_id: PersonId, name: str) -> tuple[str, int] | None:
    """Ask for a call; return its name and its minutes if it was accepted."""
    try:
        granted = await store.place_call(call_of(one, person_id, name), None, [], {}, one.limits)
    except AllowanceUsedUp:
        return None
    return name, granted


async def end(store: Store, one: Round, name: str, granted: int, chance: random.Random) -> None:
    """Let a call end in one of the ways in which calls end."""
    call_id, conversation_id, now = CallId(f"call {name}"), f"conv {name}", one.moment
    if (way := chance.randrange(6)) == 0:
        await store.expire_call(call_id, now)
        return
    slot = Slot(now + timedelta(hours=1), at_once=10**6)
    await store.bind_conversation(call_id, conversation_id, Played(VERSION, {}, "own"), slot, now, [])
    if way in {1, 2}:
        charge = chance.choice(("nothing", "call", "keep"))
        await store.fail_call(call_id, "its end never came", now, [], charge=charge)
    if way != 1:
        transcript = Transcript((), started_at=now, duration_seconds=chance.randint(0, granted * 60))
        await store.finish_conversation(
            conversation_id, transcript, f"talk {name}", held_until=None, now=now, jobs=[]
        )


async def work(store: Store, person_id: PersonId, share: int, workers: int, told: dict[str, Any]) -> object:
    """Do one half of a round: the asking, or the ending of what was accepted."""
    accepted = told.pop("accepted", None)
    one = Round(**told)
    if accepted is None:
        names = [f"{one.number} {number}" for number in range(share, one.at_once, workers)]
        placed = await asyncio.gather(*(place(store, one, person_id, name) for name in names))
        return [granted for granted in placed if granted is not None]
    mine = accepted[share::workers]
    chances = [random.Random(f"{one.seed} {name}") for name, _ in mine]
    await asyncio.gather(
        *(
            end(store, one, name, granted, chance)
            for (name, granted), chance in zip(mine, chances, strict=True)
        )
    )
    return len(mine)


def read_then_write() -> None:
    """Look what is left, and reserve it afterwards without a look."""
    reserving = Placing.place_call

    async def place_call(
        self: Any, call: Call, link: Any, jobs: Any, texts: Any, limits: Any, **more: Any
    ) -> int:
        seen = await self.fetch_allowance(call.person_id, call.place, limits, call.asked_at)
        if seen.is_used_up:
            raise used_up("What there was", seen.month_ends_at)
        await self.set_place_minutes(call.place, None)
        granted = min(call.granted_minutes, seen.minutes_left)
        return await reserving(
            self, replace(call, granted_minutes=granted), link, jobs, texts, UNLIMITED, **more
        )

    Placing.place_call = place_call  # type: ignore[method-assign,assignment]


BUGS: dict[str, Callable[[], None]] = {"": lambda: None, "read-then-write": read_then_write}


async def main(url: str, person_id: str, share: str, workers: str, bug: str) -> None:
    """Answer rounds until there are no more."""
    BUGS[bug]()
    async with open_store(url, keys_of(url)) as store:
        print(json.dumps("ready"), flush=True)
        for _ in itertools.count():
            line = await asyncio.to_thread(sys.stdin.readline)
            if not line:
                return
            done = await work(store, PersonId(person_id), int(share), int(workers), json.loads(line))
            print(json.dumps(done), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
