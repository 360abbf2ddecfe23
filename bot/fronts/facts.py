"""The part of ``/memory`` about facts: each with its source, and with what its member can do about it."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, tzinfo

from bot.calls import facts
from bot.calls.installation import Installation, character_names
from bot.domain.context import one_line, quoted
from bot.domain.errors import CallerError, UnknownPersona
from bot.domain.fact import MOST_FACTS, Fact
from bot.domain.linking import where_in_words
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import DANGER_COLOR, NEUTRAL_COLOR, SHORT_ID_CHARS, moment

AT_ONCE = 10
"""So many facts are shown together, each with a button."""
_LABEL_CHARS, _REPLACED_CHARS = 30, 80
_MOST_DIGITS = 3
_ID_CHARS = 12


async def see_facts(house: Installation, ask: Ask) -> Reply:
    """Show the facts alone, from one of them on."""
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    given = ask.arguments.get("from", "")
    is_number = given.isdecimal() and len(given) <= _MOST_DIGITS
    return told(house, seen, first=int(given) if is_number else 1)


async def see_fact(house: Installation, ask: Ask) -> Reply:
    """Show one of them, and what can be done about it."""
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    fact, number = _find(seen, ask)
    return _one(house, seen, fact, number)


async def _add(house: Installation, ask: Ask) -> Reply:
    character, text = ask.arguments["character"], ask.arguments.get("text", "")
    if not text.strip():
        slug = house.cast.get(character).slug
        return Reply(f"Write it in one sentence: /memory {slug} add I am allergic to nuts.")
    added = await facts.add_fact(house, ask.caller, character, text)
    seen = await facts.see_facts(house, ask.caller, added.slug)
    replaced = next((one.replaces for one in seen.facts if one.id == added.id), ())
    said = f"{seen.name} will know: “{added.text}”"
    if replaced:
        said += f" It replaces: {', '.join(quoted(one.text, _REPLACED_CHARS) for one in replaced)}"
    return told(house, seen, said)


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
    return told(house, seen, f"{seen.name} will know instead: “{changed.text}”")


async def _delete(house: Installation, ask: Ask) -> Reply:
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    fact, _ = _find(seen, ask)
    if ask.arguments.get("sure") != "yes":
        return _are_you_sure(seen, fact)
    await facts.forget_fact(house, ask.caller, fact.id)
    said = f"Deleted. {seen.name} will not be told that any more."
    if fact.replaces:
        said += f" {', '.join(quoted(one.text, _REPLACED_CHARS) for one in fact.replaces)} counts again."
    return Reply(said)


async def _pin(house: Installation, ask: Ask) -> Reply:
    return await _after(house, ask, lambda fact: facts.pin_fact(house, ask.caller, fact.id, pinned=True))


async def _unpin(house: Installation, ask: Ask) -> Reply:
    return await _after(house, ask, lambda fact: facts.pin_fact(house, ask.caller, fact.id, pinned=False))


async def _everyone(house: Installation, ask: Ask) -> Reply:
    return await _after(
        house, ask, lambda fact: facts.spread_fact(house, ask.caller, fact.id, for_everyone=True)
    )


async def _alone(house: Installation, ask: Ask) -> Reply:
    return await _after(
        house, ask, lambda fact: facts.spread_fact(house, ask.caller, fact.id, for_everyone=False)
    )


async def _restore(house: Installation, ask: Ask) -> Reply:
    return await _after(house, ask, lambda fact: facts.bring_back(house, ask.caller, fact))


async def _after(house: Installation, ask: Ask, do: Callable[[Fact], Awaitable[None]]) -> Reply:
    """Do something about one fact, and show what stands now: that one, or all if it is not for them now."""
    seen = await facts.see_facts(house, ask.caller, ask.arguments["character"])
    fact, _ = _find(seen, ask)
    await do(fact)
    try:
        seen = await facts.see_facts(house, ask.caller, seen.slug)
    except UnknownPersona:  # it left the cast, and this was the last of it that anybody was told
        return Reply(f"{seen.name} will not be told that any more.")
    if ask.arguments["do"] == "restore":
        return told(house, seen, "Both stand now. Delete what is wrong.")
    for number, one in enumerate(seen.facts, start=1):
        if one.id == fact.id:
            return _one(house, seen, one, number)
    return told(house, seen, f"{seen.name} will not be told that any more.")


DOORS: Mapping[str, Callable[[Installation, Ask], Awaitable[Reply]]] = {
    "facts": see_facts,
    "add": _add,
    "change": _change,
    "delete": _delete,
    "pin": _pin,
    "unpin": _unpin,
    "everyone": _everyone,
    "alone": _alone,
    "restore": _restore,
}
"""By what ``do`` says."""


def told(house: Installation, seen: facts.FactsSeen, text: str = "", *, first: int = 1) -> Reply:
    """Return the facts, with buttons."""
    return Reply(text, cards=(facts_card(house, seen, first),), choices=tuple(fact_choices(seen, first)))


def facts_card(house: Installation, seen: facts.FactsSeen, first: int = 1) -> Card:
    """Return the facts, numbered, each with its source."""
    names, zone = character_names(house), house.terms.timezone
    fields = tuple(
        (f"{number}. {_origin(fact, seen.slug, names, zone)}", fact.text)
        for number, fact in _shown(seen, first)
    )
    footer = []
    if len(seen.facts) > AT_ONCE:
        footer.append(f"{len(seen.facts)} altogether, the newest first.")
    if len(seen.facts) >= MOST_FACTS:
        footer.append("Calls bring no more facts: delete some that are of no use.")
    if seen.facts and not seen.are_told:
        footer.append("None of this is told at the moment.")
    color = seen.persona.color if seen.persona else NEUTRAL_COLOR
    title = f"What {seen.name} is to know about you"
    text = "" if fields else "Nothing yet."
    return Card(title, text, color, fields, " ".join(footer), has_verbatim_fields=True)


def fact_choices(seen: facts.FactsSeen, first: int = 1) -> list[Choice]:
    """Return the buttons under facts that are shown together."""
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
    for number, fact in shown:
        label = f"More about {number}: {one_line(fact.text, _LABEL_CHARS)}"
        choices.append(Choice(label, "memory", {"character": seen.slug, "fact": fact.id[:_ID_CHARS]}))
    return choices


def _one(house: Installation, seen: facts.FactsSeen, fact: Fact, number: int) -> Reply:
    """Return one fact with everything that can be done about it."""
    title = f"{number}. {_origin(fact, seen.slug, character_names(house), house.terms.timezone)}"
    color = seen.persona.color if seen.persona else NEUTRAL_COLOR
    card = Card(
        f"What {seen.name} is to know about you",
        color=color,
        fields=((title, fact.text),),
        has_verbatim_fields=True,
    )

    def choice(label: str, do: str, *, is_danger: bool = False) -> Choice:
        asked = {"character": seen.slug, "do": do, "fact": fact.id[:_ID_CHARS]}
        prefill = fact.text if do == "change" else ""
        return Choice(label, "memory", asked, prefill=prefill, is_danger=is_danger)

    choices = [choice("Correct it", "change")]
    choices.append(choice("Unpin it", "unpin") if fact.is_pinned else choice("Pin it", "pin"))
    if fact.is_for_everyone:
        name = character_names(house).get(fact.slug, fact.slug)
        choices.append(choice(f"Not for everyone, for {name}", "alone"))
    else:
        choices.append(choice("For everyone", "everyone"))
    if fact.replaces:
        choices.append(choice(f"Bring back: {one_line(fact.replaces[0].text, _LABEL_CHARS)}", "restore"))
    if fact.call_id:
        choices.append(Choice("Its call", "history", {"call": fact.call_id}))
    choices.append(choice("Delete it", "delete", is_danger=True))
    return Reply(cards=(card,), choices=tuple(choices))


def _shown(seen: facts.FactsSeen, first: int) -> list[tuple[int, Fact]]:
    """Return the facts that are shown together, with their numbers; the last of them if there are fewer."""
    first = max(1, min(first, len(seen.facts)))
    return list(enumerate(seen.facts[first - 1 : first - 1 + AT_ONCE], start=first))


def _origin(fact: Fact, slug: str, names: Mapping[str, str], zone: tzinfo) -> str:
    """Return when a fact was told, by whom, to whom if it was another character, where, and what it is."""
    source = f"{_day(fact.added_at.astimezone(zone))} · {_source(fact)}"
    if fact.slug != slug:
        source += f" · told to {names.get(fact.slug, fact.slug)}"
    if fact.elsewhere:
        source += f" · {where_in_words(fact.elsewhere)}"
    if fact.is_pinned:
        source += " · pinned"
    if fact.is_for_everyone:
        source += " · for everyone"
    if fact.replaces:
        source += f" · replaces: {', '.join(quoted(one.text, _REPLACED_CHARS) for one in fact.replaces)}"
    return source


def _day(at: datetime) -> str:
    return moment(at).partition(",")[0]


def _source(fact: Fact) -> str:
    if fact.is_corrected:
        return "you corrected this"
    if fact.source == "import":
        return "from a file of yours"
    if fact.source == "member":
        return "you added this"
    return f"from call {fact.call_id[:SHORT_ID_CHARS]}" if fact.call_id else "from a call that is gone"


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
        raise CallerError(f"That is not among what {seen.name} is to know any more.")
    raise CallerError(
        f"There is no {one_line(named, 40)} among what {seen.name} is to know. "
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
