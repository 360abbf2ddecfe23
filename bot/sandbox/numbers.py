"""The three numbers that the sandbox calls from, one of each provider, as the API shows them."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.reading import Json
from bot.sandbox.records import Provider


@dataclass(frozen=True)
class Number:
    phone_number_id: str
    provider: Provider
    phone_number: str
    label: str


NUMBERS = (
    Number("phnum_sandbox", "twilio", "+15005550006", "A telephone in your terminal"),
    Number("phnum_sandbox_sip", "sip_trunk", "+15005550007", "The same, over a SIP trunk"),
    Number("phnum_sandbox_exotel", "exotel", "+15005550008", "The same, over Exotel"),
)


def find_number(phone_number_id: str) -> Number | None:
    return next((number for number in NUMBERS if number.phone_number_id == phone_number_id), None)


def show_number(number: Number, agent: Json) -> Json:
    """One entry of `GET /v1/convai/phone-numbers` (ElevenLabs: List phone numbers)."""
    shown: Json = {
        "provider": number.provider,
        "phone_number_id": number.phone_number_id,
        "phone_number": number.phone_number,
        "label": number.label,
        "supports_inbound": True,
        "supports_outbound": True,
        "assigned_agent": {
            "agent_id": agent["agent_id"],
            "agent_name": agent["name"],
            "environment": "production",
            "branch_id": None,
        },
    }
    if number.provider != "sip_trunk":
        return shown
    trunk = {
        "address": "sip.sandbox.invalid",
        "transport": "auto",
        "media_encryption": "allowed",
        "headers": {},
        "attributes_to_headers": {},
        "has_auth_credentials": False,
        "username": None,
        "has_outbound_trunk": True,
        "enabled_codecs": [],
    }
    more = {"provider_config": trunk, "outbound_trunk": trunk, "inbound_trunk": None}
    return {**shown, **more, "livekit_stack": "standard", "store_sip_messages": False}
