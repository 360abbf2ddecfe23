"""The methods that read a conversation: outside of threads the newest first, in a thread the oldest."""

import re
from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.places import page_of
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.scopes import check_scope, message_event
from tests.fakes.slack.state import IM, Channel, Message
from tests.fakes.slack.world import World

KNOWN = "channel cursor inclusive include_all_metadata latest limit oldest"
MOST_AT_ONCE = 999
USUAL, USUAL_IN_A_THREAD = 100, 1_000
STAMP = re.compile(r"\d{1,10}(\.\d{1,6})?")


class Histories:
    """Reads conversations."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def table(self) -> dict[str, Method]:
        """The methods by their names."""
        return {"conversations.history": self._history, "conversations.replies": self._replies}

    def _history(self, call: Call) -> dict[str, Any]:
        call.knows(KNOWN)
        channel = self._channel(call)
        outside = [one for one in channel.messages if one.thread_ts in (None, one.ts)]
        return _told(call, [one for one in reversed(outside) if _is_within(call, one)], USUAL)

    def _replies(self, call: Call) -> dict[str, Any]:
        call.knows(f"{KNOWN} ts")
        channel, (ts,) = self._channel(call), call.needs("ts")
        root = next((one for one in channel.messages if one.ts == ts and _is_there(one)), None)
        if root is None:
            raise Refusal("thread_not_found")
        replies = [one for one in channel.messages if one.thread_ts == ts and one is not root]
        found = [one for one in replies if _is_within(call, one)]
        return _told(call, [root, *found], USUAL_IN_A_THREAD)

    def _channel(self, call: Call) -> Channel:
        (channel_id,) = call.needs("channel")
        channel = self._world.channels.get(channel_id)
        if channel is None or channel.team is not call.team:
            raise Refusal("channel_not_found")
        check_scope(call.team, message_event(channel)[1])
        if channel.kind != IM and call.team.bot not in channel.members:
            raise Refusal("not_in_channel")
        return channel


def _is_there(message: Message) -> bool:
    return not message.is_deleted and not message.is_ephemeral


def _is_within(call: Call, message: Message) -> bool:
    """Whether a message may be told: it lies between the two times, the ends only if that is asked for."""
    oldest, latest = (_stamp_of(call, key) for key in ("oldest", "latest"))
    at = float(message.ts)
    if call.flag("inclusive") and at in (oldest, latest):
        return _is_there(message)
    return _is_there(message) and (oldest is None or at > oldest) and (latest is None or at < latest)


def _stamp_of(call: Call, key: str) -> float | None:
    if call[key] in (None, ""):
        return None
    if not STAMP.fullmatch(str(call[key])):
        raise Refusal(f"invalid_ts_{key}")
    return float(call[key])


def _told(call: Call, messages: list[Message], usual: int) -> dict[str, Any]:
    if call["limit"] not in (None, ""):
        limit = str(call["limit"])
        if not limit.isdecimal() or not 1 <= int(limit) <= MOST_AT_ONCE:
            raise Refusal("invalid_limit")
    page, more = page_of(call, messages, usual)
    told = [payloads.message(one) for one in page]
    if not call.flag("include_all_metadata"):
        for one in told:
            one.pop("metadata", None)
    return {"messages": told, "has_more": bool(more["response_metadata"]["next_cursor"]), **more}
