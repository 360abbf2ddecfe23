"""Kinds of text that people write into persona files, with limits and the advice to who exceeds them."""

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError


class Written(BaseModel):
    """A value that people write; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def advice(sentence: str) -> PydanticCustomError:
    """Return the error whose text follows the key's name: "must be …"."""
    return PydanticCustomError("advice", "{sentence}", {"sentence": sentence})


def fits(pattern: str, sentence: str) -> AfterValidator:
    """Refuse text that does not match as a whole."""
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise advice(sentence)
        return text

    return AfterValidator(check)


def at_most(chars: int) -> StringConstraints:
    """Trim a text, and refuse it when nothing is left or too much."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=chars)


ONE_LINE = fits(r"(?:(?!\{\{|\}\})[^\n])*", "must be one line without {{ or }}")

Short = Annotated[str, at_most(40), ONE_LINE]
Line = Annotated[str, at_most(200), ONE_LINE]
Spoken = Annotated[str, at_most(500)]
Language = Annotated[
    str, fits(r"[a-z]{2,3}(-[a-z]{2})?", "must be a language code such as en, de or pt-br, in small letters")
]
Picture = Annotated[
    str,
    fits(
        r"[A-Za-z0-9_][A-Za-z0-9._-]{0,58}\.(png|webp)",
        "must be the name of a .png or .webp file in the same folder, such as merlin.png",
    ),
]
Color = Annotated[
    str,
    fits(r"#[0-9a-fA-F]{6}", 'must be # and six hexadecimal digits in quotes, such as "#5b3fd6"'),
    AfterValidator(str.lower),
]
ModelId = Annotated[
    str, fits(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}", "must be a language model's id, such as gpt-4.1")
]
