"""How much Troupe is used: sums, in which nobody is named."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from store_samples import NOW, bind, call_of, finish, hex_of, later, person, place, said

from bot.cli.stats import days_of
from bot.domain.call import Delivery
from bot.domain.caller import Consent
from bot.domain.usage import Used
from bot.ports import Store
from storage import open_store
from tests.databases import keys_of
from tests.program import troupe

pytestmark = pytest.mark.anyio


async def calls(store: Store, who: str, slug: str, when: timedelta = timedelta(), seconds: int = 60) -> None:
    """Let somebody have talked with a character."""
    one = await person(store, who)
    key = f"{who} {slug} {when}"
    call = replace(call_of(one, key, slug), asked_at=NOW + when, delivery=Delivery.PAGE)
    await place(store, call)
    await bind(store, call, f"conv {key}")
    await finish(store, f"conv {key}", said("Zyzzyva", "Oh!", duration_seconds=seconds))


async def test_calls_are_summed_by_all_that_tells_them_apart(store: Store) -> None:
    for who in ("alice", "bob", "carol"):
        await calls(store, who, "wizard", seconds=90)
    await calls(store, "alice", "wizard", timedelta(hours=5))
    await calls(store, "bob", "captain", -timedelta(days=9))
    usage = await store.fetch_usage(NOW - timedelta(days=1))  # type: ignore[attr-defined]
    assert usage.total == Used(4, 330, 3)
    assert usage.by_character == {"wizard": Used(4, 330, 3)}
    assert usage.by_delivery == {"page": Used(4, 330, 3)}
    assert usage.by_state == {"done": Used(4, 330, 3)}
    assert usage.by_hour == {
        f"{NOW:%Y-%m-%dT%H}": Used(3, 270, 3),
        f"{later(hours=5):%Y-%m-%dT%H}": Used(1, 60, 1),
    }
    assert (usage.people, usage.talks, usage.turns, usage.indexed_turns) == (3, 5, 10, 10)
    assert (usage.little_called, usage.little_called_characters) == (Used(), 0)
    nothing = await store.fetch_usage(NOW + timedelta(days=9))  # type: ignore[attr-defined]
    assert (nothing.total, nothing.returning, nothing.people) == (Used(), 0, 3)


async def test_who_called_before_comes_back(store: Store) -> None:
    await calls(store, "alice", "wizard")
    await calls(store, "bob", "wizard")
    since = NOW - timedelta(days=1)
    assert (await store.fetch_usage(since)).returning == 0  # type: ignore[attr-defined]
    await calls(store, "carol", "wizard", -timedelta(days=20))
    await calls(store, "carol", "captain", timedelta(hours=1))
    assert (await store.fetch_usage(since)).returning == 1  # type: ignore[attr-defined]


async def test_whom_fewer_than_three_called_is_not_named(store: Store) -> None:
    for who in ("alice", "bob", "carol"):
        await calls(store, who, "wizard")
    for who in ("alice", "bob"):
        await calls(store, who, "captain")
    await calls(store, "alice", "coach")
    usage = await store.fetch_usage(NOW - timedelta(days=1))  # type: ignore[attr-defined]
    assert list(usage.by_character) == ["wizard"]
    assert (usage.little_called.calls, usage.little_called_characters) == (3, 2)


async def test_the_last_answer_says_who_wants_to_be_remembered(store: Store) -> None:
    for who, answers in (("alice", (True, False)), ("bob", (False, True)), ("carol", ())):
        one = await person(store, who)
        for remember in answers:
            await store.record_consent(one.id, Consent("v1", remember, NOW))
    assert (await store.fetch_usage(NOW)).remembered == 1  # type: ignore[attr-defined]


def test_hours_become_days_of_the_zone() -> None:
    by_hour = {
        "2026-03-01T22": Used(1, 10, 1),
        "2026-03-01T23": Used(2, 20, 2),
        "2026-03-02T10": Used(1, 5, 1),
    }
    assert days_of(by_hour, ZoneInfo("Europe/Berlin")) == {
        "2026-03-01": Used(1, 10, 1),
        "2026-03-02": Used(3, 25, 3),
    }


async def test_the_program_shows_figures_and_nobodys_name_or_words(url: str, tmp_path: Path) -> None:
    if url.endswith(":memory:"):
        url = f"sqlite:///{tmp_path}/troupe.db"
    since = datetime.now(UTC) - NOW
    async with open_store(url, keys_of(url)) as store:
        for who in ("alice", "bob", "carol"):
            await calls(store, who, "wizard", since)
        await calls(store, "alice", "captain", since - timedelta(days=3))
    settings = {"DATABASE_URL": url, "SECRET_KEY": ",".join(keys_of(url))}
    shown = troupe(tmp_path, "stats", "--days", "7", **settings)
    assert shown.returncode == 0, shown.stderr
    assert "7 days: 4 calls of 3 people, 4 minutes; 1 of them had called before." in shown.stdout
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert ["wizard", "3", "▇" * 24, "3"] in lines
    assert "1 other, with fewer than 3 people each" in shown.stdout
    assert "Kept: 3 people" in shown.stdout
    told = json.loads(troupe(tmp_path, "stats", "--days", "7", "--json", **settings).stdout)
    assert (told["days"], told["total"]["calls"], len(told["by_day"])) == (7, 4, 2)
    assert told["database_bytes"] > 100_000
    for name in ("alice", "Zyzzyva", "captain", hex_of("discord:app:alice")):
        assert name not in shown.stdout + json.dumps(told)
