"""How the fake Slack posts to an app, signed rightly and wrongly."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tests.fakes.slack.small_app import SmallApp, running_app
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


@pytest.fixture
async def small(wire: Wire) -> AsyncIterator[SmallApp]:
    async with running_app(wire.slack, "http") as app:
        yield app


async def test_a_command_is_posted_as_a_form_with_a_signature(wire: Wire, small: SmallApp) -> None:
    await wire.mira.types("/ring a & b")
    (delivery,) = wire.slack.deliveries
    assert delivery.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert delivery.headers["X-Slack-Signature"].startswith("v0=")
    assert b"command=%2Fring&text=a+%26amp%3B+b" in delivery.body
    assert small.heard == ["a &amp; b"]


@pytest.mark.parametrize("how", ["wrong secret", "stale", "unsigned"])
async def test_what_is_not_signed_rightly_is_turned_away(wire: Wire, small: SmallApp, how: str) -> None:
    wire.slack.forges(how)
    asked = await wire.mira.types("/ring ada")
    assert (asked.acknowledged, asked.failure) == (None, "dispatch_failed")
    assert (wire.slack.deliveries[0].status, small.heard) == (401, [])
    assert (await wire.mira.types("/ring ada")).acknowledged == "bare"


async def test_the_very_same_post_is_replayed(wire: Wire, small: SmallApp) -> None:
    await wire.mira.types("/ring ada")
    assert await wire.slack.replays(wire.slack.deliveries[0]) == 200
    assert small.heard == ["ada", "ada"]


async def test_an_app_that_acknowledges_nothing_fails_before_the_person(wire: Wire, small: SmallApp) -> None:
    for words in ("loudly", "/nothing"):
        asked = await wire.mira.types(f"/ring {words}" if words == "loudly" else "/nothing")
        assert (asked.acknowledged, asked.failure) == (None, "dispatch_failed")
    assert [one.status for one in wire.slack.deliveries] == [500, 404]


async def test_nobody_at_the_address_is_a_failure(wire: Wire) -> None:
    wire.slack.sends_to("http://127.0.0.1:1/slack/events")
    asked = await wire.mira.types("/ring ada")
    assert (asked.acknowledged, asked.failure) == (None, "dispatch_failed")
    with pytest.raises(AssertionError, match="nobody answers"):
        await wire.slack.is_connected(timeout=0.1)


async def test_an_event_that_fails_is_posted_again(wire: Wire, small: SmallApp) -> None:
    slack = wire.slack
    slack.forges("stale", times=2)
    await wire.mira.writes("Hello")
    (event,) = slack.events
    await slack.until(lambda: len(event.tries) == 2 and event.tries[1].failure)
    slack.moves_clock(seconds=61)
    await slack.until(lambda: event.is_acked)
    assert [one.status for one in event.tries] == [401, 401, 200]
    assert event.tries[2].headers["X-Slack-Retry-Num"] == "2"
    assert event.tries[2].headers["X-Slack-Retry-Reason"] == "http_error"
    assert small.heard == ["Hello"]


async def test_an_event_that_is_turned_away_for_good_is_not_posted_again(wire: Wire) -> None:
    async def refuses(request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"X-Slack-No-Retry": "1"})

    app = web.Application()
    app.router.add_post("/", refuses)
    async with TestServer(app) as server:
        wire.slack.sends_to(str(server.make_url("/")))
        await wire.mira.writes("Hello")
        (event,) = wire.slack.events
        await wire.slack.until(lambda: event.tries[0].is_settled)
        wire.slack.moves_clock(hours=1)
        await asyncio.sleep(0.01)
        assert len(event.tries) == 1


async def test_the_same_event_is_posted_twice(wire: Wire, small: SmallApp) -> None:
    await wire.mira.writes("Hello", twice=True)
    await wire.slack.until(lambda: small.heard == ["Hello", "Hello"])


async def test_a_late_answer_is_none(wire: Wire) -> None:
    answers, heard = asyncio.Event(), asyncio.Event()

    async def slowly(request: web.Request) -> web.Response:
        heard.set()
        await answers.wait()
        return web.json_response({"text": "x"})

    app = web.Application()
    app.router.add_post("/", slowly)
    async with TestServer(app) as server:
        wire.slack.sends_to(str(server.make_url("/")))
        asked = await wire.mira.types("/ring ada", waits=False)
        await heard.wait()
        wire.slack.moves_clock(seconds=3.1)
        assert (asked.acknowledged, asked.failure) == (None, "operation_timeout")
        answers.set()
        await wire.slack.until(lambda: asked.is_late)
        assert (asked.acknowledged, asked.answers) == (None, [])
