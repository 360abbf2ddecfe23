"""Which ``{{name}}`` may stand in which text of a persona."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from bot.domain.nearest import nearest
from bot.domain.variables import PLACEHOLDER, STANDARD_VARIABLES, SYSTEM_VARIABLES, find_placeholders

Place = Literal["greeting", "body", "lore", "house rules"]

_EVERYWHERE = {
    "first_message": "it is the greeting itself, which has been spoken when the conversation begins",
    "cast_as": "it is for routing calls and nobody should hear it",
    "call_ref": "it is the secret reference of the call and nobody should hear it",
}
_ALOUD = {
    "context": "it would read everything that is known about the person aloud; use {{last_call_hint}}",
    "last_call_summary": "it is too long to be said aloud; use {{last_call_hint}}",
    **dict.fromkeys(
        sorted(SYSTEM_VARIABLES - {"system__time", "system__timezone"}),
        "it is a technical value that nobody should hear in a greeting",
    ),
}
_ONLY_IN_THE_BODY = {"context": "it stands once, in the body under '# What you know'"}
_REFUSED: dict[Place, dict[str, str]] = {
    "greeting": _EVERYWHERE | _ALOUD,
    "body": _EVERYWHERE,
    "lore": _EVERYWHERE | _ONLY_IN_THE_BODY,
    "house rules": _EVERYWHERE | _ONLY_IN_THE_BODY,
}
_MOST_FINDINGS = 20
_ELSEWHERE = {"user": "user_name", "char": "character_name", "name": "user_name", "username": "user_name"}
"""What other programs call it."""
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True, slots=True)
class Misplaced:
    """A placeholder that cannot stand where it is; ``number`` counts the text's placeholders from 1."""

    offset: int
    number: int
    reason: str


def check_placeholders(text: str, place: Place, declared: Collection[str] = ()) -> Iterator[Misplaced]:
    """Yield what is wrong with the placeholders of one text, in their order; stops after twenty findings."""
    return islice(_misplaced(text, place, declared), _MOST_FINDINGS)


def _misplaced(text: str, place: Place, declared: Collection[str]) -> Iterator[Misplaced]:
    contexts = 0
    number = 0
    for number, match in enumerate(find_placeholders(text), 1):
        name = match.group(1)
        reason = _refusal(name, place, declared)
        if name == "context" and not reason:
            contexts += 1
            if contexts > 1:
                reason = "{{context}} stands here a second time; keep one of them"
        if reason:
            yield Misplaced(match.start(), number, reason)
    blanked = PLACEHOLDER.sub(lambda match: " " * len(match.group(0)), text)
    for stray in _BRACES.finditer(blanked):
        number += 1
        yield Misplaced(
            stray.start(), number, f"{stray.group(0)} without its counterpart; a placeholder is {{{{name}}}}"
        )


def tidy_placeholders(text: str) -> str:
    """Write each placeholder without inner spaces, the only spelling that every delivery understands."""
    return PLACEHOLDER.sub(r"{{\1}}", text)


def with_context(body: str) -> str:
    """Return the body with ``{{context}}`` in it, appended when the author left it out."""
    if any(match.group(1) == "context" for match in find_placeholders(body)):
        return body
    return f"{body}\n\n# What you know\n{{{{context}}}}"


def _refusal(name: str, place: Place, declared: Collection[str]) -> str:
    if name.startswith("secret__"):
        return f"{{{{{name}}}}} is refused: secrets are for tools, a character must never read them"
    if name in _REFUSED[place]:
        return f"{{{{{name}}}}} makes no sense in the {place}: {_REFUSED[place][name]}"
    if name in STANDARD_VARIABLES or name in SYSTEM_VARIABLES or name in declared:
        return ""
    if not name:
        return "{{}} names no variable; write one between the braces, such as {{user_name}}"
    usable = {*STANDARD_VARIABLES, *SYSTEM_VARIABLES, *declared} - _REFUSED[place].keys()
    match = _ELSEWHERE.get(name.casefold()) or nearest(name, sorted(usable))
    advice = (
        f"did you mean {{{{{match}}}}}?"
        if match
        else "use a standard variable, or declare it under 'variables'"
    )
    return f"unknown variable {{{{{name}}}}}; {advice}"
