"""Making several accounts one person: a code, a question, and taking it back."""

import hashlib

from bot.calls.installation import Installation, find_person
from bot.domain.caller import Account, Caller, PersonId
from bot.domain.errors import CallerError
from bot.domain.linking import (
    LINK_CODE_LIFETIME,
    MOST_LINKED,
    Linked,
    LinkedAccount,
    LinkTry,
    LinkVerdict,
    account_in_words,
    accounts_in_words,
    link_code_from,
    read_link_code,
    shown_code,
)
from bot.domain.reply import Choice, Reply

WHAT_IS_SHARED = "What you said there becomes known to characters you call here, and the other way round."
NOBODY_LINKED = "No other account of yours is linked. /account link makes a code that links one."
TOO_MANY = f"At most {MOST_LINKED} accounts can be linked. /account unlink takes one away."
THIS_ONE = "this"
"""What names the account that asks."""
_SHORTEST_ID_CHARS = 12

_WHY_NOT: dict[LinkVerdict, str] = {
    "wrong": "That code is not good. A code is good once and for ten minutes; /account link makes a new one.",
    "locked": "You wrote too many wrong codes. Try again in ten minutes.",
    "own": "That is your own code: write it at your other account.",
    "linked": "These accounts are linked already. /account shows them.",
    "full": TOO_MANY,
}


async def make_code(house: Installation, caller: Caller) -> str:
    """Return a code that links the caller's account with where it is written; it ends an older one.

    Raises CallerError where no more can be linked.
    """
    person, now = await find_person(house, caller), house.now()
    code = link_code_from(int.from_bytes(hashlib.sha256(house.new_token().encode()).digest()))
    if not await house.store.keep_link_code(person.id, code, now + LINK_CODE_LIFETIME, now):
        raise CallerError(TOO_MANY)
    return shown_code(code)


async def look_at_code(house: Installation, caller: Caller, text: str) -> tuple[LinkedAccount, ...]:
    """Return whose accounts a code would link with the caller's; nothing is linked yet.

    Raises CallerError, with the same words for a code that is unknown, too old or used.
    """
    person = await find_person(house, caller)
    tried = await house.store.try_link_code(person.id, read_link_code(text), house.now())
    return _checked(tried)


async def link(
    house: Installation, caller: Caller, text: str, *, shares_memory: bool
) -> tuple[LinkedAccount, ...]:
    """Link the caller's account with whose code it is, who is told of it. Raises as ``look_at_code``."""
    person, code = await find_person(house, caller), read_link_code(text)
    tried = await house.store.link_with_code(
        person.id, code, house.now(), shares_memory=shares_memory, new_id=house.new_id()
    )
    return _checked(tried)


def _checked(tried: LinkTry) -> tuple[LinkedAccount, ...]:
    if tried.verdict != "right":
        raise CallerError(_WHY_NOT[tried.verdict])
    return tried.accounts


async def see_linked(house: Installation, caller: Caller) -> Linked:
    """Return the caller's other accounts, and whether they share their memory."""
    return await house.store.fetch_linked((await find_person(house, caller)).id)


async def require_linked(house: Installation, caller: Caller) -> Linked:
    """Return the caller's other accounts. Raises CallerError where there are none."""
    linked = await see_linked(house, caller)
    if not linked.accounts:
        raise CallerError(NOBODY_LINKED)
    return linked


async def share_memory(house: Installation, caller: Caller, *, is_on: bool) -> Linked:
    """Decide for all of the caller's accounts whether they share their memory. Raises CallerError."""
    person = await find_person(house, caller)
    if not await house.store.share_memory(person.id, house.now(), is_on=is_on):
        raise CallerError(NOBODY_LINKED)
    return await house.store.fetch_linked(person.id)


def find_linked(linked: Linked, named: str) -> LinkedAccount | None:
    """Return which of somebody's other accounts is meant, None for the one that asks.

    It is named by the beginning of its person's id, as a button does it, or by its name, its platform or
    both. Raises CallerError where that is not exactly one.
    """
    word = named.strip().casefold()
    if word == THIS_ONE:
        return None
    meant = [
        one
        for one in linked.accounts
        if (len(word) >= _SHORTEST_ID_CHARS and one.person_id.startswith(word))
        or word in {one.name.casefold(), one.account.platform, account_in_words(one).casefold()}
    ]
    if len(meant) != 1:
        raise CallerError("That account is not linked. /account shows which are.")
    return meant[0]


async def unlink(house: Installation, caller: Caller, named: str) -> LinkedAccount | None:
    """Part an account of the caller's from the others; return which, None for the one that asks.

    Raises CallerError.
    """
    person = await find_person(house, caller)
    one = find_linked(await require_linked(house, caller), named)
    await house.store.unlink(person.id, one.person_id if one else person.id, house.now())
    return one


async def tell_linked(house: Installation, person_id: str) -> tuple[Account, Reply] | None:
    """Return what to tell an account that was linked from another; None once it is alone again."""
    linked = await house.store.fetch_linked(PersonId(person_id))
    if not linked.accounts:
        return None
    seen_from_there = await house.store.fetch_linked(linked.accounts[0].person_id)
    own = next((one.account for one in seen_from_there.accounts if one.person_id == person_id), None)
    if own is None:
        return None
    who = accounts_in_words(linked.accounts)
    shared = f" {WHAT_IS_SHARED}" if linked.shares_memory else ""
    reply = Reply(
        f"Your account was linked with {who}.{shared} If that was not you, unlink it.",
        choices=(Choice("Unlink", "account", {"do": "unlink"}, is_danger=True),),
    )
    return own, reply
