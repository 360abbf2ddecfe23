"""A character's definition: what a persona file says, joined with the voice it speaks with."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from typing import Annotated, Literal, NewType, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictInt, ValidationInfo, field_validator

from bot.domain.texts import (
    ONE_LINE,
    Color,
    Language,
    Line,
    ModelId,
    Picture,
    Short,
    Spoken,
    Written,
    advice,
    at_most,
    fits,
)
from bot.domain.variables import STANDARD_VARIABLES, VariableValue
from bot.domain.voice import Voice, VoiceChoice

__all__ = [
    "FrontMatter",
    "Lore",
    "Persona",
    "Slug",
    "Variable",
    "Voice",
    "VoiceChoice",
    "git_blob_id",
    "is_slug",
    "suggest_slug",
]

Slug = NewType("Slug", str)
"""A persona's file name without ``.md``; stored with every call."""

MAX_BODY_CHARS = 20_000
_SLUG = re.compile(r"[a-z0-9-]{1,32}")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_PLAIN = re.compile(r"(?s:(?!\{\{|\}\}).){0,500}")
RESERVED_PREFIXES = ("system__", "secret__", "integration__", "sip_", "system_env__")


_RIGHT_DEFAULT = {
    "boolean": "must be true or false, because the type is boolean",
    "number": "must be a number without quotes, because the type is number",
    "string": "must be text (at most 500 characters, no {{ or }}), because the type is string",
}


class Variable(Written):
    """A dynamic variable that a persona needs beyond the standard ones."""

    type: Literal["string", "number", "boolean"]
    default: VariableValue
    description: Line

    @field_validator("default", mode="plain")
    @classmethod
    def _must_be_of_the_type(cls, default: object, info: ValidationInfo) -> VariableValue:
        kind = info.data.get("type")
        if kind is None:
            return ""  # the type itself was refused, and that says enough
        if isinstance(default, bool):
            if kind == "boolean":
                return default
        elif isinstance(default, int | float):
            if kind == "number" and -1e15 <= default <= 1e15:
                return default
        elif isinstance(default, str) and kind == "string" and _PLAIN.fullmatch(default):
            return default
        raise advice(_RIGHT_DEFAULT[kind])


def _unclaimed(name: str) -> str:
    if name in STANDARD_VARIABLES:
        raise advice(f"{name!r} is a variable that every call has; choose another name")
    if name.startswith(RESERVED_PREFIXES):
        raise advice(f"{name!r} begins like a variable of the platform; choose another name")
    return name


VariableName = Annotated[
    str,
    fits(r"[a-z][a-z0-9_]{0,63}", "a variable's name is a small letter, then small letters, digits and _"),
    AfterValidator(_unclaimed),
]


class Lore(Written):
    """Something the character knows when one of the keys is mentioned."""

    keys: Annotated[tuple[Short, ...], Field(min_length=1, max_length=12)]
    text: Annotated[str, at_most(1_000)]


class Traits(Written):
    """What a persona file says about its character, apart from the voice."""

    name: Short
    tagline: Annotated[str, at_most(100), ONE_LINE]
    author: Short
    language: Language = "en"
    greeting: Spoken
    greeting_returning: Spoken | None = None
    variables: Annotated[Mapping[VariableName, Variable], Field(max_length=32)] = Field(default_factory=dict)
    memory: Literal["own", "shared", "none"] = "own"
    max_minutes: Annotated[StrictInt, Field(ge=1, le=60)] = 15
    picture: Picture | None = None
    color: Color = "#5b3fd6"
    tags: Annotated[tuple[Annotated[str, at_most(24), ONE_LINE], ...], Field(max_length=8)] = ()
    llm: ModelId | None = None
    lore: Annotated[tuple[Lore, ...], Field(max_length=64)] = ()


def _choice_from_name(voice: object) -> object:
    return {"name": voice} if isinstance(voice, str) else voice


class FrontMatter(Traits):
    """The data at the top of a persona file; ``voice`` may be written as a name alone."""

    voice: Annotated[VoiceChoice, BeforeValidator(_choice_from_name)]


class Persona(Traits):
    """A character that can be called.

    ``voice`` is what the chosen name stands for now, ``version`` the git blob id of the file's bytes,
    ``source`` their text. ``body`` is the character's part of the system prompt and contains ``{{context}}``.
    """

    slug: Slug
    version: str
    voice: Voice
    voice_choice: VoiceChoice
    body: Annotated[str, Field(min_length=1, max_length=MAX_BODY_CHARS)]
    source: str

    @classmethod
    def from_file(cls, front: FrontMatter, *, slug: Slug, voice: Voice, body: str, source: str) -> Self:
        """Join the checked parts of one file; ``source`` is its whole text, exactly as it is on disk."""
        traits = {name: getattr(front, name) for name in Traits.model_fields}
        version = git_blob_id(source.encode())
        choice = front.voice
        return cls(
            **traits, slug=slug, version=version, voice=voice, voice_choice=choice, body=body, source=source
        )


def is_slug(text: str) -> bool:
    """Whether this may be a persona's file name without ``.md``."""
    return _SLUG.fullmatch(text) is not None


def suggest_slug(name: str) -> str:
    """Return a slug that reads like a name, without umlauts and accents; empty if nothing is left of it."""
    spelled = name.casefold().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:32].strip("-")


def git_blob_id(data: bytes) -> str:
    """Return the id that ``git hash-object`` gives to these bytes."""
    return hashlib.sha1(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()
