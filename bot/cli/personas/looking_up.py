"""Asking ElevenLabs whether it has what a cast names: voices, speech models and language models."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bot.cast import Cast
from bot.cast.admin_files import VOICES
from bot.cast.document import Document
from bot.cast.files import normal
from bot.cast.persona_file import front_matter_of
from bot.cli.whereabouts import Whereabouts
from bot.domain.catalogue import Catalogue, Mismatch, check_llm, check_voice
from bot.domain.errors import PersonaFileError
from bot.elevenlabs.client import open_elevenlabs
from bot.house import now

_AT_ONCE = 4
_Found = Iterator[tuple[PersonaFileError, bool]]


def look_up(
    folder: Path, cast: Cast, whereabouts: Whereabouts
) -> tuple[Sequence[PersonaFileError], Sequence[PersonaFileError]]:
    """Return the problems and the advice that ElevenLabs' own lists give. Raises ProviderError."""
    ids = sorted({voice.voice_id for voice in cast.voices.values()})
    catalogue = asyncio.run(_fetch(ids, whereabouts))
    found = [*_about_voices(folder, cast, catalogue), *_about_personas(folder, cast, catalogue)]
    problems = [one for one, is_advice in found if not is_advice]
    return problems, [one for one, is_advice in found if is_advice]


async def _fetch(voice_ids: Iterable[str], whereabouts: Whereabouts) -> Catalogue:
    provider, turns = whereabouts.provider, asyncio.Semaphore(_AT_ONCE)
    async with open_elevenlabs(
        api_url=provider.api_url, api_key=provider.api_key, agent_id=provider.agent_id, clock=now
    ) as elevenlabs:

        async def languages_of(voice_id: str) -> tuple[str, frozenset[str] | None]:
            async with turns:
                voice = await elevenlabs.voices.fetch_voice(voice_id)
            return voice_id, voice.languages if voice else None

        models = await elevenlabs.voices.list_speech_models()
        llms = await elevenlabs.voices.list_language_models()
        voices = await asyncio.gather(*map(languages_of, voice_ids))
    return Catalogue(
        voices=dict(voices),
        models={one.model_id: frozenset(part.language_id for part in one.languages) for one in models},
        llms={one.llm: one.deprecation_info is not None for one in llms},
    )


def _about_voices(folder: Path, cast: Cast, catalogue: Catalogue) -> _Found:
    document = Document(normal(cast.voices_source))
    for name, voice in cast.voices.items():
        for mismatch in check_voice(voice, catalogue):
            yield _at(folder / VOICES, document.spot([name, mismatch.key]), mismatch)


def _about_personas(folder: Path, cast: Cast, catalogue: Catalogue) -> _Found:
    for slug, persona in cast.personas.items():
        for mismatch in check_llm(persona.llm, catalogue) if persona.llm else ():
            spot = front_matter_of(persona.source).spot([mismatch.key])
            yield _at(folder / f"{slug}.md", spot, mismatch)


def _at(path: Path, spot: tuple[int, int], mismatch: Mismatch) -> tuple[PersonaFileError, bool]:
    return PersonaFileError(path, *spot, mismatch.sentence), mismatch.is_advice
