"""What the fake Slack tells of a conversation: the newest first outside of threads, the oldest in one."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio

MARK = {"event_type": "call", "event_payload": {"id": "1"}}
HISTORY, REPLIES = "conversations.history", "conversations.replies"


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


async def says(wire: Wire, text: str, **more: Any) -> str:
    answer = await wire.calls("chat.postMessage", channel=wire.mira.dm.id, text=text, **more)
    return str(answer.body["ts"])


async def reads(wire: Wire, method: str, **args: Any) -> list[str]:
    answer = await wire.calls(method, channel=wire.mira.dm.id, **args)
    assert answer.ok, answer.body
    return [one["text"] for one in answer.body["messages"]]


async def test_what_stands_outside_of_threads_is_told_the_newest_first(wire: Wire) -> None:
    root = await says(wire, "one")
    await says(wire, "inside", thread_ts=root)
    await says(wire, "two")
    gone = await says(wire, "gone")
    await wire.calls("chat.delete", channel=wire.mira.dm.id, ts=gone)
    assert await reads(wire, HISTORY) == ["two", "one"]
    assert await reads(wire, HISTORY, oldest=root) == ["two"]
    assert await reads(wire, HISTORY, oldest=root, inclusive=True) == ["two", "one"]
    assert await reads(wire, HISTORY, latest=gone, limit=1) == ["two"]


async def test_a_thread_is_told_the_oldest_first_with_what_it_hangs_on(wire: Wire) -> None:
    root = await says(wire, "root")
    first = await says(wire, "first", thread_ts=root)
    await says(wire, "second", thread_ts=root)
    await says(wire, "outside")
    assert await reads(wire, REPLIES, ts=root) == ["root", "first", "second"]
    assert await reads(wire, REPLIES, ts=root, oldest=first) == ["root", "second"]
    assert await reads(wire, REPLIES, ts=root, limit=2) == ["root", "first"]
    answer = await wire.calls(REPLIES, channel=wire.mira.dm.id, ts="1.000001")
    assert answer.error == "thread_not_found"


async def test_pages_follow_one_another(wire: Wire) -> None:
    for number in range(5):
        await says(wire, str(number))
    client = AsyncWebClient(token=wire.acme.bot_token, base_url=wire.slack.api_url)
    answer = await client.conversations_history(channel=wire.mira.dm.id, limit=2)
    told = [one["text"] async for page in answer for one in page["messages"]]
    assert told == ["4", "3", "2", "1", "0"]
    assert (answer.get("has_more"), len(answer["messages"])) == (False, 1)


async def test_metadata_are_told_if_they_are_asked_for_until_they_are_taken_away(wire: Wire) -> None:
    ts = await says(wire, "marked", metadata=MARK)
    where = {"channel": wire.mira.dm.id, "ts": ts}

    async def marks() -> list[Any]:
        client = AsyncWebClient(token=wire.acme.bot_token, base_url=wire.slack.api_url)
        answer = await client.conversations_history(channel=wire.mira.dm.id, include_all_metadata=True)
        return [one.get("metadata") for one in answer["messages"]]

    assert await marks() == [MARK]
    bare = await wire.calls(HISTORY, channel=wire.mira.dm.id)
    assert "metadata" not in bare.body["messages"][0]
    await wire.calls("chat.update", **where, text="edited")
    assert await marks() == [MARK]
    assert (await wire.calls("chat.update", **where, text="bare", metadata={})).ok
    assert await marks() == [None]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1_000}, "invalid_limit"),
        ({"limit": "many"}, "invalid_limit"),
        ({"cursor": "there"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "now"}, "invalid_ts_latest"),
        ({"colour": "red"}, "invalid_arguments"),
        ({"channel": "D0"}, "channel_not_found"),
        ({"channel": ""}, "invalid_arguments"),
    ],
)
async def test_what_makes_no_sense_is_refused(wire: Wire, args: dict[str, Any], error: str) -> None:
    await says(wire, "x")
    assert (await wire.calls(HISTORY, **{"channel": wire.mira.dm.id, **args})).error == error


async def test_each_kind_of_conversation_has_its_right_and_a_channel_its_members(wire: Wire) -> None:
    wire.acme.scopes = tuple(one for one in wire.acme.scopes if not one.endswith(":history"))
    for channel, right in ((wire.mira.dm, "im:history"), (wire.general, "channels:history")):
        answer = await wire.calls(HISTORY, channel=channel.id)
        assert (answer.error, answer.body["needed"]) == ("missing_scope", right)
    wire.acme.scopes += ("channels:history",)
    assert (await wire.calls(HISTORY, channel=wire.general.id)).ok
    outside = wire.acme.adds_channel("outside")
    assert (await wire.calls(HISTORY, channel=outside.id)).error == "not_in_channel"
