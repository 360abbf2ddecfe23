"""The key is sent with every request and shown to nobody."""

import traceback
from contextlib import asynccontextmanager

import httpx
import pytest
from pydantic import SecretStr

from bot.domain.errors import ProviderError, ProviderRefused, ProviderUnavailable, SettingsError
from bot.elevenlabs.client import open_elevenlabs
from tests.elevenlabs.provider import DROP, KEY, NOW, SIGNED, Network, answer, opened, refusal, ring

pytestmark = pytest.mark.anyio


async def test_the_key_is_in_no_error_even_if_they_send_it_back(provider, client, caplog):
    caplog.set_level("DEBUG", "bot")
    detail = {"code": f"bad_{KEY}", "message": "x" * 190 + f" {KEY} {KEY}", "request_id": KEY}
    for given in (
        answer({"detail": detail}, 401, request_id=KEY),
        answer({"detail": KEY}, 500, x_request_id=f"req_{KEY}"),
        answer({"detail": [{"loc": ["body", KEY], "type": KEY}]}, 422),
    ):
        provider.answers = [given]
        with pytest.raises(ProviderError) as caught:
            await client.sign_url()
        _assert_no_key(caught.value)
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("bot.")]
    assert len(ours) == 2
    _assert_absent("".join(ours))


async def test_the_key_is_in_no_log_line_of_anybody(provider, client, naps, caplog):
    caplog.set_level("DEBUG")
    provider.answers = [DROP, refusal(500), answer(SIGNED), refusal(401)]
    await client.sign_url()
    with pytest.raises(ProviderRefused) as caught:
        await client.sign_url()
    _assert_no_key(caught.value)
    assert "httpcore" in {record.name.partition(".")[0] for record in caplog.records}
    _assert_absent(caplog.text)
    _assert_absent("".join(str(vars(record)) for record in caplog.records))


async def test_the_key_is_in_no_error_of_the_network():
    async def fail(request):
        raise httpx.ReadError(f"broken, sent {request.headers}", request=request)

    async with opened("http://api.test", naps := [], Network(fail)) as client:
        for attempt in (ring(client), client.sign_url()):
            with pytest.raises(ProviderUnavailable) as caught:
                await attempt
            _assert_no_key(caught.value)
    assert naps == [0.5, 1.0]


async def test_the_key_is_not_in_the_traceback_of_an_error_that_leaves_the_client(provider):
    provider.answers = [refusal(401)]
    with pytest.raises(ProviderRefused) as caught:
        async with opened(provider.url) as client:
            await client.sign_url()
    _assert_no_key(caught.value)


async def test_the_key_is_in_no_repr(client):
    _assert_absent(repr(client))
    _assert_absent(repr(vars(client)))


@asynccontextmanager
async def with_key(key, url="http://api.test"):
    async with open_elevenlabs(
        api_url=url, api_key=SecretStr(key), agent_id="agent_a", clock=lambda: NOW
    ) as client:
        yield client


@pytest.mark.parametrize("key", ["", f"{KEY}\n", f"{KEY} x", f"{KEY}é", f"\x1b{KEY}", f"{KEY}\udc80"])
async def test_a_key_that_cannot_be_sent_is_a_setting_to_fix_and_is_not_shown(key):
    with pytest.raises(SettingsError) as caught:
        async with with_key(key):
            pytest.fail("opened")
    _assert_no_key(caught.value)


@pytest.mark.parametrize(
    "url", ["", "api.elevenlabs.io", "ftp://api.test", "http://", "http://a:b", "wss://a"]
)
async def test_an_address_that_is_none_is_a_setting_to_fix(url):
    with pytest.raises(SettingsError):
        async with with_key(KEY, url):
            pytest.fail("opened")


def _assert_no_key(error):
    """Neither in words, nor in attributes, nor in the fullest traceback that anybody prints."""
    _assert_absent(str(error))
    _assert_absent(repr(error))
    _assert_absent(repr(vars(error)))
    ours = [
        frame
        for frame in traceback.walk_tb(error.__traceback__)
        if "/bot/elevenlabs/" in frame[0].f_code.co_filename
    ]
    assert ours
    for frame, _ in ours:
        _assert_absent(repr(frame.f_locals))
    _assert_absent("".join(traceback.format_exception(error)))
    assert error.__cause__ is None
    assert error.__context__ is None


def _assert_absent(text):
    assert KEY not in text
    assert KEY[:12] not in text
