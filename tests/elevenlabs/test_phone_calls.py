"""Who is asked to ring: the number's own provider, once, and never before the number is known."""

import asyncio
import json
from datetime import timedelta

import pytest

from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from tests.elevenlabs.provider import DROP, KEY, NOW, NUMBERS, answer, opened, refusal, ring

pytestmark = pytest.mark.anyio

HANDED_OVER = answer({"success": True, "message": "Success", "conversation_id": "conv_x", "callSid": "CA1"})


@pytest.mark.parametrize(
    ("number", "path", "name"),
    [
        ("phnum_a", "/v1/convai/twilio/outbound-call", "callSid"),
        ("phnum_b", "/v1/convai/sip-trunk/outbound-call", "sip_call_id"),
        ("phnum_c", "/v1/convai/exotel/outbound-call", "callSid"),
    ],
)
async def test_the_provider_of_the_number_is_asked(provider, client, number, path, name):
    body = {"success": True, "message": "", "conversation_id": "conv_x", name: "carrier_1"}
    provider.answers = [answer(body)]
    said = await ring(client, number)
    assert (said.success, said.conversation_id, said.call_sid) == (True, "conv_x", "carrier_1")
    ((method, asked, _, sent),) = provider.requests
    assert (method, asked) == ("POST", path)
    assert json.loads(sent)["agent_phone_number_id"] == number


async def test_nobody_is_asked_once_the_moment_for_it_is_over(provider, client):
    provider.answers = [HANDED_OVER]
    with pytest.raises(ProviderUnavailable) as caught:
        await ring(client, before=NOW - timedelta(microseconds=1))
    assert (caught.value.code, provider.requests) == ("too_late", [])
    assert (await ring(client, before=NOW)).success
    assert len(provider.requests) == 1


@pytest.mark.parametrize("empty", [None, ""])
async def test_an_empty_name_for_the_call_does_not_hide_the_other(provider, client, empty):
    provider.answers = [answer({"success": True, "callSid": empty, "sip_call_id": "sip_1"})]
    assert (await ring(client)).call_sid == "sip_1"


ODD = [
    None,
    "phnum_odd",
    {},
    {"phone_number_id": "phnum_odd", "phone_number": None, "provider": None},
    {"phone_number_id": None, "phone_number": 49, "provider": {}, "assigned_agent": "agent_a"},
    {"phone_number_id": "phnum_odd", "provider": "twilio", "assigned_agent": {"agent_id": None}},
]


@pytest.mark.parametrize("odd", ODD)
async def test_an_odd_number_does_not_stop_calls_from_the_others(provider, client, odd):
    provider.numbers = answer([odd, *NUMBERS])
    provider.answers = [HANDED_OVER]
    assert (await ring(client)).success
    assert len(await client.fetch_phone_numbers()) == len(NUMBERS) + 1


async def test_an_odd_number_itself_is_for_the_operator(provider, client):
    provider.numbers = answer([{"phone_number_id": "phnum_odd", "phone_number": None, "provider": None}])
    with pytest.raises(ProviderRefused) as caught:
        await ring(client, "phnum_odd")
    assert caught.value.code == "unknown_provider"
    assert provider.requests == []


async def test_the_numbers_are_read_once(provider, client):
    provider.answers = [HANDED_OVER]
    await asyncio.gather(*(ring(client, number) for number in ("phnum_a", "phnum_b", "phnum_a")))
    assert provider.numbers_read == 1


async def test_a_number_that_was_added_since_is_found(provider, client):
    provider.answers = [HANDED_OVER]
    await ring(client)
    provider.numbers = answer([*NUMBERS, {**NUMBERS[0], "phone_number_id": "phnum_new"}])
    assert (await ring(client, "phnum_new")).success
    assert provider.numbers_read == 2


@pytest.mark.parametrize(
    ("number", "code"), [("phnum_gone", "phone_number_not_found"), ("phnum_d", "unknown_provider")]
)
async def test_a_number_that_cannot_be_used_is_for_the_operator_and_rings_nobody(
    provider, client, number, code
):
    with pytest.raises(ProviderRefused) as caught:
        await ring(client, number)
    assert (caught.value.operation, caught.value.code) == ("place phone call", code)
    assert provider.requests == []


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (refusal(500), ProviderUnavailable),
        (refusal(429, retry_after="3600"), ProviderUnavailable),
        (DROP, ProviderUnavailable),
        (answer({"numbers": []}), ProviderChanged),
        (answer(b"<html>"), ProviderChanged),
    ],
    ids=["500", "429", "dropped", "another shape", "no JSON"],
)
async def test_when_the_numbers_cannot_be_read_nobody_was_rung(provider, client, trouble, kind):
    provider.numbers = trouble
    with pytest.raises(ProviderError) as caught:
        await ring(client)
    error = caught.value
    assert type(error) is kind
    assert (error.operation, error.status, error.code) == ("place phone call", None, "not_connected")
    assert "list phone numbers" in error.reason
    assert error.__context__ is None
    assert provider.requests == []
    provider.numbers, provider.answers = answer(NUMBERS), [HANDED_OVER]
    assert (await ring(client)).success


async def test_when_to_ask_for_the_numbers_again_is_told_to_who_wanted_to_call(provider, client):
    provider.numbers = refusal(429, retry_after="3600")
    with pytest.raises(ProviderUnavailable) as caught:
        await ring(client)
    assert caught.value.retry_after == 3600


async def test_a_key_that_may_not_read_the_numbers_is_for_the_operator(provider):
    provider.numbers = refusal(401, "invalid_api_key")
    async with opened(provider.url) as client:
        with pytest.raises(ProviderRefused) as caught:
            await ring(client)
    assert caught.value.status == 401
    assert KEY not in str(caught.value)
    assert provider.requests == []
