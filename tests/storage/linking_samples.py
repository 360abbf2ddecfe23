"""Accounts that are linked, for the storage tests to start from."""

from datetime import datetime

from store_samples import NOW, hex_of, later

from bot.domain.caller import Person
from bot.domain.linking import LinkVerdict
from bot.ports import Store

CODE = "ABCDEFGH"


async def make_code(store: Store, who: Person, code: str = CODE, *, at: datetime = NOW) -> str:
    """Let somebody make a code that is good for ten minutes."""
    assert await store.keep_link_code(who.id, code, later_than(at), at)
    return code


def later_than(at: datetime) -> datetime:
    """When a code ends that was made at a moment."""
    return at + (later(minutes=10) - NOW)


async def use_code(
    store: Store, who: Person, code: str = CODE, *, shares: bool = False, at: datetime = NOW
) -> LinkVerdict:
    """Let somebody write a code and say yes."""
    tried = await store.link_with_code(
        who.id, code, at, shares_memory=shares, new_id=hex_of(f"together {who.id} {at}")
    )
    return tried.verdict


async def link(store: Store, one: Person, other: Person, *, shares: bool = False, at: datetime = NOW) -> None:
    """Link two people: the first makes the code, the second writes it."""
    await make_code(store, one, at=at)
    assert await use_code(store, other, shares=shares, at=at) == "right"
