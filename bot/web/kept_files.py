"""Files that browsers keep for ever: the address names the content, so another file has another address."""

import gzip
from collections.abc import Awaitable, Callable

from aiohttp import web

KEPT_FOR_EVER = "public, max-age=31536000, immutable"


def pack(data: bytes) -> bytes:
    """Return it as it goes to browsers that take gzip; the same for the same."""
    return gzip.compress(data, 6, mtime=0)


def serve_kept(plain: bytes, packed: bytes, kind: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that answers with a file, packed for whoever takes that."""

    async def serve(request: web.Request) -> web.Response:
        takes_packed = "gzip" in request.headers.get("Accept-Encoding", "").lower()
        headers = {"Cache-Control": KEPT_FOR_EVER, "Vary": "Accept-Encoding"}
        if takes_packed:
            headers["Content-Encoding"] = "gzip"
        body = packed if takes_packed else plain
        return web.Response(body=body, content_type=kind, charset="utf-8", headers=headers)

    return serve
