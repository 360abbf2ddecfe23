"""What a member erases, here and at ElevenLabs, and the receipt that says how far that came."""

import asyncio
import contextlib
import logging
from datetime import timedelta

from bot.calls import finishing
from bot.calls.handling import tell_step
from bot.calls.installation import Installation, find_person
from bot.calls.remembering import find_past_talk
from bot.domain.caller import Account, Caller, Person
from bot.domain.errors import NotStored, ProviderError
from bot.domain.linking import LinkedAccount
from bot.domain.receipts import confirmed_reply, receipt_reply
from bot.domain.record import Confirmed, Receipt, Telling
from bot.domain.reply import Reply

CONFIRMED_SECONDS = 2.0
"""How long the answer waits for ElevenLabs; what is not confirmed by then is told later."""
TRIED_AT_ONCE = 20

log = logging.getLogger(__name__)


async def forget_talk(house: Installation, caller: Caller, past_id: str) -> Reply:
    """Erase one call or import, and return the receipt. Raises CallNotFound."""
    talk = await find_past_talk(house, caller, past_id)
    person, telling = await find_person(house, caller), _telling(house, caller)
    receipt = await house.store.erase_talk(person.id, talk.id, house.now(), telling)
    if talk.call is not None:
        tell_step(talk.id, "erased")
    await _forget_here(house, person)
    return await _receipt(house, caller, telling, receipt or Receipt())


async def forget_character(house: Installation, caller: Caller, slug: str) -> Reply:
    """Erase all calls with one character, also one that left the cast, and return the receipt."""
    person, telling = await find_person(house, caller), _telling(house, caller)
    receipt = await house.store.erase_character(person.id, slug, house.now(), telling)
    _tell_how_many(receipt)
    await _forget_here(house, person)
    return await _receipt(house, caller, telling, receipt)


async def forget_everything(
    house: Installation, caller: Caller, linked: tuple[LinkedAccount, ...] = ()
) -> Reply:
    """Erase the person, and return the receipt."""
    return in_words(house, caller, *(await erase_everything(house, caller, linked)), is_everything=True)


async def erase_everything(
    house: Installation, caller: Caller, linked: tuple[LinkedAccount, ...] = ()
) -> tuple[Receipt, Confirmed]:
    """Erase the person; return what went here, and how much of it ElevenLabs has confirmed by now.

    Calls, words, profile, answers and accounts go, those included that share memory.
    """
    person, telling = await find_person(house, caller), _telling(house, caller)
    others = [one.person_id for one in linked]
    receipt = await house.store.erase_person(person.id, house.now(), telling, linked=others)
    _tell_how_many(receipt)
    await _forget_here(house, person)
    return receipt, await _confirmed(house, telling, receipt)


async def tell_erased(house: Installation, receipt_id: str) -> tuple[Account, Reply] | None:
    """Return what to tell whoever erased something once ElevenLabs has confirmed it; None if they know."""
    found = await house.store.fetch_receipt(receipt_id)
    return None if found is None else (found[0], confirmed_reply(found[1]))


async def _forget_here(house: Installation, person: Person) -> None:
    """End the lines of calls that are gone, and keep nothing of what pages were told of them.

    Other processes are woken by the erasure itself.
    """
    await house.pages.forget(person.id)
    await house.lines.end_erased()


def _tell_how_many(receipt: Receipt) -> None:
    """Say how many calls went together, and not which: that they were one person's is not for the log."""
    log.info("erased at once: calls %d", receipt.calls)


def _telling(house: Installation, caller: Caller) -> Telling:
    return Telling(house.new_id(), caller.account)


async def _receipt(house: Installation, caller: Caller, telling: Telling, receipt: Receipt) -> Reply:
    return in_words(house, caller, receipt, await _confirmed(house, telling, receipt))


async def _confirmed(house: Installation, telling: Telling, receipt: Receipt) -> Confirmed:
    """Try at once what was queued to be erased at ElevenLabs, and return how far that came."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(CONFIRMED_SECONDS):
            await asyncio.gather(*(_erase_there(house, one) for one in receipt.kept_there[:TRIED_AT_ONCE]))
    if receipt.kept_there:
        return await house.store.settle_receipt(telling.receipt_id)
    return Confirmed(len(receipt.conversation_ids), len(receipt.conversation_ids))


def in_words(
    house: Installation,
    caller: Caller,
    receipt: Receipt,
    confirmed: Confirmed,
    *,
    is_everything: bool = False,
) -> Reply:
    """Return the receipt as whoever asked for the erasure reads it."""
    days, now = house.terms.backup_days, house.now().astimezone(house.terms.timezone)
    return receipt_reply(
        receipt,
        confirmed,
        backups_until=now + timedelta(days=days) if days else None,
        platform=caller.account.platform,
        is_on_server=house.terms.is_on_server,
        is_everything=is_everything,
    )


async def _erase_there(house: Installation, conversation_id: str) -> None:
    with contextlib.suppress(ProviderError, NotStored):  # its job is queued
        await finishing.erase_remote(house, conversation_id, 1)
