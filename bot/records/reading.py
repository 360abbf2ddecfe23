"""From a file to what was understood of it: the one way in."""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, Protocol

from bot.domain.conversation import ImportedRecord, Picked
from bot.domain.errors import ImportRejected
from bot.domain.variables import make_harmless
from bot.records import (
    characterai,
    chatgpt,
    discord_chat,
    elevenlabs,
    messages,
    own,
    own_export,
    reasons,
    sillytavern,
    slack_chat,
)
from bot.records.gathering import Gathering
from bot.records.opened import Opened
from bot.records.raw import MAX_BYTES, check_raw, check_size, unpack
from bot.records.stream import Part, read_parts

_MAX_NAME_CHARS = 90


class Format(Protocol):
    """What each format's module offers; ``read`` gets only values that it recognised."""

    NAME: str

    def recognise(self, value: Any) -> bool: ...
    def read(self, value: Any, gathering: Gathering) -> None: ...


FORMATS: tuple[Format, ...] = (
    own_export,
    discord_chat,
    slack_chat,
    sillytavern,
    characterai,
    own,
    elevenlabs,
    chatgpt,
    messages,
)
"""Asked in this order, the most particular first."""


def open_record(source: Path | bytes, name: str = "") -> Opened:
    """Read a file, or its bytes, for its member to choose from; raises ImportRejected.

    ``name`` is what the sentence of an ImportRejected calls it; its one sentence says what is wrong and what
    to do.
    """
    if isinstance(source, Path):
        name, source = source.name, _read_file(source)
    try:
        source = unpack(source)
        check_raw(source)
        opened = _understand(read_parts(source), hashlib.sha256(source).hexdigest(), Gathering())
    except ImportRejected as reason:
        raise _rejected(name, reason) from None
    opened.file_name, opened.rejected = name, _rejected
    return opened


def read_record(
    source: Path | bytes, name: str = "", member_names: Collection[str] = (), ai_names: Collection[str] = ()
) -> ImportedRecord:
    """Read a file, or its bytes, where nobody can be asked; raises ImportRejected.

    ``member_names`` say which speaker is the member where a file has several, ``ai_names`` which the
    character is; else all AIs are.
    """
    opened = open_record(source, name)
    picked = opened.settle(Picked(), member_names, ai_names)
    if picked.me is None:
        raise opened.refuse_to_guess(member_names)
    return opened.take(picked, ai_names)


def _understand(parts: Iterable[Part], sha256: str, gathering: Gathering) -> Opened:
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
            "is JSON, but not a conversation that we can read: we take exports of Troupe, ChatGPT, "
            "Character.AI, SillyTavern, Slack and Discord, ElevenLabs conversations, and lists of messages "
            "with role and content."
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
