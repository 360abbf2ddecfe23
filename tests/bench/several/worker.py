"""One of the processes, to be run as a module: told what to do it does its share, and tells the seconds."""

import asyncio
import dataclasses
import itertools
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.calls.finishing import take_conversation
from bot.calls.installation import Installation, find_person
from bot.calls.recalling import recall
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.allowance import UNLIMITED
from bot.domain.call import Call, CallId, CallRef, CallState, Delivery, Played, PlayedVersion, Slot
from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import RemoteConversation, Transcript, Turn
from bot.domain.record import Reading
from bot.domain.reply import Ask
from bot.fronts import commands
from bot.house import open_cast, open_installation
from tests.bench.bots import PERSONAS
from tests.bench.filling import SLUG
from tests.bench.several.filling import account_of
from tests.bench.texts import Texts

HANDS = 4
"""How much one process has in hand at once."""
TALK_TURNS = 20
EVENT = b'{"type": "post_call_transcription"' + b" " * 10_000 + b"}"
VERSION = PlayedVersion("a" * 40, "b" * 40, "c" * 40)
Act = Callable[[], Awaitable[None]]


class Acts:
    """What is measured, each for somebody of all people."""

    def __init__(self, house: Installation, people: int, seed: str) -> None:
        self._house = house
        self._people = people
        self._rng = random.Random(seed)
        self._texts = Texts(self._rng, ready=0)
        self._numbers = itertools.count()

    def _somebody(self) -> Caller:
        return Caller(parse_account(account_of(self._rng.randrange(self._people))), "Somebody")

    async def call(self) -> Act:
        """A command, from what was asked to its private reply with a link."""
        ask = Ask(self._somebody(), "call", {"character": SLUG})

        async def act() -> None:
            reply = await commands.answer(self._house, ask)
            assert reply.choices[0].url

        return act

    async def webhook(self) -> Act:
        """An event of 10 KB, kept with its job before it is acknowledged."""
        key = f"post_call_transcription:conv_{self._house.new_id()}"

        async def act() -> None:
            assert await self._house.store.receive_event(key, key, EVENT, self._house.now())

        return act

    async def transcript(self) -> Act:
        """A conversation of twenty turns comes home, is indexed, charged and queued to be told."""
        caller, house = self._somebody(), self._house
        person, now = await find_person(house, caller), house.now()
        call = Call(
            id=CallId(house.new_id()),
            ref=CallRef(house.new_id()),
            person_id=person.id,
            account=caller.account,
            slug=SLUG,
            version=VERSION,
            delivery=Delivery.PAGE,
            topic="",
            reach="own",
            state=CallState.ASKED,
            asked_at=now,
            granted_minutes=15,
        )
        await house.store.place_call(call, None, [], {}, UNLIMITED)
        conversation_id, played = f"conv_{house.new_id()}", Played(VERSION, {}, "own")
        slot = Slot(now + timedelta(minutes=15), 10**6)
        assert await house.store.bind_conversation(call.id, conversation_id, played, slot, now, []) == "bound"
        turns = tuple(
            Turn("user" if place % 2 else "agent", self._texts.sentence()) for place in range(TALK_TURNS)
        )
        said = Transcript(turns, started_at=now, duration_seconds=120)
        remote = RemoteConversation(conversation_id, "done", said, call.ref)
        return lambda: take_conversation(house, remote)

    async def recall(self) -> Act:
        """A question about what somebody said, from its text to the text that answers it."""
        person, question = await find_person(self._house, self._somebody()), self._texts.question()

        async def act() -> None:
            await recall(
                self._house.store,
                person.id,
                Reading(SLUG, "own"),
                question,
                datetime.now(UTC),
                k=25,
                max_chars=4_000,
            )

        return act


async def work(house: Installation, people: int, seed: str) -> None:
    """Answer ``act`` and a number with ``ready``; do it once told to go on, and tell the seconds."""
    acts = Acts(house, people, seed)
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, count = line.split()
        todo = iter([await getattr(acts, name)() for _ in range(int(count))])
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        seconds: list[float] = []

        async def do(todo: "itertools.chain[Act]" = todo, seconds: list[float] = seconds) -> None:  # type: ignore[assignment]
            for act in todo:
                began = time.perf_counter()
                await act()
                seconds.append(time.perf_counter() - began)

        await asyncio.gather(*(do() for _ in range(HANDS)))
        print(json.dumps(seconds), flush=True)


@asynccontextmanager
async def open_house(url: str) -> AsyncIterator[Installation]:
    """Open what commands and events need, with nothing in the way of how much is asked."""
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        database_url=url,
        personas_dir=PERSONAS,
    )
    provider = sandbox_provider("http://127.0.0.1:9")
    cast = await open_cast(settings)
    async with open_installation(settings, provider, cast, "http://127.0.0.1:8080") as house:
        yield dataclasses.replace(house, terms=dataclasses.replace(house.terms, limits=UNLIMITED))


async def main() -> None:
    """Work for whoever started this."""
    url, people, seed = sys.argv[1:]
    async with open_house(url) as house:
        print("ready", flush=True)
        await work(house, int(people), seed)


if __name__ == "__main__":
    asyncio.run(main())
