"""Whatever calls go through, in whatever order: every counter is the sum of what calls are charged."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlite_utils import Database
from store_samples import PLAYED, SLOT, call_of, hex_of, link_of, said
from telephone_samples import verify

from bot.domain.allowance import Limits, day_of, month_of
from bot.domain.call import Call, CallState, Delivery
from bot.domain.caller import Account, PersonId
from bot.domain.errors import AllowanceUsedUp, CallRefused, NumberNotAllowed
from storage import open_store
from storage.sqlite import SqliteStore

LIMITS = Limits(calls_per_day=3, minutes_per_month=20, minutes_per_month_total=45, calls_at_once=99)
PLACE, PLACE_MINUTES = "discord:1", 30
MOMENTS = [
    datetime(2026, 3, 30, 12, tzinfo=UTC),
    datetime(2026, 3, 31, 23, 59, 59, tzinfo=UTC),
    datetime(2026, 4, 1, tzinfo=UTC),
]
NUMBERS = {"alice": "+4915112345678", "bob": "+33612345678"}

people = st.sampled_from(sorted(NUMBERS))
which = st.integers(0, 20)
places = st.tuples(
    st.just("place"),
    people,
    st.sampled_from(MOMENTS),
    st.sampled_from([PLACE, ""]),
    st.sampled_from(["page", "hosted", "chat", "phone", "scheduled"]),
    st.integers(1, 12),
)
steps = st.tuples(
    st.sampled_from(["open", "open", "finish", "finish", "expire", "cancel", "adopt", "erase call"]),
    which,
    st.integers(0, 800),
)
fails = st.tuples(st.just("fail"), which, st.sampled_from(["nothing", "call", "keep", "unclear"]))
others = st.tuples(st.sampled_from(["erase person", "block", "unblock", "release"]), people)

Counters = Counter[tuple[str, str, str]]
"""What is counted of each scope in each period: calls or minutes."""


@dataclass
class Model:
    """What the test knows beside the store."""

    store: SqliteStore
    calls: list[Call] = field(default_factory=list)
    conversations: list[tuple[Call, str]] = field(default_factory=list)
    erased: Counters = field(default_factory=Counter)


NEVER_BEGUN = "(state = 'scheduled' OR (state = 'asked' AND delivery <> 'hosted'))"


async def charged(model: Model, but: str = "0") -> Counters:
    """What all calls that are there are charged, but those of a condition."""

    def read(database: Database) -> Counters:
        sums: Counters = Counter()
        for row in database.execute(f"SELECT * FROM calls WHERE charged_day <> '' AND NOT {but}"):
            person, day, month = f"person {row['holder']}", row["charged_day"], row["charged_day"][:7]
            sums[person, day, "calls"] += row["charged_calls"]
            for scope in (person, "all", *([f"place {row['place']}"] if row["place"] else [])):
                sums[scope, month, "minutes"] += row["charged_minutes"]
        return sums

    return await model.store.reader.read(read)


async def counted(model: Model) -> Counters:
    """What the counters stand at."""

    def read(database: Database) -> Counters:
        rows = database.execute("SELECT * FROM allowances WHERE scope NOT LIKE 'code%'").fetchall()
        return Counter(
            {(row["scope"], row["period"], what): row[what] for row in rows for what in ("calls", "minutes")}
        )

    return await model.store.reader.read(read)


async def ask(model: Model, step: int, name: str, at: datetime, place: str, way: str, minutes: int) -> None:
    """Place a call if there is something left; then no counter of it is over its ceiling."""
    new_id = PersonId(hex_of(f"{name} {step}"))
    who = await model.store.find_or_add_person(Account("discord", "app", name), name, new_id, at)
    phone_id, state = "", CallState.ASKED
    if way in {"phone", "scheduled"}:
        phones = await model.store.fetch_phones(who.id)
        phone_id = (phones[0] if phones else await verify(model.store, who, NUMBERS[name], at=at)).id
        state = CallState.SCHEDULED if way == "scheduled" else state
    delivery = Delivery.PHONE if phone_id else Delivery(way)
    call = replace(
        call_of(who, f"{step}", delivery=delivery, asked_at=at),
        state=state,
        phone_id=phone_id,
        due_at=at if phone_id else None,
        place=place,
        granted_minutes=minutes,
    )
    link = link_of(call) if way == "page" else None
    before = await counted(model)
    try:
        granted = await model.store.place_call(call, link, [], {}, LIMITS)
    except (AllowanceUsedUp, CallRefused, NumberNotAllowed):
        assert await counted(model) == before
        return
    assert 1 <= granted <= minutes
    model.calls.append(call)
    now = await counted(model)
    raised = {key for key in now if now[key] > before[key]}
    ceilings = {"all": LIMITS.minutes_per_month_total, f"place {PLACE}": PLACE_MINUTES}
    for scope, _, what in raised:
        most = LIMITS.calls_per_day if what == "calls" else ceilings.get(scope, LIMITS.minutes_per_month)
        assert now[scope, day_of(at) if what == "calls" else month_of(at), what] <= most


async def act(model: Model, step: int, verb: str, number: int, detail: int | str) -> None:
    """Let one of the calls take a step, if it can."""
    if not model.calls:
        return
    store, call = model.store, model.calls[number % len(model.calls)]
    now = call.asked_at
    if verb == "open" and call.delivery is Delivery.PHONE:
        await store.wake_call(call.id, now)
        await store.begin_dial(call.id, PLAYED, SLOT, now)
        if await store.hand_over(call.id, f"conv {step}", []):
            model.conversations.append((call, f"conv {step}"))
    elif verb == "open":
        if await store.bind_conversation(call.id, f"conv {step}", PLAYED, SLOT, now, []) == "bound":
            model.conversations.append((call, f"conv {step}"))
    elif verb == "adopt":
        if await store.adopt_conversation(call.ref, f"conv {step}"):
            model.conversations.append((call, f"conv {step}"))
    elif verb == "finish" and model.conversations:
        _, conversation_id = model.conversations[number % len(model.conversations)]
        words = said("hello", started_at=now, duration_seconds=detail)
        await store.finish_conversation(
            conversation_id, words, hex_of(f"talk {step}"), held_until=None, now=now, jobs=[]
        )
    elif verb == "expire":
        await store.expire_call(call.id, now)
    elif verb == "cancel":
        await store.cancel_call(call.person_id, call.id, now)
    elif verb == "fail":
        charge = "keep" if detail == "unclear" else detail
        await store.fail_call(call.id, "why", now, [], charge=charge, is_unclear=detail == "unclear")
    elif verb == "erase call":
        before = await charged(model, NEVER_BEGUN)
        await store.erase_talk(call.person_id, call.id, now)
        model.erased.update(before - await charged(model, NEVER_BEGUN))


async def manage(model: Model, step: int, verb: str, name: str) -> None:
    """Do what concerns a person, or everybody."""
    account, now = Account("discord", "app", name), MOMENTS[-1]
    if verb == "erase person":
        who = await model.store.find_or_add_person(account, name, PersonId(hex_of(f"{name} {step}")), now)
        before = await charged(model, NEVER_BEGUN)
        await model.store.erase_person(who.id, now)
        model.erased.update(before - await charged(model, NEVER_BEGUN))
    elif verb == "block":
        await model.store.block(account, now)
    elif verb == "unblock":
        await model.store.unblock(account)
    else:
        await model.store.release_unclear(now)


@settings(max_examples=40)
@given(st.lists(st.one_of(places, places, steps, steps, fails, others), min_size=4, max_size=30))
def test_every_counter_is_what_calls_are_charged_and_what_erased_ones_were(actions: list) -> None:
    async def play() -> None:
        async with open_store("sqlite:///:memory:") as store:
            assert isinstance(store, SqliteStore)
            await store.set_place_minutes(PLACE, PLACE_MINUTES)
            model = Model(store)
            for step, (verb, *details) in enumerate(actions):
                if verb == "place":
                    await ask(model, step, *details)
                elif len(details) == 1:
                    await manage(model, step, verb, *details)
                else:
                    await act(model, step, verb, *details)
                now = await counted(model)
                assert +now == +(await charged(model) + model.erased)
                assert min(now.values(), default=0) >= 0

    asyncio.run(play())
