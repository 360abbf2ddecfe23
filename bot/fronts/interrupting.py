"""``/whisper`` and ``/hangup`` where no chat is on: into a talk page that listens, else how the call ends."""

from bot.calls import running
from bot.calls.installation import Installation
from bot.domain.call import Delivery
from bot.domain.quoting import whispered
from bot.domain.reply import Ask, Reply
from bot.domain.words import plural

NOBODY = "Nobody is on the line."
HINT = "/whisper tells a character something in the middle of a talk."
WHERE = {
    Delivery.PAGE: "on the talk page",
    Delivery.HOSTED: "on a page of ElevenLabs'",
    Delivery.PHONE: "on the phone",
}


async def whisper(house: Installation, ask: Ask) -> Reply:
    """Whisper into a talk page, or say why that cannot be; a front whispers into its own chats itself."""
    found = await running.see_running(house, ask.caller)
    if found is None:
        return Reply(f"{NOBODY} {HINT}")
    text = ask.arguments.get("text", "").strip()
    if not text:
        return Reply(HINT)
    if await house.pages.tell(found.call.id, "update", whispered(text)):
        return Reply(f"{found.name} knows.")
    where = WHERE[found.call.delivery]
    if found.ends_at is None:
        return Reply(
            f"{found.name} may be {where}, and nothing can be whispered into that. Say it there. "
            f"{_end(house, found)}"
        )
    return Reply(
        f"{found.name} is {where}, and nothing can be whispered into that. Say it there. {_end(house, found)}"
    )


async def hangup(house: Installation, ask: Ask) -> Reply:
    """Have a talk page hang up, or say how the call can be ended; a front hangs up its own chats itself."""
    found = await running.see_running(house, ask.caller)
    if found is None:
        return Reply(NOBODY)
    if await house.pages.tell(found.call.id, "hang_up", "asked"):
        return Reply(f"The page that talks with {found.name} hangs up.")
    where = WHERE[found.call.delivery]
    if found.ends_at is None:
        return Reply(
            f"{found.name} may be {where}, which cannot be hung up from here. Hang up there. "
            f"{_end(house, found)}"
        )
    return Reply(
        f"{found.name} is {where}, which cannot be hung up from here. Hang up there. {_end(house, found)}"
    )


def _end(house: Installation, found: running.Running) -> str:
    if found.ends_at is None:
        longest = plural(found.call.granted_minutes, "minute")
        return f"The call ends by itself {longest} after it began at the latest."
    at = found.ends_at.astimezone(house.terms.timezone)
    return f"The call ends by itself at {at:%H:%M %Z} at the latest."
