"""How the app is set up at the fake Slack by its manifest, and which manifests are refused."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack.settings import AppSettings
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio

Part = dict[str, Any]


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


MANIFEST: Part = {
    "display_information": {"name": "Ring", "description": "Call a character"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True,
                     "messages_tab_read_only_enabled": False},
        "bot_user": {"display_name": "ring"},
        "shortcuts": [{"name": "Call", "type": "global", "callback_id": "open_call", "description": "Pick"}],
        "slash_commands": [{"command": "/ring", "description": "Call", "should_escape": True}],
    },
    "oauth_config": {"scopes": {"bot": ["commands", "chat:write", "im:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["message.im"]}, "socket_mode_enabled": True,
                 "interactivity": {"is_enabled": True}},
}  # fmt: skip


async def test_the_app_is_set_up_by_its_manifest(wire: Wire) -> None:
    wire.slack.uses_manifest(MANIFEST)
    assert wire.slack.adds_workspace("Later").scopes == ("commands", "chat:write", "im:history")
    await wire.mira.types("/ring")
    await wire.mira.uses_shortcut("open_call")
    with pytest.raises(AssertionError, match="no /call"):
        await wire.mira.types("/call")
    with pytest.raises(AssertionError, match="no shortcut"):
        await wire.mira.uses_shortcut("close_call")
    await wire.mira.visits("home")
    assert wire.slack.events == []


def changed(**parts: Any) -> Part:
    command = {"command": "/ring", "description": "Call"} | parts
    return MANIFEST | {"features": MANIFEST["features"] | {"slash_commands": [command]}}


def without_sockets(missing: str = "") -> Part:
    urls = dict.fromkeys(("url", "request_url", "message_menu_options_url", "events"), "https://x.example")
    urls[missing] = ""
    events = {"bot_events": ["message.im"], "request_url": urls["events"]}
    interactivity = {"is_enabled": True, "request_url": urls["request_url"],
                     "message_menu_options_url": urls["message_menu_options_url"]}  # fmt: skip
    settings = {"event_subscriptions": events, "interactivity": interactivity}
    return changed(url=urls["url"]) | {"settings": settings}


UNTAKEN = {
    "a name of 36": MANIFEST | {"display_information": {"name": "x" * 36}},
    "a description of 141": MANIFEST | {"display_information": {"name": "x", "description": "x" * 141}},
    "a short long description": MANIFEST
    | {"display_information": {"name": "x", "long_description": "x" * 174}},
    "a command without slash": changed(command="ring"),
    "a command in capitals": changed(command="/Ring"),
    "a command of 33": changed(command="/" + "x" * 32),
    "a command's description of 2001": changed(description="x" * 2001),
    "a hint of 1001": changed(usage_hint="x" * 1001),
    "a long description of 4001": MANIFEST
    | {"display_information": {"name": "x", "long_description": "x" * 4001}},
    "a command without address": without_sockets("url"),
    "events without address": without_sockets("events"),
    "buttons without address": without_sockets("request_url"),
    "searches without address": without_sockets("message_menu_options_url"),
    "an event without its right": MANIFEST | {"oauth_config": {"scopes": {"bot": ["commands"]}}},
    "commands without their right": MANIFEST
    | {"oauth_config": {"scopes": {"bot": ["chat:write", "im:history"]}}},
}


async def test_an_app_that_takes_no_buttons_has_none_that_work(wire: Wire) -> None:
    wire.slack.uses_manifest(MANIFEST | {"settings": {"socket_mode_enabled": True}})
    with pytest.raises(AssertionError, match="not set up for buttons"):
        await wire.mira.uses_shortcut("open_call")


def test_a_manifest_without_sockets_has_an_address_for_everything() -> None:
    assert AppSettings.of_manifest(without_sockets()).is_interactive


@pytest.mark.parametrize("manifest", UNTAKEN.values(), ids=UNTAKEN)
def test_a_manifest_is_refused(manifest: Part) -> None:
    with pytest.raises(AssertionError):
        AppSettings.of_manifest(manifest)
