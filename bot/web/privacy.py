"""``GET /privacy``: what is kept of members, by whom and for how long, as the settings have it now."""

from collections.abc import Iterator

from aiohttp import web

from bot.calls.first_call import PRIVACY_PATH
from bot.calls.installation import Installation, Terms
from bot.domain.words import plural
from bot.web.answers import render

__all__ = ["PRIVACY_PATH", "Privacy"]

SEEING = (
    "/memory shows what a character will be told, and lets you correct and delete it. /history lists your "
    "calls. /account switches remembering off, and exports all there is."
)
ERASING = "/forget erases one call, one character or everything, here and at ElevenLabs, with a receipt."


class Privacy:
    """Serves the page; nothing on it is about anybody in particular."""

    def __init__(self, house: Installation) -> None:
        self._house = house

    async def show(self, _: web.Request) -> web.Response:
        """Say it in words."""
        page = render("privacy.html", community=self._house.terms.community, parts=parts(self._house.terms))
        return web.Response(text=page, content_type="text/html")


def parts(terms: Terms) -> list[tuple[str, list[str]]]:
    """Return each heading with its paragraphs."""
    return [
        ("Who you talk with", list(_who(terms))),
        ("What is kept", list(_what(terms))),
        ("For how long", list(_how_long(terms))),
        ("What you can do", [SEEING, ERASING]),
    ]


def _who(terms: Terms) -> Iterator[str]:
    yield (
        f"Every character is an AI, and {terms.community} lets you call them. You must be {terms.min_age} or "
        "older."
    )
    yield (
        "What you say goes to ElevenLabs, which turns it into text, answers as the character and sends the "
        "text back."
    )


def _what(terms: Terms) -> Iterator[str]:
    if terms.memory_consent == "ask":
        yield "Before your first call you are asked whether your characters may remember you."
    else:
        yield "You are told at your first call that characters remember you; /account switches that off."
    yield (
        "If they may: what was said, a summary, and facts about you that you told. If not: that there was a "
        "call, with whom, when and how long it was, and ElevenLabs' copy is erased after it."
    )
    yield "Each character knows your talks with itself, and of others only those that share their memory."
    if terms.phone_number_id and terms.phone_regions:
        yield (
            "A telephone number that you add is kept encrypted, rung only when you ask, and removed with "
            "/account. Whoever picks up is told nothing before they say that it is you."
        )


def _how_long(terms: Terms) -> Iterator[str]:
    if terms.retention_days:
        yield f"What was said is erased after {plural(terms.retention_days, 'day')}."
    else:
        yield "What was said is kept until you erase it."
    yield f"ElevenLabs' copy is erased after {plural(terms.elevenlabs_retention_days, 'day')}."
    if terms.backup_days:
        yield f"Backups are kept for {plural(terms.backup_days, 'day')}; what you erased goes with the last."
    else:
        yield "There are no backups."
    if terms.is_on_server:
        yield "What you erased stands in the database server's own log until that is written over."
    yield (
        "After /forget everything, keyed hashes stay, without a word of yours: of what you used this month, "
        "of what was erased, so that a backup brings nothing back, and of numbers that must not be called."
    )
