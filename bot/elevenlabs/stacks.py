"""Where a stack of ElevenLabs has its WebRTC rooms.

Source: package ``@elevenlabs/client``, and "Data residency" in ElevenLabs' documentation.
"""

from urllib.parse import urlsplit

_ROOMS = {
    "api.elevenlabs.io": "wss://livekit.rtc.elevenlabs.io",
    "api.us.elevenlabs.io": "wss://livekit.rtc.elevenlabs.io",
    "api.eu.residency.elevenlabs.io": "wss://livekit.rtc.eu.residency.elevenlabs.io",
    "api.in.residency.elevenlabs.io": "wss://livekit.rtc.in.residency.elevenlabs.io",
}


def room_origin_of(api_url: str) -> str:
    """Return the origin of the rooms that belong to a REST address, as ``wss://host``.

    Empty where none is known, as for Singapore's stack: calls go over WebSocket there.
    """
    return _ROOMS.get((urlsplit(api_url).hostname or "").lower(), "")
