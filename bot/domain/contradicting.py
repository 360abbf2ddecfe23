"""Which older facts a new one contradicts: only where both are about one thing of which there is one.

Where somebody lives once they moved, how old they are, whether they (still) have or do something, their name,
their birthday, a favourite, whether they are married. All else may be true beside each other.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

Words = Sequence[str]

_WHO = r"(?P<who>i|ich|my \w+(?: \w+)??|meine? \w+)"
_NOT = frozenset(("not", "never", "longer", "more", "no", "do", "nicht", "mehr", "kein", "keine", "keinen"))
_ANIMALS = (
    "cat|dog|hamster|rabbit|horse|pony|bird|parrot|budgie|fish|goldfish|turtle|tortoise|snake|mouse|rat|kitten"
    "|puppy|katze|kater|hund|pferd|vogel|hase"
)
_PET_GONE = re.compile(
    rf"my (?P<noun>{_ANIMALS})(?: (?P<name>[^\W\d]+))? (?:have )?(?:died|passed away|be dead)(?: .*)?"
)
_HOME = re.compile(
    rf"{_WHO} (?P<marker>now |have now |have just |have |recently |just |no longer )*"
    r"(?P<verb>lives?|moved|relocated|wohne|wohnt|lebe|lebt|bin|ist|be living)"
    r"(?P<now> now| jetzt)? (?:in|to|nach|jetzt in) (?P<what>.+)"
)
_AGE = re.compile(
    rf"{_WHO} (?:(?:be|bin|ist)(?: now| jetzt)?|(?:have )?turned|wurde) (?P<what>[1-9][0-9]?|1[01][0-9])"
    r"(?: years old| years of age| jahre alt| today| this year| now)?"
)
_ONE_OF_A_KIND = re.compile(
    r"my (?P<which>name|birthday|favourite [\w ]+?) be (?:now |on )?(?P<what>.+)"
    r"|mein name ist (?P<what2>.+)"
)
_STATUS = re.compile(
    rf"{_WHO} be (?:now |newly )?(?P<what>single|married|engaged|divorced|widowed)(?: to .+| now| again)?"
)
_WORK = re.compile(rf"{_WHO} (?P<now>now )?works? (?P<how>as|at|for) (?P<what>.+?)(?P<later> now)?")
_HAVE = re.compile(
    rf"{_WHO} (?P<no>no longer have|do not have|have no|not have)? ?(?(no)|have) ?(?P<thing>.+?)"
    r"(?: called (?P<name>[^\W\d]+))?(?: more)?(?: (?:who|which|that|and|with) .*)?"
)
_NAME_PARTS = frozenset(
    "am an der den de of la le upon on the sur bad new".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class _Thing:
    """Something that somebody has, or does not have (any more)."""

    who: str
    noun: str
    name: str
    is_there: bool


def contradicts(new: Words, olds: Sequence[Words], text: str, texts: Sequence[str]) -> list[int]:
    """Return which of the older facts cannot be true beside the new one, by their places.

    All are given in the words of ``bot.domain.agreeing`` and as they were written, for the names in them.
    """
    said = " ".join(new)
    found = [
        at
        for at, (old, old_text) in enumerate(zip(olds, texts, strict=True))
        if _is_the_opposite(new, old)
        or _has_moved(said, " ".join(old), text, old_text)
        or _differs(said, " ".join(old))
    ]
    things = [at for at, old in enumerate(olds) if _is_no_more(said, " ".join(old))]
    return sorted({*found, *(things if len(things) == 1 else [])})


def _is_the_opposite(new: Words, old: Words) -> bool:
    """Whether one says that it is so and the other that it is not (any more)."""
    if _is_negative(new) == _is_negative(old):
        return False
    bare = [[word for word in words if word not in _NOT] for words in (new, old)]
    return bare[0] == bare[1] and len(bare[0]) > 1


def _is_negative(words: Words) -> bool:
    return any(word in _NOT and word not in {"do", "more", "mehr"} for word in words)


def _has_moved(new: str, old: str, text: str, old_text: str) -> bool:
    """Whether the new one says that somebody lives elsewhere now, not only where they live."""
    there, here = _HOME.fullmatch(old), _HOME.fullmatch(new)
    if there is None or here is None or _subject(there) != _subject(here):
        return False
    if "no longer" in new or "no longer" in old:
        return False
    has_moved = here["verb"] in {"moved", "relocated"} or bool(here["now"]) or "now" in (here["marker"] or "")
    is_german_move = here["verb"] in {"bin", "ist"} and here["what"].endswith(" gezogen")
    if not has_moved and not is_german_move:
        return False
    if there["verb"] in {"bin", "ist"} and not there["what"].endswith(" gezogen"):
        return False
    place, former = _place_in(text, here["what"]), _place_in(old_text, there["what"])
    return bool(place and former) and place != former


def _place_in(text: str, what: str) -> str:
    """Return the name of a place that stands at the beginning of some words: it is written in capitals."""
    written = {word.casefold(): word for word in re.findall(r"[^\W_]+(?:['-][^\W_]+)*", text)}
    name: list[str] = []
    for word in what.split():
        if not written.get(word, word)[:1].isupper() and word not in _NAME_PARTS:
            break
        name.append(word)
    while name and name[-1] in _NAME_PARTS:
        name.pop()
    return " ".join(name)


def _differs(new: str, old: str) -> bool:
    """Whether both name the value of one thing, and not the same one."""
    for pattern in (_AGE, _STATUS):
        now, then = pattern.fullmatch(new), pattern.fullmatch(old)
        if now and then and _subject(now) == _subject(then):
            return now["what"] != then["what"]
    now, then = _ONE_OF_A_KIND.fullmatch(new), _ONE_OF_A_KIND.fullmatch(old)
    if now and then and now["which"] == then["which"]:
        what, former = ((one["what"] or one["what2"]).split() for one in (now, then))
        return set(what).isdisjoint(former)
    now, then = _WORK.fullmatch(new), _WORK.fullmatch(old)
    if now and then and (_subject(now), now["how"]) == (_subject(then), then["how"]):
        return bool(now["now"] or now["later"]) and now["what"] != then["what"]
    return False


def _is_no_more(new: str, old: str) -> bool:
    """Whether one says that a thing is there which the other says is not there (any more)."""
    now, then = _thing(new), _thing(old)
    if now is None or then is None or now.is_there == then.is_there:
        return False
    names = {one.name for one in (now, then) if one.name}
    return (now.who, now.noun) == (then.who, then.noun) and len(names) < 2


def _thing(said: str) -> _Thing | None:
    if gone := _PET_GONE.fullmatch(said):
        return _Thing("i", gone["noun"], gone["name"] or "", is_there=False)
    found = _HAVE.fullmatch(said)
    if found is None:
        return None
    noun = found["thing"].split()[-1]
    if len(found["thing"].split()) > 3 or not noun.isalpha():
        return None
    return _Thing(_subject(found), noun, found["name"] or "", is_there=not found["no"])


def _subject(found: re.Match[str]) -> str:
    return {"ich": "i"}.get(found["who"], found["who"])
