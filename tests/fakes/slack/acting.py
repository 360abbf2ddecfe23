"""How a client words what a person does, and hands it to the app."""

import html
import re
from typing import Any

from tests.fakes.slack import act as kinds
from tests.fakes.slack import payloads
from tests.fakes.slack.acks import Acks
from tests.fakes.slack.act import Act
from tests.fakes.slack.delivery import COMMANDS, INTERACTIVE, Courier
from tests.fakes.slack.shown import Shown, Surface
from tests.fakes.slack.state import IM, Account, Channel, Message, Team, View
from tests.fakes.slack.values import values_of
from tests.fakes.slack.world import World

ASKS_FOR_NOTHING = (kinds.SUGGESTION, kinds.CLOSED)
NAMES = {IM: "directmessage"}


class Client:
    """The program that people see Slack with."""

    def __init__(self, world: World, courier: Courier, acks: Acks) -> None:
        self.world = world
        self.courier = courier
        self._acks = acks

    def command(self, person: Account, where: Channel, line: str) -> Act:
        """Word a slash command."""
        settings, team = self.world.settings, person.team
        command, _, text = line.partition(" ")
        known = settings.commands
        assert command.startswith("/"), f"{line!r} is no command"
        assert known is None or command in known, f"there is no {command}, only {known}"
        assert person in where.members, f"{person.name} is not in {where.name}"
        act = self._act(kinds.COMMAND, person, where)
        act.payload = {
            "token": "unused",
            "command": command,
            "text": typed(text.strip(), team, with_ids=settings.escapes, names=True),
            "response_url": self._response_url(act),
            "trigger_id": act.trigger_id,
            "user_id": person.id,
            "user_name": person.username,
            "team_id": team.id,
            "team_domain": team.domain,
            "channel_id": where.id,
            "channel_name": NAMES.get(where.kind, where.name),
            "api_app_id": self.world.app_id,
            "is_enterprise_install": str(team.is_org_wide).lower(),
            **(
                {"enterprise_id": team.enterprise.id, "enterprise_name": team.enterprise.name}
                if team.enterprise
                else {}
            ),
        }
        return act

    def action(self, person: Account, surface: Surface, action: dict[str, Any]) -> Act:
        """Word the use of an element."""
        act = self._on(kinds.BLOCKS, person, surface.kept)
        act.payload |= {"actions": [action | {"action_ts": self.world.new_ts()}]}
        if act.message is not None:
            act.payload["response_url"] = self._response_url(act)
            act.payload["state"] = {"values": values_of(act.message.blocks, act.message.typed)}
        return act

    def suggestion(self, person: Account, surface: Surface, where: tuple[str, str], text: str) -> Act:
        """Word the question what could be picked."""
        act = self._on(kinds.SUGGESTION, person, surface.kept)
        act.payload |= {"block_id": where[0], "action_id": where[1], "value": text}
        return act

    def submission(self, person: Account, view: View) -> Act:
        """Word the sending of a modal."""
        act = self._on(kinds.SUBMISSION, person, view)
        act.payload |= {"response_urls": []}
        del act.payload["container"]
        return act

    def closing(self, person: Account, view: View, *, is_cleared: bool) -> Act:
        """Word the closing of a modal."""
        act = self._on(kinds.CLOSED, person, view)
        act.payload |= {"is_cleared": is_cleared}
        del act.payload["container"]
        return act

    def shortcut(self, person: Account, callback_id: str, on: Shown | None) -> Act:
        """Word the use of a shortcut, anywhere or on a message."""
        known = self.world.settings.shortcuts
        assert known is None or callback_id in known, f"there is no shortcut {callback_id!r}, only {known}"
        action: dict[str, Any] = {"callback_id": callback_id, "action_ts": self.world.new_ts()}
        if on is None:
            act = self._act(kinds.SHORTCUT, person, None)
            act.payload = self._common(act) | action
            return act
        assert not on.is_private, "a message that only one person sees has no shortcuts"
        act = self._act(kinds.MESSAGE_ACTION, person, on.message.channel)
        act.payload = self._common(act) | action | {
            "channel": _place(on.message.channel),
            "message": payloads.message(on.message),
            "message_ts": on.message.ts,
            "response_url": self._response_url(act),
        }  # fmt: skip
        return act

    def send(self, act: Act, *, times: int = 1) -> None:
        """Hand an act to the app, if anybody listens."""
        is_taken = act.kind == kinds.COMMAND or self.world.settings.is_interactive
        assert is_taken, "the app is not set up for buttons, modals and shortcuts"
        kind = COMMANDS if act.kind == kinds.COMMAND else INTERACTIVE
        for _ in range(times):
            delivery = self.courier.sends(kind, act.payload, lambda body: self._acks.take(act, body))
            act.deliveries.append(delivery)
            act.sent_at = act.sent_at or delivery.at

    def _act(self, kind: str, person: Account, channel: Channel | None) -> Act:
        act = Act(kind, person, channel, self.world.clock())
        if kind not in ASKS_FOR_NOTHING:
            act.trigger_id = self.world.new_trigger()
            self.world.triggers[act.trigger_id] = act
        return act

    def _on(self, kind: str, person: Account, kept: Message | View) -> Act:
        if isinstance(kept, View):
            act = self._act(kind, person, None)
            act.view = kept
            act.payload = self._common(act) | {
                "container": {"type": "view", "view_id": kept.id},
                "view": payloads.view(kept),
            }
            return act
        act = self._act(kind, person, kept.channel)
        act.message = kept
        container = {
            "type": "message",
            "message_ts": kept.ts,
            "channel_id": kept.channel.id,
            "is_ephemeral": kept.is_ephemeral,
        }
        if kept.thread_ts:
            container["thread_ts"] = kept.thread_ts
        act.payload = self._common(act) | {"container": container, "channel": _place(kept.channel)}
        if not kept.is_ephemeral:
            act.payload["message"] = payloads.message(kept)
        return act

    def _common(self, act: Act) -> dict[str, Any]:
        person, team = act.person, act.person.team
        told: dict[str, Any] = {
            "type": act.kind,
            "token": "unused",
            "team": None if team.is_org_wide else {"id": team.id, "domain": team.domain},
            "user": {
                "id": person.id,
                "username": person.username,
                "name": person.username,
                "team_id": team.id,
            },
            "api_app_id": self.world.app_id,
            "enterprise": {"id": team.enterprise.id, "name": team.enterprise.name}
            if team.enterprise
            else None,
            "is_enterprise_install": team.is_org_wide,
        }
        return told | {"trigger_id": act.trigger_id} if act.trigger_id else told

    def _response_url(self, act: Act) -> str:
        act.response_token = self.world.new_id("r")
        self.world.responses[act.response_token] = act
        return f"{self.world.url}/response/{act.response_token}"


def typed(text: str, team: Team, *, with_ids: bool = True, names: bool = False) -> str:
    """Return what somebody typed as Slack sends it on: escaped, and names as ids where they are known."""
    escaped = html.escape(text, quote=False)
    if not with_ids:
        return escaped
    signs = {f"@{one.name}": (f"@{one.id}", one.username) for one in (*team.people.values(), team.bot)}
    signs |= {f"#{one.name}": (f"#{one.id}", one.name) for one in team.channels.values()}
    signs |= {f"@{one.handle}": (f"!subteam^{one.id}", f"@{one.handle}") for one in team.groups.values()}
    if not signs:
        return escaped

    def as_id(found: re.Match[str]) -> str:
        sign, name = signs[found[0]]
        return f"<{sign}|{name}>" if names or sign.startswith(("#", "!")) else f"<{sign}>"

    longest_first = sorted(signs, key=len, reverse=True)
    return re.sub("|".join(rf"{re.escape(one)}\b" for one in longest_first), as_id, escaped)


def _place(channel: Channel) -> dict[str, str]:
    return {"id": channel.id, "name": NAMES.get(channel.kind, channel.name)}
