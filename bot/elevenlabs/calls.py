"""What an outbound telephone call is asked with, for each provider that a number can have. No I/O.

Source: ElevenLabs, "Outbound call" via Twilio, SIP trunk and Exotel; "List phone numbers".
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, TypeAdapter

from bot.domain.dialing import Dialed
from bot.domain.errors import ProviderChanged, ProviderError, ProviderRefused, ProviderUnavailable
from bot.domain.initiation import Initiation
from bot.elevenlabs.wire import Text, Wire

OPERATION = "place phone call"
PATHS: Mapping[str, str] = {
    "twilio": "/v1/convai/twilio/outbound-call",
    "sip_trunk": "/v1/convai/sip-trunk/outbound-call",
    "exotel": "/v1/convai/exotel/outbound-call",
}
"""Where a call is asked for, by the number's ``provider``."""
MACHINES = ("machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "fax")
"""Verdicts of Twilio's detection after which the call ends without a word."""


def _words(value: Any) -> Any:
    return value if isinstance(value, str) else ""


def _fields(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


Lenient = Annotated[Text, BeforeValidator(_words)]
"""A text, empty where they send anything else."""


class _AssignedAgent(Wire):
    agent_id: Lenient = ""


class PhoneNumber(Wire):
    """A number that they can call from; ``provider`` is ``twilio``, ``sip_trunk`` or ``exotel`` so far.

    Whatever is missing or odd is empty: one number of the workspace must not stop calls from the others.
    """

    phone_number_id: Lenient = ""
    phone_number: Lenient = ""
    provider: Lenient = ""
    label: Lenient = ""
    assigned_agent: Annotated[_AssignedAgent, BeforeValidator(_fields)] = _AssignedAgent()


PHONE_NUMBERS: TypeAdapter[tuple[PhoneNumber, ...]] = TypeAdapter(
    tuple[Annotated[PhoneNumber, BeforeValidator(_fields)], ...]
)


class PhoneCallAnswer(Wire):
    """What they say when asked to ring somebody: ``success`` means handed over, not answered.

    The carrier's name for the call comes under one of two names.
    """

    success: bool
    message: Text = ""
    conversation_id: Text = ""
    carrier_sid: Text = Field(default="", validation_alias="callSid")
    sip_call_id: Text = ""

    def to_dialed(self) -> Dialed:
        """Return it in our words."""
        call_sid = self.carrier_sid or self.sip_call_id
        return Dialed(self.success, self.message, self.conversation_id, call_sid)


def choose_provider(numbers: Sequence[PhoneNumber], phone_number_id: str) -> str:
    """Return whose number this is, one of those in ``PATHS``.

    Raises ProviderRefused if the workspace does not have it, or if its provider is none that we know.
    """
    for number in numbers:
        if number.phone_number_id == phone_number_id:
            if number.provider in PATHS:
                return number.provider
            reason = f"we do not know how to call from a number of {number.provider[:40]!r}"
            raise ProviderRefused(OPERATION, reason, code="unknown_provider")
    raise ProviderRefused(OPERATION, "the workspace has no such number", code="phone_number_not_found")


def build_call(
    *,
    provider: str,
    agent_id: str,
    phone_number_id: str,
    to_number: str,
    initiation: Initiation,
    ringing_timeout_seconds: int,
) -> dict[str, Any]:
    """Return the body that asks for a call; all three take the same, but only Twilio knows a machine itself.

    With the others a voicemail box is left to the agent's ``voicemail_detection`` tool.
    """
    client_data = {name: value for name, value in initiation.as_message().items() if name != "type"}
    config: dict[str, Any] = {"ringing_timeout_secs": ringing_timeout_seconds}
    if provider == "twilio":
        config["twilio_machine_detection"] = {
            "mode": "enable",
            "actions": [{"action": "hang_up", "answered_by": list(MACHINES)}],
        }
    return {
        "agent_id": agent_id,
        "agent_phone_number_id": phone_number_id,
        "to_number": to_number,
        "conversation_initiation_client_data": client_data,
        "telephony_call_config": config,
    }


def not_sent(error: ProviderError) -> ProviderError:
    """Return the error that a call has when it was not even asked for, for the numbers could not be read."""
    kind = ProviderChanged if isinstance(error, ProviderChanged) else ProviderUnavailable
    reason = f"not asked for: {error.operation} failed ({error.reason})"
    return kind(
        OPERATION, reason, code="not_connected", request_id=error.request_id, retry_after=error.retry_after
    )
