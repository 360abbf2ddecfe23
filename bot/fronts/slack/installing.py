"""Workspaces install the app by themselves: Slack's OAuth with our store behind it, and a page at each end.

Source: Slack, "Installing with OAuth" (``oauth.v2.access``); Bolt for Python's ``AsyncOAuthFlow``, which
binds a state to the browser's cookie. A state is taken once, within ten minutes, and only its hash is kept.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Bot
from slack_sdk.oauth.installation_store import Installation as Given
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.calls.installation import Installation
from bot.calls.workspaces import STATE_LIFETIME, begin_install, take_install
from bot.domain.context import one_line
from bot.domain.workspace import Installed
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack.manifest import INSTALL, REDIRECT, SCOPES
from bot.fronts.slack.refusals import UNREACHABLE, code_of
from bot.fronts.slack.renewing import Renewals
from bot.fronts.slack.tokens import open_client
from bot.fronts.slack.workspaces import Workspaces

_NAME_CHARS = 80
NOT_FINISHED = "Troupe was not installed"
AGAIN = "Start again, and go through it in one browser within ten minutes."
REASONS = {
    "access_denied": "You said no at Slack, so nothing was changed.",
    "invalid_browser": f"This did not begin in this browser. {AGAIN}",
    "invalid_state": f"This was used already, or took too long. {AGAIN}",
    "missing_code": f"Slack sent no code along. {AGAIN}",
    "invalid_code": "Slack gave no token for it. Start again; if that does not help, whoever runs Troupe "
    "finds the reason in the log.",
}
OTHERWISE = "Slack did not let it happen. Somebody who may install apps in that workspace can start again."
NOT_HERE = "Troupe is not installed in this workspace. Whoever manages it can install it again."

log = logging.getLogger(__name__)


class Installations(AsyncInstallationStore):
    """Our store as Slack's library wants one; tokens of members are never asked for, and not kept."""

    def __init__(self, house: Installation, workspaces: Workspaces) -> None:
        self._house = house
        self._workspaces = workspaces

    async def async_save(self, installation: Given) -> None:
        """Keep what was installed. Raises NotStored."""
        is_org_wide = bool(installation.is_enterprise_install)
        await self._workspaces.keep(
            Installed(
                id=str((installation.enterprise_id if is_org_wide else installation.team_id) or ""),
                name=one_line(_name_of(installation), _NAME_CHARS),
                token=str(installation.bot_token),
                bot_user=str(installation.bot_user_id or ""),
                bot_id=str(installation.bot_id or ""),
                scopes=frozenset(installation.bot_scopes or ()),
                installed_at=self._house.now(),
                enterprise=str(installation.enterprise_id or ""),
                refresh_token=str(installation.bot_refresh_token or ""),
                expires_at=_time_of(installation.bot_token_expires_at),
            )
        )

    async def async_find_bot(
        self,
        *,
        enterprise_id: str | None,
        team_id: str | None,
        is_enterprise_install: bool | None = False,
    ) -> Bot | None:
        """Return the bot that answers in a workspace."""
        found = await self._workspaces.find(
            team_id or "", enterprise_id or "", is_org_wide=bool(is_enterprise_install)
        )
        if found is None:
            return None
        return Bot(
            bot_token=found.token,
            bot_id=found.bot_id,
            bot_user_id=found.bot_user,
            bot_scopes=sorted(found.scopes),
            enterprise_id=found.enterprise or None,
            team_id=None if found.is_org_wide else found.id,
            is_enterprise_install=found.is_org_wide,
            installed_at=found.installed_at.timestamp(),
        )


class Authorize(AsyncAuthorize):
    """Says whose token answers what comes in; Slack is not asked again for each."""

    def __init__(self, installations: Installations) -> None:
        self._installations = installations

    async def __call__(
        self, *, context: Any, enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: Any
    ) -> AuthorizeResult | None:
        """Return it; None where we are not installed."""
        bot = await self._installations.async_find_bot(
            enterprise_id=enterprise_id,
            team_id=team_id,
            is_enterprise_install=context.is_enterprise_install,
        )
        if bot is None:
            return None
        return AuthorizeResult(
            enterprise_id=bot.enterprise_id or enterprise_id,
            team_id=team_id or bot.team_id,
            bot_token=bot.bot_token,
            bot_id=bot.bot_id,
            bot_user_id=bot.bot_user_id,
            user_id=user_id,
        )


class States(AsyncOAuthStateStore):
    """Which installations are under way."""

    def __init__(self, house: Installation) -> None:
        self._house = house

    async def async_issue(self, *_: Any, **__: Any) -> str:
        """Return the state of a new one. Raises NotStored."""
        return await begin_install(self._house)

    async def async_consume(self, state: str) -> bool:
        """Whether one with this state is under way; it is no more after that. Raises NotStored."""
        return await take_install(self._house, state)


class Flow(AsyncOAuthFlow):
    """Bolt's, whose log never has a code, and which ends in words also where Slack cannot be reached."""

    def __init__(self, house: Installation, renewals: Renewals, **more: Any) -> None:
        super().__init__(**more)
        self._house = house
        self._renewals = renewals

    async def run_installation(self, code: str) -> Given | None:
        """Return what a code is good for; None, and the log knows why, where Slack gives nothing."""
        asked_at = self._house.now()
        try:
            told = await self._renewals.exchange(code=code, redirect_uri=str(self.settings.redirect_uri))
            token = str(told["access_token"])
            who = await self.client.auth_test(token=token)
        except UNREACHABLE as error:
            log.warning("A workspace could not install the app: Slack says %s.", code_of(error))
            return None
        lasts = told.get("expires_in")
        team, enterprise = told.get("team") or {}, told.get("enterprise") or {}
        return Given(
            app_id=told.get("app_id"),
            enterprise_id=enterprise.get("id"),
            enterprise_name=enterprise.get("name"),
            team_id=team.get("id"),
            team_name=team.get("name"),
            bot_token=token,
            bot_id=who.get("bot_id"),
            bot_user_id=told.get("bot_user_id"),
            bot_scopes=str(told.get("scope") or ""),
            bot_refresh_token=told.get("refresh_token"),
            bot_token_expires_at=int(asked_at.timestamp()) + int(lasts) if lasts else None,
            user_id=str((told.get("authed_user") or {}).get("id") or ""),
            is_enterprise_install=bool(told.get("is_enterprise_install")),
            token_type=told.get("token_type"),
        )


class Installer:
    """The two addresses of an installation: where it begins, and where Slack sends the browser back to."""

    def __init__(
        self,
        house: Installation,
        workspaces: Workspaces,
        *,
        client_id: str,
        client_secret: str,
        public_url: str,
        api_url: str,
        command: str,
    ) -> None:
        self._command = command
        self.installations = Installations(house, workspaces)
        client = open_client(None, api_url)
        client.session = workspaces.session
        self.renewals = Renewals(house, client, client_id, client_secret, f"{public_url}{INSTALL}")
        workspaces.uses(self.renewals)
        self.flow = Flow(
            house,
            self.renewals,
            client=client,
            logger=logging.getLogger("slack"),
            settings=AsyncOAuthSettings(
                client_id=client_id,
                client_secret=client_secret,
                scopes=SCOPES,
                user_scopes=(),
                redirect_uri=f"{public_url}{REDIRECT}",
                authorization_url=f"{api_url.removesuffix('/api')}/oauth/v2/authorize",
                install_page_rendering_enabled=False,
                callback_options=AsyncCallbackOptions(success=self._done, failure=self._not_done),
                installation_store=self.installations,
                installation_store_bot_only=True,
                state_store=States(house),
                state_expiration_seconds=int(STATE_LIFETIME.total_seconds()),
            ),
        )

    async def begin(self, query: str, headers: Mapping[str, str]) -> "Answer":
        """Send a browser to Slack. Raises NotStored."""
        return _answer(await self.flow.handle_installation(_request(query, headers)))

    async def finish(self, query: str, headers: Mapping[str, str]) -> "Answer":
        """Take a browser back from Slack. Raises NotStored."""
        return _answer(await self.flow.handle_callback(_request(query, headers)))

    async def _done(self, args: AsyncSuccessArgs) -> BoltResponse:
        given = args.installation
        name = one_line(_name_of(given), _NAME_CHARS)
        text = f"Go back to Slack and type {self._command} there to call a character."
        if given.is_enterprise_install:
            text = f"Its admins choose in which workspaces it may be used. {text}"
        return self._page(args.request, 200, f"Troupe is installed in {name}", text)

    async def _not_done(self, args: AsyncFailureArgs) -> BoltResponse:
        text = REASONS.get(args.reason, OTHERWISE)
        return self._page(args.request, max(args.suggested_status_code, 400), NOT_FINISHED, text)

    def _page(self, request: AsyncBoltRequest, status: int, title: str, text: str) -> BoltResponse:
        """Return a page in the language that the browser wants most."""
        gone = self.flow.settings.state_utils.build_set_cookie_for_deletion()
        wanted = ",".join(request.headers.get("accept-language", ()))
        say = catalogue_for(wanted.partition(",")[0].partition(";")[0].strip()).say
        body = json.dumps({"title": say(title), "text": say(text)})
        return BoltResponse(status=status, body=body, headers={"Set-Cookie": [gone]})


Answer = tuple[int, str, str, Mapping[str, str]]
"""Status, heading and text of a page, and headers; both are empty where the browser is sent on."""


def _request(query: str, headers: Mapping[str, str]) -> AsyncBoltRequest:
    kept: dict[str, str | Sequence[str]] = {
        name: headers.get(name, "") for name in ("cookie", "accept-language")
    }
    return AsyncBoltRequest(body="", query=query, headers=kept)


def _answer(response: BoltResponse) -> Answer:
    headers = {name.title(): values[0] for name, values in response.headers.items()}
    headers.pop("Content-Type", None)
    page = json.loads(response.body) if response.body else {"title": "", "text": ""}
    return response.status, page["title"], page["text"], headers


def _time_of(timestamp: int | None) -> datetime | None:
    return None if timestamp is None else datetime.fromtimestamp(timestamp, UTC)


def _name_of(given: Given) -> str:
    name = given.enterprise_name if given.is_enterprise_install else given.team_name
    return str(name or given.enterprise_id if given.is_enterprise_install else name or given.team_id)
