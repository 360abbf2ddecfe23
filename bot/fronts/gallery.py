"""``/characters``: who can be called from here, page by page where the front has pages."""

from bot.calls.installation import Installation
from bot.calls.permitting import find_callable
from bot.domain.context import one_line
from bot.domain.persona import Persona
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import memory_in_words
from bot.fronts.arguments import read_page

PAGE = 4
NOBODY = "No character can be called from here. Whoever manages Troupe here decides that."


async def characters(house: Installation, ask: Ask) -> Reply:
    """Answer ``/characters``: all, or with ``page`` four at a time; ``search`` looks for words in them."""
    search, page_text = ask.arguments.get("search", "").strip(), ask.arguments.get("page", "")
    if ask.arguments.get("do") == "search":
        page_text = "1"
    cast = find_callable(house, ask.caller)
    if not cast:
        return Reply(NOBODY)
    found = [one for one in cast if _is_meant(one, search)]
    if not found:
        back = Choice("All characters", "characters", {"page": "1"} if page_text else {}, replaces=True)
        return Reply(f"Nobody here is described by “{one_line(search, 60)}”.", choices=(back,))
    if not page_text:
        return Reply(cards=_cards(found), choices=tuple(_call_choice(one) for one in found))
    pages = -(-len(found) // PAGE)
    page = min(read_page(page_text), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    choices = []
    for one in shown:
        choices.append(_call_choice(one, begins_row=True))
        if one.voice.preview:
            choices.append(Choice(f"Hear {one.name}'s voice", url=one.voice.preview))
    choices += _turning(page, pages, search)
    text = f"Page {page} of {pages}" if pages > 1 else ""
    return Reply(text, cards=_cards(shown), choices=tuple(choices))


def which_character(house: Installation, question: str, ask: Ask) -> Reply:
    """Ask which character is meant, with a button for each that asks the same again."""
    cast = find_callable(house, ask.caller) if ask.command == "call" else house.cast.all()
    choices = [
        Choice(
            f"{one.name}, {one.tagline}",
            ask.command,
            {**ask.arguments, "character": one.slug},
            replaces=True,
            is_verbatim=True,
        )
        for one in cast
    ]
    return Reply(question if choices else NOBODY, choices=tuple(choices))


def _turning(page: int, pages: int, search: str) -> list[Choice]:
    """Return the buttons that turn the page, search, or leave the search."""
    words = {"search": search} if search else {}
    choices = []
    if page > 1:
        choices.append(Choice("◀ Back", "characters", {"page": str(page - 1), **words}, replaces=True))
    if page < pages:
        choices.append(Choice("More ▶", "characters", {"page": str(page + 1), **words}, replaces=True))
    choices.append(Choice("Search", "characters", {"do": "search"}))
    if search:
        choices.append(Choice("All characters", "characters", {"page": "1"}, replaces=True))
    first, *rest = choices
    return [
        Choice(first.label, first.command, first.arguments, replaces=first.replaces, begins_row=True),
        *rest,
    ]


def _cards(cast: list[Persona]) -> tuple[Card, ...]:
    return tuple(
        Card(
            one.name,
            one.tagline,
            one.color,
            footer=f"/call {one.slug} · by {one.author} · {memory_in_words(one)}",
            picture=one.slug,
            is_verbatim=True,
            has_verbatim_title=True,
        )
        for one in cast
    )


def _call_choice(persona: Persona, *, begins_row: bool = False) -> Choice:
    return Choice(f"Call {persona.name}", "call", {"character": persona.slug}, begins_row=begins_row)


def _is_meant(persona: Persona, search: str) -> bool:
    told = " ".join((persona.slug, persona.name, persona.tagline, persona.author, *persona.tags)).casefold()
    return all(word in told for word in search.casefold().split())
