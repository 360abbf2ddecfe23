"""All that the fake Slack knows, and whom it tells."""

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.discord.clock import Bell, Clock
from tests.fakes.slack import payloads
from tests.fakes.slack.act import Act
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.scopes import message_event
from tests.fakes.slack.settings import AppSettings
from tests.fakes.slack.state import (
    IM,
    PRIVATE,
    PUBLIC,
    Account,
    Channel,
    Enterprise,
    File,
    Message,
    Team,
    View,
)


class World:
    """Workspaces and what is in them, acts, views and files."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.bell = Bell()
        self.settings = AppSettings()
        self.url = ""
        self._ids = 0
        self._last_ts = 0
        self.app_id = self.new_id("A")
        self.teams: dict[str, Team] = {}
        self.enterprises: dict[str, Enterprise] = {}
        self.ended: dict[str, str] = {}
        """Why tokens that were good are not any more."""
        self.channels: dict[str, Channel] = {}
        self.twins: list[Channel] = []
        """Channels of one workspace whose id another has as well."""
        self.files: dict[str, File] = {}
        self.views: dict[str, View] = {}
        self.homes: dict[tuple[str, str], View] = {}
        self.triggers: dict[str, Act] = {}
        self.responses: dict[str, Act] = {}
        self.announce: Callable[..., None] = lambda *_, **__: None

    def removes(self, where: Team | Enterprise, *, tells: bool = True) -> None:
        """Take the app away from a workspace or an organisation, and tell it so, unless it is not told."""
        where.token_error = "account_inactive"
        if not tells:
            return
        team = where if isinstance(where, Team) else where.teams[0]
        revoked = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
        for event in (revoked, {"type": "app_uninstalled"}):
            self.announce(team, event, str(event["type"]), org_wide=isinstance(where, Enterprise))

    def closes(self, *teams: Team) -> None:
        """Let an organisation's admins keep the app out of workspaces that it was installed for."""
        self._tell_access("team_access_revoked", teams)
        for team in teams:
            team.is_closed = True

    def reopens(self, *teams: Team) -> None:
        """Let the app into workspaces again."""
        for team in teams:
            team.is_closed = False
        self._tell_access("team_access_granted", teams)

    def _tell_access(self, name: str, teams: tuple[Team, ...]) -> None:
        event = {"type": name, "team_ids": [one.id for one in teams]}
        self.announce(teams[0], event, name, org_wide=True, of_team=False)

    def new_id(self, prefix: str) -> str:
        """Return an id that never repeats."""
        self._ids += 1
        return f"{prefix}0{self._ids:09X}"

    async def passes(
        self, seconds: float, is_so: Callable[[], object] = lambda: False, *, since: datetime | None = None
    ) -> None:
        """Wait until something is so, or until so much time has passed, by this clock."""
        until = (since or self.clock()) + timedelta(seconds=seconds)
        while not is_so() and (left := (until - self.clock()).total_seconds()) > 0:
            with suppress(AssertionError):
                await self.bell.until(lambda: is_so() or self.clock() >= until, left, str)

    def new_ts(self) -> str:
        """Return the time as messages carry it, which never repeats."""
        self._last_ts = max(int(self.clock().timestamp() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06}"

    def new_trigger(self) -> str:
        """Return an id that opens one modal."""
        self._ids += 1
        return f"{self._ids}.{self._last_ts}.{secrets.token_hex(16)}"

    def team_with(self, token: str) -> Team | None:
        """Return the workspace whose token this is."""
        return next(
            (one for one in self.teams.values() if token and token in (one.bot_token, *one.older)), None
        )

    def enterprise_with(self, token: str) -> Enterprise | None:
        """Return the organisation whose token this is."""
        return next(
            (one for one in self.enterprises.values() if token and token in (one.bot_token, *one.older)), None
        )

    def person(self, team: Team, person_id: str, otherwise: str = "user_not_found") -> Account:
        """Return somebody of a workspace, or the bot in it."""
        if person_id == team.bot.id:
            return team.bot
        if person_id not in team.people:
            raise Refusal(otherwise)
        return team.people[person_id]

    def dm_of(self, person: Account) -> Channel:
        """Return somebody's direct messages with the bot."""
        return next(
            one
            for one in self.channels.values()
            if one.kind == IM and person in one.members and one.team is person.team
        )

    def channel(self, team: Team, channel_id: str) -> Channel:
        """Return a channel as the bot sees it; the id of somebody leads to their direct messages."""
        if channel_id in team.people:
            return self.dm_of(team.people[channel_id])
        named = (one for one in (*self.channels.values(), *self.twins) if one.id == channel_id)
        found = next((one for one in named if one.team is team), None)
        if found is None:
            raise Refusal("channel_not_found")
        if found.kind == PRIVATE and team.bot not in found.members:
            raise Refusal("channel_not_found")
        return found

    def channel_to_post(self, team: Team, channel_id: str) -> Channel:
        """Return a channel that the bot may post in."""
        found = self.channel(team, channel_id)
        if found.refusal:
            raise Refusal(found.refusal)
        if found.kind == IM:
            self.check_dm(next(one for one in found.members if one is not team.bot))
        elif team.bot not in found.members and not (
            found.kind == PUBLIC and "chat:write.public" in team.granted
        ):
            raise Refusal("not_in_channel")
        return found

    def check_dm(self, person: Account) -> None:
        """Refuse direct messages to somebody who cannot have them."""
        if person.is_bot:
            raise Refusal("cannot_dm_bot")
        if person.is_deleted:
            raise Refusal("user_disabled")
        if person.dm_refusal:
            raise Refusal(person.dm_refusal)
        if not self.settings.messages_tab:
            raise Refusal("messages_tab_disabled")

    def message(self, channel: Channel, ts: str) -> Message:
        """Return a message, unless it is gone or meant for one person's eyes."""
        for message in channel.messages:
            if message.ts == ts and not message.is_deleted and not message.is_ephemeral:
                return message
        raise Refusal("message_not_found")

    def new_view(self, person: Account, body: dict[str, Any], previous: View | None = None) -> View:
        """Keep a view that is to be shown."""
        view = View(self.new_id("V"), secrets.token_hex(8), person, payloads.numbered(body), previous)
        self.views[view.id] = view
        return view

    def change_view(self, view: View, body: dict[str, Any]) -> None:
        """Let a view be another one from now on."""
        view.body, view.hash = payloads.numbered(body), secrets.token_hex(8)
        view.revision += 1
        view.errors = {}
        self.bell.ring()

    def keep_file(self, owner: Account, name: str, data: bytes, mimetype: str, **more: Any) -> File:
        """Keep a file where it can be fetched."""
        file = File(self.new_id("F"), name, data, owner.team, owner, mimetype, **more)
        file.size = file.size or len(data)
        file.url = file.url or f"{self.url}/files-pri/{owner.team.id}-{file.id}/{name}"
        self.files[file.id] = file
        return file

    def post(self, message: Message, *, twice: bool = False) -> None:
        """Put a message where it belongs, and tell the app if it listens there."""
        message.channel.messages.append(message)
        if not message.is_ephemeral:
            self.tell_message(message, payloads.posted(message), twice=twice)
        self.bell.ring()

    def change(self, message: Message, *, edited_at: datetime | None = None, was: dict[str, Any]) -> None:
        """Note that a message was edited."""
        message.edited_at = edited_at or self.clock()
        message.revision += 1
        if not message.is_ephemeral:
            self.tell_message(message, payloads.changed(message, was, self.new_ts()))
        self.bell.ring()

    def remove(self, message: Message) -> None:
        """Delete a message."""
        message.is_deleted = True
        if not message.is_ephemeral:
            self.tell_message(message, payloads.deleted(message, self.new_ts()))
        self.bell.ring()

    def tell_message(self, message: Message, event: dict[str, Any], *, twice: bool = False) -> None:
        """Tell of a message, as the app may hear of it."""
        channel = message.channel
        team, name_and_scope = channel.team, message_event(channel)
        if team.bot in channel.members:
            self.announce(team, event, *name_and_scope, twice=twice)
        mentioned = f"<@{team.bot.id}" in message.text and not channel.is_im
        if mentioned and event["type"] == "message" and "subtype" not in event:
            told = {key: value for key, value in event.items() if key != "channel_type"}
            told["type"] = "app_mention"
            self.announce(team, told, "app_mention", "app_mentions:read", twice=twice)
