"""What an operator may write in a setting, and what they read where it cannot be used."""

import re
from collections.abc import Sequence

RECIPE = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
"""How to make a secret of one's own."""
SECRET_CHARACTERS = 16
"""The least length of a secret that ElevenLabs shows when it asks about a call that comes in."""


def read_whole_number(text: str) -> int:
    """Read digits; raises ValueError for all else: ``1.000`` is a thousand to some and one to others."""
    if not re.fullmatch(r"-?[0-9]{1,4000}", text.strip()):
        raise ValueError("write a whole number without points or commas")
    return int(text)


def describe_range(low: object, high: object) -> str:
    """Return what to write where a number is outside its bounds."""
    return f"write a number from {low} to {high}"


def check_inbound_secrets(texts: Sequence[str]) -> None:
    """Raise ValueError unless each is long enough not to be guessed, and can be a header's value."""
    if not all(re.fullmatch(f"[!-~]{{{SECRET_CHARACTERS},}}", text) for text in texts):
        raise ValueError(f"a secret has {SECRET_CHARACTERS} plain characters or more and no spaces; {RECIPE}")


def check_address(value: str) -> str:
    """Check ``host:port`` and return it."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65_535:
        raise ValueError("write host:port, such as 127.0.0.1:8080")
    return value


def check_web_address(value: str) -> str:
    """Check an address of the web and return it without a slash at its end."""
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("begin with https:// (or http:// on this machine)")
    return value.rstrip("/")


def check_socket_address(value: str) -> str:
    """Check an address of a WebSocket and return it without a slash at its end."""
    if not value.startswith(("wss://", "ws://")):
        raise ValueError("begin with wss:// (or ws:// on this machine)")
    return value.rstrip("/")


def check_token(value: str) -> None:
    """Raise ValueError unless this may be a Discord bot's token, or nothing."""
    if value and not re.fullmatch(r"[A-Za-z0-9_-]{18,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{20,}", value):
        raise ValueError(
            "a bot's token has three parts with points between them; copy it under Bot, Reset Token, in "
            "Discord's developer portal"
        )


def read_server_ids(text: str) -> tuple[str, ...]:
    """Read the ids of Discord servers, with commas; raises ValueError for what is none."""
    ids = tuple(part for part in re.split(r"[,\s]+", text.strip()) if part)
    if not all(re.fullmatch(r"[0-9]{15,20}", one) for one in ids):
        raise ValueError(
            "write the ids of servers, 15 to 20 digits each, with commas; in Discord, a right click on the "
            "server and Copy Server ID shows it"
        )
    return ids


def check_slack_token(value: str, beginning: str) -> None:
    """Raise ValueError unless this may be one of Slack's tokens, or nothing."""
    if value and not re.fullmatch(rf"{re.escape(beginning)}[A-Za-z0-9-]{{6,}}", value):
        raise ValueError(f"such a token begins with {beginning}; docs/slack.md shows where it is")


def check_slack_command(value: str) -> str:
    """Check a slash command's name and return it."""
    if not re.fullmatch(r"/[a-z0-9_-]{1,31}", value):
        raise ValueError("write / and up to 31 small letters, digits, - or _, such as /ring")
    return value
