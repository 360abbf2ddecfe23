"""What they say when they refuse becomes an error for whoever must act."""

import gzip
import json

import pytest

from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from bot.elevenlabs.refusals import read_retry_after
from tests.elevenlabs.provider import KEY, NOW, SIGNED, answer, refusal

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "invalid_parameters", ProviderChanged),
        (400, "override_error", ProviderRefused),
        (401, "invalid_api_key", ProviderRefused),
        (402, "insufficient_credits", ProviderRefused),
        (403, "insufficient_permissions", ProviderRefused),
        (404, "agent_not_found", ProviderRefused),
        (404, "gone_fishing", ProviderChanged),
        (405, "no", ProviderChanged),
        (408, "slow", ProviderUnavailable),
        (409, "concurrent_modification", ProviderUnavailable),
        (422, "no", ProviderChanged),
        (422, "agent_not_found", ProviderChanged),
        (425, "too_early", ProviderUnavailable),
        (429, "rate_limit_exceeded", ProviderUnavailable),
        (500, "internal_error", ProviderUnavailable),
        (503, "service_unavailable", ProviderUnavailable),
        (599, "x", ProviderUnavailable),
        (302, "x", ProviderChanged),
    ],
)
async def test_each_refusal_goes_to_who_must_act(provider, client, status, code, kind):
    provider.answers = [refusal(status, code)]
    with pytest.raises(ProviderError) as caught:
        await client.sign_url()
    error = caught.value
    assert type(error) is kind
    assert (error.operation, error.status, error.code) == ("get signed URL", status, code)
    assert (error.reason, error.request_id) == ("No.", "req_1")


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ({"detail": {"status": "old_code", "message": "Older."}}, "old_code", "Older."),
        ({"detail": {"type": "x", "code": "new", "status": "old", "message": "Newer."}}, "new", "Newer."),
        ({"detail": {"code": "bare"}}, "bare", "bare"),
        ({"detail": "plain text"}, "", "plain text"),
        (
            {
                "detail": [
                    {"loc": ["body", "to_number"], "msg": "'+4915112345678' is bad", "type": "missing"},
                    {"loc": ["body", "data", 0], "type": "int_type", "input": "private words"},
                ]
            },
            "invalid_fields",
            "body.to_number (missing); body.data.0 (int_type)",
        ),
        ({"detail": [7, None, {"loc": None}]}, "invalid_fields", "? ()"),
        ({"detail": {"code": 7, "message": ["x"], "request_id": {}}}, "", "no reason given"),
        ({"detail": None}, "", "no reason given"),
        ({}, "", "no reason given"),
        ([], "", "no reason given"),
        (b"", "", "no reason given"),
        (b"<html>private words</html>", "", "no reason given"),
        (b"\xff\xfe", "", "no reason given"),
        (b"[" * 100_000, "", "no reason given"),
    ],
)
async def test_all_their_error_bodies_are_understood_and_none_is_trusted(
    provider, client, body, code, reason
):
    provider.answers = [answer(body, 400, request_id="req_header")]
    with pytest.raises(ProviderChanged) as caught:
        await client.sign_url()
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert caught.value.request_id == "req_header"


async def test_a_message_is_short_and_on_one_line_and_has_no_phone_number(provider, client):
    message = "Cannot call +49 151 1234-5678\r\nINFO forged line \x1b[31m" + "x" * 500
    provider.answers = [answer({"detail": message}, 400)]
    with pytest.raises(ProviderChanged) as caught:
        await client.sign_url()
    assert caught.value.reason.startswith("Cannot call [number] INFO forged line [31mxx")
    assert len(caught.value.reason) == 200


@pytest.mark.parametrize("body", [b"", b"<html>Log in</html>", b"{", b"\xff", b"null", b"[]", b'{"url":1}'])
async def test_an_answer_that_is_nonsense_means_that_they_changed(provider, client, body):
    provider.answers = [answer(body)]
    with pytest.raises(ProviderChanged, match="get signed URL"):
        await client.sign_url()
    assert len(provider.requests) == 1


async def test_a_broken_encoding_means_that_they_changed(provider, client):
    provider.answers = [answer(gzip.compress(b"{}")[:-9] + b"nonsense!", content_encoding="gzip")]
    with pytest.raises(ProviderChanged):
        await client.sign_url()


@pytest.mark.parametrize("between", ["", "\u200b", "\u202e", "\xad", "\0", "\n", "\U000e0020", "é"])
async def test_a_key_is_hidden_whatever_stands_between_its_letters(provider, client, between):
    half = len(KEY) // 2
    message = f"Your key {KEY[:half]}{between}{KEY[half:]} is wrong"
    provider.answers = [answer({"detail": {"code": "invalid_api_key", "message": message}}, 401)]
    with pytest.raises(ProviderRefused) as caught:
        await client.sign_url()
    assert caught.value.reason == "Your key [secret] is wrong"


async def test_nothing_that_cannot_be_seen_comes_through(provider, client):
    message = "No\u202e, \u2066not\u200b to +49\u200b 151\u20601234-5678\ufeff\u2028at all"
    provider.answers = [answer({"detail": message}, 400)]
    with pytest.raises(ProviderChanged) as caught:
        await client.sign_url()
    assert caught.value.reason == "No, not to [number] at all"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3, 9", 9.0),
        ("9,3", 9.0),
        ("soon, 4", 4.0),
        ("3, Sun, 22 Nov 2026 12:00:07 GMT", 7.0),
        ("Sun, 22 Nov 2026 12:00:07 GMT, 9", 9.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("soon, later", None),
        ("", None),
    ],
)
def test_of_several_waits_the_longest_counts_and_none_is_negative(header, seconds):
    assert read_retry_after({"retry-after": header}, NOW) == seconds


MEASURE = 16 * 1024 * 1024


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("packing", ["identity", "gzip"])
async def test_an_answer_beyond_all_measure_is_not_taken_in(provider, client, status, packing):
    body = b" " * (MEASURE + 1)
    sent = gzip.compress(body) if packing == "gzip" else body
    provider.answers = [answer(sent, status, content_encoding=packing)]
    with pytest.raises(ProviderChanged, match=f"longer than {MEASURE} bytes"):
        await client.sign_url()


@pytest.mark.parametrize("packing", ["identity", "gzip", "GZIP"])
async def test_an_answer_may_be_long_and_may_be_packed(provider, client, packing):
    body = json.dumps(SIGNED).encode().ljust(MEASURE)
    sent = body if packing == "identity" else gzip.compress(body)
    provider.answers = [answer(sent, content_encoding=packing)]
    assert (await client.sign_url()).conversation_id == "conv_x"


@pytest.mark.parametrize("packing", ["gzip, gzip", "deflate", "br"])
async def test_a_packing_that_nobody_asked_for_is_not_opened(provider, client, packing):
    provider.answers = [answer(gzip.compress(gzip.compress(b"{}")), content_encoding=packing)]
    with pytest.raises(ProviderChanged, match="unreadable answer"):
        await client.sign_url()
