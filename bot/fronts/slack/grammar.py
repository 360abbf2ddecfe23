"""What somebody types after our command: ``wizard by phone about bees``, ``history``, ``admin pause``.

Source: Slack, "Slash commands": one free text; phones send curly quotes and double spaces; with escaping on,
people, channels and groups come as ``<@U1|name>``, ``<#C1|name>`` and ``<!subteam^S1|@name>``.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.fronts.arguments import parse_arguments
from bot.fronts.presses import Wanted

RESERVED = (
    "call",
    "help",
    "characters",
    "history",
    "memory",
    "import",
    "whisper",
    "hangup",
    "account",
    "forget",
)
_CURLY = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "\u00a0": " "})
_SPACES = re.compile(r"\s+")
_MENTION = re.compile(r"<(?P<kind>@|#|!subteam\^)(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)\|([^<>|]+)>")
_NO_NAMES = frozenset({"directmessage", "privategroup"})
"""What Slack calls channels whose names it does not tell."""
_LINK = re.compile(r"<((?:https?|mailto|tel):[^|>]*)(?:\|([^>]*))?>")
_NAMES = ("character", "topic")
_KEEPS_QUOTES = ("whisper", "memory")


def as_typed(text: str) -> str:
    """Return what Slack escaped and linked as it was typed."""
    shown = _LINK.sub(lambda found: found[2] or found[1].removeprefix("mailto:").removeprefix("tel:"), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def channel_names(body: Mapping[str, Any]) -> dict[str, str]:
    """Return the names of channels, by id, that a payload of Slack's tells by the way."""
    inside = body.get("channel") or {}
    told = {
        str(body.get("channel_id", "")): str(body.get("channel_name", "")),
        str(inside.get("id", "")): str(inside.get("name", "")),
        **dict(_CHANNEL.findall(str(body.get("text", "")))),
    }
    return {one: name for one, name in told.items() if one and name and name not in _NO_NAMES}


def read_command(text: str, team: str) -> Wanted | None:
    """Return what is asked for; None for nothing, which asks whom to call."""
    text = as_typed(_MENTION.sub(lambda found: _named(found, team), text))
    text = _SPACES.sub(" ", text).strip()
    if not text:
        return None
    first, _, rest = text.partition(" ")
    word = first.lower().removeprefix("/")
    if word not in _KEEPS_QUOTES:
        text, rest = text.translate(_CURLY), rest.translate(_CURLY)
    match word:
        case "admin":
            return Wanted("troupe", _admin(rest))
        case "characters":
            return Wanted("characters", {"page": "1"} | ({"search": rest} if rest else {}))
        case "help" | "hangup" | "import":
            return Wanted(word)
        case _ if word in RESERVED:
            return _bare(Wanted(word, parse_arguments(word, rest)))
    return _bare(Wanted("call", parse_arguments("call", text)))


def _bare(wanted: Wanted) -> Wanted:
    """Return what is wanted, with a character's name or a topic out of its quotation marks."""
    named = {name: wanted.arguments[name].strip('"“”„ ') for name in _NAMES if name in wanted.arguments}
    return Wanted(wanted.command, {**wanted.arguments, **named})


def _named(found: re.Match[str], team: str) -> str:
    return {
        "@": f"slack:{team}:{found['id']}",
        "#": f"slack-channel:{found['id']}",
        "!subteam^": f"slack-group:{found['id']}",
    }[found["kind"]]


def _admin(rest: str) -> dict[str, str]:
    """Read ``allow wizard @group #channel nobody``, ``post wizard``, and all that the terminal knows."""
    do, _, more = rest.partition(" ")
    do = do.lower()
    if do == "allow":
        return {"do": do, **_limits(more.split())}
    if do == "post":
        return {"do": do, "character": more.strip()}
    if do == "here":
        return {"do": do, **given({"value": more.strip()})}
    return parse_arguments("troupe", rest)


def _limits(words: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name: list[str] = []
    for word in words:
        if word.startswith("slack-group:"):
            found["role"] = word
        elif word.startswith("slack-channel:"):
            found["channel"] = word
        elif word.lower() in {"everybody", "nobody"} and name:
            found["only"] = word.lower()
        else:
            name.append(word)
    return {"character": " ".join(name), **found}


def given(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return the values of a modal that were given."""
    return {name: value for name, value in values.items() if value}
