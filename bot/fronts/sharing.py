"""Sharing a line of a character's: chosen, previewed, then posted with a button that calls them."""

from bot.calls import sharing
from bot.calls.installation import Installation
from bot.domain.errors import CallerError
from bot.domain.reply import Ask, Card, Choice, Notice, Reply

NO_CHANNEL = (
    "This talk was asked for in direct messages, so there is no channel to post in. "
    "/history in a channel shares it there."
)


async def share(house: Installation, ask: Ask) -> Reply:
    """Ask which line, show how it will look, and post it once that is confirmed."""
    call_id, number = ask.arguments.get("call", ""), ask.arguments.get("line", "")
    seen = await sharing.see_lines(house, ask.caller, call_id)
    persona = seen.persona
    if not seen.channel:
        raise CallerError(NO_CHANNEL)
    if not number:
        choices = [
            Choice(line, "share", {"call": call_id, "line": str(at)}, replaces=True, is_verbatim=True)
            for at, line in enumerate(seen.lines)
        ]
        return Reply(f"Which line of {persona.name}'s do you want to share?", choices=tuple(choices))
    line = sharing.line_of(seen, number)
    card = Card(
        persona.name,
        f"“{line}”",
        persona.color,
        footer=f"shared by {ask.caller.name}",
        picture=persona.slug,
        is_verbatim=True,
        has_verbatim_title=True,
    )
    ring = Choice(f"Call {persona.name}", "call", {"character": persona.slug})
    if ask.arguments.get("sure") == "yes":
        return Reply(f"Posted in {seen.channel}.", notice=Notice(card, (ring,), seen.channel))
    sure = Choice("Post it", "share", {"call": call_id, "line": number, "sure": "yes"}, replaces=True)
    other = Choice("Another line", "share", {"call": call_id}, replaces=True)
    leave = Choice("Don't post it", "dismiss", replaces=True)
    return Reply(
        f"This is what everybody in {seen.channel} will see:", cards=(card,), choices=(sure, other, leave)
    )
