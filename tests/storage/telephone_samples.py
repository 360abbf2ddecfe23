"""Allowances, telephones and dials that the storage tests start from."""

from dataclasses import replace
from datetime import datetime, timedelta

from store_samples import NOW, PLAYED, SLOT, call_of, hex_of, later, link_of

from bot.domain.allowance import UNLIMITED, Limits
from bot.domain.call import Bound, Call, CallState, Delivery, DialStart, NewJob, Slot
from bot.domain.caller import Person
from bot.domain.conversation import Transcript, Turn
from bot.domain.phone import Phone, PhoneConsent
from bot.ports import Store

LIMITS = Limits(calls_at_once=10**6)
"""The defaults: 3 calls a day, 30 minutes a month, 600 for everybody, 30 for one call."""
NUMBER, NEIGHBOUR, ABROAD = "+4915112345678", "+4915112345679", "+33612345678"
CODE = "493817"


async def ask(
    store: Store,
    who: Person,
    name: str,
    *,
    minutes: int = 15,
    at: datetime = NOW,
    place: str = "",
    limits: Limits = LIMITS,
    delivery: Delivery = Delivery.CHAT,
    slug: str = "wizard",
) -> tuple[Call, int]:
    """Place a call that wants so many minutes; return it and how many it was granted."""
    call = replace(
        call_of(who, name, slug, delivery=delivery, asked_at=at), place=place, granted_minutes=minutes
    )
    link = link_of(call) if delivery is Delivery.PAGE else None
    return call, await store.place_call(call, link, [NewJob("expire", call.id, at)], {}, limits)


async def begin(store: Store, call: Call, conversation_id: str) -> Bound:
    """Bind a conversation to a call as if its link was opened."""
    return await store.bind_conversation(call.id, conversation_id, PLAYED, SLOT, call.asked_at, [])


async def end(
    store: Store,
    conversation_id: str,
    seconds: int,
    *,
    at: datetime = NOW,
    now: datetime | None = None,
    cost: int = 0,
    never_call: bool = False,
    ended_badly: str = "",
) -> bool:
    """Bring a conversation home that took so many seconds and began at ``at``; it comes ``now``."""
    turns = () if ended_badly else (Turn("user", "hello"),)
    return await store.finish_conversation(
        conversation_id,
        Transcript(turns, started_at=at, duration_seconds=seconds, ended_badly=ended_badly),
        hex_of(f"talk {conversation_id}"),
        held_until=None,
        now=now or at,
        jobs=[],
        cost=cost,
        never_call=never_call,
    )


async def left(
    store: Store, who: Person, *, at: datetime = NOW, place: str = "", limits: Limits = LIMITS
) -> tuple[int, int]:
    """The calls of the day and the minutes of the month that a person has left."""
    allowance = await store.fetch_allowance(who.id, place, limits, at)
    return allowance.calls_left, allowance.minutes_left


def phone_of(who: Person, number: str = NUMBER, *, at: datetime = NOW) -> Phone:
    return Phone(hex_of(f"phone {who.id} {number} {at}"), who.id, number, "DE", at)


def consent_at(moment: datetime) -> PhoneConsent:
    return PhoneConsent("v1", "An AI voice calls you. Calls are transcribed.", moment)


async def add(store: Store, who: Person, number: str = NUMBER, *, at: datetime = NOW) -> Phone:
    """Add a number that waits for its code."""
    phone = phone_of(who, number, at=at)
    await store.add_phone(phone, consent_at(at))
    await store.set_code(phone.id, CODE, at + timedelta(minutes=10))
    return phone


async def verify(store: Store, who: Person, number: str = NUMBER, *, at: datetime = NOW) -> Phone:
    """Add a number and verify it."""
    phone = await add(store, who, number, at=at)
    assert await store.check_code(who.id, CODE, at) == "verified"
    return phone


async def ask_by_phone(
    store: Store,
    who: Person,
    phone: Phone,
    name: str = "first",
    *,
    at: datetime = NOW,
    due_at: datetime | None = None,
    limits: Limits = UNLIMITED,
    purpose: str = "talk",
) -> Call:
    """Place a phone call, for now or scheduled."""
    call = replace(
        call_of(who, name, delivery=Delivery.PHONE, asked_at=at),
        phone_id=phone.id,
        due_at=due_at or at,
        state=CallState.SCHEDULED if due_at else CallState.ASKED,
        granted_minutes=15,
        purpose=purpose,
    )
    await store.place_call(call, None, [NewJob("dial", call.id, due_at or at)], {}, limits)
    return call


async def dial(store: Store, call: Call, *, at: datetime = NOW, at_once: int = 10**6) -> DialStart:
    return await store.begin_dial(call.id, PLAYED, Slot(at + timedelta(minutes=16), at_once), at)


async def state_of(store: Store, call: Call) -> CallState:
    found = await store.fetch_call(call.id)
    assert found is not None
    return found.state


async def jobs_of(store: Store, kind: str) -> set[str]:
    """The subjects of all jobs of a kind; they are claimed by this."""
    return {
        job.subject
        for job in await store.claim_jobs(later(days=400), later(days=401), 1000)
        if job.kind == kind
    }
