"""Ringing somebody: what they answer when asked, whether it rang, and what went wrong in a member's words.

Source: ElevenLabs, "Outbound call", "Errors" and "Post-call webhooks"; RFC 3261, section 21, for SIP.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import ProviderChanged, ProviderError


@dataclass(frozen=True, slots=True)
class Dialed:
    """What they answer when asked to ring somebody; empty where they gave nothing.

    ``success`` means handed over to the carrier, not answered; ``call_sid`` is the carrier's name for it.
    """

    success: bool
    message: str = ""
    conversation_id: str = ""
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class DialFailure:
    """A phone call never became a conversation: their ``call_initiation_failure``.

    ``reason`` is ``busy``, ``no-answer`` or ``unknown`` so far; ``detail`` is what the carrier said, such as
    ``486 Busy Here``; ``carrier`` is ``twilio`` or ``sip``. All but the first two may be empty.
    """

    conversation_id: str
    reason: str
    detail: str = ""
    agent_id: str = ""
    carrier: str = ""
    call_sid: str = ""


CERTAIN_STATUSES = frozenset({400, 401, 402, 403, 404, 422, 429})
UNSENT_CODES = frozenset({"not_connected", "too_late", "phone_number_not_found", "unknown_provider"})
CREDIT_CODES = frozenset({"insufficient_credits", "quota_exceeded"})

BUSY = "the line was busy"
UNANSWERED = "nobody answered"
VOICEMAIL = "a voicemail box answered"
DECLINED = "the call was declined"
OUT_OF_REACH = "the phone was switched off or out of reach"
NO_SUCH_NUMBER = "the number is not in service"
NOT_CONNECTED = "the call could not be connected"
OUT_OF_CREDIT = "the community's ElevenLabs account is out of credit"
OVERLOADED = "all lines are overloaded: try again in a few minutes"
NUMBER_REFUSED = "the number was refused"
NOT_SET_UP = "the telephone is not set up correctly; whoever runs Troupe finds the reason in the log"
UNREACHABLE = "ElevenLabs could not be reached: try again in a few minutes"
UNCLEAR = "it is not clear whether the phone rang"
TOO_LATE = "it could not ring in time"

_RESULTS: Mapping[str, str] = {
    "answered": "",
    "busy": BUSY,
    "no_answer": UNANSWERED,
    "voicemail": VOICEMAIL,
    "failed": NOT_CONNECTED,
}
_SIP: Mapping[str, str] = {
    **dict.fromkeys(("404", "410", "484", "604"), NO_SUCH_NUMBER),
    **dict.fromkeys(("486", "600"), BUSY),
    **dict.fromkeys(("603", "607", "608"), DECLINED),
    **dict.fromkeys(("408", "487"), UNANSWERED),
    "480": OUT_OF_REACH,
}
_SIP_STATUS = re.compile(r"(?<!\d)[4-6]\d\d(?!\d)")
_ABOUT_NUMBER = re.compile(r"number\b|\bphone|to_number", re.IGNORECASE)


def certainly_did_not_ring(error: ProviderError) -> bool:
    """Whether a dial that failed like this has rung nobody; after every other failure it may have."""
    return error.status in CERTAIN_STATUSES or (error.status is None and error.code in UNSENT_CODES)


def failure_in_words(failure: DialFailure | Dialed | ProviderError | str) -> str:
    """Return a phrase for the member why nobody was reached, to stand after "because" or a colon.

    A text is a conversation's own ``phone_result``; it is empty for one that was answered.
    """
    match failure:
        case str():
            return _RESULTS.get(failure.replace("-", "_"), NOT_CONNECTED) if failure else ""
        case DialFailure():
            words = (_sip(failure.detail), _result(failure.reason), _result(failure.detail))
            return next(filter(None, words), NOT_CONNECTED)
        case Dialed():
            return "" if failure.success else _sip(failure.message) or NOT_CONNECTED
        case ProviderError():
            return _refusal(failure)


def _result(said: str) -> str:
    return _RESULTS.get(said.strip().lower().replace("-", "_"), "")


def _sip(said: str) -> str:
    status = _SIP_STATUS.search(said)
    return _SIP.get(status[0], "") if status else ""


def _refusal(error: ProviderError) -> str:
    if not certainly_did_not_ring(error):
        return UNCLEAR
    if error.status == 402 or error.code in CREDIT_CODES:
        return OUT_OF_CREDIT
    if error.status == 429:
        return OVERLOADED
    if error.status in (400, 422):
        return NUMBER_REFUSED if _ABOUT_NUMBER.search(f"{error.code} {error.reason}") else NOT_SET_UP
    if error.code == "not_connected" and not isinstance(error, ProviderChanged):
        return UNREACHABLE if error.retry_after is None else OVERLOADED
    return TOO_LATE if error.code == "too_late" else NOT_SET_UP
