"""A secret in a header with which ElevenLabs proves who asks, where nothing is signed."""

import hmac
from collections.abc import Sequence

from aiohttp import web

SECRET_HEADER = "X-Troupe-Secret"  # noqa: S105 (a header's name)


class HeaderSecret:
    """The secrets that are good for one address, two during a rotation; without one there is no address."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = [secret.encode() for secret in secrets if secret]

    def check(self, request: web.Request) -> bool:
        """Whether a request carries one of them. Raises HTTPNotFound where there is none to carry."""
        if not self._secrets:
            raise web.HTTPNotFound
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        return any(hmac.compare_digest(given, secret) for secret in self._secrets)
