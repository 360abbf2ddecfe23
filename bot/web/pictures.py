"""What a character looks like: the picture beside its file, or an emblem made of its initial."""

import asyncio
import logging
from pathlib import Path

from aiohttp import web

from bot.calls.installation import Installation
from bot.domain.persona import Persona, is_slug
from bot.domain.picture import MAX_PICTURE_BYTES, picture_kind
from bot.web.answers import render

log = logging.getLogger(__name__)

DARK_INK = "#17131f"
LIGHT_INK = "#ffffff"


class Pictures:
    """Serves ``/pictures/<slug>``; ``folder`` is where the persona files lie, None where there are none."""

    def __init__(self, house: Installation, folder: Path | None) -> None:
        self._house = house
        self._folder = folder

    async def show(self, request: web.Request) -> web.Response:
        """Read at each request, so that a new picture is seen at once. Raises UnknownPersona."""
        slug = request.match_info["slug"]
        if not is_slug(slug):
            raise web.HTTPNotFound
        persona = self._house.cast.get(slug)
        if persona.picture and self._folder:
            data = await asyncio.to_thread(_read_picture, self._folder, persona.picture)
            kind = picture_kind(data)
            if kind:
                return web.Response(body=data, content_type=f"image/{kind}")
            log.warning("the picture %s of %s cannot be shown", persona.picture, persona.slug)
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


def _read_picture(folder: Path, name: str) -> bytes:
    """Return the file's bytes; none if it is not there, too large, or a link that leads out of the folder."""
    try:
        path = (folder / name).resolve(strict=True)
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return b""
        with path.open("rb") as file:
            data = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        log.warning("cannot read the picture %s: %s", name, error.strerror)
        return b""
    return data if len(data) <= MAX_PICTURE_BYTES else b""
