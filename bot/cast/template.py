"""A character's file to begin with: its sentences say what belongs in their place, and are no character."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

_GREETINGS = {
    "en": (
        "Hello, {{user_name}}, this is %s. What is on your mind?",
        "{{user_name}}, good to hear you again. {{last_call_hint}} How are you today?",
    ),
    "de": (
        "Hallo, {{user_name}}, hier ist %s. Was beschäftigt dich?",
        "{{user_name}}, schön, dich wieder zu hören. {{last_call_hint}} Wie geht es dir heute?",
    ),
}
_BODY = """\
# Personality
You are {name}. Write here who you are in three or four sentences: what you love, what you cannot stand,
what you are good at, and one thing that nobody would guess.

# Environment
Write here where you are while you talk, what can be heard there, and who else is around. The caller is on
the telephone with you.

# Tone
Warm and unhurried, in short spoken sentences. Write here which words you like, which you never use, and
how you sound when something is serious.

# Goal
Find out what brings the caller to you, and stay with that. Write here what you do together in a call, how
it begins, what happens when the caller is silent or stuck, and how you say goodbye.

# Guardrails
Do not invent what you do not know; say so. Write here what you never do, and what you do instead.

# What you know
This is what you remember of this caller. Let one thing come up where it fits, and never recite it. Where
nothing is written, ask.

{{{{context}}}}
"""

_TO_BE_WRITTEN = re.compile(
    "|".join(r"\s+".join(map(re.escape, part.split())) for part in re.findall(r"Write here [^,:.]+", _BODY))
)
"""How each sentence begins that asks for the author's own, however its lines are broken now."""

Memory = Literal["own", "shared", "none"]


@dataclass(frozen=True, slots=True)
class Answers:
    """What an author says before the file is written; ``voice`` is a name of ``voices.yaml``."""

    name: str = "My character"
    tagline: str = "One line that makes somebody want to call"
    author: str = "@your-name"
    language: str = "en"
    voice: str = "old-storyteller"
    memory: Memory = "own"


def build_template(answers: Answers) -> str:
    """Return the text of a new character's file."""
    first, returning = _GREETINGS.get(answers.language.partition("-")[0], _GREETINGS["en"])
    data = {
        "name": answers.name,
        "tagline": answers.tagline,
        "author": answers.author,
        "voice": answers.voice,
        "language": answers.language,
        "greeting": first % answers.name,
        "greeting_returning": returning,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in data.items()]
    front = "\n".join([*lines, f"memory: {answers.memory}"])
    return f"---\n{front}\n---\n{_BODY.format(name=answers.name)}"


def find_unwritten(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a text still asks its author to write, and what it says there."""
    for found in _TO_BE_WRITTEN.finditer(text):
        yield found.start(), unwritten_reason(found.group(0))


def unwritten_reason(text: str) -> str:
    """Say that words are the template's, and what to do."""
    return f"this still is the template's “{' '.join(text.split())}”; write your own"


def editor_link(repository: str, text: str, *, branch: str = "main", folder: str = "personas") -> str:
    """Return an address that opens GitHub's editor with a new file: ``repository`` is OWNER/REPO.

    Source: GitHub's own "new file" page, which fills in ``filename`` and ``value``.
    """
    place = "/".join(quote(part, safe="") for part in folder.split("/") if part)
    path = f"{repository}/new/{quote(branch, safe='')}" + (f"/{place}" if place else "")
    return f"https://github.com/{path}?filename=my-character.md&value={quote(text, safe='')}"
