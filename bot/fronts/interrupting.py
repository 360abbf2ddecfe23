"""``/whisper`` and ``/hangup`` where no chat is on: which call goes on, and how it can be ended."""

from bot.calls import running
from bot.calls.installation import Installation
from bot.domain.call import Delivery
from bot.domain.reply import Ask, Reply

NOBODY = "Nobody is on the line."
WHERE = {
    Delivery.PAGE: "on the talk page",
    Delivery.HOSTED: "on a page of ElevenLabs'",
    Delivery.PHONE: "on the phone",
}


async def whisper(house: Installation, ask: Ask) -> Reply:
    """Say why nothing can be whispered now; a front whispers into its own chats itself."""
    found = await running.see_running(house, ask.caller)
    if found is None:
        return Reply(f"{NOBODY} /whisper tells a character something in the middle of a chat.")
    where = WHERE[found.call.delivery]
    return Reply(
        f"{found.name} is {where}, and nothing can be whispered into that. Say it there. {_end(house, found)}"
    )


async def hangup(house: Installation, ask: Ask) -> Reply:
    """Say how the call that goes on can be ended; a front hangs up its own chats itself."""
    found = await running.see_running(house, ask.caller)
    if found is None:
        return Reply(NOBODY)
    where = WHERE[found.call.delivery]
    return Reply(
        f"{found.name} is {where}, which cannot be hung up from here. Hang up there. {_end(house, found)}"
    )


def _end(house: Installation, found: running.Running) -> str:
    at = found.ends_at.astimezone(house.terms.timezone)
    return f"The call ends by itself at {at:%H:%M %Z} at the latest."
