"""Values that the storage tests start from; every argument that does not matter has a default."""

import hashlib
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.domain.allowance import UNLIMITED
from bot.domain.call import (
    Bound,
    Call,
    CallId,
    CallRef,
    CallState,
    Delivery,
    NewJob,
    Opener,
    Played,
    PlayedVersion,
    Reach,
    Slot,
    TalkLink,
)
from bot.domain.caller import Account, Person, PersonId
from bot.domain.conversation import Transcript, Turn
from bot.ports import Store

NOW = datetime(2026, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
VERSION = PlayedVersion("a" * 40, "b" * 40, "c" * 40)
PLAYED = Played(VERSION, {}, "own")
SLOT = Slot(NOW + timedelta(days=1), at_once=10**6)


def later(**units: float) -> datetime:
    return NOW + timedelta(**units)


def hex_of(name: str) -> str:
    """A random-looking id that is the same in every run."""
    return hashlib.sha256(name.encode()).hexdigest()[:32]


async def person(store: Store, name: str = "alice", platform: str = "discord", tenant: str = "app") -> Person:
    account = Account(platform, tenant, name)
    return await store.find_or_add_person(account, name, PersonId(hex_of(f"{account}")), NOW)


def call_of(
    who: Person,
    name: str = "first",
    slug: str = "wizard",
    *,
    reach: Reach = "own",
    delivery: Delivery = Delivery.PAGE,
    asked_at: datetime = NOW,
    topic: str = "",
) -> Call:
    return Call(
        id=CallId(hex_of(f"call {who.id} {name}")),
        ref=CallRef(hex_of(f"ref {who.id} {name}")),
        person_id=who.id,
        account=Account("discord", "app", who.name),
        slug=slug,
        version=VERSION,
        delivery=delivery,
        topic=topic,
        reach=reach,
        state=CallState.ASKED,
        asked_at=asked_at,
    )


def link_of(call: Call) -> TalkLink:
    return TalkLink(hex_of(f"token {call.id}"), call.id, call.asked_at + timedelta(minutes=15))


def said(*texts: str, **fields: object) -> Transcript:
    """A transcript in which the member begins and the two take turns."""
    turns = tuple(
        Turn("agent" if place % 2 else "user", text, seconds=float(place)) for place, text in enumerate(texts)
    )
    return Transcript(turns, **fields)


async def place(store: Store, call: Call, link: TalkLink | None = None) -> Call:
    await store.place_call(call, link, [NewJob("expire", call.id, later(minutes=15))], {}, UNLIMITED)
    return call


async def bind(store: Store, call: Call, conversation_id: str, reach: Reach | None = None) -> bool:
    answer = await store.bind_conversation(
        call.id,
        conversation_id,
        Played(call.version, {}, reach or call.reach),
        SLOT,
        call.asked_at,
        [NewJob("fetch", conversation_id, later(minutes=5))],
    )
    return answer == "bound"


async def open_in(
    store: Store, call: Call, browser: str, conversation_id: str, *, now: datetime = NOW
) -> Bound:
    """Open the link of a call in a browser."""
    return await store.bind_conversation(
        call.id,
        conversation_id,
        Played(call.version, {}, call.reach),
        SLOT,
        now,
        [NewJob("fetch", conversation_id, later(minutes=5))],
        opener=Opener(link_of(call).token_hash, browser),
    )


async def finish(
    store: Store,
    conversation_id: str,
    transcript: Transcript,
    *,
    held_until: datetime | None = None,
    now: datetime = NOW,
    jobs: tuple[NewJob, ...] = (),
) -> str:
    """Finish a conversation and return its new talk id."""
    talk_id = hex_of(f"talk {conversation_id}")
    assert await store.finish_conversation(
        conversation_id, transcript, talk_id, held_until=held_until, now=now, jobs=jobs
    )
    return talk_id


async def talk(
    store: Store,
    who: Person,
    transcript: Transcript,
    name: str = "first",
    slug: str = "wizard",
    *,
    reach: Reach = "own",
    delivery: Delivery = Delivery.PAGE,
    at: datetime = NOW,
    held_until: datetime | None = None,
) -> Call:
    """A whole call, from asking to its transcript; its conversation id is ``conv <name>``."""
    call = call_of(who, name, slug, reach=reach, delivery=delivery, asked_at=at)
    await place(store, call, link_of(call))
    assert await bind(store, call, f"conv {name}")
    await finish(store, f"conv {name}", transcript, held_until=held_until, now=at)
    return call


def back_up(file_url: str) -> None:
    """Copy the closed database away."""
    path = Path(file_url.removeprefix("sqlite:///"))
    shutil.copy(path, path.with_suffix(".backup"))


def put_back(file_url: str) -> None:
    """Put the copy in the place of the database, which is closed."""
    path = Path(file_url.removeprefix("sqlite:///"))
    for log in (f"{path}-wal", f"{path}-shm"):
        Path(log).unlink(missing_ok=True)
    shutil.copy(path.with_suffix(".backup"), path)
