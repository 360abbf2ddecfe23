"""Values for tests of pure functions."""

from datetime import UTC, datetime

from bot.domain.initiation import Occasion
from bot.domain.persona import FrontMatter, Persona, Slug, Voice
from bot.domain.record import Remembered

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VOICE = Voice(name="old", voice_id="JBFqnCBsd6RMkjVDRZzb", model="eleven_flash_v2_5", languages=("en", "de"))


def make_persona(
    slug: str = "wizard", body: str = "# Personality\nYou are Merlin.\n{{context}}", **front
) -> Persona:
    """A valid persona; front matter fields are replaced by name."""
    fields = {
        "name": "Merlin",
        "tagline": "Court wizard",
        "author": "@mira",
        "voice": {"name": "old"},
        "greeting": "Well met, {{user_name}}!",
        "greeting_returning": "Ah, {{user_name}}, back again! {{last_call_hint}}",
        **front,
    }
    return Persona.from_file(
        FrontMatter.model_validate(fields), slug=Slug(slug), voice=VOICE, body=body, source=body
    )


def make_occasion(**fields) -> Occasion:
    """What is particular about one call, with plain values."""
    return Occasion(
        **{
            "call_ref": "ref-1",
            "user_id": "person-1",
            "platform": "console",
            "user_name": "Mira",
            "topic": "",
            "local_time": NOON,
            "timezone": "UTC",
            "crisis_line": "116 123",
            **fields,
        }
    )


def make_talk(**fields) -> Remembered:
    """A past conversation with Merlin."""
    return Remembered(**{"slug": "wizard", "at": NOON, **fields})
