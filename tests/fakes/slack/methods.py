"""The door to the Web API: which method, whose token, and whether it has the right."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.slack.installs import Installs
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.scopes import APP_ONLY, METHODS, check_scope
from tests.fakes.slack.server import ASKED, worded
from tests.fakes.slack.state import Enterprise, Team
from tests.fakes.slack.world import World

EVERYWHERE = {"token", "team_id"}


@dataclass(frozen=True)
class Call:
    """A method that is called, with the arguments it got."""

    team: Team
    args: dict[str, Any]
    token: str = ""

    def __getitem__(self, key: str) -> Any:
        return self.args.get(key)

    def needs(self, *keys: str) -> list[Any]:
        """Return arguments that must be there."""
        missing = [key for key in keys if self.args.get(key) in (None, "")]
        if missing:
            raise Refusal("invalid_arguments", [f"[ERROR] missing required field: {key}" for key in missing])
        return [self.args[key] for key in keys]

    def knows(self, fields: str) -> None:
        """Refuse arguments other than those that are named here."""
        unknown = sorted(set(self.args) - set(fields.split()))
        if unknown:
            raise Refusal("invalid_arguments", [f"[ERROR] invalid argument: {key}" for key in unknown])

    def flag(self, key: str) -> bool:
        """Return an argument that is true or false, however it is written."""
        return self.args.get(key) in (True, "true", "True", "1", 1)


Method = Callable[[Call], dict[str, Any]]


class Methods:
    """Answers the methods of the Web API."""

    def __init__(
        self, world: World, app_token: str, new_socket: Callable[[], str], installs: Installs
    ) -> None:
        self.installs = installs
        self._world = world
        self._app_token = app_token
        self._new_socket = new_socket
        self._table: dict[str, Method] = {"auth.revoke": self._revoke, "apps.uninstall": self._uninstall}
        self._table["auth.teams.list"] = self._teams

    def add(self, table: dict[str, Method]) -> None:
        """Add methods."""
        self._table |= table

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a request to the API."""
        asked, name = request[ASKED], request.match_info["method"]
        if name not in self._table and name not in (*APP_ONLY, "oauth.v2.access"):
            raise Refusal("unknown_method", req_method=name)
        if "invalid_json" in asked.body:
            raise Refusal("invalid_json")
        if name == "oauth.v2.access":
            return await self.installs.access(request)
        if not asked.token:
            raise Refusal("not_authed")
        if name in APP_ONLY:
            self._check_app_token(asked.token)
            return worded(request, {"ok": True, "url": self._new_socket()})
        team = self._team(asked.token, str(asked.body.get("team_id") or ""), name)
        check_scope(team, METHODS.get(name, ""))
        args = {
            key: value for key, value in asked.body.items() if key not in EVERYWHERE and value is not None
        }
        response = worded(request, {"ok": True, **self._table[name](Call(team, args, asked.token))})
        response.headers["x-oauth-scopes"] = ",".join(team.granted)
        return response

    def _revoke(self, call: Call) -> dict[str, Any]:
        self.installs.revoke(call.token)
        return {"revoked": True}

    def _teams(self, call: Call) -> dict[str, Any]:
        """Name the workspaces that a token may speak in, page by page."""
        call.knows("limit cursor include_icon")
        enterprise = self._world.enterprise_with(call.token)
        there = enterprise.admitting if enterprise else [call.team]
        limit, begin = int(call["limit"] or 100), int(call["cursor"] or 0)
        if not 1 <= limit <= 1000:
            raise Refusal("invalid_limit")
        page = [{"id": one.id, "name": one.name} for one in there[begin : begin + limit]]
        more = str(begin + limit) if begin + limit < len(there) else ""
        return {"teams": page, "response_metadata": {"next_cursor": more}}

    def _uninstall(self, call: Call) -> dict[str, Any]:
        if call.needs("client_id", "client_secret") != [self.installs.client_id, self.installs.client_secret]:
            raise Refusal("bad_client_secret")
        self.installs.revoke(call.token)
        return {}

    def _check_app_token(self, token: str) -> None:
        if self._world.team_with(token) is not None:
            raise Refusal("not_allowed_token_type")
        if token != self._app_token:
            raise Refusal("invalid_auth")

    def _team(self, token: str, team_id: str, method: str) -> Team:
        if token == self._app_token:
            raise Refusal("not_allowed_token_type")
        if token in self._world.ended:
            raise Refusal(self._world.ended[token])
        self.installs.rotation.check(token)
        if enterprise := self._world.enterprise_with(token):
            if enterprise.token_error:
                raise Refusal(enterprise.token_error)
            return _of(enterprise, team_id, method)
        team = self._world.team_with(token)
        if team is None:
            raise Refusal("invalid_auth")
        if team.token_error:
            raise Refusal(team.token_error)
        return team


def _of(enterprise: Enterprise, team_id: str, method: str) -> Team:
    """Return the workspace that a request with an organisation's token is about."""
    if method in {"auth.test", "auth.revoke", "auth.teams.list", "apps.uninstall"}:
        return enterprise.teams[0]
    if not team_id:
        raise Refusal("missing_argument", ["[ERROR] missing required field: team_id"])
    for team in enterprise.admitting:
        if team.id == team_id:
            return team
    raise Refusal("team_not_found")
