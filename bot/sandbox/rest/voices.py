"""Voices and speech models: six of the voices that every workspace has, and models that agents speak with."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.reading import Json
from bot.sandbox.refusals import RefusalError
from bot.sandbox.rest.answering import answer

FLASH = "eleven_flash_v2_5"
SPOKEN = ("en", "de", "es", "fr", "it", "nl", "no", "pl", "pt", "sv")
VOICES = {
    "JBFqnCBsd6RMkjVDRZzb": ("George", "male", "british"),
    "Xb7hH8MSUJpSbSDYk0k2": ("Alice", "female", "british"),
    "nPczCjzI2devNBz1zQrb": ("Brian", "male", "american"),
    "pFZP5JQG7iQjIQuC4Bku": ("Lily", "female", "british"),
    "onwK4e9ZLuTAKqWW03F9": ("Daniel", "male", "british"),
    "SAz9YHcvj6GT2YYXdXww": ("River", "neutral", "american"),
}
LANGUAGES = {
    "ar": "Arabic", "bg": "Bulgarian", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek",
    "en": "English", "es": "Spanish", "fi": "Finnish", "fil": "Filipino", "fr": "French", "hi": "Hindi",
    "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian", "ja": "Japanese",
    "ko": "Korean", "ms": "Malay", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sv": "Swedish", "ta": "Tamil", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
MODELS = {
    FLASH: ("Eleven Flash v2.5", tuple(LANGUAGES)),
    "eleven_turbo_v2_5": ("Eleven Turbo v2.5", tuple(LANGUAGES)),
    "eleven_flash_v2": ("Eleven Flash v2", ("en",)),
    "eleven_turbo_v2": ("Eleven Turbo v2", ("en",)),
    "eleven_multilingual_v2": (
        "Eleven Multilingual v2",
        tuple(code for code in LANGUAGES if code not in {"hu", "no", "vi"}),
    ),
}


def voice_routes() -> list[web.RouteDef]:
    """The routes that say what there is to choose from."""
    return [
        web.get("/v1/voices/{voice_id}", get_voice, name="get_voice"),
        web.get("/v1/models", list_models, name="list_models"),
    ]


async def get_voice(request: web.Request) -> web.Response:
    """Every voice is verified for ten languages."""
    voice_id = request.match_info["voice_id"]
    if voice_id not in VOICES:
        words = f"A voice with the voice_id {voice_id} was not found."
        raise RefusalError(404, "not_found", "voice_not_found", words, "voice_id")
    name, gender, accent = VOICES[voice_id]
    verified = [
        {"language": code, "model_id": FLASH, "accent": "standard", "locale": None, "preview_url": None}
        for code in SPOKEN
    ]
    shown: Json = {
        "voice_id": voice_id,
        "name": name,
        "samples": None,
        "category": "premade",
        "labels": {"accent": accent, "gender": gender, "language": "en", "use_case": "conversational"},
        "description": None,
        "preview_url": None,
        "available_for_tiers": [],
        "settings": None,
        "sharing": None,
        "high_quality_base_model_ids": list(MODELS),
        "verified_languages": verified,
        "collection_ids": None,
        "safety_control": None,
        "permission_on_resource": "admin",
        "is_owner": False,
        "is_legacy": False,
        "is_mixed": False,
        "favorited_at_unix": None,
        "created_at_unix": None,
    }
    return answer(shown)


async def list_models(_request: web.Request) -> web.Response:
    """The models that an agent can speak with, and that the real list has."""
    return answer([_shown_model(model_id, *about) for model_id, about in MODELS.items()])


def _shown_model(model_id: str, name: str, languages: tuple[str, ...]) -> Json:
    return {
        "model_id": model_id,
        "name": name,
        "can_be_finetuned": False,
        "can_do_text_to_speech": True,
        "can_do_voice_conversion": False,
        "can_use_style": False,
        "can_use_speaker_boost": False,
        "serves_pro_voices": False,
        "token_cost_factor": 1.0,
        "description": name,
        "requires_alpha_access": False,
        "max_characters_request_free_user": 5_000,
        "max_characters_request_subscribed_user": 40_000,
        "maximum_text_length_per_request": 40_000,
        "languages": [{"language_id": code, "name": LANGUAGES[code]} for code in languages],
        "model_rates": {"character_cost_multiplier": 1.0, "cost_discount_multiplier": 1.0},
        "concurrency_group": "standard",
    }
