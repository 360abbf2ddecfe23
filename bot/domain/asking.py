"""What a question asks for: its words and what is near them, who said it, when, and what kind of answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain.conversation import Role
from bot.domain.everyday import STOP_WORDS, words_of
from bot.domain.naming_dates import Named, find_dates
from bot.domain.related import related_terms
from bot.domain.terms import language_of, split_words, term_of

_MOST_WORDS = 24
_MOST_RELATED = 120

_PREFIX = re.compile(
    r"\b(?:do you (?:still |even )?(?:remember|recall|know)|can you (?:still )?(?:remember|recall|tell me)|"
    r"remind me(?: of)?|tell me|did i (?:ever )?tell you|weißt du(?: noch)?|"
    r"erinnerst du dich(?: noch)?(?: daran)?)\b",
    re.IGNORECASE,
)
"""What is asked around a question: it says nothing about who or what is meant."""
_MEMBER = words_of(
    "i my me mine we our us ich mein meine meinen meinem meiner mir mich wir je mon ma yo mi "
    "user caller member"
)
_CHARACTER = words_of("you your yours du dein deine deinen deinem deiner dir dich tu ton ta usted")
_THIRD = words_of("he she they er sie il elle él ella")
_FRAMING = words_of(
    "tell told telling say said says saying talk talked talking mention mentioned mentions discuss discussed "
    "speak spoke spoken describe described describes remember recall conversation "
    " erzählen erzählt sagen gesagt "
    "geredet gesprochen erwähnt"
)
"""Words of asking what was said: everything was said."""
_WHEN = re.compile(
    r"\b(?:when|what (?:date|day|month|year|time)|how long ago|which (?:day|month|year)|wann)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:where|(?:which|what) (?:city|country|place|state|town)|wo|wohin|woher)\b", re.IGNORECASE
)
_WHO = re.compile(r"\b(?:who|whom|whose|wer|wen|wem)\b", re.IGNORECASE)
_MANY = re.compile(r"\b(?:how (?:many|much|often|old|long)|wie (?:viele?|oft|alt|lange))\b", re.IGNORECASE)
_BOTH = re.compile(r"\bboth\b|\bbeide\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One word of a question: the terms that are it, and those that are near it with what they are worth."""

    exact: tuple[str, ...]
    related: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """A question as recall sees it; ``speaker`` is whose words are asked for, ``sureness`` from 0 to 1."""

    wanted: tuple[Wanted, ...]
    speaker: Role | None
    sureness: float
    dates: tuple[Named, ...]
    asks_when: bool
    asks_where: bool
    asks_who: bool
    asks_how_many: bool

    @property
    def exact_terms(self) -> list[str]:
        """All terms that are the question's own words."""
        return list(dict.fromkeys(term for one in self.wanted for term in one.exact))

    @property
    def related_terms(self) -> list[str]:
        """The terms near those, as many as a store is asked for at once."""
        exact = set(self.exact_terms)
        near = dict.fromkeys(term for one in self.wanted for term in one.related if term not in exact)
        return list(near)[:_MOST_RELATED]


def read_question(text: str, today: date, *, member_name: str = "", character_name: str = "") -> Question:
    """Read a question that the member asks ("what did I tell you?") or the character ("what did she say?").

    Names of the two weigh who spoke, and are no words to look for. Dates are seen from ``today``.
    """
    dates = find_dates(text, today)
    plain = _PREFIX.sub(" ", text)
    names: dict[str, Role] = {}
    for role, name in (("user", member_name), ("agent", character_name)):
        names |= {word: role for word in split_words(name) if word not in STOP_WORDS["en"]}  # type: ignore[misc]
    words = [word.partition("'")[0] for word in split_words(plain)]
    speaker, sureness = _speaker(words, names, is_about_both=bool(_BOTH.search(plain)))
    for one in dates:
        if one.is_relative:
            text = text[: one.start] + " " * (one.end - one.start) + text[one.end :]
    return Question(
        wanted=_wanted(_PREFIX.sub(" ", text), names),
        speaker=speaker,
        sureness=sureness,
        dates=dates,
        asks_when=bool(_WHEN.search(plain)),
        asks_where=bool(_WHERE.search(plain)),
        asks_who=bool(_WHO.search(plain)),
        asks_how_many=bool(_MANY.search(plain)),
    )


def _speaker(
    words: Sequence[str], names: Mapping[str, Role], *, is_about_both: bool
) -> tuple[Role | None, float]:
    """Return whose words are asked for, and how sure that is.

    A name alone is sure; of two names the first is the one who said it, unless they stand together
    ("A and B").
    Without names the first of "I" and "you" is; "she" and "the user" mean the member where neither stands.
    """
    named = [(at, names[word]) for at, word in enumerate(words) if word in names]
    if named:
        if len({role for _, role in named}) == 1:
            return named[0][1], 1.0
        joined = any(
            abs(one - other) == 2 and words[min(one, other) + 1] in ("and", "or", "und", "oder")
            for one, role in named
            for other, another in named
            if role != another
        )
        return (None, 0.0) if joined or is_about_both else (named[0][1], 0.5)
    for word in words:
        if word in _MEMBER:
            return "user", 1.0
        if word in _CHARACTER:
            return "agent", 1.0
    return ("user", 0.5) if any(word in _THIRD for word in words) else (None, 0.0)


def _wanted(text: str, names: Mapping[str, Role]) -> tuple[Wanted, ...]:
    words = split_words(text)
    language = language_of(words)
    languages = dict.fromkeys((language, "en"))
    content = [
        word
        for word in words
        if (head := word.partition("'")[0]) not in names and head not in _FRAMING and term_of(word, language)
    ][:_MOST_WORDS]
    found: dict[str, Wanted] = {}
    for at, word in enumerate(content):
        exact = dict.fromkeys(term for one in languages if (term := term_of(word, one)))
        for neighbour in (content[at - 1] + word if at else "", "".join(content[at : at + 2])):
            if neighbour and neighbour != word:
                exact[term_of(neighbour, language)] = None
        related: dict[str, float] = {}
        for term in list(exact)[:2]:
            for near, weight in related_terms().get(term, {}).items():
                related[near] = max(weight, related.get(near, 0.0))
        found.setdefault(next(iter(exact)), Wanted(tuple(exact), related))
    return tuple(found.values())
