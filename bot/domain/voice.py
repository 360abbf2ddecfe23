"""Voices: what ``voices.yaml`` says about each, and what a persona may choose.

Model names and ranges: ElevenLabs, agent overrides (``tts``) and the list of models with their languages.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, StrictFloat, StringConstraints, field_validator

from bot.domain.nearest import nearest
from bot.domain.texts import ONE_LINE, Language, Short, Written, advice, fits

_ENGLISH = frozenset({"en"})
_MULTILINGUAL = frozenset(
    "ar bg cs da de el en es fi fil fr hi hr id it ja ko ms nl pl pt ro ru sk sv ta tr uk zh".split()  # noqa: SIM905
)
_V2_5 = _MULTILINGUAL | {"hu", "no", "vi"}

MODEL_LANGUAGES: Mapping[str, frozenset[str] | None] = {
    "eleven_turbo_v2": _ENGLISH,
    "eleven_flash_v2": _ENGLISH,
    "eleven_multilingual_v2": _MULTILINGUAL,
    "eleven_turbo_v2_5": _V2_5,
    "eleven_flash_v2_5": _V2_5,
    "eleven_v3_conversational": None,
    "eleven_v4": None,
    "eleven_v4_turbo": None,
}
"""What each speech model can speak; None: too many to list, not checked."""


class Voice(Written):
    """A voice of this installation; raw ids stand only in ``voices.yaml``."""

    name: Annotated[str, fits(r"[a-z0-9-]{1,32}", "a voice's name is 1 to 32 small letters, digits and -")]
    voice_id: Annotated[
        str, fits(r"[A-Za-z0-9]{10,40}", "must be the voice's id at ElevenLabs: 10 to 40 letters and digits")
    ]
    model: str
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=80)]
    licence: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), ONE_LINE] = ""
    preview: Annotated[
        str, fits(r"(https://[^\s\"'<>]{4,400})?", "must be an https:// address of a short recording")
    ] = ""

    @field_validator("model")
    @classmethod
    def _must_be_known(cls, model: str) -> str:
        if model not in MODEL_LANGUAGES:
            match = nearest(model, MODEL_LANGUAGES)
            known = f"did you mean {match!r}?" if match else f"it may be {', '.join(MODEL_LANGUAGES)}"
            raise advice(f"names no speech model that Troupe knows; {known}")
        return model

    def model_refusal(self, language: str) -> str:
        """Say in one sentence why the voice's model cannot speak a language; empty when it can."""
        spoken = MODEL_LANGUAGES[self.model]
        if spoken is None or _base(language) in spoken:
            return ""
        languages = "English" if spoken == _ENGLISH else ", ".join(sorted(spoken))
        return f"{self.model} cannot speak {language!r}, only {languages}; choose another model or language"

    def refusal(self, language: str) -> str:
        """Say in one sentence why this voice cannot speak a language; empty when it can."""
        if _base(language) in {_base(known) for known in self.languages}:
            return self.model_refusal(language)
        return (
            f"voice {self.name!r} speaks {', '.join(self.languages)}, not {language!r}; choose another voice"
        )


class VoiceChoice(Written):
    """The voice that a persona asks for by name, with settings of its own; None leaves the agent's."""

    name: Short
    stability: Annotated[StrictFloat, Field(ge=0, le=1)] | None = None
    similarity_boost: Annotated[StrictFloat, Field(ge=0, le=1)] | None = None
    speed: Annotated[StrictFloat, Field(ge=0.7, le=1.2)] | None = None

    @property
    def in_words(self) -> str:
        """The name, and the settings that are not the agent's."""
        own = {name: value for name, value in self if name != "name" and value is not None}
        return ", ".join([self.name, *(f"{name} {value:g}" for name, value in own.items())])


def _base(language: str) -> str:
    return language.partition("-")[0]
