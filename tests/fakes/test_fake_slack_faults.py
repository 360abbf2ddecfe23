"""What the fake Slack lets go wrong, and how the real client takes it."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.small_app import running_app
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


def client_of(wire: Wire) -> AsyncWebClient:
    return AsyncWebClient(token=wire.acme.bot_token, base_url=wire.slack.api_url, retry_handlers=[])


async def test_a_fault_is_met_as_often_as_was_said(wire: Wire) -> None:
    wire.slack.fails("chat.postMessage", "user_disabled", times=2)
    answers = [await wire.says(text="x") for _ in range(3)]
    assert [answer.error for answer in answers] == ["user_disabled", "user_disabled", ""]
    assert wire.slack.refused == []
    assert [one.was_fault for one in wire.slack.requests] == [True, True, False]
    assert len(wire.general.posts) == 1


async def test_a_rate_limit_comes_with_its_header(wire: Wire) -> None:
    wire.slack.fails("chat.postMessage", "ratelimited", retry_after=7)
    answer = await wire.says(text="x")
    assert (answer.status, answer.error, answer.headers["Retry-After"]) == (429, "ratelimited", "7")


async def test_the_real_client_waits_when_it_is_told_to(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 0.0)
    client = client_of(wire)
    wire.slack.fails("chat.postMessage", "ratelimited", retry_after=0)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    await client.chat_postMessage(channel=wire.general.id, text="Hello")
    assert [one.status for one in wire.slack.calls("chat.postMessage")] == [429, 200]


async def test_the_real_client_reads_errors_and_messages(wire: Wire) -> None:
    client = client_of(wire)
    with pytest.raises(SlackApiError) as refused:
        await client.chat_postMessage(channel=wire.general.id, text="x", blocks=[{"type": "carousel"}])
    assert refused.value.response["error"] == "invalid_blocks"
    (message,) = refused.value.response["response_metadata"]["messages"]
    assert message == "[ERROR] unsupported type: carousel [json-pointer:/blocks/0/type]"
    wire.slack.fails("chat.postMessage", "invalid_blocks", messages=("[ERROR] downloading image failed",))
    with pytest.raises(SlackApiError, match="downloading image failed"):
        await client.chat_postMessage(channel=wire.general.id, text="x")


async def test_a_dropped_request_may_have_taken_effect_or_not(wire: Wire) -> None:
    wire.slack.fails("chat.postMessage", status=0)
    with pytest.raises(aiohttp.ClientError):
        await wire.says(text="x")
    assert wire.general.posts == []
    wire.slack.fails("chat.postMessage", status=0, takes_effect=True)
    with pytest.raises(aiohttp.ClientError):
        await wire.says(text="x")
    assert len(wire.general.posts) == 1


async def test_slack_is_away(wire: Wire) -> None:
    wire.slack.fails("/response/", "internal_error", status=500)
    wire.slack.fails("users.info", status=503, body="<html>Service unavailable</html>")
    async with wire.connects():
        asked = await wire.mira.types("/ring", waits=False)
        assert (await wire.responds(asked, text="x")).status == 500
        assert (await wire.responds(asked, text="x")).ok
    with pytest.raises((SlackApiError, aiohttp.ClientError)):
        await client_of(wire).users_info(user=wire.mira.id)


async def test_a_request_is_delayed_as_often_as_was_said(wire: Wire) -> None:
    wire.slack.delays("chat.postMessage", 0.05)
    took = []
    for _ in range(2):
        began = time.perf_counter()
        await wire.says(text="x")
        took.append(time.perf_counter() - began)
    assert took[0] >= 0.05
    assert len(wire.general.posts) == 2


async def test_the_real_client_fails_to_connect_and_tries_again(wire: Wire) -> None:
    wire.slack.fails("apps.connections.open", "internal_error")
    async with running_app(wire.slack):
        assert (await wire.mira.types("/ring ada")).acknowledged == "bare"
    assert len(wire.slack.calls("apps.connections.open")) == 2


async def says_into_the_void() -> int:
    async with open_wire() as wire:
        channels, wire.slack.world.channels = wire.slack.world.channels, None
        answer = await wire.calls("chat.postMessage", channel="C1", text="x")
        wire.slack.world.channels = channels
        return answer.status


async def test_a_fault_of_the_fakes_own_is_told_when_it_is_closed() -> None:
    with pytest.raises(ExceptionGroup, match="the fake Slack is broken"):
        await says_into_the_void()


async def test_garbage_is_refused_and_never_breaks_the_fake(wire: Wire) -> None:
    rubbish = [
        None,
        5,
        "x",
        [],
        {},
        [None],
        [[]],
        {"type": 5},
        {"type": []},
        {"text": []},
        {"elements": 5},
        True,
    ]
    kinds = ["section", "header", "markdown", "image", "actions", "context", "input", "rich_text"]
    elements = ["button", "static_select", "external_select", "overflow", "checkboxes", "plain_text_input"]
    keys = ["text", "fields", "accessory", "elements", "element", "label", "options", "option_groups",
            "initial_option", "confirm", "value", "url", "alt_text", "placeholder", "max_length"]  # fmt: skip
    for junk in rubbish:
        for kind in kinds:
            await wire.says(text="x", blocks=[{"type": kind} | dict.fromkeys(keys, junk)])
        for kind in elements:
            element = {"type": kind} | dict.fromkeys(keys, junk)
            await wire.says(text="x", blocks=[{"type": "actions", "elements": [element]}])
            await wire.says(text="x", blocks=[{"type": "input", "element": element, "label": junk}])
        await wire.says(text=junk, blocks=junk, metadata=junk)
        await wire.says(text="x", blocks=[{"type": junk}, {"type": "actions", "elements": [{"type": junk}]}])
        await wire.calls("views.publish", user_id=wire.mira.id, view=junk)
        await wire.calls("files.completeUploadExternal", files=junk)
    assert {one.status for one in wire.slack.requests} == {200}
    assert len(wire.slack.refused) > 200
    assert wire.slack.door.broken == []
