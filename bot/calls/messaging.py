"""What goes to a member's direct messages, and what is said once it could not, or no longer holds."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.calls.ending import expire
from bot.calls.installation import Installation, character_names, find_person
from bot.calls.remembering import recap
from bot.domain.call import LINK_LIFETIME, CallId, Delivery, NewJob, Post
from bot.domain.caller import Account, Caller
from bot.domain.reply import Choice, Reply

TRY_AGAIN_AFTER = timedelta(hours=24)
"""How long no link goes to somebody whose direct messages were refused; a recap is tried once each time."""
REFUSED_FOR = timedelta(minutes=1)
UNTOLD_FOR = timedelta(days=30)
TOLD_AT_ONCE = 3


@dataclass(frozen=True, slots=True)
class LinkOver:
    """A posted link that is no longer good: where it stands, whose it is, and what is to stand there."""

    post: Post
    account: Account
    reply: Reply


async def wants_link(house: Installation, account: Account) -> bool:
    """Whether links go to an account's direct messages: it wants them, and refused none in the last day."""
    mailbox = await house.store.fetch_mailbox(account)
    refused = mailbox.refused_at
    return mailbox.wants_links and not (refused and house.now() - refused < TRY_AGAIN_AFTER)


async def set_wants_links(house: Installation, caller: Caller, *, wanted: bool) -> None:
    """Decide whether talk links also go to the caller's direct messages."""
    await find_person(house, caller)
    await house.store.set_wants_links(caller.account, wanted=wanted)


async def set_recaps(house: Installation, caller: Caller, recaps: str) -> None:
    """Decide how much the caller reads after a call: one of ``RECAPS``."""
    await find_person(house, caller)
    await house.store.set_recaps(caller.account, recaps)


async def note_link(house: Installation, call_id: CallId, channel_id: str, message_id: str) -> bool:
    """Keep where a link stands, and see to it that something else stands there once it is over.

    A hosted link goes on being good. False where the call was erased meanwhile: its link must not stand.
    """
    call = await house.store.fetch_call(call_id)
    if call is None:
        return False
    over = NewJob("link_over", call_id, call.asked_at + LINK_LIFETIME)
    jobs = [over] if call.delivery is Delivery.PAGE else []
    is_noted = await house.store.note_post(call_id, "link", channel_id, message_id, jobs)
    await house.store.hasten_dead_links(call.person_id, house.now())
    return is_noted


async def link_over(house: Installation, call_id: str) -> LinkOver | None:
    """Return what takes the place of a link whose time is over; None where it stands nowhere (any more)."""
    post = await house.store.fetch_post(CallId(call_id), "link")
    call = await house.store.fetch_call(CallId(call_id))
    if post is None or call is None:
        return None
    name = character_names(house).get(call.slug)
    if name is None:
        return LinkOver(post, call.account, Reply("This link is no longer good."))
    again = {"character": call.slug} | ({"topic": call.topic} if call.topic else {})
    reply = Reply(f"This link to {name} is no longer good.", choices=(Choice("New link", "call", again),))
    return LinkOver(post, call.account, reply)


async def broke_off(house: Installation, call_id: str) -> tuple[Account, Reply] | None:
    """Return what to tell somebody whose chat a restart ended; None where the call is gone."""
    call = await house.store.fetch_call(CallId(call_id))
    if call is None:
        return None
    name = character_names(house).get(call.slug, call.slug)
    again = Choice(f"Call {name} again", "call", {"character": call.slug, "via": "chat"})
    text = f"Troupe was restarted, and your talk with {name} ended with it. What was said is not lost."
    return call.account, Reply(text, choices=(again,), about=call.id)


async def find_untold(house: Installation, caller: Caller) -> tuple[tuple[CallId, Reply], ...]:
    """Return the recaps that the caller's direct messages refused, the newest three at most."""
    person = await house.store.find_person(caller.account)
    if person is None:
        return ()
    untold = await house.store.fetch_untold(person.id, house.now() - UNTOLD_FOR)
    told = [(call_id, await recap(house, call_id)) for call_id in untold[-TOLD_AT_ONCE:]]
    return tuple((call_id, one[1]) for call_id, one in told if one is not None)


async def note_told(house: Installation, call_id: CallId) -> None:
    """Note that a recap was told after all, so that it is told once."""
    await house.store.note_told(call_id)


async def keep_press(house: Installation, account: Account, text: str) -> str:
    """Keep what a button of somebody's stands for, and return the id that it is found by."""
    person = await find_person(house, Caller(account, ""))
    press_id = house.new_id()
    await house.store.keep_press(press_id, person.id, text, house.now())
    return press_id


async def fetch_press(house: Installation, account: Account, press_id: str) -> str | None:
    """Return what somebody's own button stands for; None for anybody else's, or one that is too old."""
    person = await house.store.find_person(account)
    return await house.store.fetch_press(person.id, press_id) if person else None


async def withdraw(house: Installation, call_id: CallId) -> str:
    """Take back a call that could not begin, with what it reserved; return its character's slug."""
    call = await house.store.fetch_call(call_id)
    await expire(house, call_id)
    return call.slug if call else ""


async def fetch_synced(house: Installation, platform: str) -> dict[str, Any] | None:
    """Return what was noted of the commands that a platform knows; None where nothing can be read."""
    note = await house.store.fetch_note(f"commands {platform}")
    try:
        return dict(json.loads(note)) if note else None
    except ValueError:
        return None


async def keep_synced(house: Installation, platform: str, note: Mapping[str, Any]) -> None:
    """Note which commands a platform knows."""
    await house.store.keep_note(f"commands {platform}", json.dumps(note))


async def is_first(house: Installation, key: str) -> bool:
    """Whether something with this key comes for the first time, also across restarts."""
    return await house.store.note_once(key, house.now())


async def note_recap(house: Installation, call_id: CallId, channel_id: str, message_id: str) -> bool:
    """Keep where a recap stands, so that it goes when its call is forgotten; False if it was meanwhile."""
    return await house.store.note_post(call_id, "recap", channel_id, message_id, [])


async def note_line(
    house: Installation, account: Account, call_id: CallId, channel_id: str, message_id: str
) -> None:
    """Keep where a line of a chat stands, as ``note_recap`` does; take it back where the call is gone."""
    if not await house.store.note_post(call_id, f"line {message_id}", channel_id, message_id, []):
        subject = f"{account.platform}:{account.tenant}:{channel_id}:{message_id}"
        await house.store.add_jobs([NewJob("erase_post", subject, house.now())])


async def note_thread(house: Installation, call_id: CallId, channel_id: str, message_id: str) -> str:
    """Keep on which message the thread of a chat hangs, so that it goes when the call is forgotten.

    Returns the slug of whom the chat is with; nothing where the call was forgotten meanwhile.
    """
    call = await house.store.fetch_call(call_id)
    is_noted = await house.store.note_post(call_id, "thread", channel_id, message_id, [])
    return call.slug if call and is_noted else ""


async def find_thread(house: Installation, reply: Reply) -> str:
    """Return the message on which the thread hangs that a reply belongs in; nothing where there is none."""
    call_id = reply.recap or reply.about
    post = await house.store.fetch_post(call_id, "thread") if call_id else None
    return post.message_id if post else ""


async def find_end(house: Installation, reply: Reply) -> datetime | None:
    """Return when the call ended that a reply is about, else when it was asked for; None without one."""
    call_id = reply.recap or reply.about
    call = await house.store.fetch_call(call_id) if call_id else None
    return (call.ended_at or call.asked_at) if call else None


async def is_refused_now(house: Installation, account: Account) -> bool:
    """Whether an account's direct messages were refused a moment ago, so that none is tried."""
    refused = (await house.store.fetch_mailbox(account)).refused_at
    return refused is not None and house.now() - refused < REFUSED_FOR
