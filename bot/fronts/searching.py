"""``/history search``: the talks in which something was said."""

from bot.calls import remembering
from bot.calls.installation import Installation, character_names
from bot.domain.context import one_line, quoted
from bot.domain.reply import Ask, Card, Choice, Reply
from bot.domain.words import NEUTRAL_COLOR, SHORT_ID_CHARS
from bot.fronts.arguments import read_page
from bot.fronts.lines import talk_line

PAGE = 5
_BEFORE_CHARS, _SHOWN_CHARS = 60, 160


async def search(house: Installation, ask: Ask) -> Reply:
    """Answer with a page of the talks in which something has all the words, the newest first."""
    words = ask.arguments["search"].strip()
    page = read_page(ask.arguments.get("page", ""))
    found = await remembering.search_history(house, ask.caller, words, page * PAGE + 1)
    if not found:
        return Reply(f"Nobody said “{one_line(words, 60)}”. Try fewer words, or parts of them.")
    page = min(page, -(-len(found) // PAGE))
    shown, names = found[(page - 1) * PAGE : page * PAGE], character_names(house)
    fields = tuple(
        (talk.id[:SHORT_ID_CHARS], f"{talk_line(house, talk, names)}\n{_around(text, words)}")
        for talk, text in shown
    )
    card = Card(f"Where “{one_line(words, 60)}” was said", color=NEUTRAL_COLOR, fields=fields)
    again = {"search": words}
    choices = [
        Choice(
            f"Transcript {talk.id[:SHORT_ID_CHARS]}", "history", {"call": talk.id, "page": str(page), **again}
        )
        for talk, _ in shown
    ]
    if page > 1:
        choices.append(Choice("◀ Newer calls", "history", {"page": str(page - 1), **again}, replaces=True))
    if len(found) > page * PAGE:
        choices.append(Choice("Older calls ▶", "history", {"page": str(page + 1), **again}, replaces=True))
    return Reply(cards=(card,), choices=tuple(choices))


def _around(text: str, words: str) -> str:
    """Return what was said around the first of the words."""
    at = max(0, text.casefold().find(words.split(maxsplit=1)[0].casefold()) - _BEFORE_CHARS)
    return quoted(("…" if at else "") + text[at:], _SHOWN_CHARS)
