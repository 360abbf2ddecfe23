"""The contract of the store: what operators were told, and the numbers by which trouble is known."""

import asyncio
from dataclasses import replace

import pytest
from store_samples import NOW, bind, call_of, hex_of, later, link_of, person
from telephone_samples import ABROAD, LIMITS, NEIGHBOUR, NUMBER, add, consent_at, phone_of

from bot.domain.alert import Alert, Cause, Signs
from bot.domain.allowance import UNLIMITED
from bot.domain.call import Delivery, Slot
from bot.domain.caller import PersonId
from bot.domain.phone import CODE_TRIES
from bot.ports import Store

pytestmark = pytest.mark.anyio

LOW = Cause("credit", "Little is left.", "Enough is left.")
ENOUGH = Cause("credit", "", "Enough is left.")
BOARDS = ("discord:1", "slack:T1/C1")


async def work(store: Store) -> list[str]:
    """Return the subjects of the alerts that are to be posted, and finish them."""
    jobs = await store.claim_jobs(NOW, later(minutes=3), 10)
    for job in jobs:
        assert job.kind == "alert"
        await store.finish_job(job)
    return sorted(job.subject for job in jobs)


async def test_a_cause_is_told_once_on_each_board_until_it_is_over_and_then_anew(store: Store) -> None:
    assert not await store.settle_cause(ENOUGH, BOARDS, NOW)
    assert await work(store) == []
    assert await store.settle_cause(LOW, BOARDS, NOW)
    assert not await store.settle_cause(LOW, BOARDS, NOW)
    first = await work(store)
    (alert_id,) = {int(subject.partition(" ")[0]) for subject in first}
    assert first == [f"{alert_id} discord:1", f"{alert_id} slack:T1/C1"]
    assert await store.fetch_alert(alert_id) == Alert("Little is left.", "Enough is left.", is_over=False)
    assert await store.settle_cause(ENOUGH, BOARDS, NOW)
    assert not await store.settle_cause(ENOUGH, BOARDS, NOW)
    assert await work(store) == first
    assert await store.fetch_alert(alert_id) == Alert("Little is left.", "Enough is left.", is_over=True)
    assert await store.settle_cause(LOW, BOARDS, NOW)
    again = await work(store)
    assert len(again) == 2
    assert again != first
    assert await store.fetch_alert(alert_id + 1_000) is None


async def test_of_many_that_notice_the_same_one_tells_it(store: Store) -> None:
    told = await asyncio.gather(*(store.settle_cause(LOW, BOARDS, NOW) for _ in range(8)))
    assert sum(told) == 1
    assert len(await work(store)) == 2


async def test_an_end_of_which_nothing_is_said_is_noted_without_work(store: Store) -> None:
    await store.settle_cause(Cause("codes", "Too many."), BOARDS, NOW)
    await work(store)
    assert await store.fetch_raised("co") == ("codes",)
    assert await store.settle_cause(Cause("codes"), BOARDS, NOW)
    assert await work(store) == []
    assert await store.fetch_raised("co") == ()


async def test_what_was_told_long_ago_is_forgotten(store: Store) -> None:
    await store.settle_cause(Cause("cost 2020-01 5 50", "Half."), BOARDS, NOW)
    await store.settle_cause(LOW, BOARDS, later(days=91))
    assert await store.fetch_raised("") == ("credit",)


async def test_of_calls_that_ended_lately_it_is_known_whether_an_event_came(store: Store) -> None:
    who = await person(store)
    assert await store.fetch_signs(NOW) == Signs()
    for number, is_heard in (("1", False), ("2", True)):
        call = call_of(who, number)
        await store.place_call(call, link_of(call), [], {}, UNLIMITED)
        assert await bind(store, call, f"conv_{number}")
        if is_heard:
            await store.receive_event(f"post:conv_{number}", f"conv_{number}", b"{}", NOW)
        await end(store, call.id)
    assert await store.fetch_signs(NOW) == Signs()
    assert await store.fetch_signs(later(minutes=11)) == Signs(ended=2, heard=1)
    assert await store.fetch_signs(later(days=2)) == Signs()


async def end(store: Store, call_id: str) -> None:
    """Let a call be over at NOW."""
    writer = store.writer  # type: ignore[attr-defined]
    statement = "UPDATE calls SET state = 'done', ended_at = asked_at WHERE id = ?"
    await writer.write(lambda database: database.execute(statement, (call_id,)))


async def guess(store: Store, name: str, days: int, *, tries: int = CODE_TRIES) -> None:
    """Let somebody write a wrong code so often for a number that was added on that day."""
    who, at = await person(store, name), later(days=days)
    await add(store, who, f"+4915{int(hex_of(name), 16) % 10**9:09}", at=at)
    for _ in range(tries):
        assert await store.check_code(PersonId(who.id), "000000", at) in {"wrong", "used_up"}


async def test_codes_that_were_guessed_at_count_for_a_day_so_that_a_second_wave_is_seen(
    store: Store,
) -> None:
    for day in (0, 30):
        for name in ("a", "b", "c"):
            await guess(store, f"{name}{day}", day)
        await guess(store, f"d{day}", day, tries=CODE_TRIES - 1)
        await add(store, await person(store, f"e{day}"), "+4917112345678", at=later(days=day))
        for hours, count in ((0, 3), (23, 3), (25, 0), (30 * 24 - 1, 0)):
            assert (await store.fetch_signs(later(days=day, hours=hours))).guessed == count


async def test_codes_that_were_asked_for_count_on_their_day(store: Store) -> None:
    for count, number in enumerate((NUMBER, NEIGHBOUR, ABROAD), 1):
        who = await person(store, number)
        phone, call = phone_of(who, number), call_of(who, delivery=Delivery.PHONE)
        call = replace(call, purpose="code", phone_id=phone.id)
        await store.place_call(call, None, [], {}, LIMITS, adding=(phone, consent_at(NOW)))
        assert (await store.fetch_signs(NOW)).codes == count
    assert (await store.fetch_signs(later(days=1))).codes == 0


async def test_strangers_count_for_an_hour_after_they_are_off_the_line(store: Store) -> None:
    slot = Slot(later(minutes=4), at_once=9)
    for name in ("conv_1", "conv_1", "conv_2", "conv_3"):
        await store.admit_stranger(name, "wizard", 3, slot, [], LIMITS, NOW)
    await store.settle_stranger("conv_3", "wizard", 60, 0, later(minutes=1), [])
    for minutes, count in ((0, 3), (60, 3), (62, 2), (65, 0)):
        assert (await store.fetch_signs(later(minutes=minutes))).strangers == count
