"""Turns what pydantic found into a place in the file and a sentence for its author."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.cast.document import Document, Finding
from bot.domain.advising import LONGEST_GREETING_CHARS, LONGEST_GREETING_SECONDS
from bot.domain.nearest import nearest
from bot.domain.persona import FrontMatter, Lore, Variable
from bot.domain.voice import Voice, VoiceChoice

Loc = tuple[str | int, ...]

_PARTS: Mapping[str | int, type[BaseModel]] = {"voice": VoiceChoice, "variables": Variable, "lore": Lore}
_LIMITS = {
    "string_too_short": "is empty; write something",
    "string_too_long": "is too long; use at most {max_length} characters",
    "too_short": "is empty; write at least {min_length} entry",
    "too_long": "has too many entries; keep at most {max_length}",
    "greater_than_equal": "is too small; the least is {ge:g}",
    "less_than_equal": "is too large; the most is {le:g}",
}
_GREETINGS = (("greeting",), ("greeting_returning",))
_BEST = f"{LONGEST_GREETING_CHARS}, which take {LONGEST_GREETING_SECONDS} seconds to say"
_KINDS = {
    "list_type": "a list, such as [one, two]",
    "tuple_type": "a list, such as [one, two]",
    "mapping_type": "a group of 'name: …' lines, indented by two spaces",
    "dict_type": "a group of 'key: value' lines, indented by two spaces",
    "model_type": "a group of 'key: value' lines, indented by two spaces",
    "int_type": "a whole number without quotes",
    "int_from_float": "a whole number",
    "float_type": "a number such as 0.95, without quotes",
}
_SHAPES = {
    ("variables", 1): "'house: {type: string, default: none, description: …}' lines, indented by two spaces",
    ("variables", 2): "{type: string, default: none, description: …}",
    ("lore", 1): "a list of entries, each '- keys: [owl]' and, below it, 'text: …'",
    ("lore", 2): "'- keys: [owl]' and, below it, 'text: …'",
}
"""What stands under these keys, and under each of theirs."""


def persona_findings(error: ValidationError, document: Document) -> Iterator[Finding]:
    """Yield what is wrong with a persona's front matter."""
    yield from _findings(error, document, ())


def voice_findings(error: ValidationError, document: Document, name: str) -> Iterator[Finding]:
    """Yield what is wrong with one voice of ``voices.yaml``."""
    yield from _findings(error, document, (name,))


def _findings(error: ValidationError, document: Document, prefix: Loc) -> Iterator[Finding]:
    details = error.errors(include_url=False)
    misspelt = {_meant(detail["loc"], prefix) for detail in details if detail["type"] == "extra_forbidden"}
    for detail in details:
        inner = detail["loc"]
        loc = (*prefix, *inner)
        if detail["type"] == "missing" and inner in misspelt:
            continue
        is_key = detail["type"] == "extra_forbidden" or loc[-1] == "[key]" or (prefix and inner == ("name",))
        path = [part for part in loc if part != "[key]"]
        yield Finding(*document.spot(path, of_key=bool(is_key)), _sentence(detail, document, loc, prefix))


def _sentence(detail: ErrorDetails, document: Document, loc: Loc, prefix: Loc) -> str:
    kind = detail["type"]
    label = next(repr(part) for part in reversed(loc) if isinstance(part, str) and part != "[key]")
    if loc == ("voice", "name") and isinstance(document.data["voice"], str):
        label = "'voice'"
    if isinstance(loc[-1], int):
        label = f"entry {loc[-1] + 1} of {label}"
    if kind == "extra_forbidden":
        return _unknown_key(label, detail["loc"], prefix)
    if kind == "missing":
        return f"key {label} is missing; add it"
    if kind == "advice":
        sentence = detail["msg"]
        return (
            sentence
            if loc[-1] == "[key]" or not sentence.startswith(("must", "names"))
            else f"{label} {sentence}"
        )
    return f"{label} {_what_is_wrong(kind, detail.get('ctx', {}), document, loc)}"


def _unknown_key(label: str, loc: Loc, prefix: Loc) -> str:
    meant = _meant(loc, prefix)
    odd = next((letter for letter in str(loc[-1]) if not letter.isprintable()), "")
    if odd and meant:
        return f"an invisible character, U+{ord(odd):04X}, stands in key {meant[-1]!r}; take it out"
    if ":" in label:
        return f"write a space after the colon in {label}"
    whole = (*prefix, *loc)
    if whole[-1:] != whole[:1] and str(loc[-1]).isdecimal():
        return f"unknown key {label}; a number is written with a point, such as 0.9, not with a comma"
    known = ", ".join(_keys(loc, prefix))
    return f"unknown key {label}; " + (f"did you mean {meant[-1]!r}?" if meant else f"it may be {known}")


def _what_is_wrong(kind: str, ctx: Mapping[str, Any], document: Document, loc: Loc) -> str:
    if kind in _LIMITS:
        best = f", best {_BEST}" if kind == "string_too_long" and loc in _GREETINGS else ""
        return _LIMITS[kind].format(**ctx) + best
    if kind == "string_type":
        return _not_text(document, loc)
    if kind == "literal_error":
        expected = str(ctx["expected"]).replace("'", "")
        match = nearest(document.scalar(loc) or "", expected.replace(" or ", ", ").split(", "))
        return f"must be {expected}" + (f"; did you mean {match}?" if match else "")
    if loc == ("voice",):
        return "must be a name from voices.yaml, or {name: …, speed: …}"
    if document.scalar(loc) == "":
        return "is empty; write something"
    shape = _SHAPES.get((str(loc[0]), len(loc))) or _KINDS.get(kind, "something else")
    return f"must be {shape}"


def _not_text(document: Document, loc: Loc) -> str:
    written = document.scalar(loc)
    if written is None:
        return "must be one text, not a list or a group"
    if not written:
        if document.rest_of_line(loc).startswith("#"):
            return "is empty, because YAML takes # as the start of a comment; put the text in quotes"
        return "is empty; write its text after the colon"
    return f'must be text, and YAML reads {written} as something else; put it in quotes: "{written}"'


def _keys(loc: Loc, prefix: Loc) -> Sequence[str]:
    if prefix:
        return [key for key in Voice.model_fields if key != "name"]
    model = FrontMatter if len(loc) == 1 else _PARTS[loc[0]]
    return list(model.model_fields)


def _meant(loc: Loc, prefix: Loc) -> Loc:
    match = nearest(str(loc[-1]).partition(":")[0], _keys(loc, prefix))
    return (*loc[:-1], match) if match else ()
