"""The methods that post, edit and delete messages."""

from typing import Any

from tests.fakes.slack import payloads
from tests.fakes.slack.composing import compose, rewrite
from tests.fakes.slack.message_rules import EPHEMERAL, POST, UPDATE, UPDATE_LETTERS, check_message
from tests.fakes.slack.methods import Call, Method
from tests.fakes.slack.refusals import Refusal
from tests.fakes.slack.state import Channel
from tests.fakes.slack.world import World

FLAGS = ("unfurl_links", "unfurl_media", "mrkdwn", "link_names", "reply_broadcast")


class Chat:
    """Posts, edits and deletes."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def table(self) -> dict[str, Method]:
        """The methods by their names."""
        return {
            "chat.postMessage": self._post,
            "chat.postEphemeral": self._whisper,
            "chat.update": self._update,
            "chat.delete": self._delete,
        }

    def _post(self, call: Call) -> dict[str, Any]:
        (channel_id,) = call.needs("channel")
        body = _body(call)
        channel = self._world.channel_to_post(call.team, channel_id)
        check_message(body, POST)
        self._check_thread(channel, body)
        message = compose(self._world, channel, body)
        return {"channel": channel.id, "ts": message.ts, "message": payloads.message(message)}

    def _whisper(self, call: Call) -> dict[str, Any]:
        channel_id, user_id = call.needs("channel", "user")
        body = _body(call)
        channel = self._world.channel_to_post(call.team, channel_id)
        if call.team.bot not in channel.members:
            raise Refusal("not_in_channel")
        person = self._world.person(call.team, user_id, "user_not_in_channel")
        if person not in channel.members or person.is_bot:
            raise Refusal("user_not_in_channel")
        check_message(body, EPHEMERAL)
        self._check_thread(channel, body)
        return {"message_ts": compose(self._world, channel, body, person).ts}

    def _update(self, call: Call) -> dict[str, Any]:
        channel_id, ts = call.needs("channel", "ts")
        body = _body(call)
        channel = self._world.channel(call.team, channel_id)
        message = self._world.message(channel, ts)
        if message.author is not call.team.bot:
            raise Refusal("cant_update_message")
        check_message(body, UPDATE, UPDATE_LETTERS)
        rewrite(self._world, message, body, keeps_blocks=True)
        told = payloads.message(message)
        return {"channel": channel.id, "ts": ts, "text": message.text, "message": told}

    def _delete(self, call: Call) -> dict[str, Any]:
        call.knows("channel ts as_user")
        channel_id, ts = call.needs("channel", "ts")
        channel = self._world.channel(call.team, channel_id)
        message = self._world.message(channel, ts)
        if message.author is not call.team.bot:
            raise Refusal("cant_delete_message")
        self._world.remove(message)
        return {"channel": channel.id, "ts": ts}

    def _check_thread(self, channel: Channel, body: dict[str, Any]) -> None:
        if body.get("thread_ts") is not None and all(one.ts != body["thread_ts"] for one in channel.messages):
            raise Refusal("cannot_reply_to_message")


def _body(call: Call) -> dict[str, Any]:
    """Return the arguments with those that a form writes in letters as true or false."""
    return {key: call.flag(key) if key in FLAGS else value for key, value in call.args.items()}
