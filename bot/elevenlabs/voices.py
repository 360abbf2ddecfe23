"""Voices, speech models and language models: what the account can choose from.

Source: ElevenLabs, "Get voice", "List models" and "List available LLMs".
"""

from typing import Any

from pydantic import Field, TypeAdapter

from bot.domain.errors import ProviderError
from bot.elevenlabs.agent_detail import Document
from bot.elevenlabs.agents import in_path
from bot.elevenlabs.connection import Connection

VOICES_PATH = "/v1/voices"
MODELS_PATH = "/v1/models"
LLMS_PATH = "/v1/convai/llm/list"
_NO_SUCH_VOICE = frozenset({"voice_not_found", "voice_does_not_exist", "invalid_uid"})
"""They say it with 404, and have said it with 400."""


class _Verified(Document):
    language: str = ""


class VoiceDetail(Document):
    """One voice of the account."""

    voice_id: str
    name: str = ""
    labels: dict[str, Any] = Field(default_factory=dict)
    verified_languages: tuple[_Verified, ...] = ()

    @property
    def languages(self) -> frozenset[str]:
        """The languages that it was recorded in or verified for, without their regions; may be none."""
        named = {self.labels.get("language"), *(one.language for one in self.verified_languages)}
        return frozenset(one.partition("-")[0].lower() for one in named if isinstance(one, str) and one)


class _Language(Document):
    language_id: str


class SpeechModel(Document):
    """A model that speaks, and its languages; none: they do not say."""

    model_id: str
    languages: tuple[_Language, ...] = ()


class LanguageModel(Document):
    """A model that thinks; ``deprecation_info`` is there when it is being withdrawn."""

    llm: str
    deprecation_info: dict[str, Any] | None = None


class _LanguageModels(Document):
    llms: tuple[LanguageModel, ...]


_SPEECH_MODELS = TypeAdapter(tuple[SpeechModel, ...])


class VoiceDesk:
    """What can be chosen; ``ElevenLabs.voices`` is one. Every method raises ProviderError and its kinds."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def fetch_voice(self, voice_id: str) -> VoiceDetail | None:
        """Return a voice, None if the account has none with this id."""
        try:
            path = f"{VOICES_PATH}/{in_path(voice_id)}"
            return await self._connection.read("get voice", path, VoiceDetail)
        except ProviderError as error:
            if error.status in {400, 404} and error.code in _NO_SUCH_VOICE:
                return None
            raise

    async def list_speech_models(self) -> tuple[SpeechModel, ...]:
        """Return every model that they offer, those that cannot speak too."""
        return await self._connection.read("list models", MODELS_PATH, _SPEECH_MODELS)

    async def list_language_models(self) -> tuple[LanguageModel, ...]:
        """Return every model that an agent can think with."""
        return (await self._connection.read("list LLMs", LLMS_PATH, _LanguageModels)).llms
