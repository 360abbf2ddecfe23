"""Whether a dial rang, and why it did not, in words for the member."""

import pytest

from bot.domain import dialing
from bot.domain.dialing import Dialed, DialFailure, certainly_did_not_ring, failure_in_words
from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable


def error(kind=ProviderUnavailable, reason="No.", **fields):
    return kind("place phone call", reason, **fields)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 422, 429])
def test_a_clear_refusal_rang_nobody(status):
    assert certainly_did_not_ring(error(status=status))


@pytest.mark.parametrize("code", ["not_connected", "too_late", "phone_number_not_found", "unknown_provider"])
def test_what_was_never_asked_for_rang_nobody(code):
    assert certainly_did_not_ring(error(code=code))


@pytest.mark.parametrize(
    "unclear",
    [
        error(code="timeout"),
        error(code="connection_lost"),
        error(ProviderChanged),
        error(status=500, code="phone_number_not_found"),
        error(status=502, code="not_connected"),
        error(status=503, code="system_busy"),
        error(status=503, code="insufficient_credits"),
        error(status=408),
        error(status=409),
        error(status=425),
    ],
    ids=str,
)
def test_after_everything_else_it_may_have_rung(unclear):
    assert not certainly_did_not_ring(unclear)
    assert failure_in_words(unclear) == dialing.UNCLEAR


@pytest.mark.parametrize(
    ("refused", "words"),
    [
        (error(ProviderRefused, status=402), dialing.OUT_OF_CREDIT),
        (error(ProviderRefused, status=401, code="quota_exceeded"), dialing.OUT_OF_CREDIT),
        (error(ProviderRefused, status=403, code="insufficient_credits"), dialing.OUT_OF_CREDIT),
        (error(status=429, code="concurrent_limit_exceeded"), dialing.OVERLOADED),
        (error(status=429, code="system_busy", retry_after=60), dialing.OVERLOADED),
        (error(code="not_connected", retry_after=60), dialing.OVERLOADED),
        (error(code="not_connected"), dialing.UNREACHABLE),
        (error(code="too_late"), dialing.TOO_LATE),
        (error(ProviderChanged, code="not_connected"), dialing.NOT_SET_UP),
        (error(ProviderChanged, "body.to_number (value_error)", status=422), dialing.NUMBER_REFUSED),
        (error(ProviderChanged, "Invalid phone number", status=400), dialing.NUMBER_REFUSED),
        (error(ProviderChanged, status=400, code="invalid_phone_number"), dialing.NUMBER_REFUSED),
        (error(ProviderChanged, "body.agent_id (missing)", status=422), dialing.NOT_SET_UP),
        (error(ProviderRefused, status=401, code="invalid_api_key"), dialing.NOT_SET_UP),
        (error(ProviderRefused, status=403), dialing.NOT_SET_UP),
        (error(ProviderRefused, status=404, code="agent_not_found"), dialing.NOT_SET_UP),
        (error(ProviderRefused, code="phone_number_not_found"), dialing.NOT_SET_UP),
        (error(ProviderRefused, code="unknown_provider"), dialing.NOT_SET_UP),
    ],
    ids=str,
)
def test_a_refusal_tells_the_member_what_it_means_for_them(refused, words):
    assert isinstance(refused, ProviderError)
    assert certainly_did_not_ring(refused)
    assert failure_in_words(refused) == words


@pytest.mark.parametrize(
    ("reason", "detail", "words"),
    [
        ("busy", "busy", "the line was busy"),
        ("no-answer", "no-answer", "nobody answered"),
        ("busy", "", "the line was busy"),
        ("unknown", "no-answer", "nobody answered"),
        ("unknown", "failed", "the call could not be connected"),
        ("unknown", "486 Busy Here", "the line was busy"),
        ("unknown", "600 Busy Everywhere", "the line was busy"),
        ("busy", "603 Decline", "the call was declined"),
        ("unknown", "404 Not Found", "the number is not in service"),
        ("unknown", "480 Temporarily Unavailable", "the phone was switched off or out of reach"),
        ("no-answer", "487 Request Terminated", "nobody answered"),
        ("unknown", "503 Service Unavailable", "the call could not be connected"),
        ("unknown", "wind 4045", "the call could not be connected"),
        ("something new", "", "the call could not be connected"),
    ],
)
def test_a_call_that_nobody_took_says_why(reason, detail, words):
    assert failure_in_words(DialFailure("conv_x", reason, detail)) == words


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("busy", "the line was busy"),
        ("no_answer", "nobody answered"),
        ("voicemail", "a voicemail box answered"),
        ("failed", "the call could not be connected"),
        ("something new", "the call could not be connected"),
        ("answered", ""),
        ("", ""),
    ],
)
def test_a_conversation_s_own_result_is_put_into_words(result, words):
    assert failure_in_words(result) == words


def test_a_call_that_was_not_handed_over_says_so():
    assert failure_in_words(Dialed(False, "Busy")) == "the call could not be connected"
    assert failure_in_words(Dialed(False, "SIP 404 Not Found")) == "the number is not in service"
    assert failure_in_words(Dialed(True, "Success", "conv_x", "CA1")) == ""
