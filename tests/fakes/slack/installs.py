"""Installing the app: consent in a browser, and codes that are good once."""

import secrets
from base64 import b64decode
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.rotation import Rotation
from tests.fakes.slack.server import ASKED, worded
from tests.fakes.slack.state import Enterprise, Team
from tests.fakes.slack.world import World

GOOD_FOR_SECONDS = 600


@dataclass
class Code:
    """What somebody's consent gave the app: one token, to whoever has its secret."""

    where: Team | Enterprise
    redirect_uri: str
    scopes: tuple[str, ...]
    given_at: float
    is_used: bool = False


class Installs:
    """Slack's side of OAuth."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.client_id = "1234.5678"
        self.client_secret = secrets.token_hex(16)
        self.redirect_uris: tuple[str, ...] = ()
        """Those that the app's settings list; none stands for any."""
        self.rotates = False
        """Whether the app has token rotation on."""
        self.rotation = Rotation(world)
        self._codes: dict[str, Code] = {}

    def consents(self, address: str, where: Team | Enterprise) -> str:
        """Say yes at the address that a browser was sent to; return where Slack sends it then."""
        asked = self._asked(address)
        code = secrets.token_hex(16)
        scopes = tuple(asked["scope"].split(","))
        self._codes[code] = Code(where, asked["redirect_uri"], scopes, self._world.clock().timestamp())
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def declines(self, address: str) -> str:
        """Say no there; return where Slack sends the browser then."""
        asked = self._asked(address)
        return f"{asked['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': asked['state']})}"

    def _asked(self, address: str) -> dict[str, str]:
        parts = urlsplit(address)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert address.startswith(f"{self._world.url}/oauth/v2/authorize?"), f"{address} is not Slack's page"
        assert asked.get("client_id") == self.client_id, "Slack knows no such app"
        assert asked.get("scope"), "the app asks for no rights"
        assert not asked.get("user_scope"), "the app asks for rights of whoever installs it"
        assert asked.get("state"), "anybody could have made this address"
        listed = self.redirect_uris
        assert not listed or asked["redirect_uri"] in listed, "bad_redirect_uri"
        return asked

    async def access(self, request: web.Request) -> web.Response:
        """Answer ``oauth.v2.access``."""
        asked = request[ASKED]
        known, secret = _credentials(asked.headers, asked.body)
        if known != self.client_id:
            raise Refusal("invalid_client_id")
        if secret != self.client_secret:
            raise Refusal("bad_client_secret")
        if asked.body.get("grant_type") == "refresh_token":
            where = self.rotation.refreshed(asked.body.get("refresh_token", ""))
            return worded(request, {"ok": True, **self._told(where, self.rotation.grants(where))})
        code = self._codes.get(asked.body.get("code", ""))
        if code is None or code.is_used:
            raise Refusal("invalid_code")
        if self._world.clock().timestamp() - code.given_at > GOOD_FOR_SECONDS:
            raise Refusal("code_expired")
        if asked.body.get("redirect_uri") != code.redirect_uri:
            raise Refusal("bad_redirect_uri")
        code.is_used = True
        return worded(request, {"ok": True, **self._granted(code)})

    def _granted(self, code: Code) -> dict[str, Any]:
        where = code.where
        if where.token_error:
            self._world.ended |= dict.fromkeys((where.bot_token, *where.older), where.token_error)
            where.bot_token = where.token_error = ""
            where.older = []
        where.scopes = code.scopes
        if self.rotates:
            return self._told(where, self.rotation.grants(where))
        where.bot_token = where.bot_token or f"xoxb-{secrets.token_hex(8)}"
        return self._told(where, {})

    def _told(self, where: Team | Enterprise, rotating: dict[str, Any]) -> dict[str, Any]:
        team = where if isinstance(where, Team) else None
        enterprise = where.enterprise if isinstance(where, Team) else where
        bot = team.bot if team else next(iter(where.teams)).bot if isinstance(where, Enterprise) else None
        assert bot is not None
        return {
            "access_token": where.bot_token,
            **rotating,
            "token_type": "bot",
            "scope": ",".join(where.scopes),
            "bot_user_id": bot.id,
            "app_id": self._world.app_id,
            "team": {"id": team.id, "name": team.name} if team else None,
            "enterprise": {"id": enterprise.id, "name": enterprise.name} if enterprise else None,
            "authed_user": {"id": "U0INSTALLER"},
            "is_enterprise_install": team is None,
        }

    def revoke(self, token: str) -> None:
        """Answer ``auth.revoke``."""
        for one in (*self._world.teams.values(), *self._world.enterprises.values()):
            if token in (one.bot_token, *one.older):
                if self.rotates:
                    self._world.ended[token] = "token_revoked"
                else:
                    self._world.removes(one)


def _credentials(headers: dict[str, str], body: dict[str, Any]) -> tuple[str, str]:
    kind, _, told = headers.get("Authorization", "").partition(" ")
    if kind == "Basic":
        known, _, secret = b64decode(told).decode().partition(":")
        return known, secret
    return str(body.get("client_id", "")), str(body.get("client_secret", ""))
