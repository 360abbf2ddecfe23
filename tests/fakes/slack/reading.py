"""How a client shows what was sent: names for ids, labels for links, and all that can be read of a block."""

import html
import re
from typing import Any

from tests.fakes.slack.state import Team
from tests.fakes.slack.text_rules import LINK

DATE = re.compile(r"<!date\^[^<>|]*\|([^<>]*)>")
SIGN = re.compile(r"<([@#!])([^<>|]+)(?:\|([^<>]*))?>")


def read(text: str, team: Team) -> str:
    """Return marked text as a client shows it, but for bold, italic and the like."""

    def shown(found: re.Match[str]) -> str:
        sign, what, label = found.groups()
        names = {account.id: account.name for account in (*team.people.values(), team.bot)}
        names |= {channel.id: channel.name for channel in team.channels.values()}
        return {"!": "@"}.get(sign, sign) + (label or names.get(what, what))

    text = LINK.sub(lambda found: found[2] or found[1], text)
    return html.unescape(SIGN.sub(shown, DATE.sub(r"\1", text)))


def lines_of(part: Any, team: Team) -> list[str]:
    """Return what can be read of a block or a part of one."""
    if isinstance(part, list):
        return [line for inner in part for line in lines_of(inner, team)]
    if not isinstance(part, dict):
        return []
    if part.get("type") == "mrkdwn":
        return [read(part["text"], team)]
    if isinstance(part.get("text"), str):
        return [part["text"]]
    keys = ("label", "title", "text", "fields", "placeholder", "initial_option", "options", "option_groups",
            "description", "elements", "accessory", "element", "hint")  # fmt: skip
    lines = [part["initial_value"]] if isinstance(part.get("initial_value"), str) else []
    return lines + [line for key in keys for line in lines_of(part.get(key), team)]


def raw_texts(part: Any) -> list[str]:
    """Return the marked texts of a block as they were sent."""
    if isinstance(part, list):
        return [text for inner in part for text in raw_texts(inner)]
    if not isinstance(part, dict):
        return []
    own = [part["text"]] if part.get("type") in ("mrkdwn", "markdown") else []
    return own + [text for inner in part.values() for text in raw_texts(inner)]
