"""Typing a command: what a client lets somebody type, by the command as it is registered."""

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.discord import command_rules as kinds
from tests.fakes.discord import payloads
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.permissions import ADMINISTRATOR, of_member
from tests.fakes.discord.state import Account, Attachment, Channel, Role

EVERYWHERE = (0, 1, 2)


@dataclass
class Typed:
    """A command as a client sends it; ``open_options`` is where its options go."""

    data: dict[str, Any]
    open_options: list[dict[str, Any]]
    definition: dict[str, Any]
    resolved: dict[str, dict[str, Any]] = field(default_factory=dict)


def find(commands: list[dict[str, Any]], line: str) -> Typed:
    """Find a command, and the sub command in it, by the words that are typed."""
    names = line.removeprefix("/").split()
    registered = [one for one in commands if one["type"] == kinds.CHAT_INPUT]
    found = next((one for one in registered if one["name"] == names[0]), None)
    assert found is not None, f"there is no /{names[0]}, only {[one['name'] for one in registered]}"
    options: list[dict[str, Any]] = []
    data = {"id": found["id"], "name": found["name"], "type": kinds.CHAT_INPUT, "options": options}
    for name in names[1:]:
        inner = [one for one in found.get("options", ()) if one["type"] in (kinds.SUB_COMMAND, kinds.GROUP)]
        found = next((one for one in inner if one["name"] == name), None)
        assert found is not None, f"/{line} has no {name!r}, only {[one['name'] for one in inner]}"
        options.append({"name": name, "type": found["type"], "options": []})
        options = options[-1]["options"]
    offered = found.get("options", ())
    deeper = [one["name"] for one in offered if one["type"] in (kinds.SUB_COMMAND, kinds.GROUP)]
    assert not deeper, f"/{line} cannot be used bare, it has {deeper}"
    return Typed(data, options, found)


def check_place(command: dict[str, Any], act: Interaction) -> None:
    """Fail where a client would not show the command to this person."""
    name = f"/{command['name']}"
    server = act.channel.server
    here = 0 if server else 1 if act.channel.is_dm else 2
    contexts = command.get("contexts")
    if contexts is None:
        contexts = EVERYWHERE if command.get("dm_permission", True) else (0,)
    assert here in contexts, f"{name} cannot be used here: it is for the contexts {contexts}"
    installs = {str(kind) for kind in command.get("integration_types") or (0,)}
    assert installs & set(act.owners), (
        f"{name} is for the installations {installs}, here is {set(act.owners)}"
    )
    nsfw_ok = not server or (act.channel.parent or act.channel).is_nsfw
    assert nsfw_ok or not command.get("nsfw"), f"{name} is for age-restricted channels"
    wanted = command.get("default_member_permissions")
    if server is not None and wanted is not None:
        bits = of_member(server.members[act.person.id])
        needed = int(wanted) or ADMINISTRATOR
        assert bits & needed == needed, (
            f"{act.person.name} may not use {name}: it needs the permissions {needed}"
        )


def fill(typed: Typed, given: dict[str, Any], where: Channel, *, focused: str = "") -> None:
    """Fill in the options as they are registered; one that is focused need not be whole."""
    definitions = {option["name"]: option for option in typed.definition.get("options", ())}
    unknown = set(given) - set(definitions)
    assert not unknown, f"there is no option {unknown}, only {list(definitions)}"
    for name, option in definitions.items():
        if name == focused:
            assert option.get("autocomplete"), f"{name!r} offers nothing while it is typed"
            typed.open_options.append(
                {"name": name, "type": option["type"], "value": given[name], "focused": True}
            )
        elif name in given and given[name] is not None:
            value = _value(option, given[name], typed.resolved, where)
            typed.open_options.append({"name": name, "type": option["type"], "value": value})
        else:
            assert focused or not option.get("required"), f"{name!r} must be given"
    if typed.resolved:
        typed.data["resolved"] = typed.resolved


def _value(option: dict[str, Any], given: Any, resolved: dict[str, dict[str, Any]], where: Channel) -> Any:
    name, kind = option["name"], option["type"]
    if option.get("choices"):
        return _chosen(option, given)
    if kind == kinds.STRING:
        assert isinstance(given, str), f"{name!r} takes words"
        least, most = option.get("min_length", 0), option.get("max_length", 6000)
        assert least <= len(given) <= most, f"{name!r} takes {least} to {most} letters"
    elif kind in (kinds.INTEGER, kinds.NUMBER):
        allowed = int if kind == kinds.INTEGER else (int, float)
        assert isinstance(given, allowed), f"{name!r} takes a number"
        assert not isinstance(given, bool), f"{name!r} takes a number"
        assert option.get("min_value", given) <= given <= option.get("max_value", given), (
            f"{name!r} has bounds"
        )
    elif kind == kinds.BOOLEAN:
        assert isinstance(given, bool), f"{name!r} takes true or false"
    else:
        resolve(option, given, resolved, where)
        return given.id
    return given


def _chosen(option: dict[str, Any], given: Any) -> Any:
    choices = {choice["name"]: choice["value"] for choice in option["choices"]}
    if given in choices.values():
        return given
    assert given in choices, f"{option['name']!r} is one of {choices}"
    return choices[given]


def resolve(option: dict[str, Any], given: Any, resolved: dict[str, dict[str, Any]], where: Channel) -> None:
    """Tell of what a value names."""
    kind, name = option["type"], option["name"]
    takes = {
        kinds.A_USER: Account,
        kinds.CHANNEL: Channel,
        kinds.ROLE: Role,
        kinds.MENTIONABLE: (Account, Role),
        kinds.ATTACHMENT: Attachment,
    }[kind]
    assert isinstance(given, takes), f"{name!r} takes {takes}, not {given!r}"
    if isinstance(given, Account):
        resolved.setdefault("users", {})[given.id] = payloads.user(given)
        if where.server is not None and given.id in where.server.members:
            member = payloads.member(where.server.members[given.id], with_user=False, computed=True)
            resolved.setdefault("members", {})[given.id] = member
    elif isinstance(given, Channel):
        allowed = option.get("channel_types") or [given.kind]
        assert given.kind in allowed, f"{name!r} takes channels of the types {allowed}"
        told = payloads.channel(given) | {"permissions": "0"}
        resolved.setdefault("channels", {})[given.id] = told
    elif isinstance(given, Role):
        resolved.setdefault("roles", {})[given.id] = payloads.role(given)
    else:
        assert re.fullmatch(r"\d+", given.id)
        resolved.setdefault("attachments", {})[given.id] = payloads.attachment(given)
