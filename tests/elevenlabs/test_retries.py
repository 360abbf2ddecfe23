"""A read is tried again, a phone call never, and an error says how far its request got."""

import asyncio

import httpx
import pytest

from bot.domain.errors import ProviderChanged, ProviderError, ProviderUnavailable
from bot.elevenlabs import connection
from tests.elevenlabs.provider import DROP, SIGNED, Network, answer, opened, refusal, ring

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("trouble", "waits"),
    [
        ([refusal(429)], [0.5]),
        ([refusal(500), refusal(503)], [0.5, 1.0]),
        ([refusal(429, retry_after="3")], [3.0]),
        ([refusal(429, retry_after="0")], [0.5]),
        ([refusal(503, retry_after_ms="1500", retry_after="9")], [1.5]),
        ([refusal(503, retry_after="Sun, 22 Nov 2026 12:00:07 GMT")], [7.0]),
        ([refusal(503, retry_after="Sun, 22 Nov 2026 11:00:00 GMT")], [0.5]),
        ([refusal(503, retry_after="soon")], [0.5]),
        ([refusal(503, retry_after="-1"), refusal(503, retry_after="nan")], [0.5, 1.0]),
        ([DROP], [0.5]),
        ([DROP, refusal(429, retry_after="20")], [0.5, 20.0]),
    ],
)
async def test_a_read_is_asked_again_when_they_say_so(provider, client, naps, trouble, waits):
    provider.answers = [*trouble, answer(SIGNED)]
    assert (await client.sign_url()).conversation_id == "conv_x"
    assert naps == waits


async def test_a_read_is_given_up_after_two_more_attempts(provider, client, naps):
    provider.answers = [refusal(500)]
    with pytest.raises(ProviderUnavailable):
        await client.sign_url()
    assert len(provider.requests) == 3
    assert naps == [0.5, 1.0]


@pytest.mark.parametrize(
    ("value", "seconds"), [("21", 21.0), ("3600", 3600.0), ("Sun, 22 Nov 2026 13:00:00 GMT", 3600.0)]
)
async def test_a_long_wait_is_left_to_those_who_have_the_time(provider, client, naps, value, seconds):
    provider.answers = [refusal(429, retry_after=value)]
    with pytest.raises(ProviderUnavailable) as caught:
        await client.sign_url()
    assert caught.value.retry_after == seconds
    assert naps == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
async def test_a_refusal_that_time_does_not_change_is_not_asked_again(provider, client, naps, status):
    provider.answers = [refusal(status, retry_after="1")]
    with pytest.raises(ProviderError) as caught:
        await client.sign_url()
    assert len(provider.requests) == 1
    assert caught.value.retry_after is None


@pytest.mark.parametrize(
    "trouble",
    [refusal(408), refusal(409), refusal(429, retry_after="1"), refusal(500), refusal(503), DROP],
    ids=lambda trouble: str(trouble[0]),
)
async def test_a_phone_call_is_never_placed_twice(provider, client, naps, trouble):
    provider.answers = [trouble]
    with pytest.raises(ProviderUnavailable):
        await ring(client)
    assert len(provider.requests) == 1
    assert naps == []


async def test_a_phone_call_whose_answer_cannot_be_read_is_not_placed_again(provider, client):
    provider.answers = [answer(b"OK")]
    with pytest.raises(ProviderChanged, match="place phone call"):
        await ring(client)
    assert len(provider.requests) == 1


async def test_deleting_is_left_to_the_job_that_asked_for_it(provider, client, naps):
    provider.answers = [refusal(503)]
    with pytest.raises(ProviderUnavailable):
        await client.delete_conversation("conv_x")
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (httpx.ConnectError("refused"), "not_connected"),
        (httpx.ConnectTimeout("slow"), "not_connected"),
        (httpx.PoolTimeout("full"), "not_connected"),
        (httpx.ReadTimeout("slow"), "timeout"),
        (httpx.WriteTimeout("slow"), "timeout"),
        (httpx.ReadError("broken"), "connection_lost"),
        (httpx.RemoteProtocolError("broken"), "connection_lost"),
        (httpx.ProxyError("broken"), "connection_lost"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
async def test_an_error_without_an_answer_says_how_far_the_request_got(error, code):
    async def fail(request):
        raise error

    async with opened("http://api.test", transport=Network(fail)) as client:
        with pytest.raises(ProviderUnavailable) as caught:
            await ring(client)
    assert (caught.value.status, caught.value.code) == (None, code)


async def test_a_refused_connection_was_never_made(provider, naps):
    async with opened("http://127.0.0.1:1", naps) as client:
        with pytest.raises(ProviderUnavailable) as caught:
            await ring(client)
    assert caught.value.code == "not_connected"


async def test_a_timeout_is_not_waited_for_again():
    async def fail(request):
        raise httpx.ReadTimeout("slow")

    network = Network(fail)
    async with opened("http://api.test", transport=network) as client:
        with pytest.raises(ProviderUnavailable):
            await client.sign_url()
    assert len(network.requests) == 1


async def test_an_answer_that_never_comes_to_its_end_is_given_up(monkeypatch):
    monkeypatch.setattr(connection, "TOTAL_SECONDS", 0.1)

    async def trickle():
        while True:
            yield b" "
            await asyncio.sleep(0.005)

    async def answer_slowly(request):
        return httpx.Response(200, content=trickle())

    network = Network(answer_slowly)
    async with asyncio.timeout(20), opened("http://api.test", transport=network) as client:
        with pytest.raises(ProviderUnavailable) as caught:
            await ring(client)
    assert caught.value.code == "timeout"
    assert len(network.requests) == 1


async def test_connecting_may_take_5_seconds_and_reading_30():
    async def agree(request):
        return httpx.Response(200, json=SIGNED)

    network = Network(agree)
    async with opened("http://api.test", transport=network) as client:
        await client.sign_url()
        assert not network.closed
    assert network.requests[0].extensions["timeout"]["connect"] == 5
    assert network.requests[0].extensions["timeout"]["read"] == 30
    assert network.closed


async def test_a_proxy_from_the_environment_does_not_stand_between_us_and_loopback(
    provider, naps, monkeypatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with opened(provider.url, naps) as client:
        assert await client.sign_url()
