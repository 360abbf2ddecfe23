"""``/memory``: what a character will be told, and what its member wants it to know."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import tzinfo

from bot.calls import facts, remembering
from bot.calls.installation import Installation, character_names
from bot.domain.context import one_line
from bot.domain.errors import CallerError
from bot.domain.fact import Fact
from bot.domain.linking import where_in_words
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import DANGER_COLOR, NEUTRAL_COLOR, memory_in_words, moment
from bot.fronts.account import remembering_in_words
from bot.fronts.gallery import which_character

AT_ONCE = 10
"""So many facts are shown together, each with a button."""
_LABEL_CHARS = 30
_MOST_DIGITS = 3
_ID_CHARS = 12


async def memory(house: Installation, ask: Ask) -> Reply:
    """Answer ``/memory``: to the letter what a character will be told next time, or one change of it."""
    if not ask.arguments.get("character", ""):
        return which_character(house, "Whose memory do you want to see?", ask)
    door = _DOORS.get(ask.arguments.get("do", ""))
    if door is None:
        raise CallerError("/memory can add, correct and delete. /memory wizard alone shows what there is.")
    return await door(house, ask)


async def _see(house: Installation, ask: Ask) -> Reply:
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    if seen.persona is None:
        return _told(house, seen, f"{seen.name} is not in the cast any more.")
    persona, topic = seen.persona, ask.arguments.get("topic", "")
    continues = ask.arguments.get("continue", "")
    known = await remembering.see_memory(house, ask.caller, persona.slug, topic, continues)
    will_be_told = Card(
        f"What {persona.name} will be told next time",
        known.prepared.context,
        persona.color,
        fields=(("First words", str(known.prepared.initiation.variables["first_message"])),),
        footer=f"{persona.name} {memory_in_words(persona)}; {remembering_in_words(known.person)}.",
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
        *_choices(seen),
    )
    is_about_facts = seen.facts or seen.are_told
    cards = (will_be_told, _facts_card(house, seen)) if is_about_facts else (will_be_told,)
    return Reply(cards=cards, choices=choices)


async def _see_facts(house: Installation, ask: Ask) -> Reply:
    """Show the facts alone, from one of them on."""
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    given = ask.arguments.get("from", "")
    is_number = given.isdecimal() and len(given) <= _MOST_DIGITS
    return _told(house, seen, first=int(given) if is_number else 1)


async def _add(house: Installation, ask: Ask) -> Reply:
    character, text = ask.arguments["character"], ask.arguments.get("text", "")
    if not text.strip():
        slug = house.cast.get(character).slug
        return Reply(f"Write it in one sentence: /memory {slug} add I am allergic to nuts.")
    fact = await facts.add_fact(house, ask.caller, character, text)
    seen = await facts.see_facts(house, ask.caller, fact.slug)
    return _told(house, seen, f"{seen.name} will know: “{fact.text}”")


async def _change(house: Installation, ask: Ask) -> Reply:
    """Correct one; words that are there and blank mean that it shall go."""
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    fact, number = _find(seen, ask)
    text = ask.arguments.get("text")
    if text is None:
        return Reply(f"Write how it should read: /memory {seen.slug} correct {number} I am allergic to nuts.")
    if not text.strip():
        return _are_you_sure(seen, fact)
    changed = await facts.change_fact(house, ask.caller, fact.id, text)
    seen = await facts.see_facts(house, ask.caller, seen.slug)
    return _told(house, seen, f"{seen.name} will know instead: “{changed.text}”")


async def _delete(house: Installation, ask: Ask) -> Reply:
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    fact, _ = _find(seen, ask)
    if ask.arguments.get("sure") != "yes":
        return _are_you_sure(seen, fact)
    await facts.forget_fact(house, ask.caller, fact.id)
    return Reply(f"Deleted. {seen.name} will not be told that any more.")


_DOORS: Mapping[str, Callable[[Installation, Ask], Awaitable[Reply]]] = {
    "": _see,
    "facts": _see_facts,
    "add": _add,
    "change": _change,
    "delete": _delete,
}
"""By what ``do`` says."""


def _told(house: Installation, seen: facts.FactsSeen, text: str = "", *, first: int = 1) -> Reply:
    return Reply(text, cards=(_facts_card(house, seen, first),), choices=tuple(_choices(seen, first)))


def _facts_card(house: Installation, seen: facts.FactsSeen, first: int = 1) -> Card:
    names, zone = character_names(house), house.terms.timezone
    fields = tuple(
        (f"{number}. {_origin(fact, seen.slug, names, zone)}", fact.text)
        for number, fact in _shown(seen, first)
    )
    footer = []
    if len(seen.facts) > AT_ONCE:
        footer.append(f"{len(seen.facts)} altogether, the newest first.")
    if seen.facts and not seen.are_told:
        footer.append("None of this is told at the moment.")
    color = seen.persona.color if seen.persona else NEUTRAL_COLOR
    title = f"What you want {seen.name} to know"
    text = "" if fields else "Nothing yet."
    return Card(title, text, color, fields, " ".join(footer), has_verbatim_fields=True)


def _shown(seen: facts.FactsSeen, first: int) -> list[tuple[int, Fact]]:
    """Return the facts that are shown together, with their numbers; the last of them if there are fewer."""
    first = max(1, min(first, len(seen.facts)))
    return list(enumerate(seen.facts[first - 1 : first - 1 + AT_ONCE], start=first))


def _origin(fact: Fact, slug: str, names: Mapping[str, str], zone: tzinfo) -> str:
    """Return when a fact was told, to whom if it was another character, and where."""
    whom = "" if fact.slug == slug else f", told to {names.get(fact.slug, fact.slug)}"
    where = f", {where_in_words(fact.elsewhere)}" if fact.elsewhere else ""
    added = moment(fact.added_at.astimezone(zone)).partition(",")[0]
    return f"{added}{whom}{where}"


def _choices(seen: facts.FactsSeen, first: int = 1) -> list[Choice]:
    choices, shown = [], _shown(seen, first)
    if seen.are_told:
        add = {"character": seen.slug, "do": "add"}
        choices.append(Choice("Add something", "memory", add, begins_row=True))
    for number, fact in shown:
        change = {"character": seen.slug, "do": "change", "fact": fact.id[:_ID_CHARS]}
        label = f"Correct {number}: {one_line(fact.text, _LABEL_CHARS)}"
        choices.append(Choice(label, "memory", change, prefill=fact.text))
    if shown and shown[-1][0] < len(seen.facts):
        older = {"character": seen.slug, "do": "facts", "from": str(shown[-1][0] + 1)}
        choices.append(Choice("Older ones", "memory", older, begins_row=True))
    return choices


def _find(seen: facts.FactsSeen, ask: Ask) -> tuple[Fact, int]:
    """Return the fact that is meant, by the beginning of its id or by its number as it was shown."""
    named = ask.arguments.get("fact", "").strip()
    for number, fact in enumerate(seen.facts, start=1):
        is_meant = len(named) >= _ID_CHARS and fact.id.startswith(named)
        if is_meant or (len(named) <= _MOST_DIGITS and named == str(number)):
            return fact, number
    if not named:
        raise CallerError(f"Which one? Name its number: /memory {seen.slug} delete 1.")
    if len(named) >= _ID_CHARS:
        raise CallerError(f"That is not among what you want {seen.name} to know any more.")
    raise CallerError(
        f"There is no {one_line(named, 40)} among what you want {seen.name} to know. "
        f"/memory {seen.slug} shows what there is."
    )


def _are_you_sure(seen: facts.FactsSeen, fact: Fact) -> Reply:
    text = f"This deletes: “{fact.text}” {seen.name} will not be told that any more. It cannot be undone."
    sure = {"character": seen.slug, "do": "delete", "fact": fact.id, "sure": "yes"}
    return Reply(
        cards=(Card("Are you sure?", text, DANGER_COLOR),),
        choices=(
            Choice("Delete it", "memory", sure, replaces=True, is_danger=True),
            Choice("Keep it", "dismiss", replaces=True),
        ),
    )
