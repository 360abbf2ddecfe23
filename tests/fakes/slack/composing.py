"""How what the app sends becomes a message."""

import re
from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.message_rules import texts_of
from tests.fakes.slack.state import Account, Channel, Message
from tests.fakes.slack.world import World

ADDRESS = re.compile(r"https?://")


def compose(
    world: World, channel: Channel, body: dict[str, Any], viewer: Account | None = None, **more: Any
) -> Message:
    """Post a checked body as the bot, for everybody or for one viewer."""
    thread_ts = body.get("thread_ts")
    message = Message(world.new_ts(), channel, channel.team.bot, thread_ts=thread_ts, viewer=viewer, **more)
    message.unfurls = body.get("unfurl_links") is not False or body.get("unfurl_media") is not False
    _write(message, body)
    world.post(message)
    return message


def rewrite(world: World, message: Message, body: dict[str, Any], *, keeps_blocks: bool = False) -> None:
    """Let a checked body become what a message is."""
    was = payloads.message(message)
    if keeps_blocks and body.get("blocks") is None:
        body = {**body, "blocks": message.blocks}
    _write(message, body)
    world.change(message, was=was)


def _write(message: Message, body: dict[str, Any]) -> None:
    message.text = body["text"]
    message.blocks = payloads.numbered({"blocks": body.get("blocks") or []})["blocks"]
    message.metadata = body.get("metadata", message.metadata)
    has_address = any(ADDRESS.search(text) for text in texts_of(body))
    message.is_crawled |= message.unfurls and has_address and not message.is_ephemeral
