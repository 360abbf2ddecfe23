"""What Slack says of our tokens: whose they are, and whether the app has the rights that it needs.

Source: Slack, ``auth.test`` (its header ``X-OAuth-Scopes`` lists the rights) and ``apps.connections.open``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import PlatformUnreachable, SettingsError
from bot.fronts.slack.manifest import SCOPES
from bot.fronts.slack.refusals import REFUSED, UNREACHABLE, code_of, is_passing

MOST_TEAMS = 1000
"""How many of an organisation's workspaces Slack lists on one page at most."""
NO_SOCKETS = frozenset({"missing_scope", "no_permission", "forbidden_team", "socket_mode_not_enabled"})


class SlackUnreachable(PlatformUnreachable):
    """Slack says neither yes nor no to a token now."""

    def __init__(self, reason: str) -> None:
        super().__init__("Slack", reason)


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where a bot token leads: the workspace, the bot's name there, and its rights, None where untold."""

    id: str
    name: str
    bot: str
    scopes: frozenset[str] | None
    bot_user: str = ""
    bot_id: str = ""
    enterprise: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """The rights that the app needs and has not."""
        return () if self.scopes is None else tuple(one for one in SCOPES if one not in self.scopes)

    @property
    def advice(self) -> tuple[tuple[str, str], ...]:
        """What is not as it should be, each with what to do."""
        found = []
        if self.missing:
            found.append(
                (
                    f"The app has not the right to {', '.join(self.missing)}.",
                    "Paste slack-manifest.yaml under App Manifest, then install the app again.",
                )
            )
        if self.unused:
            found.append(
                (
                    f"The app has rights that Troupe never uses: {', '.join(self.unused)}.",
                    "Take them away under OAuth & Permissions, or paste slack-manifest.yaml again.",
                )
            )
        return tuple(found)

    @property
    def unused(self) -> tuple[str, ...]:
        """The rights that the app has and never uses."""
        return () if self.scopes is None else tuple(sorted(self.scopes - set(SCOPES)))


def open_client(token: str | None, api_url: str, team: str = "") -> AsyncWebClient:
    """Return a client that waits as long as Slack says; ``api_url`` is without a slash at its end.

    ``team`` is named with every request, which an organisation's token needs.
    """
    client = AsyncWebClient(token=token, base_url=f"{api_url}/", team_id=team or None)
    client.retry_handlers += [
        AsyncRateLimitErrorRetryHandler(max_retry_count=2),
        AsyncServerErrorRetryHandler(),
    ]
    return client


async def look_up(client: AsyncWebClient) -> Workspace:
    """Ask Slack whose the client's token is. Raises SettingsError in one sentence, SlackUnreachable."""
    try:
        answer = await client.auth_test()
    except UNREACHABLE as error:
        code = code_of(error)
        if is_passing(error):
            raise SlackUnreachable(code) from None
        if code in REFUSED:
            raise SettingsError(
                f"Slack does not take SLACK_BOT_TOKEN ({code}): copy it anew under OAuth & Permissions."
            ) from None
        raise SettingsError(f"Slack refuses to say who we are ({code}).") from None
    told = next((value for name, value in answer.headers.items() if name.lower() == "x-oauth-scopes"), None)
    scopes = None if told is None else frozenset(one.strip() for one in str(told).split(",") if one.strip())
    return Workspace(
        str(answer["team_id"]),
        str(answer.get("team", "")),
        str(answer.get("user", "")),
        scopes,
        str(answer.get("user_id", "")),
        str(answer.get("bot_id") or ""),
        str(answer.get("enterprise_id") or ""),
    )


async def list_teams(client: AsyncWebClient) -> Mapping[str, str]:
    """Return the workspaces that an organisation's token may speak in: names by id.

    Source: Slack, ``auth.teams.list``, which needs no right. Raises SettingsError, SlackUnreachable.
    """
    found: dict[str, str] = {}
    cursor = ""
    while True:
        try:
            answer = await client.auth_teams_list(limit=MOST_TEAMS, cursor=cursor or None)
        except UNREACHABLE as error:
            code = code_of(error)
            if is_passing(error):
                raise SlackUnreachable(code) from None
            raise SettingsError(f"Slack does not say in which workspaces the app may be ({code}).") from None
        found |= {str(one["id"]): str(one.get("name") or "") for one in answer["teams"]}
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return found


async def check_credentials(client: AsyncWebClient, client_id: str, secret: str = "") -> None:
    """Look whether Slack knows an app by its id and secret, by a code that is none; the id alone without.

    Raises SettingsError in one sentence, SlackUnreachable.
    """
    form = {"client_id": client_id, "client_secret": secret or "none", "code": "none"}
    try:
        await client.api_call("oauth.v2.access", data=form)
    except UNREACHABLE as error:
        code = code_of(error)
        if is_passing(error):
            raise SlackUnreachable(code) from None
        if code == "invalid_client_id":
            raise SettingsError(
                f"Slack knows no app with this Client ID ({code}): copy it anew under Basic Information, App "
                "Credentials."
            ) from None
        if secret and code == "bad_client_secret":
            raise SettingsError(
                f"That is not this app's Client Secret ({code}): copy it anew under Basic Information, App "
                "Credentials; it is not the Signing Secret."
            ) from None


async def open_socket(client: AsyncWebClient, app_token: str) -> str:
    """Return the address of a new socket. Raises SettingsError in one sentence, SlackUnreachable."""
    try:
        answer = await client.apps_connections_open(app_token=app_token)
    except UNREACHABLE as error:
        code = code_of(error)
        if is_passing(error):
            raise SlackUnreachable(code) from None
        if code in REFUSED:
            raise SettingsError(
                f"Slack does not take SLACK_APP_TOKEN ({code}): make one under Basic Information, App-Level "
                "Tokens, with connections:write."
            ) from None
        if code in NO_SOCKETS:
            raise SettingsError(
                f"SLACK_APP_TOKEN opens no socket ({code}): switch Socket Mode on in the app, and give the "
                "token connections:write."
            ) from None
        raise SettingsError(f"Slack opens no socket ({code}). Start again in a few minutes.") from None
    return str(answer["url"])


async def check_socket(client: AsyncWebClient, app_token: str) -> None:
    """Look whether a token opens sockets; where Slack gives out no more of them now it may well.

    Raises SettingsError in one sentence.
    """
    try:
        await open_socket(client, app_token)
    except SlackUnreachable as error:
        if error.reason != "ratelimited":
            raise
