"""Where the WebRTC rooms of each stack are."""

import pytest

from bot.elevenlabs.stacks import room_origin_of


@pytest.mark.parametrize(
    ("api_url", "rooms"),
    [
        ("https://api.elevenlabs.io", "wss://livekit.rtc.elevenlabs.io"),
        ("https://API.elevenlabs.io/", "wss://livekit.rtc.elevenlabs.io"),
        ("https://api.us.elevenlabs.io", "wss://livekit.rtc.elevenlabs.io"),
        ("https://api.eu.residency.elevenlabs.io", "wss://livekit.rtc.eu.residency.elevenlabs.io"),
        ("https://api.in.residency.elevenlabs.io", "wss://livekit.rtc.in.residency.elevenlabs.io"),
        ("https://api.sg.residency.elevenlabs.io", ""),
        ("http://127.0.0.1:8081", ""),
        ("https://api.elevenlabs.io.example", ""),
    ],
)
def test_rooms_are_where_the_stack_has_them_and_nowhere_for_others(api_url, rooms):
    assert room_origin_of(api_url) == rooms
