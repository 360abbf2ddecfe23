"""Whose token speaks in which workspace: that of the settings, and those of everybody who installed the app.

Source: Slack, "Authentication": a token is one workspace's, or one organisation's; ``app_uninstalled`` and
``tokens_revoked`` tell of its end, and so do ``token_revoked``, ``account_inactive`` and ``invalid_auth``.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientSession
from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient

from bot.calls import workspaces as installations
from bot.calls.installation import Installation
from bot.domain.caller import DEFAULT_TENANT
from bot.domain.errors import NobodyThere, PostRefused, SettingsError
from bot.domain.workspace import Installed
from bot.fronts.slack.naming import enterprise_of, is_org_wide, place_of, team_of
from bot.fronts.slack.refusals import ENDED, UNREACHABLE, code_of
from bot.fronts.slack.renewing import Renewals
from bot.fronts.slack.tokens import SlackUnreachable, list_teams, open_client

NOT_INSTALLED = "that workspace has not installed Troupe"

log = logging.getLogger(__name__)


class Workspaces:
    """The workspaces that we are in; where it ``is_shared``, any may install the app.

    ``settled`` is the workspace of the settings' own token, once Slack said which that is. An installation
    that is kept comes before it: it is newer, or the same.
    """

    def __init__(
        self,
        house: Installation,
        *,
        token: str,
        api_url: str,
        session: ClientSession | None = None,
        is_shared: bool = False,
    ) -> None:
        self._house = house
        self._api_url = api_url
        self.session = session
        self.is_shared = is_shared
        self.settled: Installed | None = None
        self.renewals: Renewals | None = None
        """What keeps tokens good that run out; see ``uses``."""
        self.lost: Callable[[frozenset[str]], Awaitable[None]] = _nobody_minds
        """Told in which teams nobody speaks any more."""
        self.home = self._open(token)
        self.home.retry_handlers.append(Watch(self._say_home_ended))
        self._is_home_ended = False

    def uses(self, renewals: Renewals) -> None:
        """Keep tokens good that run out, from now on; what has none left is forgotten."""
        self.renewals = renewals
        renewals.ended = lambda installed: self.forget(installed.id, token=installed.token)

    @property
    def team(self) -> str:
        """The workspace of the settings' token; empty where none is set, and until Slack said which."""
        return self.settled.id if self.settled else ""

    async def client_of(self, tenant: str) -> AsyncWebClient:
        """Return what speaks in a workspace.

        Raises NobodyThere where that may come, PostRefused where we are not installed.
        """
        if self.is_shared and (found := await installations.find_workspace(self._house, tenant)):
            return self.open(await self._fresh(found), tenant)
        if tenant in {DEFAULT_TENANT, self.team} and self.home.token:
            return self.home
        if self.is_shared and (self.settled or not self.home.token):
            raise PostRefused(NOT_INSTALLED)
        raise NobodyThere("that belongs to another workspace")

    async def find(self, team: str, enterprise: str = "", *, is_org_wide: bool = False) -> Installed | None:
        """Return the installation that answers what comes from a team; None where there is none.

        Its token is for ``client_of`` to renew: Slack waits to be told that something came.
        """
        found = await installations.find_workspace(self._house, team, enterprise, is_org_wide=is_org_wide)
        return found or (self.settled if self.settled and self.settled.id == team else None)

    def open(self, installed: Installed, team: str) -> AsyncWebClient:
        """Return a client with an installation's token, which is forgotten once Slack takes it no more."""
        client = self._open(installed.token, team if installed.is_org_wide else "")

        async def ended(_: str) -> None:
            await self._look_again(installed)

        client.retry_handlers.append(Watch(ended))
        return client

    async def take_back(self, body: Mapping[str, Any]) -> None:
        """Do what an event that ends a token asks for; an older one ends nothing that was installed since.

        Where tokens rotate an older one may end and the installation stay.
        """
        at = datetime.fromtimestamp(int(body.get("event_time") or 0) + 1, UTC)
        team, enterprise = team_of(body), enterprise_of(body)
        workspace_id = enterprise if is_org_wide(body) or not team else team
        found = await installations.fetch_workspace(self._house, workspace_id)
        if found and found.refresh_token and body["event"]["type"] == "tokens_revoked":
            await self._look_again(found)
            return
        await self.forget(workspace_id, until=at)
        if team == self.team:
            await self._say_home_ended(str(body["event"]["type"]))

    async def keep(self, installed: Installed) -> None:
        """Keep a new installation, and let its workspace in. Raises NotStored."""
        await installations.keep_workspace(self._house, installed, place_of(installed.id))
        if self.renewals:
            await self.renewals.say_good(installed)
        if installed.is_org_wide:
            await self.admit_teams(installed.id)

    async def note_team(self, team: str, enterprise: str) -> None:
        """Note that an organisation's installation speaks in a team, if nobody knows and Slack lists it.

        A stranger in a shared channel names a team too, one that is none of that organisation's. Raises
        NotStored.
        """
        if not (team and enterprise):
            return
        known = await installations.find_workspace(self._house, team)
        if known is None or known.id not in (team, enterprise):
            await self.admit_teams(enterprise, frozenset({team}))

    async def admit_teams(self, enterprise: str, wanted: Collection[str] | None = None) -> None:
        """Note in which teams an organisation lets us speak: all of them, or of those that are wanted.

        Raises NotStored.
        """
        found = await installations.fetch_workspace(self._house, enterprise)
        if found is None:
            return
        try:
            listed = await list_teams(self.open(await self._fresh(found), ""))
        except (SettingsError, SlackUnreachable) as error:
            log.warning("The workspaces of %s (%s) could not be looked up: %s", found.name, enterprise, error)
            return
        for team, name in listed.items():
            if wanted is None or team in wanted:
                await installations.note_team(self._house, team, enterprise, place_of(team), name)

    async def leave_teams(self, enterprise: str, teams: Collection[str]) -> None:
        """Leave teams that an organisation lets us into no more. Raises NotStored."""
        left = await installations.forget_teams(self._house, enterprise, teams)
        if left:
            log.warning("Slack: %s lets the app into %s no more.", enterprise, ", ".join(sorted(left)))
        await self._leave(left)

    async def forget(self, workspace_id: str, *, token: str = "", until: datetime | None = None) -> None:
        """Delete an installation: its token at once, its members' data not at all. Raises NotStored."""
        left = await installations.forget_workspace(self._house, workspace_id, token=token, until=until)
        if left:
            log.warning("Slack: %s took the app away; its token is deleted.", workspace_id)
        await self._leave(left)

    async def _leave(self, teams: frozenset[str]) -> None:
        for team in teams:
            await installations.dismiss_workspace(self._house, place_of(team))
        if teams:
            await self.lost(teams)

    async def _fresh(self, found: Installed) -> Installed:
        return await self.renewals.fresh(found) if self.renewals else found

    async def _look_again(self, installed: Installed) -> None:
        """Forget an installation if Slack says of its token that it is none any more, and gives no other."""
        try:
            await self._open(installed.token).auth_test()
        except UNREACHABLE as error:
            if code_of(error) not in ENDED:
                return
            if installed.refresh_token and self.renewals:
                await self.renewals.renew(installed.id, timedelta(), refused=installed.token)
            else:
                await self.forget(installed.id, token=installed.token)

    async def _say_home_ended(self, code: str) -> None:
        """Say once that the settings' token is none any more; before it was one, the start says so."""
        if not self._is_home_ended and self.settled:
            self._is_home_ended = True
            log.error(
                "Slack does not take SLACK_BOT_TOKEN any more (%s): install the app again, and copy it anew "
                "under OAuth & Permissions.",
                code,
            )

    def _open(self, token: str, team: str = "") -> AsyncWebClient:
        client = open_client(token or None, self._api_url, team)
        client.session = self.session
        return client


OF_THE_APP = "apps.connections.open"
"""The one method that is asked with the app's token."""


class Watch(AsyncRetryHandler):
    """Hears it when Slack takes a bot's token no more; tries nothing again."""

    def __init__(self, ended: Callable[[str], Awaitable[None]]) -> None:
        super().__init__()
        self._ended = ended

    async def _can_retry_async(
        self,
        *,
        state: RetryState,  # noqa: ARG002  the library's own signature
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,  # noqa: ARG002
    ) -> bool:
        body = response.body if response is not None else None
        is_of_a_bot = not request.url.endswith(OF_THE_APP)
        if is_of_a_bot and isinstance(body, dict) and body.get("error") in ENDED:
            await self._ended(str(body["error"]))
        return False


async def _nobody_minds(_: frozenset[str]) -> None:
    return None
