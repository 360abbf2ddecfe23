"""The contract of the store: what is left of somebody who had a telephone, and erased everything."""

from datetime import timedelta
from pathlib import Path

import pytest
from linking_samples import link, make_code
from sqlite_utils import Database
from store_samples import NOW, hex_of, later
from telephone_samples import ABROAD, NUMBER, add, ask, ask_by_phone, begin, dial, end, verify

from bot.domain.allowance import UNLIMITED, OwnLimits
from bot.domain.call import Delivery, NewJob
from bot.domain.caller import Account, Consent, Person, PersonId
from bot.domain.fact import Fact, FactId
from bot.domain.permission import Spot
from bot.ports import Store
from storage import open_store
from storage.rooms.erase import KEYED, PERSONAL
from storage.sqlite import SqliteStore

pytestmark = pytest.mark.anyio

NAME, ACCOUNT_ID, TOPIC = "Marguerite Quill", "776655443322110099", "a cat called Bartholomew"
CHANNEL, MESSAGE = "112233445566778899", "998877665544332211"
ACCOUNT = Account("discord", "app-4711", ACCOUNT_ID)
OTHER_ACCOUNT = Account("slack", "T-4711", ACCOUNT_ID)


async def live_with_a_telephone(store: Store) -> tuple[Person, set[str]]:
    """Leave something of a person in every table; return them and every id that is theirs."""
    who = await store.find_or_add_person(ACCOUNT, NAME, PersonId(hex_of(NAME)), NOW)
    await store.record_consent(who.id, Consent("v1", remember=True, answered_at=NOW))
    await store.set_own_limits(ACCOUNT, OwnLimits(50, 500))
    await store.store_import(who.id, "", "own", [], "digest", {"cat": TOPIC}, NOW)
    phone = await verify(store, who)
    code = await ask_by_phone(store, who, phone, "code", purpose="code", limits=UNLIMITED)
    await dial(store, code)
    await store.fail_call(code.id, "nobody answered", NOW, [], charge="keep")
    talked = await ask_by_phone(store, who, phone, "talked")
    await dial(store, talked)
    await store.hand_over(talked.id, "conv talked", [NewJob("watch", talked.id, NOW)])
    await store.receive_event("event", "conv talked", TOPIC.encode(), NOW)
    await end(store, "conv talked", 90, cost=11)
    gone, _ = await ask(store, who, "gone")
    await begin(store, gone, "conv gone")
    await store.erase_talk(who.id, gone.id, NOW)
    scheduled = await ask_by_phone(store, who, phone, "scheduled", due_at=later(hours=1))
    page, _ = await ask(store, who, "page", delivery=Delivery.PAGE, place="discord:1")
    await begin(store, page, "conv page")
    chat, _ = await ask(store, who, "unopened", delivery=Delivery.PAGE)
    waiting = await add(store, who, ABROAD)
    await store.keep_channel(ACCOUNT, CHANNEL)
    await store.note_post(talked.id, "link", CHANNEL, MESSAGE, [])
    await store.hold_line(page.id, "page", "process", NOW)
    await store.send_to_line(page.id, "update", TOPIC, NOW)
    await store.keep_spots(page.id, (Spot("discord:1"),), NOW)
    await store.keep_press(hex_of("press"), who.id, TOPIC, NOW)
    await store.add_fact(who.id, Fact(FactId(hex_of("fact")), "wizard", "own", TOPIC, NOW))
    other = await store.find_or_add_person(OTHER_ACCOUNT, NAME, PersonId(hex_of("other")), NOW)
    await link(store, other, who, shares=True)
    await make_code(store, who)
    await store.try_link_code(who.id, "ZZZZZZZZ", NOW)
    await store.never_call("+498912345678", NOW)
    await store.block(ACCOUNT, NOW)
    calls = (code, talked, gone, scheduled, page, chat)
    ids = (
        {who.id, other.id, phone.id, waiting.id, CHANNEL, MESSAGE, hex_of("press"), hex_of("fact")}
        | {call.id for call in calls}
        | {call.ref for call in calls}
    )
    return who, ids


async def tables_of(store: SqliteStore) -> dict[str, list[tuple]]:
    def read(database: Database) -> dict[str, list[tuple]]:
        names = [name for name in database.table_names() if not name.startswith(("sqlite_", "_sqlite_"))]
        return {name: [tuple(row) for row in database.execute(f"SELECT * FROM {name}")] for name in names}

    return await store.reader.read(read)


async def test_of_somebody_who_erased_everything_only_keyed_hashes_are_left(file_url: str) -> None:
    async with open_store(file_url) as store:
        who, ids = await live_with_a_telephone(store)
        before = await tables_of(store)
        assert {name for name in (*PERSONAL, *KEYED) if not before[name]} == set()
        await store.erase_person(who.id, NOW, linked=[PersonId(hex_of("other"))])
        await store.cleaned()
        after = await tables_of(store)
        assert {name: rows for name, rows in after.items() if name in PERSONAL and rows} == {
            "jobs": after["jobs"]
        }
        kinds = {row[1]: row[2] for row in after["jobs"]}
        assert set(kinds) == {"erase_remote", "erase_found", "erase_post"}
        for name in KEYED:
            assert after[name], name
        folder = Path(file_url.removeprefix("sqlite:///")).parent
        left = b"".join(path.read_bytes() for path in folder.iterdir())
        known_there = {part for row in after["jobs"] for part in row[2].split(":")}
        for secret in {NAME, ACCOUNT_ID, TOPIC, NUMBER[1:], ABROAD[1:], "498912345678"} | (ids - known_there):
            assert secret.encode() not in left


async def test_an_erasure_leaves_other_people_s_telephones_and_consents(store: Store) -> None:
    who, _ = await live_with_a_telephone(store)
    bob = await store.find_or_add_person(Account("discord", "app", "bob"), "bob", PersonId("bob"), NOW)
    number = "+4930901820"
    phone = await verify(store, bob, number)
    call = await ask_by_phone(store, bob, phone, due_at=later(hours=1))
    await store.erase_person(who.id, NOW)
    assert [one.number for one in await store.fetch_phones(bob.id)] == [number]
    assert (await store.fetch_phone_of_call(call.id) or phone).id == phone.id
    assert await store.wake_call(call.id, later(hours=1))


async def test_a_character_that_is_erased_takes_no_telephone_along(store: Store) -> None:
    who, _ = await live_with_a_telephone(store)
    numbers = [phone.number for phone in await store.fetch_phones(who.id)]
    assert numbers == [NUMBER, ABROAD]
    await store.erase_character(who.id, "wizard", NOW)
    await store.erase_before(NOW + timedelta(days=999), 99, NOW)
    assert [phone.number for phone in await store.fetch_phones(who.id)] == numbers
