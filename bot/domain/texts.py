"""Kinds of text that people write into persona files, with limits and the advice to who exceeds them."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema


class Written(BaseModel):
    """A value that people write; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def advice(sentence: str) -> PydanticCustomError:
    """Return the error whose text follows the key's name: "must be …"."""
    return PydanticCustomError("advice", "{sentence}", {"sentence": sentence})


class fits:  # noqa: N801 - it reads as a word where it is used
    """Refuse text that does not match a pattern as a whole; JSON schemas have the pattern, too."""

    def __init__(self, pattern: str, sentence: str) -> None:
        self._pattern = re.compile(pattern)
        self._sentence = sentence

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Check the text after everything that stands before this in its type."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Add the pattern, unless another part of the type has one."""
        return {"pattern": f"^(?:{self._pattern.pattern})$", **handler(schema)}

    def _check(self, text: str) -> str:
        if not self._pattern.fullmatch(text):
            raise advice(self._sentence)
        return text


def at_most(chars: int) -> StringConstraints:
    """Trim a text, and refuse it when nothing is left or too much."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=chars)


ONE_LINE = fits(r"(?:(?!\{\{|\}\})[^\n])*", "must be one line without {{ or }}")

Short = Annotated[str, at_most(40), ONE_LINE]
Line = Annotated[str, at_most(200), ONE_LINE]
MAX_SPOKEN_CHARS = 500
Spoken = Annotated[str, at_most(MAX_SPOKEN_CHARS)]
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
