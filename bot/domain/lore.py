"""Which lore of a character belongs to what is talked about."""

import unicodedata
from collections.abc import Iterator, Sequence

from bot.domain.persona import Lore

_WITHOUT_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN")
"""How the names of letters begin whose writing sets no spaces between words."""


def find_lore(entries: Sequence[Lore], mentioned: str) -> Iterator[Lore]:
    """Yield the entries of which a text has a key, in their order.

    A key is found as a whole word, or as several words in a row; capitals, accents and how much space is
    between words make no difference. In writing without spaces it is found wherever it stands.
    """
    words = _bare(mentioned)
    for entry in entries:
        if any(_is_in(_bare(key), words) for key in entry.keys):
            yield entry


def _is_in(key: str, text: str) -> bool:
    at = text.find(key) if key else -1
    while at >= 0:
        before, after = text[at - 1 : at], text[at + len(key) : at + len(key) + 1]
        if not _goes_on(before, key[0]) and not _goes_on(after, key[-1]):
            return True
        at = text.find(key, at + 1)
    return False


def _goes_on(beside: str, edge: str) -> bool:
    """Whether a letter beside a key makes another word of it."""
    if not beside or not _is_of_a_word(edge):
        return False
    return _is_of_a_word(beside) and not unicodedata.name(edge, "").startswith(_WITHOUT_SPACES)


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def _bare(text: str) -> str:
    """Return a text without capitals and accents, with one space between words."""
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(part for part in parts if not unicodedata.combining(part)).split())
