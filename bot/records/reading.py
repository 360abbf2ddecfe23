"""From a file to what was understood of it: the one way in."""

import hashlib
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from bot.domain.conversation import ImportedRecord
from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless
from bot.records import chatgpt, elevenlabs, messages, own, reasons
from bot.records.gathering import Gathering
from bot.records.raw import MAX_BYTES, check_raw, check_size
from bot.records.stream import Part, read_parts

_MAX_NAME_CHARS = 90


class Format(Protocol):
    """What each format's module offers; ``read`` gets only values that it recognised."""

    NAME: str

    def recognise(self, value: Any) -> bool: ...
    def read(self, value: Any, gathering: Gathering) -> None: ...


FORMATS: tuple[Format, ...] = (own, elevenlabs, chatgpt, messages)
"""Asked in this order, the most particular first."""


def read_record(path: Path, member_name: str | None = None) -> ImportedRecord:
    """Read a file; raises ImportRejected, whose one sentence says what is wrong and what to do."""
    return read_record_bytes(_read_file(path), path.name, member_name)


def read_record_bytes(data: bytes, name: str = "", member_name: str | None = None) -> ImportedRecord:
    """Read a file's bytes; ``name`` is what the sentence of an ImportRejected calls it.

    ``member_name`` says which speaker is the member where a file has several.
    """
    try:
        check_raw(data)
        return _understand(read_parts(data), hashlib.sha256(data).hexdigest(), Gathering(member_name))
    except ImportRejected as reason:
        raise _rejected(name, reason) from None


def _understand(parts: Iterable[Part], sha256: str, gathering: Gathering) -> ImportedRecord:
    names: dict[str, None] = {}
    lines = entries = 0
    for part in parts:
        entries += 1
        lines += not part.inside
        gathering.place = part.document if part.inside else None
        form = next((form for form in FORMATS if form.recognise(part.value)), None)
        if form is None:
            gathering.leave(reasons.UNREADABLE)
        else:
            names[form.NAME] = None
            form.read(part.value, gathering)
    if entries and not names:
        raise ImportRejected(
            "is JSON, but not a conversation that we can read: we take ElevenLabs conversations, "
            "ChatGPT exports and lists of messages with role and content."
        )
    return gathering.finish(" and ".join(names) + (", JSON Lines" if lines > 1 else ""), sha256)


def _read_file(path: Path) -> bytes:
    try:
        _check_file(path.stat())
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except ImportRejected as reason:
        raise _rejected(str(path), reason) from None
    except FileNotFoundError:
        raise _rejected(str(path), "does not exist: check the path.") from None
    except PermissionError:
        raise _rejected(str(path), "may not be opened: change its permissions.") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL byte in it
        why = (error.strerror if isinstance(error, OSError) else "") or str(error)
        raise _rejected(str(path), f"cannot be opened ({why}): check the path.") from None


def _check_file(status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ImportRejected("is a directory: name the file inside.")
    if not stat.S_ISREG(status.st_mode):
        raise ImportRejected("is not an ordinary file: save the conversation in one.")
    check_size(status.st_size)


def _rejected(name: str, reason: object) -> ImportRejected:
    shown = " ".join(make_harmless(name).split())
    shown = shown if len(shown) <= _MAX_NAME_CHARS else "…" + shown[1 - _MAX_NAME_CHARS :]
    return ImportRejected(f"{shown or 'This file'} {reason}")
