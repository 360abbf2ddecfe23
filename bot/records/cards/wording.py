"""The words of a card as a persona file takes them: no macros but the caller's name, no headings.

Macros: Character Card V2 (``{{char}}``, ``{{user}}``, ``{{original}}``) and V3, "Curly braced syntaxes".
"""

import re
from collections import Counter
from collections.abc import Mapping

from bot.domain.html import without_tags
from bot.domain.quoting import one_line
from bot.domain.variables import VariableValue, fill_placeholders, make_harmless, strip_control

USER = "{{user_name}}"
_MARK = "\ue000"
_MACRO = re.compile(r"\{\{([^{}]*)\}\}")
_BRACKETED = {
    **dict.fromkeys(("<char>", "<bot>"), "{{char}}"),
    "<user>": "{{user}}",
}
_BRACKETS = re.compile("|".join(_BRACKETED), re.IGNORECASE)
_CHOICES = re.compile(r"(?:random|pick)\s*(?:::|:)\s*(.*)", re.IGNORECASE | re.DOTALL)
_SILENT = re.compile(r"\s*(?://|comment\s*:|hidden_key\s*:|original\s*$|trim\s*$|noop\s*$)", re.IGNORECASE)
_BESIDE_MARK = ((f"{{{_MARK}", f"{{ {_MARK}"), (f"{_MARK}}}", f"{_MARK} }}"))
_HEADING = re.compile(r"^[ \t]*#+[ \t]*", re.MULTILINE)
_NO_CHARACTERS = re.compile(r"[\ufffe\uffff\ue000]")
_BOLD = re.compile(r"(\*\*\*?|___?)(?=\S)([^*_]+)\1")
_STAGE = re.compile(r"\*[^*]*\*")
_SPACES = re.compile(r" {2,}")
_TAGS = re.compile(r"<[^<>]{1,300}>|!?\[([^\]]{0,200})\]\([^)]{0,500}\)")
_SENTENCE = re.compile(r"[.!?…]['\"”’)]*(?=\s|$)|\n")
_APART = re.compile(r"(?:^|(?<=[.!?…] ))[ \t]*\*(?=[a-zß-ÿ])[^*\n]{2,40}\*(?!\*)[ \t]*", re.MULTILINE)
_FOR_CARDS = {"user_name": "{{user}}", "character_name": "{{char}}"}


class Wording:
    """Turns a card's texts into ours, for one character; counts in ``plain`` the macros that became words."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.plain: Counter[str] = Counter()

    def text(self, text: str) -> str:
        """Return a text of several lines, without headings, whose only placeholder is the caller's name."""
        text = strip_control(_NO_CHARACTERS.sub("", text))
        text = without_tags(text)
        text = _BRACKETS.sub(lambda found: _BRACKETED[found[0].lower()], text)
        for _ in range(5):
            text, count = _MACRO.subn(self._replaced, text)
            if not count:
                break
        text = make_harmless(text)
        for beside, apart in _BESIDE_MARK:
            text = text.replace(beside, apart)
        return _HEADING.sub("", text).replace(_MARK, USER).strip()

    def line(self, text: str, most_chars: int) -> str:
        """Return a text as one line without any placeholder, shortened where it is too long."""
        return one_line(self.text(_TAGS.sub(r"\1", text)).replace(USER, "you"), most_chars)

    def _replaced(self, macro: re.Match[str]) -> str:
        inside = macro[1].strip()
        kind = inside.lower()
        if kind in ("user", "char"):
            return _MARK if kind == "user" else self._name
        if _SILENT.match(inside):
            return ""
        choices = _CHOICES.fullmatch(inside)
        self.plain[re.split(r"[:\s]", inside, maxsplit=1)[0][:20]] += 1
        if choices:
            return re.split("::" if "::" in choices[1] else r"(?<!\\),", choices[1])[0].strip()
        return inside


def without_directions(text: str) -> str:
    """Return a text without what stands between asterisks."""
    return _SPACES.sub(" ", _STAGE.sub("", _BOLD.sub(r"\2", text)))


def without_acting(text: str) -> tuple[str, int]:
    """Return a text without the directions that stand by themselves, and how many they are.

    Inside a sentence asterisks are stress, and stay.
    """
    said, count = _APART.subn("", text)
    return said.strip(), count


def spoken(text: str) -> tuple[str, int]:
    """Return what is said in a greeting, as one line, and how many directions in asterisks are left out."""
    said, count = _STAGE.subn(" ", _BOLD.sub(r"\2", text))
    return " ".join(said.replace("*", " ").split()), count


def cut(text: str, most_chars: int) -> str:
    """Return a text's whole sentences that fit; where not even the first does, its whole words."""
    if len(text) <= most_chars:
        return text
    ends = [found.end() for found in _SENTENCE.finditer(text, 0, most_chars + 1) if found.end() <= most_chars]
    if ends:
        return text[: ends[-1]].strip()
    words = text[:most_chars].rsplit(None, 1)[0] if " " in text[:most_chars] else text[:most_chars]
    return words.rpartition("{{")[0].strip() if words.count("{{") > words.count("}}") else words.strip()


def pieces(text: str, most_chars: int) -> list[str]:
    """Return a text in parts that each fit, cut between sentences where that is possible."""
    found: list[str] = []
    while text := text.strip():
        part = cut(text, most_chars) or text[:most_chars]
        found.append(part)
        text = text[len(part) :] if text.startswith(part) else ""
    return found


def for_cards(text: str, defaults: Mapping[str, VariableValue]) -> str:
    """Return one of our texts with the macros of cards; other variables become their ``defaults``."""
    return fill_placeholders(text, {**defaults, **_FOR_CARDS}).strip()
