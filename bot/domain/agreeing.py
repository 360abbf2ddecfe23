"""Whether a new fact says what another one says, or something that cannot be true beside it.

Both are told only where they are plain; whoever is not sure keeps both. Sentences are compared as they are
normally written about somebody: "I have a cat", "has a cat" and "The user has a cat." are the same.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.contradicting import Words, contradicts
from bot.domain.fact import Fact, FactId

_CONTRACTIONS = (
    (re.compile(r"\bcan't\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"\b(i|you|we|they|he|she|it)'(?:ve|d)\b"), r"\1 have"),
    (re.compile(r"\b(i)'m\b"), r"\1 am"),
    (re.compile(r"\b(you|we|they)'re\b"), r"\1 are"),
    (re.compile(r"\b(he|she|it)'s\b"), r"\1 is"),
)
_SAME = {
    **dict.fromkeys(("am", "is", "are"), "be"),
    **dict.fromkeys(("has", "own", "owns"), "have"),
    **dict.fromkeys(("does",), "do"),
    **dict.fromkeys(("named", "name's"), "called"),
    **dict.fromkeys(("favorite",), "favourite"),
    **dict.fromkeys(("anymore",), "more"),
}
_LEFT_OUT = frozenset(
    "a an the really very also just actually quite currently got any".split()  # noqa: SIM905
)
_SELF = frozenset(("i", "user", "he", "she", "they", "caller", "person"))
_MY = frozenset(("my", "user's", "his", "her", "their", "caller's", "person's"))
_VERBS = frozenset(
    "have be live like love hate work want keep play speak move moved was study enjoy".split()  # noqa: SIM905
) | frozenset(
    "prefer do eat drink collect no not used grew never can turned teach sing own".split()  # noqa: SIM905
)
_CONNECTORS = frozenset(
    "who which that and but because since with called in at for from near when as so while whose".split()  # noqa: SIM905
)
_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a new fact: it is known already, or it is new and takes the place of others.

    One that comes late may have been replaced already, by the fact that ``replaced_by`` names. What is known
    is said by the fact that ``said_by`` names.
    """

    is_known: bool
    replaces: tuple[FactId, ...] = ()
    replaced_by: FactId | None = None
    said_by: FactId | None = None


def compare(new: Fact, others: Iterable[Fact]) -> Verdict:
    """Compare a new fact with those that stand; pinned ones, and those for everyone, are never replaced.

    Nor is one that is newer than it.
    """
    form, standing = words_of(new.text), [(one, words_of(one.text)) for one in others]
    said_by = next((one.id for one, known in standing if _covers(known, form)), None)
    if said_by is not None:
        return Verdict(is_known=True, said_by=said_by)
    older = [one for one in standing if one[0].added_at <= new.added_at]
    newer = sorted(
        (one for one in standing if one[0].added_at > new.added_at), key=lambda one: one[0].added_at
    )
    replaces = _replaced(new, form, older)
    by = next((one.id for one, words in newer if _replaced(one, words, [(new, form)])), None)
    return Verdict(is_known=False, replaces=replaces, replaced_by=by)


def _replaced(new: Fact, form: Words, olds: Sequence[tuple[Fact, Words]]) -> tuple[FactId, ...]:
    """Return which older facts a new one takes the place of: those that say less, or what is wrong now."""
    olds = [one for one in olds if not one[0].is_pinned and not one[0].is_for_everyone]
    wrong = contradicts(form, [words for _, words in olds], new.text, [one.text for one, _ in olds])
    return tuple(one.id for at, (one, words) in enumerate(olds) if at in wrong or _covers(form, words))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a sentence in the form in which they are compared."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    for pattern, long in _CONTRACTIONS:
        plain = pattern.sub(long, plain)
    found = [_SAME.get(word, word) for word in _WORD.findall(plain) if word not in _LEFT_OUT]
    return _with_subject(found)


def _with_subject(words: list[str]) -> tuple[str, ...]:
    """Let sentences about whoever told them begin with ``i`` or ``my``, and their verb stand in one form."""
    if not words:
        return ()
    first, rest = words[0], words[1:]
    if first in _MY:
        return ("my", *rest)
    if first not in _SELF:
        verb = _verb(first)
        return ("i", verb, *rest) if verb in _VERBS else tuple(words)
    if rest and first != "i":
        rest[0] = _verb(rest[0])
    return ("i", *rest)


def _verb(word: str) -> str:
    """Return a verb as it is said of oneself."""
    if word in _VERBS or not word.endswith("s") or word.endswith("ss"):
        return word
    for ending, other in (("ies", "y"), ("ches", "ch"), ("es", "e"), ("s", "")):
        if word.endswith(ending):
            return word.removesuffix(ending) + other
    return word


def _covers(full: Sequence[str], short: Sequence[str]) -> bool:
    """Whether one says all that another says: the same, or the same with more behind it."""
    if not short or [_singular(word) for word in full[: len(short)]] != [_singular(word) for word in short]:
        return False
    return len(full) == len(short) or full[len(short)] in _CONNECTORS


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
