"""What is taken along and brought to a Troupe that knows nobody is taken along from there the same."""

import asyncio
import json
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.calls import importing
from bot.calls.exporting import export_everything
from bot.calls.installation import Installation, find_person
from bot.domain.call import Reach
from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import Transcript, Turn
from bot.domain.fact import Fact, FactId, FactSource
from bot.domain.reply import Attached
from bot.domain.variables import make_harmless
from tests.scenarios.stage import Stage, open_stage

BEGIN = datetime(2024, 3, 1, 10, tzinfo=UTC)
LETTERS = st.characters(codec="utf-8", exclude_categories=["C", "Z"])
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(make_harmless).filter(bool)
SENTENCES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join) | st.sampled_from(
    ["I live in Ulm.", "I moved to Bern.", "I have a cat.", "I have no cat."]
)
SECONDS = st.integers(0, 10**6)
READERS: list[tuple[str, Reach]] = [
    ("wizard", "own"),
    ("captain", "own"),
    ("captain", "shared"),
    ("left-the-cast", "own"),
    ("left-the-cast", "shared"),
]
"""Characters with how far their memory reaches, or reached once."""
FOR_EVERYONE: list[tuple[str, Reach]] = [("", "own"), ("", "shared")]


@dataclass(frozen=True)
class Told:
    """A fact to be; ``by`` counts back to the one that took its place, 0 where it stands."""

    text: str
    reader: tuple[str, Reach]
    second: int
    source: FactSource
    is_pinned: bool
    is_for_everyone: bool
    is_corrected: bool
    by: int


@dataclass(frozen=True)
class Said:
    """A conversation to be."""

    reader: tuple[str, Reach]
    second: int
    length: int
    title: str
    summary: str
    turns: Sequence[Turn]


told = st.builds(
    Told,
    SENTENCES,
    st.sampled_from(READERS),
    SECONDS,
    st.sampled_from(["member", "call", "import"]),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
)
turns = st.builds(
    Turn, st.sampled_from(["user", "agent"]), SENTENCES, st.floats(0, 10**6) | st.integers(0, 90).map(float)
)
said = st.builds(
    Said,
    st.sampled_from([*READERS, *FOR_EVERYONE]),
    SECONDS,
    st.integers(0, 9_000),
    SENTENCES | st.just(""),
    SENTENCES | st.just(""),
    st.lists(turns, min_size=1, max_size=6),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.floats(allow_nan=False) | SENTENCES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
PROFILES = st.dictionaries(
    WORDS, VALUES.filter(lambda value: "Infinity" not in json.dumps(value)), max_size=4
)


async def keeps(
    house: Installation, caller: Caller, facts: Sequence[Told], talks: Sequence[Said], profile: dict[str, Any]
) -> None:
    """Let somebody have these, as calls, members and imports leave them."""
    person = await find_person(house, caller)
    ids = [FactId(house.new_id()) for _ in facts]
    brought = [
        Fact(
            ids[at],
            *one.reader,
            one.text,
            BEGIN + timedelta(seconds=one.second),
            source=one.source,
            is_pinned=one.is_pinned,
            is_for_everyone=one.is_for_everyone,
            is_corrected=one.is_corrected,
            replaced_by=ids[at - one.by] if 0 < one.by <= at else "",
        )
        for at, one in enumerate(facts)
    ]
    await house.store.bring_facts(person.id, brought)
    await house.store.store_import(person.id, "", "own", [], "", profile, house.now())
    for one in talks:
        transcript = Transcript(
            tuple(one.turns),
            BEGIN + timedelta(seconds=one.second),
            one.length,
            one.title,
            one.summary,
        )
        named = [(house.new_id(), transcript)]
        await house.store.store_import(person.id, *one.reader, named, "", {}, house.now())


async def takes_along(house: Installation, caller: Caller) -> bytes:
    return b"".join([piece async for piece in export_everything(house, caller)])


async def brings(house: Installation, caller: Caller, data: bytes) -> importing.Imported:
    preview = await importing.preview_import(house, caller, Attached("export.json", data))
    return await importing.save_import(house, caller, preview)


def without_ids(data: bytes) -> dict[str, Any]:
    """Return what an import takes back, without ids, the call that is none any more, and the source."""
    found = json.loads(data)
    by_id = {fact["id"]: fact for fact in found["facts"]}

    def fact(one: dict[str, Any]) -> dict[str, Any]:
        left_out = {"id": None, "call": None, "source": None}
        by = by_id[one["replaced_by"]] if one["replaced_by"] else None
        return one | left_out | {"replaced_by": by and fact(by)}

    talks = [one | {"id": None, "call": None, "imported_at": None} for one in found["conversations"]]
    return {
        "profile": found["profile"],
        "facts": sorted(map(fact, found["facts"]), key=json.dumps),
        "conversations": sorted(talks, key=json.dumps),
    }


@pytest.fixture(scope="module")
def stages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, list[Stage]]]:
    """Two installations that know nothing of each other."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def begin() -> list[Stage]:
            folders = [tmp_path_factory.mktemp(name) for name in ("here", "there")]
            return [await stack.enter_async_context(open_stage(folder)) for folder in folders]

        yield runner, runner.run(begin())
        runner.run(stack.aclose())


PEOPLE = count()


def people() -> Caller:
    """Return somebody whom nobody knows."""
    return Caller(parse_account(f"somebody-{next(PEOPLE)}"), "Mira")


@given(st.lists(told, max_size=8), st.lists(said, max_size=5), PROFILES)
@settings(max_examples=60)
@example([Told("Same.", READERS[0], 1, "member", True, False, False, at) for at in range(3)], [], {})
def test_an_export_that_is_brought_elsewhere_is_exported_the_same(
    stages: tuple[asyncio.Runner, list[Stage]],
    facts: list[Told],
    talks: list[Said],
    profile: dict[str, Any],
) -> None:
    runner, (here, there) = stages
    caller = people()

    async def there_and_back() -> None:
        await keeps(here.app.house, caller, facts, talks, profile)
        data = await takes_along(here.app.house, caller)
        if not any(without_ids(data).values()):
            return
        await brings(there.app.house, caller, data)
        again = await takes_along(there.app.house, caller)
        assert without_ids(again) == without_ids(data)
        assert {fact["source"] for fact in json.loads(again)["facts"]} <= {"import"}
        done = await brings(there.app.house, caller, again)
        assert (done.new, done.grown, done.facts) == (0, 0, 0)
        unchanged = await takes_along(there.app.house, caller)
        assert without_moment(unchanged) == without_moment(again)

    runner.run(there_and_back())


def without_moment(data: bytes) -> dict[str, Any]:
    return json.loads(data) | {"exported_at": None}
