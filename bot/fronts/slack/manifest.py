"""The app's manifest: what Slack makes our app from, with the least rights that the front uses.

Source: Slack, "App manifest reference". Names and limits are theirs.
"""

from typing import Any

HOOK = "/hooks/slack"
"""Where our web server takes Slack's requests, all of them."""
INSTALL = "/slack/install"
"""Where a workspace begins to install the app."""
REDIRECT = "/slack/oauth_redirect"
"""Where Slack sends the browser of somebody who installs the app."""
SHORTCUT = "open_call"
"""The ``callback_id`` of the shortcut that asks whom to call."""
EVENTS = ("app_home_opened", "app_uninstalled", "message.im", "tokens_revoked")
OF_ORGANISATIONS = ("team_access_granted", "team_access_revoked")
"""Those that tell in which workspaces of an organisation its admins let the app be used."""
SCOPES = (
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "im:history",
    "im:write",
    "usergroups:read",
    "users:read",
)
"""In their order: say something; our command and shortcut; read a shared JSON file; send what is too long
for a message; be told of direct messages; open them; limits to user groups; names, languages and admins."""


LONG_DESCRIPTION = (
    "Ask for a character, get a private link, and talk; or be rung, or write. When you hang up the "
    "transcript comes home, and next time the character knows. Every character is an AI. What is kept of "
    "you, for how long, and how you erase it: {}"
)
"""Slack shows it on the page about the app; its manifest has no field of its own for a privacy policy."""


def build_manifest(
    command: str, url: str = "", privacy: str = "", *, for_organisations: bool = False
) -> dict[str, Any]:
    """Return the manifest of an app with this command, such as ``/ring``.

    With ``url`` Slack sends its requests to our web server there, without it the app uses Socket Mode.
    ``privacy`` is the address of the page that says what is kept, if there is one. Only an app
    ``for_organisations`` may be installed for all workspaces of one, and hears of that.
    """
    hook = f"{url}{HOOK}" if url else ""
    slash_command = {
        "command": command,
        **({"url": hook} if hook else {}),
        "description": "Call a character",
        "usage_hint": "[character] [by link|phone|chat] [about …] [at …], or help",
        "should_escape": True,
    }
    heard = sorted((*EVENTS, *OF_ORGANISATIONS)) if for_organisations else EVENTS
    events: dict[str, Any] = {"request_url": hook} if hook else {}
    addresses = {"request_url": hook, "message_menu_options_url": hook} if hook else {}
    return {
        "display_information": {
            "name": "Troupe",
            "description": "Call a character by link, phone or chat; it remembers you",
            **({"long_description": LONG_DESCRIPTION.format(privacy)} if privacy else {}),
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Troupe", "always_online": True},
            "shortcuts": [
                {
                    "name": "Call a character",
                    "type": "global",
                    "callback_id": SHORTCUT,
                    "description": "Choose whom to call, and how",
                }
            ],
            "slash_commands": [slash_command],
        },
        "oauth_config": {
            **({"redirect_urls": [f"{url}{REDIRECT}"]} if url else {}),
            "scopes": {"bot": list(SCOPES)},
        },
        "settings": {
            "event_subscriptions": {**events, "bot_events": list(heard)},
            "interactivity": {"is_enabled": True, **addresses},
            "org_deploy_enabled": for_organisations,
            "socket_mode_enabled": not hook,
            "token_rotation_enabled": False,
        },
    }
