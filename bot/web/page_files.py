"""The talk page's own files: styles, a script for the head, and the modules that come after it."""

import hashlib
from pathlib import Path

from aiohttp import web

from bot.web.kept_files import pack, serve_kept

_KINDS = {".js": "text/javascript", ".css": "text/css"}
_BODIES = {
    path.name: path.read_bytes()
    for path in sorted((Path(__file__).parent / "static").iterdir())
    if path.suffix in _KINDS
}
_VERSION = hashlib.sha256(b"".join(_BODIES.values())).hexdigest()[:16]
FILES = {f"/static/{_VERSION}/{name}": body for name, body in _BODIES.items()}
"""What is served, by its address; modules import each other from beside them, so all share one version."""


def address_of(name: str) -> str:
    """Return where a file is."""
    return f"/static/{_VERSION}/{name}"


STYLE, FIRST, ENTRY = map(address_of, ("talk.css", "first.js", "talk.js"))
MODULES = tuple(address for address in FILES if address not in {STYLE, FIRST, ENTRY})
"""What the entry imports; the page names them all, so that they come at once and not one after another."""


async def serve(request: web.Request) -> web.Response:
    """Answer with a file."""
    handler = _HANDLERS.get(request.path)
    if handler is None:
        raise web.HTTPNotFound
    return await handler(request)


_HANDLERS = {
    address: serve_kept(body, pack(body), _KINDS[Path(address).suffix]) for address, body in FILES.items()
}
