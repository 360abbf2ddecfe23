"""How an application answers an interaction: once within three seconds, then for fifteen minutes."""

from datetime import timedelta
from typing import Any

from tests.fakes.discord import interaction as kinds
from tests.fakes.discord import payloads
from tests.fakes.discord.command_rules import STRING, check_choices
from tests.fakes.discord.interaction import Interaction
from tests.fakes.discord.message_rules import (
    ANSWER,
    ANSWER_FLAGS,
    EDIT,
    EDIT_FLAGS,
    Uploads,
    apply,
    check_message,
)
from tests.fakes.discord.modal_rules import check_modal
from tests.fakes.discord.refusals import Form, Refusal
from tests.fakes.discord.shown import Modal, number
from tests.fakes.discord.state import EPHEMERAL, LOADING, Message
from tests.fakes.discord.world import World

FIRST_ANSWER = timedelta(seconds=3)
TOKEN_LIVES = timedelta(minutes=15)
FOREIGN_FOLLOW_UPS = 5


class Answering:
    """Takes answers to interactions."""

    def __init__(self, world: World) -> None:
        self._world = world

    def callback(self, interaction_id: str, token: str, body: Any, uploads: Uploads) -> dict[str, Any]:
        """Take the first answer."""
        found = self._world.interactions.get(token)
        if found is None or found.id != interaction_id:
            raise Refusal(10062)
        if found.callback is not None:
            raise Refusal(40060)
        if found.sent_at is None or self._world.clock() - found.sent_at > FIRST_ANSWER:
            raise Refusal(10062)
        form = Form(body)
        if form.is_object():
            form.knows("type data")
            form.one_of("type", _answers_to(found))
        form.settle()
        kind, data = body["type"], Form(body.get("data") or {}, form.errors, ("data",))
        shown = self._take(found, kind, data, uploads)
        found.callback, found.answered_at = kind, self._world.clock()
        self._world.bell.ring()
        return _told(found, kind, shown)

    def _take(self, found: Interaction, kind: int, data: Form, uploads: Uploads) -> Message | None:
        if kind == kinds.SAYS:
            check_message(data, uploads, ANSWER, ANSWER_FLAGS)
            found.original = self._says(found, data.body, uploads)
        elif kind == kinds.DEFERS:
            data.knows("flags")
            data.one_of("flags", (0, EPHEMERAL), required=False)
            data.settle()
            found.original = self._new_message(found, (data["flags"].body or 0) | LOADING)
            self._world.post(found.original)
        elif kind == kinds.DEFERS_UPDATE:
            data.knows("")
            data.settle()
            found.original = found.message
        elif kind == kinds.UPDATES:
            assert found.message is not None
            self._edits(found.message, data, uploads, EDIT)
            found.original = found.message
        elif kind == kinds.OFFERS:
            data.knows("choices")
            check_choices(data, _focused_kind(found))
            data.settle()
            found.choices = [(choice["name"], choice["value"]) for choice in data.body.get("choices") or ()]
        else:
            check_modal(data)
            data.settle()
            modal = data.body
            number(modal["components"])
            found.modal = Modal(
                modal["title"],
                modal["custom_id"],
                modal["components"],
                found.person,
                found.channel,
                found.owners,
                found.message,
            )
        if found.original is not None:
            found.original_revision = found.original.revision
            found.is_private = found.original.is_ephemeral
        return found.original if kind in (kinds.SAYS, kinds.UPDATES) else None

    def follow_up(self, token: str, body: Any, uploads: Uploads) -> Message:
        """Take a follow-up; the first one after a deferred answer takes its place."""
        found = self._alive(token)
        form = Form(body)
        check_message(form, uploads, ANSWER, ANSWER_FLAGS)
        if found.original is not None and found.original.is_loading and not found.original.is_deleted:
            kept = {**body, "flags": (body.get("flags") or 0) & ~EPHEMERAL | found.original.flags & EPHEMERAL}
            apply(self._world, found.original, kept, uploads)
            self._world.touch(found.original)
            return found.original
        if not found.has_bot and len(found.follow_ups) >= FOREIGN_FOLLOW_UPS:
            raise Refusal(40094)
        message = self._says(found, body, uploads)
        found.follow_ups.append(message)
        self._world.bell.ring()
        return message

    def fetch(self, token: str, message_id: str) -> Message:
        """Return an answer that was given."""
        found = self._alive(token)
        for message in found.messages:
            is_meant = message.id == message_id or (message_id == "@original" and message is found.original)
            if is_meant and not message.is_deleted:
                return message
        raise Refusal(10008)

    def edit(self, token: str, message_id: str, body: Any, uploads: Uploads) -> Message:
        """Edit an answer that was given."""
        message = self.fetch(token, message_id)
        self._edits(message, Form(body), uploads, EDIT)
        return message

    def delete(self, token: str, message_id: str) -> None:
        """Delete an answer that was given."""
        self._world.remove(self.fetch(token, message_id))

    def _alive(self, token: str) -> Interaction:
        found = self._world.interactions.get(token)
        if found is None or found.callback in (None, kinds.OFFERS):
            raise Refusal(10015)
        assert found.sent_at is not None
        if self._world.clock() - found.sent_at > TOKEN_LIVES:
            raise Refusal(50027)
        return found

    def _edits(self, message: Message, form: Form, uploads: Uploads, fields: str) -> None:
        check_message(form, uploads, fields, EDIT_FLAGS, edited=message)
        apply(self._world, message, form.body, uploads)
        self._world.touch(message)

    def _says(self, found: Interaction, body: dict[str, Any], uploads: Uploads) -> Message:
        message = self._new_message(found, body.get("flags") or 0)
        apply(self._world, message, {**body, "flags": message.flags}, uploads)
        self._world.post(message)
        return message

    def _new_message(self, found: Interaction, flags: int) -> Message:
        metadata = {
            "id": found.id,
            "type": found.kind,
            "user": payloads.user(found.person),
            "authorizing_integration_owners": found.owners,
        }
        flags |= EPHEMERAL if found.forces_private else 0
        viewer = found.person if flags & EPHEMERAL else None
        return Message(
            self._world.new_id(),
            found.channel,
            self._world.bot,
            self._world.clock(),
            flags=flags,
            viewer=viewer,
            metadata=metadata,
        )


def _answers_to(found: Interaction) -> tuple[int, ...]:
    if found.kind == kinds.AUTOCOMPLETE:
        return (kinds.OFFERS,)
    answers = [kinds.SAYS, kinds.DEFERS]
    if found.message is not None:
        answers += [kinds.DEFERS_UPDATE, kinds.UPDATES]
    if found.kind != kinds.MODAL_SUBMIT:
        answers.append(kinds.OPENS_MODAL)
    return tuple(answers)


def _focused_kind(found: Interaction) -> int:
    options = found.payload["data"].get("options", [])
    while options:
        for option in options:
            if option.get("focused"):
                return int(option["type"])
        options = options[0].get("options", [])
    return STRING


def _told(found: Interaction, kind: int, shown: Message | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": found.id, "type": found.kind}
    resource: dict[str, Any] = {"type": kind}
    if found.original is not None:
        told |= {
            "response_message_id": found.original.id,
            "response_message_loading": found.original.is_loading,
            "response_message_ephemeral": found.original.is_ephemeral,
        }
    if shown is not None:
        resource["message"] = payloads.message(shown)
    return {"interaction": told, "resource": resource}
