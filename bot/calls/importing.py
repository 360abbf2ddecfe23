"""Bringing a conversation that a person already has: shown first, saved when they say so."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.calls.installation import Installation, find_person
from bot.domain.caller import Caller
from bot.domain.conversation import ImportedRecord
from bot.domain.errors import ImportRejected
from bot.domain.persona import Persona
from bot.domain.reply import Attached
from bot.records import describe_record, read_record, read_record_bytes


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood of a file, in sentences, and for whom it would be kept (None: every character)."""

    record: ImportedRecord
    persona: Persona | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import added: new conversations, the ones that were there already, for whom.

    Kept is told to nobody while its owner does not want to be remembered.
    """

    persona: Persona | None
    new: int
    known: int
    profile_fields: int
    is_told_to_nobody: bool


async def preview_import(
    house: Installation, caller: Caller, file: Path | Attached, character: str = ""
) -> Preview:
    """Read a file without saving anything. Raises ImportRejected, UnknownPersona."""
    persona = house.cast.get(character) if character else None
    if persona is not None and persona.memory == "none":
        raise ImportRejected(f"{persona.name} keeps nothing in memory; choose another character.")
    name = caller.name or None
    if isinstance(file, Attached):
        record = await asyncio.to_thread(read_record_bytes, file.data, file.name, name)
    else:
        record = await asyncio.to_thread(read_record, file, name)
    return Preview(record, persona, describe_record(record))


async def save_import(house: Installation, caller: Caller, preview: Preview) -> Imported:
    """Keep a previewed record; the same file for the same character is kept once. Raises NotStored."""
    record, persona = preview.record, preview.persona
    person = await find_person(house, caller)
    new = await house.store.store_import(
        person.id,
        persona.slug if persona else "",
        persona.memory if persona else "shared",
        [(house.new_id(), transcript) for transcript in record.transcripts],
        record.sha256,
        record.profile,
        house.now(),
    )
    return Imported(persona, new, len(record.transcripts) - new, len(record.profile), person.declined)
