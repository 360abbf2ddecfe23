"""What a character looks like: the picture beside its file, or an emblem made of its initial."""

import asyncio

from aiohttp import web

from bot.calls.installation import Installation
from bot.domain.persona import Persona, is_slug
from bot.domain.picture import picture_kind
from bot.web.answers import render

DARK_INK = "#000000"
"""Black: with anything lighter neither ink would reach 4.5 : 1 on every colour."""
LIGHT_INK = "#ffffff"


class Pictures:
    """Serves ``/pictures/<slug>``."""

    def __init__(self, house: Installation) -> None:
        self._house = house

    async def show(self, request: web.Request) -> web.Response:
        """Read at each request, so that a new picture is seen at once. Raises UnknownPersona."""
        slug = request.match_info["slug"]
        if not is_slug(slug):
            raise web.HTTPNotFound
        persona = self._house.cast.get(slug)
        data = await asyncio.to_thread(self._house.cast.read_picture, persona)
        if kind := picture_kind(data):
            return web.Response(body=data, content_type=f"image/{kind}")
        return web.Response(text=emblem(persona), content_type="image/svg+xml")


def emblem(persona: Persona) -> str:
    """Return an SVG of the character's initial in its colour."""
    initial = next((sign for sign in persona.name if sign.isalnum()), "?").upper()
    return render("emblem.svg", initial=initial, color=persona.color, ink=ink_on(persona.color))


def ink_on(color: str) -> str:
    """Return the ink, dark or light, that reads better on ``#rrggbb``. Source: WCAG 2.2, contrast ratio."""
    light = (_luminance(LIGHT_INK) + 0.05) / (_luminance(color) + 0.05)
    dark = (_luminance(color) + 0.05) / (_luminance(DARK_INK) + 0.05)
    return LIGHT_INK if light >= dark else DARK_INK


def _luminance(color: str) -> float:
    shares = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
