"""A webhook counts only if they signed exactly these bytes, lately."""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import WebhookRejected
from bot.elevenlabs.webhook import verify

SECRET = "wsec_example_0123456789abcdef"
SIGNED_AT = 1793577600
NOW = datetime.fromtimestamp(SIGNED_AT, UTC)
BODY = b'{"type":"post_call_transcription","event_timestamp":1793577600,"data":{"conversation_id":"conv_x"}}'
SIGNATURE = "9248315f207200e0a6749a5a02088bcdef05ba1c8a4bab86d4d494aad4f06dd0"
HEADER = f"t={SIGNED_AT},v0={SIGNATURE}"


def test_the_published_example_is_accepted():
    verify(BODY, HEADER, [SECRET], NOW)
    assert sign(BODY, SECRET, SIGNED_AT) == HEADER


@pytest.mark.parametrize(
    "header",
    [
        f"v0={SIGNATURE},t={SIGNED_AT}",
        f" t={SIGNED_AT} , v0={SIGNATURE} ",
        f"t={SIGNED_AT},v0={SIGNATURE},v1=something-new",
        f"t={SIGNED_AT},v0={'0' * 64},v0={SIGNATURE}",
    ],
)
def test_order_spaces_new_schemes_and_a_second_signature_do_not_matter(header):
    verify(BODY, header, [SECRET], NOW)


@pytest.mark.parametrize("age", [timedelta(minutes=30), timedelta(0), timedelta(minutes=-5)])
def test_a_timestamp_may_be_30_minutes_old_or_5_minutes_early(age):
    verify(BODY, HEADER, [SECRET], NOW + age)


@pytest.mark.parametrize("age", [timedelta(minutes=30, seconds=1), timedelta(minutes=-5, seconds=-1)])
def test_a_timestamp_beyond_that_is_rejected(age):
    with pytest.raises(WebhookRejected):
        verify(BODY, HEADER, [SECRET], NOW + age)


@pytest.mark.parametrize("secrets", [["the old one", SECRET], [SECRET, "the new one"]])
def test_either_secret_is_enough_during_a_rotation(secrets):
    verify(BODY, HEADER, secrets, NOW)


@pytest.mark.parametrize("secrets", [[], ["another"], ["another", "and another"]])
def test_a_secret_that_is_not_ours_is_rejected(secrets):
    with pytest.raises(WebhookRejected):
        verify(BODY, HEADER, secrets, NOW)


def test_a_secret_that_is_not_set_accepts_nobody():
    with pytest.raises(WebhookRejected):
        verify(BODY, sign(BODY, "", SIGNED_AT), ["", SECRET], NOW)


def test_the_same_json_in_other_bytes_is_rejected():
    with pytest.raises(WebhookRejected):
        verify(BODY.replace(b":", b": "), HEADER, [SECRET], NOW)


def test_the_timestamp_is_part_of_what_is_signed():
    with pytest.raises(WebhookRejected):
        verify(BODY, HEADER.replace(str(SIGNED_AT), str(SIGNED_AT + 1)), [SECRET], NOW)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        ",",
        "t",
        "v0",
        "t=,v0=",
        f"t={SIGNED_AT}",
        f"v0={SIGNATURE}",
        f"t=,v0={SIGNATURE}",
        f"t=now,v0={SIGNATURE}",
        f"t=-{SIGNED_AT},v0={SIGNATURE}",
        f"t={SIGNED_AT}.0,v0={SIGNATURE}",
        f"t=1_793_577_600,v0={SIGNATURE}",
        f"t=0{SIGNED_AT},v0={SIGNATURE}",
        f"t=١٧٩٣٥٧٧٦٠٠,v0={SIGNATURE}",
        f"t={'9' * 12},v0={SIGNATURE}",
        f"t={'9' * 5000},v0={SIGNATURE}",
        f"t={SIGNED_AT},t={SIGNED_AT + 1},v0={SIGNATURE}",
        f"t={SIGNED_AT},v0={SIGNATURE.upper()}",
        f"t={SIGNED_AT},v0={SIGNATURE[:-1]}",
        f"t={SIGNED_AT},v0={SIGNATURE}0",
        f"t={SIGNED_AT},v0={'ü' * 64}",
        f"t={SIGNED_AT},v0={chr(0xDC80) * 64}",
        f"t={SIGNED_AT},v0=\0{SIGNATURE}",
        f"t={SIGNED_AT};v0={SIGNATURE}",
        f"t={SIGNED_AT},v1={SIGNATURE}",
        "t=1," * 100_000,
        "v0=" + "0" * 10_000_000,
        HEADER + "," * 10_000_000,
        HEADER.encode(),
        1793577600,
    ],
    ids=lambda header: f"{str(header)[:24]!a} ({len(str(header))})",
)
def test_a_header_that_is_garbage_is_rejected_like_a_forged_one(header):
    with pytest.raises(WebhookRejected):
        verify(BODY, header, [SECRET], NOW)


def test_a_rejection_does_not_quote_what_came():
    with pytest.raises(WebhookRejected) as caught:
        verify(BODY, f"t={SIGNED_AT},v0={'a' * 64}", [SECRET], NOW)
    assert SECRET not in repr(caught.value)
    assert "aaaa" not in repr(caught.value)


@settings(max_examples=300, derandomize=True)
@given(data=st.data())
def test_no_mutation_of_a_signed_webhook_is_ever_accepted(data):
    body, header = BODY, HEADER
    if data.draw(st.booleans(), label="mutate the body"):
        at = data.draw(st.integers(0, len(body)), label="at")
        cut = data.draw(st.integers(0, 3), label="cut")
        body = body[:at] + data.draw(st.binary(max_size=3), label="put") + body[at + cut :]
    else:
        at = data.draw(st.integers(0, len(header)), label="at")
        cut = data.draw(st.integers(0, 3), label="cut")
        put = data.draw(st.text(st.characters(), max_size=3), label="put")
        header = header[:at] + put + header[at + cut :]
    if body == BODY and _says_the_same(header):
        verify(body, header, [SECRET], NOW)
    else:
        with pytest.raises(WebhookRejected):
            verify(body, header, [SECRET], NOW)


@settings(max_examples=100, derandomize=True)
@given(header=st.none() | st.text(st.characters()) | st.from_regex(r"(t=.*|v0=.*|.*)(,(t=.*|v0=.*|.*))*"))
def test_any_header_at_all_is_rejected_and_nothing_else_happens(header):
    with pytest.raises(WebhookRejected):
        verify(BODY, header, [SECRET], NOW)


def _says_the_same(header: str) -> bool:
    """Whether a mutation only touched what does not count: spaces between the parts, and parts we skip."""
    parts = [part.strip(" \t") for part in header.split(",")]
    timestamps = [part for part in parts if part.startswith("t=")]
    return timestamps == [f"t={SIGNED_AT}"] and f"v0={SIGNATURE}" in parts


def sign(raw: bytes, secret: str, timestamp: int) -> str:
    """Return the header that the sender puts on a body."""
    signature = hmac.new(secret.encode(), b"%d." % timestamp + raw, hashlib.sha256).hexdigest()
    return f"t={timestamp},v0={signature}"
