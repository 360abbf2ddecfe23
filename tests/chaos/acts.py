"""What members do: each act is one member's, from the first command to what they do last."""

import re
from typing import Any

from bot.domain.reply import Reply
from tests.chaos.life import Act, Life, Member

TALK_SECONDS = 35.0


FAULTS: dict[str, dict[str, Any]] = {
    "429": {"fault": "status", "status": 429, "retry_after": 30},
    "503_before": {"fault": "status", "status": 503},
    "503_after": {"fault": "status", "status": 503, "when": "after"},
    "dropped_before": {"fault": "drop"},
    "dropped_after": {"fault": "drop", "when": "after"},
    "garbage": {"fault": "garbage"},
    "without_id": {"fault": "null_id"},
    "unsuccessful": {"fault": "unsuccessful"},
}
"""What can go wrong with the one request that rings."""


def link_in(reply: Reply) -> str:
    """Return the address that was given."""
    return next(choice.url for choice in reply.choices if choice.url)


async def talk_by_link(life: Life, member: Member, *, tells_the_end: bool = True, **how: str) -> None:
    """Ask for a link, open it in a browser, talk, and hang up."""
    reply = await life.calls(member, **how)
    await life.outside.ask_from_a_life(
        "browse", link=link_in(reply), words=member.words, seconds=TALK_SECONDS, tells_the_end=tells_the_end
    )


async def page(life: Life, member: Member) -> None:
    """A talk over a link."""
    await talk_by_link(life, member)
    await life.later(1.5)


async def page_left(life: Life, member: Member) -> None:
    """A talk whose browser was closed without a word."""
    await talk_by_link(life, member, tells_the_end=False)
    await life.later(1.5)


async def page_not_remembered(life: Life, member: Member) -> None:
    """A talk of which nothing is to be kept."""
    await talk_by_link(life, member, remember="no")
    await life.later(1.5)


async def page_unopened(life: Life, member: Member) -> None:
    """A link that nobody opens, and another one that takes its place and is opened."""
    await life.calls(member)
    await talk_by_link(life, member)
    await life.calls(member)


async def page_twice(life: Life, member: Member) -> None:
    """A link that the same browser opens, and nobody speaks; then a talk."""
    reply = await life.calls(member)
    await life.outside.ask_from_a_life("browse", link=link_in(reply), words=[], seconds=0)
    await talk_by_link(life, member)
    await life.later(1.5)


async def chat(life: Life, member: Member) -> None:
    """A chat in the member's own window."""
    reply = await life.calls(member, via="chat")
    window = life.chat_of(member)
    if reply.chat:
        await window.open(reply.chat)
    for words in member.words:
        await window.say(words)
    await life.outside.ask_from_a_life("advance", seconds=TALK_SECONDS)
    await window.hang_up()
    await life.later(1.5)


async def webhook_twice(life: Life, member: Member) -> None:
    """An event that comes two times."""
    await life.outside.ask_from_a_life("fault", operation="webhook", fault="twice")
    await page_left(life, member)
    await life.later(1.0)


async def webhook_lost(life: Life, member: Member) -> None:
    """An event that never comes."""
    await life.outside.ask_from_a_life("fault", operation="webhook", fault="lose")
    await page_left(life, member)


async def webhook_late(life: Life, member: Member) -> None:
    """An event that comes a quarter of an hour later."""
    await life.outside.ask_from_a_life("fault", operation="webhook", fault="late", seconds=900)
    await page_left(life, member)
    await life.later(901)


async def sweep(life: Life, member: Member) -> None:
    """A talk whose event is lost and that cannot be fetched until it was given up; the night finds it."""
    ask = life.outside.ask_from_a_life
    await ask("fault", operation="webhook", fault="lose")
    await ask("fault", operation="get_conversation", fault="status", status=404, times=None)
    await talk_by_link(life, member)
    await life.later(3 * 3600)
    await ask("mend")
    await life.later(16 * 3600)
    await life.later(1.0)


async def forget_call(life: Life, member: Member) -> None:
    """A talk that came home and is then erased alone."""
    await page(life, member)
    await life.later(2)
    await erase(life, member, await last_call(life, member))


async def forget_at_once(life: Life, member: Member) -> None:
    """Everything is erased before the talk came home."""
    await talk_by_link(life, member)
    await erase(life, member, "everything")


async def forget_everything(life: Life, member: Member) -> None:
    """Everything is erased after a talk and a chat, with a link still open."""
    await page(life, member)
    await chat(life, member)
    await life.calls(member)
    await erase(life, member, "everything")


async def forget_character(life: Life, member: Member) -> None:
    """All with one character is erased while its event is on its way."""
    await talk_by_link(life, member, tells_the_end=False)
    await life.outside.ask_from_a_life("advance", seconds=1)
    await erase(life, member, "wizard")


async def ring_answered(life: Life, member: Member) -> None:
    """A telephone that its owner takes."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=55)
    await life.rings(member)
    await life.later(5)
    await life.later(2)


async def ring_wrong(life: Life, member: Member) -> None:
    """A telephone that somebody else takes."""
    words = ["No, wrong number.", "Nobody of that name lives here."]
    await life.owns_a_telephone(member, how="answer", words=words, seconds=10)
    await life.rings(member)
    await life.later(5)


async def ring_busy(life: Life, member: Member) -> None:
    """A line that is busy."""
    await life.owns_a_telephone(member, how="busy")
    await life.rings(member)
    await life.later(5)


async def ring_unanswered(life: Life, member: Member) -> None:
    """A telephone that nobody takes; asking again meanwhile is refused."""
    await life.owns_a_telephone(member, how="silence")
    await life.rings(member)
    await life.drain()
    await life.rings(member)
    await life.later(50)


async def ring_machine(life: Life, member: Member) -> None:
    """A voicemail box."""
    await life.owns_a_telephone(member, how="machine")
    await life.rings(member)
    await life.later(5)


async def ring_later(life: Life, member: Member) -> None:
    """A call that is scheduled in ten minutes."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=70)
    await life.rings(member, at="in 10 minutes")
    await life.later(595)
    await life.later(5)
    await life.later(5)


async def ring_tomorrow(life: Life, member: Member) -> None:
    """A call that is scheduled in a day; nobody acts until then."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=70)
    await life.rings(member, at="tomorrow 12:00")


async def ring_cancelled(life: Life, member: Member) -> None:
    """Two calls that are scheduled, of which one is taken back."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=70)
    await life.rings(member, at="tomorrow 12:00")
    reply = await life.rings(member, at="in 30 minutes")
    cancel = next(choice for choice in reply.choices if choice.command == "account")
    await life.asks(member, "account", **cancel.arguments)
    await life.later(2000)


async def verify(life: Life, member: Member) -> None:
    """A number that is verified by a code that is read aloud, and rung then."""
    ask = life.outside.ask_from_a_life
    await ask("expect", number=member.number, how="answer", words=["Yes.", "Got it, thank you."], seconds=20)
    await life.asks(member, "answer", remember="yes")
    offer = await life.asks(member, "account", do="phone", number=member.number)
    await life.asks(member, "account", **offer.choices[0].arguments)
    await life.drain()
    heard = " ".join(await ask("heard", number=member.number))
    digits = re.findall(r"[0-9]", heard)[:6]
    await life.asks(member, "account", do="code", code="".join(digits))
    await life.later(40)
    await ask(
        "expect", number=member.number, how="answer", words=["Yes, it is me.", *member.words], seconds=30
    )
    await life.rings(member)
    await life.later(5)


async def never_again(life: Life, member: Member) -> None:
    """Somebody says that they want no calls, while another one is scheduled."""
    words = ["Yes, it is me.", "Please stop calling me."]
    await life.owns_a_telephone(member, how="answer", words=words, seconds=10)
    await life.rings(member, at="tomorrow 12:00")
    await life.rings(member)
    await life.later(5)
    await life.later(5)


def faulty(name: str, **fault: Any) -> Act:
    """Return an act in which the dial goes wrong in this way."""

    async def ring(life: Life, member: Member) -> None:
        words = ["Yes, it is me.", *member.words]
        await life.owns_a_telephone(member, how="answer", words=words, seconds=40)
        await life.outside.ask_from_a_life("fault", operation="*_outbound_call", **fault)
        await life.rings(member)
        await life.later(5)
        await life.later(10)

    ring.__name__ = f"ring_{name}"
    return ring


async def use_up(life: Life, member: Member) -> None:
    """Calls until there are no more today, and one more."""
    for _ in range(3):
        reply = await life.calls(member)
        if any(choice.url for choice in reply.choices):
            await life.outside.ask_from_a_life(
                "browse", link=link_in(reply), words=member.words[:1], seconds=19
            )
        await life.later(1.5)
    await life.calls(member)


async def forget_ringing(life: Life, member: Member) -> None:
    """Everything is erased while the telephone rings."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=5)
    await life.rings(member)
    await life.asks(member, "forget", what="everything", sure="yes")
    await life.later(2)


async def forget_scheduled(life: Life, member: Member) -> None:
    """Everything is erased while a call is scheduled, which must not ring then."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=5)
    await life.rings(member, at="in 20 minutes")
    await life.asks(member, "forget", what="everything", sure="yes")
    await life.later(1300)


async def remove_telephone(life: Life, member: Member) -> None:
    """The telephone is removed while a call to it is scheduled."""
    await life.owns_a_telephone(member, how="answer", words=["Yes, it is me.", *member.words], seconds=5)
    await life.rings(member, at="in 20 minutes")
    await life.asks(member, "account", do="remove", sure="yes")
    await life.later(1300)


async def last_call(life: Life, member: Member) -> str:
    """Return the id of the newest call, as the history shows it."""
    reply = await life.asks(member, "history")
    return reply.cards[0].fields[0][0]


async def erase(life: Life, member: Member, what: str) -> None:
    """Ask to forget, and say that it is meant."""
    reply = await life.asks(member, "forget", what=what)
    sure = next(choice for choice in reply.choices if choice.command == "forget")
    await life.asks(member, "forget", **sure.arguments)
    await life.later(0.5)


WORLDS: dict[str, tuple[Act, ...]] = {
    "command": (page, page_left, page_not_remembered, page_unopened, page_twice),
    "chat": (chat,),
    "webhook": (webhook_twice, webhook_lost, webhook_late, page_left),
    "sweep": (sweep,),
    "erase": (
        forget_call,
        forget_at_once,
        forget_everything,
        forget_character,
        forget_ringing,
        forget_scheduled,
    ),
    "dial": (
        ring_answered,
        ring_wrong,
        ring_busy,
        ring_unanswered,
        ring_machine,
        *(faulty(name, **fault) for name, fault in FAULTS.items()),
    ),
    "scheduled": (ring_later, ring_tomorrow, ring_cancelled, never_again, remove_telephone),
    "code": (verify,),
    "allowance": (use_up, ring_busy, page_unopened),
    "migration": (page,),
}
"""What is acted in each world."""
