"""Where an answer is shown: beside what was typed, in a modal, or in direct messages.

Source: Slack, "Handling user interaction" (response URLs: 5 posts in 30 minutes), "Modals", and
``chat.postMessage``; a personal link is never unfurled.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from aiohttp import ClientSession
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncRateLimitErrorRetryHandler,
    async_default_handlers,
)
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.fronts.clipping import clip
from bot.fronts.slack import limits
from bot.fronts.slack.addresses import Addresses
from bot.fronts.slack.blocks import Message
from bot.fronts.slack.refusals import UNREACHABLE, code_of

QUIET: dict[str, Any] = {"unfurl_links": False, "unfurl_media": False}
NO_MESSAGES = frozenset(
    {
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "cannot_dm_bot",
        "restricted_action",
        "messages_tab_disabled",
        "account_inactive",
        "token_revoked",
        "channel_not_found",
        "is_archived",
    }
)
"""Why a direct message can never reach somebody."""


class NotShown(Exception):
    """An answer did not reach whoever waits for it."""


class Surface(Protocol):
    """Where one answer goes."""

    async def show(self, message: Message, *, in_place: bool) -> None:
        """Show it, in place of what was pressed where that is asked. Raises NotShown."""
        ...

    async def add(self, message: Message) -> None:
        """Show something more beside it. Raises NotShown."""
        ...


@dataclass(frozen=True, slots=True)
class Beside:
    """Privately beside what was typed or pressed, by its response URL."""

    url: str
    addresses: Addresses
    http: ClientSession | None = None

    async def show(self, message: Message, *, in_place: bool) -> None:
        """Show it there."""
        if not self.addresses.use(self.url):
            raise NotShown("its address takes no more")
        told = {
            "response_type": "ephemeral",
            "replace_original": in_place,
            "text": message.text,
            "blocks": message.blocks,
            **QUIET,
        }
        patient = AsyncRateLimitErrorRetryHandler(max_retry_count=2)
        client = AsyncWebhookClient(
            self.url, session=self.http, retry_handlers=[*async_default_handlers(), patient]
        )
        try:
            answer = await client.send_dict(told)
        except UNREACHABLE as error:
            raise NotShown(code_of(error)) from error
        if answer.status_code != 200:
            raise NotShown(f"status {answer.status_code}: {answer.body[:80]}")

    async def add(self, message: Message) -> None:
        """Show it as a further private message."""
        await self.show(message, in_place=False)


@dataclass(frozen=True, slots=True)
class InModal:
    """In a modal that is open already."""

    client: AsyncWebClient
    view_id: str
    title: str

    async def show(self, message: Message, *, in_place: bool) -> None:  # noqa: ARG002  it always takes its place
        """Show it in the modal."""
        try:
            await self.client.views_update(view_id=self.view_id, view=view_of(self.title, message))
        except UNREACHABLE as error:
            raise NotShown(code_of(error)) from error

    async def add(self, message: Message) -> None:  # noqa: ARG002  there is no room for it
        """Refuse: a modal shows one thing at a time."""
        raise NotShown("a modal shows one thing at a time")


@dataclass(frozen=True, slots=True)
class Whispered:
    """In a channel, for one member alone, who sees it until they reload; it is kept nowhere."""

    client: AsyncWebClient
    channel: str
    user: str

    async def show(self, message: Message, *, in_place: bool) -> None:  # noqa: ARG002  nothing stands there yet
        """Show it there."""
        try:
            await self.client.chat_postEphemeral(
                channel=self.channel, user=self.user, text=message.text, blocks=message.blocks
            )
        except UNREACHABLE as error:
            raise NotShown(code_of(error)) from error

    async def add(self, message: Message) -> None:
        """Show it too."""
        await self.show(message, in_place=False)


@dataclass(frozen=True, slots=True)
class Direct:
    """In direct messages."""

    client: AsyncWebClient
    channel: str

    async def show(self, message: Message, *, in_place: bool) -> None:  # noqa: ARG002  nothing stands there yet
        """Send it."""
        try:
            await self.client.chat_postMessage(
                channel=self.channel, text=message.text, blocks=message.blocks, **QUIET
            )
        except UNREACHABLE as error:
            raise NotShown(code_of(error)) from error

    async def add(self, message: Message) -> None:
        """Send it too."""
        await self.show(message, in_place=False)


def view_of(title: str, message: Message) -> dict[str, Any]:
    """Return a modal that shows a message."""
    return {
        "type": "modal",
        "callback_id": "shown",
        "title": {"type": "plain_text", "text": clip(title, limits.TITLE)},
        "blocks": message.blocks
        or [{"type": "section", "text": {"type": "plain_text", "text": message.text}}],
    }
