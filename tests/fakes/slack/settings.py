"""How the app is set up at Slack: its commands, shortcuts, events and tabs, as a manifest tells them."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.scopes import BOT_EVENTS, LEAST, OF_ORGANISATIONS

NEEDED = {
    "message.im": "im:history",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "app_mention": "app_mentions:read",
}


@dataclass
class AppSettings:
    """What is set; no commands or shortcuts stand for any."""

    scopes: tuple[str, ...] = LEAST
    bot_events: tuple[str, ...] = BOT_EVENTS
    commands: tuple[str, ...] | None = None
    shortcuts: tuple[str, ...] | None = None
    escapes: bool = True
    is_interactive: bool = True
    home_tab: bool = True
    messages_tab: bool = True

    @classmethod
    def of_manifest(cls, manifest: dict[str, Any]) -> "AppSettings":
        """Read the settings out of a manifest that keeps Slack's limits."""
        check_manifest(manifest)
        features = manifest["features"]
        commands = features.get("slash_commands", [])
        home = features.get("app_home", {})
        subscribed = manifest["settings"].get("event_subscriptions", {})
        return cls(
            scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
            bot_events=tuple(subscribed.get("bot_events", ())),
            commands=tuple(one["command"] for one in commands),
            shortcuts=tuple(one["callback_id"] for one in features.get("shortcuts", ())),
            escapes=all(one.get("should_escape", False) for one in commands),
            is_interactive=manifest["settings"].get("interactivity", {}).get("is_enabled", False),
            home_tab=home.get("home_tab_enabled", False),
            messages_tab=home.get("messages_tab_enabled", False)
            and not home.get("messages_tab_read_only_enabled", True),
        )


def check_manifest(manifest: dict[str, Any]) -> None:
    """Fail where Slack would refuse a manifest."""
    shown, features = manifest["display_information"], manifest["features"]
    _short(shown["name"], 35, "name")
    _short(shown.get("description", ""), 140, "description")
    if "long_description" in shown:
        assert len(shown["long_description"]) >= 175, "the long description is too short"
        _short(shown["long_description"], 4000, "long description")
    _short(features["bot_user"]["display_name"], 80, "name of the bot")
    commands = features.get("slash_commands", [])
    assert len(commands) <= 50, "there are too many commands"
    for command in commands:
        name = command["command"]
        assert name.startswith("/"), f"{name!r} does not begin with a slash"
        assert name == name.lower(), f"{name!r} is not lower case"
        assert 2 <= len(name) <= 32, f"{name!r} is too short or too long"
        _short(command["description"], 2000, f"description of {name}")
        _short(command.get("usage_hint", ""), 1000, f"hint of {name}")
    assert len(features.get("shortcuts", ())) <= 10, "there are too many shortcuts"
    subscribed = manifest["settings"].get("event_subscriptions", {})
    assert len(subscribed.get("bot_events", ())) <= 100, "there are too many events"
    if not manifest["settings"].get("org_deploy_enabled"):
        unheard = set(OF_ORGANISATIONS) & set(subscribed.get("bot_events", ()))
        assert not unheard, f"only an app that organisations may install hears of {unheard}"
    scopes = manifest["oauth_config"]["scopes"]["bot"]
    for event in subscribed.get("bot_events", ()):
        assert NEEDED.get(event) in (None, *scopes), f"{event} needs {NEEDED[event]}"
    if commands or features.get("shortcuts"):
        assert "commands" in scopes, "slash commands and shortcuts need the scope commands"
    if not manifest["settings"].get("socket_mode_enabled", False):
        _check_addresses(manifest["settings"], commands)


def _check_addresses(settings: dict[str, Any], commands: list[dict[str, Any]]) -> None:
    """Fail where an app without sockets has no address for something."""
    for command in commands:
        assert command.get("url"), f"{command['command']} has no address, and there are no sockets"
    if "event_subscriptions" in settings:
        assert settings["event_subscriptions"].get("request_url"), "there is no address for events"
    if settings.get("interactivity", {}).get("is_enabled"):
        for key in ("request_url", "message_menu_options_url"):
            assert settings["interactivity"].get(key), f"there is no {key}"


def _short(words: str, most: int, what: str) -> None:
    assert len(words) <= most, f"the {what} is longer than {most}"
