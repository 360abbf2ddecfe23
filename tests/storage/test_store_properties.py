"""Properties that hold whatever is done, in whatever order."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from store_samples import NOW, hex_of, later, said, talk

from bot.domain.call import Reach
from bot.domain.caller import Account, Person, PersonId
from bot.domain.record import Reading
from bot.ports import Store
from storage import open_store
from storage.rows import to_text, to_time

SLUGS = ["wizard", "captain", "detective"]
ACCOUNTS = [
    Account(platform, tenant, account_id)
    for platform in ("discord", "slack")
    for tenant in ("T1", "T1:U1", "default")
    for account_id in ("U1", "1", "T1")
]
"""Ids that collide across platforms and tenants, and that would if the parts were glued together."""

FEW = settings(max_examples=25)

accounts = st.sampled_from(ACCOUNTS)
slugs = st.sampled_from(SLUGS)
slugs_or_all = st.sampled_from([*SLUGS, ""])
reaches = st.sampled_from(["own", "shared", "none"])
talks = st.tuples(st.just("talk"), accounts, slugs, reaches, st.booleans())
imports = st.tuples(
    st.just("import"), accounts, slugs_or_all, st.sampled_from(["own", "shared"]), st.just(False)
)
forgets = st.tuples(st.just("forget"), accounts, slugs_or_all, st.just("own"), st.just(False))
readings = st.builds(Reading, slugs, reaches, st.frozensets(slugs))

Spoken = tuple[str, Reach, bool]
"""How the model remembers one conversation: character, reach, held."""


async def identify(store: Store, account: Account) -> Person:
    return await store.find_or_add_person(account, "", PersonId(hex_of(repr(account))), NOW)


async def act(store: Store, step: int, action: tuple, said_by: dict[Account, dict[str, Spoken]]) -> None:
    """Do one thing to the store and to the model beside it."""
    verb, account, slug, reach, held = action
    who, words = await identify(store, account), f"{account!r} step {step}"
    at = later(minutes=step)
    if verb == "talk":
        held_until = later(days=7) if held else None
        await talk(store, who, said(words), f"{step}", slug, reach=reach, at=at, held_until=held_until)
        if reach != "none":
            said_by[account][words] = (slug, reach, held)
    elif verb == "import":
        named = [(hex_of(words), said(words, started_at=at))]
        await store.store_import(who.id, slug, reach, named, words, {"last": words}, at)
        said_by[account][words] = (slug, reach, False)
    else:
        await store.erase_character(who.id, slug, at)
        kept = {words: spoken for words, spoken in said_by[account].items() if spoken[0] != slug}
        said_by[account] = kept


def readable(spoken: Spoken, reading: Reading) -> bool:
    """The rule in words: own talks and those for everyone; shared ones of sharers, if it shares."""
    slug, reach, held = spoken
    if held or reading.memory == "none":
        return False
    if slug in (reading.slug, ""):
        return True
    return reading.memory == "shared" and reach == "shared" and slug in reading.shared_slugs


@FEW
@given(st.lists(talks | imports | forgets, max_size=18), st.lists(readings, min_size=1, max_size=4))
def test_a_character_reads_exactly_what_it_may_and_nobody_elses(actions: list, asked: list[Reading]) -> None:
    async def play() -> None:
        async with open_store("sqlite:///:memory:") as store:
            said_by: dict[Account, dict[str, Spoken]] = {account: {} for account in ACCOUNTS}
            for step, action in enumerate(actions):
                await act(store, step, action, said_by)
            for account in {action[1] for action in actions}:
                who = await identify(store, account)
                for reading in asked:
                    record = await store.fetch_record(who.id, reading)
                    expected = [
                        words for words, spoken in said_by[account].items() if readable(spoken, reading)
                    ]
                    assert [past.first_words for past in record.conversations] == expected[::-1]
                    assert all(repr(account) in str(value) for value in record.profile.values())
                held = {words for words, spoken in said_by[account].items() if spoken[2]}
                seen = [past for past in await store.fetch_history(who.id, limit=99) if past.talk_id]
                assert len(seen) == len(said_by[account])
                assert sum(past.held for past in seen) == len(held)
                for past in seen:
                    (turn,) = await store.fetch_turns(who.id, past.talk_id)
                    assert turn.text in said_by[account]

    asyncio.run(play())


@FEW
@given(st.lists(st.tuples(accounts, accounts), max_size=12))
def test_colliding_accounts_never_become_one_person(pairs: list[tuple[Account, Account]]) -> None:
    async def play() -> None:
        async with open_store("sqlite:///:memory:") as store:
            for one, other in pairs:
                first, second = await identify(store, one), await identify(store, other)
                assert (first.id == second.id) == (one == other)
                assert first.id == hex_of(repr(one))

    asyncio.run(play())


zones = st.timezones() | st.just(UTC)
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=zones)  # noqa: DTZ001


@given(moments, moments)
def test_times_come_back_and_sort_as_text(one: datetime, other: datetime) -> None:
    assert to_time(to_text(one)) == one.astimezone(UTC)
    assert to_time(to_text(one)).utcoffset() == timedelta(0)
    assert len(to_text(one)) == 32
    assert (to_text(one) < to_text(other)) == (one.astimezone(UTC) < other.astimezone(UTC))
