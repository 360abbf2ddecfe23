"""``/memory``: what a character will be told, and what it is to know."""

from bot.calls import facts, remembering
from bot.calls.installation import Installation
from bot.domain.errors import CallerError
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import memory_in_words
from bot.fronts.account import remembering_in_words
from bot.fronts.facts import DOORS, fact_choices, facts_card, see_fact, told
from bot.fronts.gallery import which_character

_ON_A_LINK = {
    "hint": " A link carries one hint of this; a chat and a phone call are told all of it.",
    "full": " A link carries one hint of this, or as much as fits if you bring it; a chat and a phone call "
    "are told all of it.",
    "none": " A link carries nothing of this; a chat and a phone call are told all of it.",
}
"""Where a link can be forwarded, it carries next to nothing."""


async def memory(house: Installation, ask: Ask) -> Reply:
    """Answer ``/memory``: to the letter what a character will be told next time, or one change of it."""
    if not ask.arguments.get("character", ""):
        return which_character(house, "Whose memory do you want to see?", ask)
    door = _DOORS.get(ask.arguments.get("do", ""))
    if door is None:
        raise CallerError("/memory can add, correct and delete. /memory wizard alone shows what there is.")
    return await door(house, ask)


async def _see(house: Installation, ask: Ask) -> Reply:
    if ask.arguments.get("fact"):
        return await see_fact(house, ask)
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    if seen.persona is None:
        return told(house, seen, f"{seen.name} is not in the cast any more.")
    persona, topic = seen.persona, ask.arguments.get("topic", "")
    continues = ask.arguments.get("continue", "")
    known = await remembering.see_memory(house, ask.caller, persona.slug, topic, continues)
    footer = f"{persona.name} {memory_in_words(persona)}; {remembering_in_words(known.person)}."
    if not house.terms.public_url:
        footer += _ON_A_LINK[house.terms.hosted_context]
    will_be_told = Card(
        f"What {persona.name} will be told next time",
        known.prepared.context,
        persona.color,
        fields=(("First words", str(known.prepared.initiation.variables["first_message"])),),
        footer=footer,
        picture=persona.slug,
        is_verbatim=True,
    )
    again = {"character": persona.slug, "topic": topic, "continue": continues}
    switch = Choice("Remember me from now on", "account", {"do": "remember", "value": "on"})
    if known.person.remembers:
        switch = Choice("Stop remembering me", "account", {"do": "remember", "value": "off"})
    choices = (
        Choice(f"Call {persona.name}", "call", {name: value for name, value in again.items() if value}),
        switch,
        Choice(f"Forget all with {persona.name}", "forget", {"what": persona.slug}, is_danger=True),
        *fact_choices(seen),
    )
    is_about_facts = seen.facts or seen.are_told
    cards = (will_be_told, facts_card(house, seen)) if is_about_facts else (will_be_told,)
    return Reply(cards=cards, choices=choices)


_DOORS = {"": _see, **DOORS}
"""By what ``do`` says."""
