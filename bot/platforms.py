"""Opens the fronts that the settings switch on, each loaded only then."""

import logging
from collections.abc import Callable, Collection, MutableMapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.calls.installation import Installation
from bot.config import Settings
from bot.domain.process import ROLES, Role
from bot.followup import Followup
from bot.ports import Poster

if TYPE_CHECKING:
    from bot.fronts.chats import Chats
    from bot.fronts.slack import Slack

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Platforms:
    """What fronts are opened with; each adds itself to ``posters``, and is closed with ``stack``.

    ``tell`` says to the operator where one is connected.
    """

    house: Installation
    settings: Settings
    followup: Followup
    posters: MutableMapping[str, Poster]
    stack: AsyncExitStack
    public_url: str
    tell: Callable[[str], None]
    roles: Collection[Role] = ROLES
    chats: "list[Chats]" = field(default_factory=list)
    connected: dict[str, Callable[[], bool]] = field(default_factory=dict)
    """Which fronts are on, and how to learn whether each is connected."""

    async def open_slack(self) -> "Slack | None":
        """Open Slack, if its bot token or its client id is set; where another process answers, only to post.

        Raises SettingsError.
        """
        settings = self.settings
        if advice := find_useless(settings):
            _log.warning("%s", advice)
        if not settings.slack_is_on or not self._needs("slack"):
            return None
        from bot.fronts.slack import open_slack

        answers = "slack" in self.roles
        slack = await self.stack.enter_async_context(
            open_slack(
                self.house,
                bot_token=settings.slack_bot_token.get_secret_value(),
                app_token=settings.slack_app_token.get_secret_value() if answers else "",
                signing_secret=settings.slack_signing_secret.get_secret_value() if answers else "",
                command=settings.slack_command,
                api_url=f"{settings.slack_api_url}/",
                picture_of=lambda slug: picture_address(self.public_url, slug),
                nudge=self.followup.nudge,
                connected=self._connected if answers else self._reachable,
                client_id=settings.slack_client_id,
                client_secret=settings.slack_client_secret.get_secret_value(),
                public_url=self.public_url,
            )
        )
        self.posters["slack"] = slack.service
        if slack.installer:
            self.followup.of_fronts["renew"] = slack.installer.renewals.run
        self.chats.append(slack.service.talks.chats)
        self.connected["slack"] = lambda: slack.is_in
        return slack

    async def open_discord(self) -> None:
        """Open Discord, if its token is set; where another process answers there, only to post.

        Raises SettingsError.
        """
        settings = self.settings
        token = settings.discord_token.get_secret_value()
        if not token or not self._needs("discord"):
            return
        if "discord" in self.roles:
            from bot.fronts.discord import open_discord

            opened = open_discord(
                self.house,
                token=token,
                api_url=settings.discord_api_url,
                gateway_url=settings.discord_gateway_url,
                user_install=settings.discord_user_install,
                wanted=settings.shards,
                are_shared=settings.is_shared,
                nudge=self.followup.nudge,
                connected=self._connected,
            )
        else:
            from bot.fronts.discord.posting import open_poster

            opened = open_poster(
                self.house, token=token, api_url=settings.discord_api_url, reachable=self._reachable
            )
        service = await self.stack.enter_async_context(opened)
        self.posters["discord"] = service
        self.chats.append(service.chats)
        self.connected["discord"] = lambda: service.is_connected

    async def end_chats(self) -> None:
        """End all chats with an honest word, as those do that others took for over."""
        for chats in self.chats:
            await chats.aclose()

    def _needs(self, front: Role) -> bool:
        """Whether this process answers there, or posts what follow-up has to tell."""
        return front in self.roles or "followup" in self.roles

    async def _connected(self, whereabouts: str) -> None:
        self.tell(whereabouts)
        await self._reachable()

    async def _reachable(self, _: str = "") -> None:
        """Let what could not be told from here be told now."""
        if "followup" in self.roles:
            await tell_what_waits(self.house, self.followup)


def find_useless(settings: Settings) -> str:
    """Return which setting of Slack's is of no use without its bot token, in one sentence; else nothing."""
    if settings.slack_is_on:
        return ""
    for name in ("slack_app_token", "slack_signing_secret"):
        secret: SecretStr = getattr(settings, name)
        if secret.get_secret_value():
            return (
                f"{name.upper()} is set, but SLACK_BOT_TOKEN is not, so Slack is off; troupe setup slack "
                "asks for it."
            )
    return ""


def picture_address(public_url: str, slug: str) -> str:
    """Return where a character's picture is for everybody to see; nothing where no such address is known."""
    return f"{public_url}/pictures/{slug}" if public_url.startswith("https://") else ""


async def tell_what_waits(house: Installation, followup: Followup) -> None:
    """Let what could not be told while a front was away be told now."""
    for kind in ("recap", "cost_alert", "broke_off", "erase_post", "linked", "announce", "alert"):
        await house.store.hasten_jobs(kind, house.now())
    followup.nudge()
