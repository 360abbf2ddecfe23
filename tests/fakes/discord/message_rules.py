"""What Discord lets be sent or edited as a message, and what becomes of it."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.discord.component_rules import check_components
from tests.fakes.discord.embed_rules import check_embeds, check_mentions
from tests.fakes.discord.refusals import Form, Refusal
from tests.fakes.discord.shown import number
from tests.fakes.discord.state import EPHEMERAL, LOADING, SUPPRESS_EMBEDS, V2, Message
from tests.fakes.discord.world import World

SILENT = 1 << 12
EDIT = "content embeds flags allowed_mentions components attachments tts"
ANSWER = "tts content embeds allowed_mentions flags components attachments"
CREATE = f"{ANSWER} nonce enforce_nonce message_reference sticker_ids"
CREATE_FLAGS = SUPPRESS_EMBEDS | SILENT | V2
ANSWER_FLAGS = CREATE_FLAGS | EPHEMERAL
EDIT_FLAGS = SUPPRESS_EMBEDS | V2 | EPHEMERAL
MOST_FILES, FILE_BYTES, REQUEST_BYTES = 10, 10 * 1024 * 1024, 25 * 1024 * 1024


@dataclass(frozen=True)
class Upload:
    """A file in a multipart body."""

    filename: str
    data: bytes
    content_type: str


Uploads = dict[int, Upload]


def check_message(
    form: Form, uploads: Uploads, fields: str, flags: int, edited: Message | None = None
) -> None:
    """Refuse a message that Discord would refuse."""
    if not form.is_object():
        form.settle()
    form.knows(fields)
    form.text("content", 2000)
    form.flag("tts")
    bits = form["flags"].body or 0
    if not isinstance(bits, int) or bits & ~flags:
        form["flags"].refuse("BASE_TYPE_CHOICES", f"Only the flags {flags} may be set here.")
        bits = 0
    if edited and "flags" in form and (bits ^ edited.flags) & EPHEMERAL:
        form["flags"].refuse(
            "MESSAGE_FLAGS_EPHEMERAL_FIXED", "Whether a message is ephemeral cannot be edited."
        )
    attached = _check_files(form, uploads, edited)
    old_v2 = bool(edited and edited.flags & V2)
    v2 = bool(bits & V2) or old_v2
    if v2 and (form["content"].body or form["embeds"].body):
        form.refuse(
            "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "content and embeds exclude V2 components"
        )
    if old_v2 and "flags" in form and not bits & V2:
        form["flags"].refuse("MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "IS_COMPONENTS_V2 cannot be removed")
    check_embeds(form, attached)
    check_components(form, attached, v2=v2)
    check_mentions(form)
    form.settle()
    if _is_empty(form.body, attached, edited):
        raise Refusal(50006)


def check_nonce(form: Form) -> None:
    """Check the nonce of a message."""
    nonce = form["nonce"].body
    if nonce is not None and (not isinstance(nonce, int | str) or len(str(nonce)) > 25):
        form["nonce"].refuse("BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    form.flag("enforce_nonce")


def _check_files(form: Form, uploads: Uploads, edited: Message | None) -> list[str]:
    """Check the files and return the names of all that will hang on the message."""
    if any(len(upload.data) > FILE_BYTES for upload in uploads.values()):
        raise Refusal(40005)
    if sum(len(upload.data) for upload in uploads.values()) > REQUEST_BYTES:
        raise Refusal(40005)
    old = {file.id: file.filename for file in edited.attachments} if edited else {}
    if "attachments" not in form:
        names = [*old.values(), *(upload.filename for upload in uploads.values())]
    else:
        names, told = [], set()
        for part in form.parts("attachments", MOST_FILES):
            part.text("filename", 260)
            part.text("description", 1024)
            file_id = str(part["id"].body)
            if file_id in old:
                names.append(old[file_id])
            elif file_id.isdigit() and int(file_id) in uploads:
                names.append(part["filename"].body or uploads[int(file_id)].filename)
                told.add(int(file_id))
            else:
                part["id"].refuse("ATTACHMENT_NOT_FOUND", f"There is no file {file_id}.")
        names += [upload.filename for index, upload in uploads.items() if index not in told]
    if len(names) > MOST_FILES:
        form["attachments"].refuse("BASE_TYPE_BAD_LENGTH", f"Must be {MOST_FILES} or fewer in length.")
    return names


def _is_empty(body: dict[str, Any], attached: list[str], edited: Message | None) -> bool:
    content = body.get("content", edited.content if edited else "") or ""
    embeds = body.get("embeds", edited.embeds if edited else [])
    components = body.get("components", edited.components if edited else [])
    return not (content.strip() or embeds or components or attached or body.get("sticker_ids"))


def apply(world: World, message: Message, body: dict[str, Any], uploads: Uploads) -> None:
    """Let a checked body become what the message is."""
    if "content" in body:
        message.content = (body["content"] or "").strip()
    if "embeds" in body:
        message.embeds = body["embeds"] or []
    if "components" in body:
        message.components = body["components"] or []
        number(message.components)
    if "flags" in body and body["flags"] is not None:
        message.flags = message.flags & ~SUPPRESS_EMBEDS | body["flags"]
    message.flags &= ~LOADING
    told = {str(part["id"]): part for part in body.get("attachments") or ()}
    if "attachments" in body:
        message.attachments = [file for file in message.attachments if file.id in told]
    for index, upload in uploads.items():
        part = told.get(str(index), {})
        message.attachments.append(
            world.keep_file(
                part.get("filename") or upload.filename,
                upload.data,
                upload.content_type,
                description=part.get("description"),
                ephemeral=message.is_ephemeral,
            )
        )
