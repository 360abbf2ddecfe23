"""`/call` to Reply inside the process, with more and more that other people, or one person, have said."""

import asyncio
import tempfile
import time
from datetime import UTC, datetime

from bot.calls.first_call import answer_card
from bot.calls.installation import Installation, find_person
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import Transcript, Turn
from bot.domain.reply import Ask
from bot.fronts import commands
from bot.house import open_cast, open_installation
from tests.bench.measuring import p50_p99, show

TURNS_PER_PERSON = 100
CALLS = 400
AT = datetime(2026, 11, 1, tzinfo=UTC)


def run() -> None:
    """Print p50 and p99 at four sizes, and each next to the smallest."""
    rows: list[tuple[str, ...]] = []
    smallest = 0.0
    for title, others, own in (
        ("10 turns", 0, 10),
        ("10,000 turns over 100 people", 10_000, 100),
        ("1,000,000 turns over 10,000 people", 1_000_000, 100),
        ("100,000 turns of this one person", 0, 100_000),
    ):
        seconds = asyncio.run(_measure(others, own))
        p50, p99 = p50_p99(seconds)
        smallest = smallest or float(p50)
        rows.append((title, p50, p99, f"{float(p50) / smallest:.2f}", "20.00"))
    show(
        f"/call to Reply, {CALLS} calls, each with its commit on disk",
        ("stored", "p50 ms", "p99 ms", "p50 against the first", "aim p99"),
        rows,
    )


async def _measure(others: int, own: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, database_url=f"sqlite:///{folder}/troupe.db")  # type: ignore[call-arg]
        cast = await open_cast(settings)
        provider = sandbox_provider("http://127.0.0.1:9")
        async with open_installation(settings, provider, cast, "http://127.0.0.1:8080") as house:
            for number in range(others // TURNS_PER_PERSON):
                await _fill(house, f"member{number}", TURNS_PER_PERSON)
            mira = await _fill(house, "mira", own)
            await answer_card(house, mira, remember=True)
            return [await _call(house, mira) for _ in range(CALLS)]


async def _fill(house: Installation, name: str, turns: int) -> Caller:
    """Give somebody that many turns, in conversations of fifty."""
    caller = Caller(parse_account(name), name)
    person = await find_person(house, caller)
    talks = [
        (
            house.new_id(),
            Transcript(
                tuple(
                    Turn(
                        "user" if place % 2 else "agent", f"{name} said thing {number + place} about the sea."
                    )
                    for place in range(min(50, turns - number))
                ),
                started_at=AT,
                title=f"Talk {number}",
            ),
        )
        for number in range(0, turns, 50)
    ]
    await house.store.store_import(person.id, "wizard", "own", talks, f"digest of {name}", {}, AT)
    return caller


async def _call(house: Installation, caller: Caller) -> float:
    began = time.perf_counter()
    reply = await commands.answer(house, Ask(caller, "call", {"character": "wizard"}))
    seconds = time.perf_counter() - began
    assert reply.choices[0].url
    return seconds
