"""Text to terms: what is stored of a turn so that it can be found, and what a word of a query is called."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from bot.domain.conversation import Role
from bot.domain.everyday import (
    FIRST_PERSON,
    IRREGULAR,
    NUMBER_WORDS,
    PLACE_WORDS,
    SECOND_PERSON,
    STOP_WORDS,
    TIME_WORDS,
)

INDEX_VERSION = 1
"""Goes up with every change after which turns must be indexed anew."""

_TERM_CHARS = 32
_WORD = re.compile(r"\w+(?:['’]\w+)?")
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that put no spaces between words: each two neighbouring characters are a term."""
_NAME = re.compile(r"(?<![.!?…:\"“”] )(?<!^)\b(?!I\b|OK\b)[A-ZÀ-Þ]\w+")
_STEMMERS = {
    "en": stemmer("english"),
    "de": stemmer("german"),
    "fr": stemmer("french"),
    "es": stemmer("spanish"),
    "it": stemmer("italian"),
    "pt": stemmer("portuguese"),
    "nl": stemmer("dutch"),
}
_STEMMING = Lock()
"""A stemmer keeps the word that it is at in itself: two threads at once would cut each other's."""
_LANGUAGES_OF = {
    word: tuple(language for language, little in STOP_WORDS.items() if word in little)
    for word in frozenset().union(*STOP_WORDS.values())
}


@dataclass(frozen=True, slots=True)
class Indexed:
    """What an index keeps of a turn: its different terms, and one integer of features below 2**31."""

    terms: tuple[str, ...]
    marks: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Features of a turn that are worth knowing without reading it; each count ends at 3.

    ``names`` counts capitalised words within sentences, ``terms`` the different terms (to 255), ``chars`` the
    length of the text (in steps of 16, to 2,032).
    """

    is_agents: bool
    asks: bool
    first_person: int
    second_person: int
    names: int
    numbers: int
    times: int
    places: int
    terms: int
    chars: int


def index_turn(role: Role, text: str) -> Indexed:
    """Return what to store with a turn."""
    words = split_words(text)
    language = language_of(words)
    found = tuple(dict.fromkeys(term for word in words if (term := term_of(word, language))))
    return Indexed(found, _mark(role, text, words, language, len(found)))


def mark_turn(role: Role, text: str) -> int:
    """Return the marks alone, without the number of terms: much faster than to index a turn."""
    words = split_words(text)
    return _mark(role, text, words, language_of(words), 0)


def _mark(role: Role, text: str, words: list[str], language: str, terms: int) -> int:
    plain = [_head(word) for word in words]
    return (
        (role == "agent")
        | ("?" in text) << 1
        | _count(plain, FIRST_PERSON) << 2
        | _count(plain, SECOND_PERSON) << 4
        | (0 if language == "de" else min(3, len(_NAME.findall(text)))) << 6
        | min(3, sum(word in NUMBER_WORDS or word.isdigit() for word in plain)) << 8
        | _count(plain, TIME_WORDS) << 10
        | _count(plain, PLACE_WORDS) << 12
        | min(255, terms) << 16
        | min(127, (len(text) + 15) // 16) << 24
    )


@lru_cache(maxsize=65_536)
def read_marks(marks: int) -> Marks:
    """Return what ``index_turn`` put into the integer."""
    return Marks(
        is_agents=bool(marks & 1),
        asks=bool(marks >> 1 & 1),
        first_person=marks >> 2 & 3,
        second_person=marks >> 4 & 3,
        names=marks >> 6 & 3,
        numbers=marks >> 8 & 3,
        times=marks >> 10 & 3,
        places=marks >> 12 & 3,
        terms=marks >> 16 & 255,
        chars=(marks >> 24 & 127) * 16,
    )


def split_words(text: str) -> list[str]:
    """Return the words of a text in lower case, in order; scripts without spaces as pairs of characters."""
    words = _WORD.findall(unicodedata.normalize("NFKC", text).casefold().replace("’", "'"))
    return words if text.isascii() else [part for word in words for part in _parts(word)]


def language_of(words: list[str]) -> str:
    """Return the language whose little words stand in a text most, English where it is not clear."""
    counts: dict[str, int] = {}
    for word in words:
        for language in _LANGUAGES_OF.get(word, ()):
            counts[language] = counts.get(language, 0) + 1
    best = max(counts, key=lambda language: counts[language], default="en")
    return best if counts.get(best, 0) > counts.get("en", 0) else "en"


def term_of(word: str, language: str = "en") -> str:
    """Return what a word of ``split_words`` is stored as in a language; empty for little words."""
    head = _head(word)
    if head in STOP_WORDS[language] or word in STOP_WORDS[language]:
        return ""
    return _stem(head, language)


def _parts(word: str) -> Iterable[str]:
    if len(word) == 1 or not _UNSPACED.search(word):
        return (word,)
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _head(word: str) -> str:
    """Return a word without what follows an apostrophe: ``sister's``, ``don't``; but ``l'école`` is école."""
    if "'" not in word:
        return word
    head, _, rest = word.partition("'")
    return rest if len(head) <= 1 and len(rest) > 2 else head


def _count(words: list[str], of: frozenset[str]) -> int:
    return min(3, len([word for word in words if word in of]))


@lru_cache(maxsize=65_536)
def _stem(word: str, language: str) -> str:
    if language in ("en", "de"):  # their rules need no accents, the others' do
        word = _fold(IRREGULAR.get(word, word) if language == "en" else word)
    with _STEMMING:
        stem = _STEMMERS[language].stemWord(word)
    return _fold(stem)[:_TERM_CHARS]


def _fold(word: str) -> str:
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
