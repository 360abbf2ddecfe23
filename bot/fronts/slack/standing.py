"""What stands in direct messages already: a post whose answer was lost is found again, not made again.

Slack knows no key by which the same post would come once, so each carries one. Where it may have been posted
before that is looked for first, and no request that makes it is repeated on the way, as all others are.

Source: Slack, "Message metadata", ``conversations.history`` and ``conversations.replies`` (``im:history``):
the newest messages come first in the one, the oldest in the other; 100 are asked for, and apps that are sold
outside Slack's own directory get 15.
"""

import copy
import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import NobodyThere
from bot.fronts.slack.refusals import UNREACHABLE, code_of, is_passing

EVENT = "troupe_post"
LOOKED_THROUGH = 100
CLOCKS_DIFFER = timedelta(minutes=1)
NO_THREAD = frozenset({"cannot_reply_to_message", "thread_not_found", "message_not_found"})
"""What is said where the message that a thread hangs on was taken away."""
AGAIN = (AsyncConnectionErrorRetryHandler, AsyncServerErrorRetryHandler)

log = logging.getLogger(__name__)


def keyed(key: str) -> dict[str, Any]:
    """Return what makes a post known again by its key: nothing where it has none."""
    return {"metadata": {"event_type": EVENT, "event_payload": {"key": key}}} if key else {}


def asking_once(client: AsyncWebClient) -> AsyncWebClient:
    """Return a client that does not ask again where the first request may have been heard."""
    once = copy.copy(client)
    once.retry_handlers = [one for one in client.retry_handlers if not isinstance(one, AGAIN)]
    return once


async def find_standing(
    client: AsyncWebClient, channel: str, thread: str, key: str, since: datetime
) -> str | None:
    """Return the time stamp of a post with this key, in a thread or outside of all; None where none stands.

    ``since`` is a moment before which it cannot have been made. Raises NobodyThere while Slack cannot say;
    where it never will, nothing is found.
    """
    where: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{(since - CLOCKS_DIFFER).timestamp():.6f}",
        "limit": LOOKED_THROUGH,
        "include_all_metadata": True,
    }
    look = partial(client.conversations_replies, ts=thread) if thread else client.conversations_history
    try:
        answer = await look(**where)
    except UNREACHABLE as error:
        if is_passing(error):
            raise NobodyThere(code_of(error)) from error
        if thread and code_of(error) in NO_THREAD:
            return await find_standing(client, channel, "", key, since)
        log.warning("Whether a message stands already could not be looked up: %s", code_of(error))
        return None
    wanted = keyed(key)["metadata"]
    return next((str(one["ts"]) for one in answer["messages"] if one.get("metadata") == wanted), None)
