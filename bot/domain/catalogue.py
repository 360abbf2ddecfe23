"""What ElevenLabs has of what a cast names: voices, speech models and language models; and what it lacks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.domain.nearest import nearest
from bot.domain.voice import Voice


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What was looked up.

    ``voices`` has an entry for each id that was asked for: the languages that they say it speaks (none: they
    do not say), or None for an id that they do not have. ``models`` has the languages of each speech model
    that they list, ``llms`` for each language model whether it is being withdrawn.
    """

    voices: Mapping[str, frozenset[str] | None]
    models: Mapping[str, frozenset[str]]
    llms: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Something that they do not have, and the ``key`` that names it; advice when it may work anyway."""

    key: str
    sentence: str
    is_advice: bool = False


def check_voice(voice: Voice, catalogue: Catalogue) -> Iterator[Mismatch]:
    """Yield what is amiss with one voice of ``voices.yaml``."""
    spoken = catalogue.voices.get(voice.voice_id, frozenset())
    if spoken is None:
        yield Mismatch(
            "voice_id",
            "your ElevenLabs account has no voice with this id; add the voice there, or copy its id anew "
            "(Voices, 'Copy voice ID')",
        )
    understood = catalogue.models.get(voice.model)
    for language in voice.languages:
        base = _base(language)
        if understood and base not in understood:
            known = ", ".join(sorted(understood))
            yield Mismatch(
                "model", f"{voice.model} cannot speak {language!r}, only {known}; choose another model"
            )
        if spoken and base not in spoken:
            known = ", ".join(sorted(spoken))
            yield Mismatch(
                "languages",
                f"ElevenLabs knows this voice in {known}, not in {language!r}; listen to it first, or choose "
                "another",
                is_advice=True,
            )


def check_llm(llm: str, catalogue: Catalogue) -> Iterator[Mismatch]:
    """Yield what is amiss with the language model that a character asks for."""
    if llm not in catalogue.llms:
        match = nearest(llm, sorted(catalogue.llms))
        advice = f"did you mean {match}?" if match else f"they have {', '.join(sorted(catalogue.llms)[:12])}"
        yield Mismatch("llm", f"ElevenLabs has no language model {llm!r}; {advice}")
    elif catalogue.llms[llm]:
        yield Mismatch("llm", f"ElevenLabs is withdrawing {llm}; choose another", is_advice=True)


def _base(language: str) -> str:
    return language.partition("-")[0]
