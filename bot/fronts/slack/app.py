"""Our Bolt app: every listener acknowledges first, and hands what came to the desk.

Source: Slack, "Slash commands", "Interaction payloads", "Events API"; Bolt for Python's asynchronous app.
"""

import contextlib
import logging
import os
import re
from collections.abc import Iterator
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.calls.figures import Figures
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.slack import modals
from bot.fronts.slack.desk import Desk
from bot.fronts.slack.installing import NOT_HERE, Authorize, Installer
from bot.fronts.slack.listeners import Listeners
from bot.fronts.slack.manifest import SHORTCUT
from bot.fronts.slack.messages import Messages
from bot.fronts.slack.naming import enterprise_of, team_of
from bot.fronts.slack.workspaces import Workspaces

PRESS, PICK, OPEN = re.compile(r"press\|.*"), re.compile(r"pick\|.*"), re.compile(r"open\|.*")


class _MeasuredApp(AsyncApp):
    """Measures how long Slack waits until it is told that something arrived."""

    def __init__(self, figures: Figures, **more: Any) -> None:
        super().__init__(**more)
        self._waits = figures.acknowledge_seconds.labels("slack")

    async def async_dispatch(self, req: AsyncBoltRequest) -> BoltResponse:
        """Pass on what came in; Bolt comes back with the acknowledgement, its listener works on."""
        with self._waits.time():
            return await super().async_dispatch(req)


def build_app(
    client: AsyncWebClient, signing_secret: str, desk: Desk, command: str, installer: Installer | None = None
) -> AsyncApp:
    """Return the app with all its listeners; ``command`` is ours, such as ``/ring``.

    Whoever knows ``signing_secret`` can do everything in anybody's name. ``client`` speaks in the one
    workspace that there is; with an ``installer`` there are those that installed the app.
    """
    app = _make_app(client, signing_secret, desk.house.figures, installer)
    _hear_endings(app, desk.service.workspaces)
    listeners, messages = Listeners(desk), Messages(desk)

    @app.command(re.compile(rf"^{re.escape(command)}$"))
    async def typed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.typed(body)

    @app.action(PRESS)
    async def pressed(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = body["actions"][0]
        owner, _, what = str(action.get("value", "")).partition("|")
        await listeners.pressed(body, owner, what, replaces=str(action["action_id"]).endswith("|r"))

    @app.action(PICK)
    async def picked(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        action = body["actions"][0]
        _, _, flags, owner = [*str(action["action_id"]).split("|"), "", "", ""][:4]
        what = str((action.get("selected_option") or {}).get("value", ""))
        await listeners.pressed(body, owner, what, replaces=flags == "r")

    @app.action(OPEN)
    async def opened(ack: Any) -> None:
        await ack()

    @app.options("character")
    async def suggested(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=await listeners.suggested(body))

    @app.options("continue")
    async def remembered(ack: Any, body: dict[str, Any]) -> None:
        await ack(options=await listeners.remembered(body))

    @app.view(modals.CALL)
    async def called(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.called(body)

    @app.view(modals.WRITE)
    async def written(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.written(body)

    @app.shortcut(SHORTCUT)
    async def reached(ack: Any, body: dict[str, Any]) -> None:
        await ack()
        await listeners.reached(body)

    @app.event("app_home_opened")
    async def at_home(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tab") == "home":
            await desk.service.homes.show(team_of(body), event["user"])

    @app.event("message")
    async def wrote(event: dict[str, Any], body: dict[str, Any]) -> None:
        await messages.wrote(event, body)

    return app


def _make_app(
    client: AsyncWebClient, signing_secret: str, figures: Figures, installer: Installer | None
) -> AsyncApp:
    """Return Bolt's app, without listeners."""
    log = logging.getLogger("slack")
    with _no_settings_for_bolt():
        if installer is None:
            return _MeasuredApp(figures, client=client, signing_secret=signing_secret, logger=log)
        return _MeasuredApp(
            figures,
            client=installer.flow.client,
            signing_secret=signing_secret,
            logger=log,
            authorize=Authorize(installer.installations),
            oauth_flow=installer.flow,
            user_facing_authorize_error_message=f"{NOT_HERE}\n{catalogue_for('de').say(NOT_HERE)}",
        )


@contextlib.contextmanager
def _no_settings_for_bolt() -> Iterator[None]:
    """Keep our settings from Bolt while it is made: it takes those of the same names for its own.

    Beside the client that it is given it then warns of a token, or lets workspaces install another app.
    """
    ours = {name: os.environ.pop(name) for name in tuple(os.environ) if name.startswith("SLACK_")}
    try:
        yield
    finally:
        os.environ.update(ours)


def _hear_endings(app: AsyncApp, workspaces: Workspaces) -> None:
    """Learn whose organisation a workspace is of, and take tokens away that Slack took away."""

    @app.middleware
    async def learn(context: Any, body: dict[str, Any], next_: Any) -> None:
        if context.is_enterprise_install:
            await workspaces.note_team(team_of(body), enterprise_of(body))
        await next_()

    @app.event("app_uninstalled")
    async def uninstalled(body: dict[str, Any]) -> None:
        await workspaces.take_back(body)

    @app.event("team_access_granted")
    async def granted(event: dict[str, Any], body: dict[str, Any]) -> None:
        await workspaces.admit_teams(enterprise_of(body), event["team_ids"])

    @app.event("team_access_revoked")
    async def closed(event: dict[str, Any], body: dict[str, Any]) -> None:
        await workspaces.leave_teams(enterprise_of(body), event["team_ids"])

    @app.event("tokens_revoked")
    async def revoked(event: dict[str, Any], body: dict[str, Any]) -> None:
        if event.get("tokens", {}).get("bot"):
            await workspaces.take_back(body)
