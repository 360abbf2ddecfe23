"""Bringing a conversation that a person already has: shown first, saved when they say so, taken back."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.calls.installation import Installation, find_person
from bot.domain.call import Reach
from bot.domain.caller import Caller
from bot.domain.conversation import Dropped, ImportedRecord, Picked, Transcript
from bot.domain.errors import ImportRejected
from bot.domain.extract import summarised
from bot.domain.fact import Fact, FactId
from bot.domain.importing import NOTHING_KEPT, Kept, TakeBack, changed_fields
from bot.domain.persona import Persona
from bot.domain.record import Receipt
from bot.domain.reply import Attached
from bot.records import Opened, describe_record, keeps_nothing, open_record

_NARROW_TO_WIDE: tuple[Reach, ...] = ("none", "own", "shared")


@dataclass(frozen=True, slots=True)
class Look:
    """A file that was read, with what its member chose; ``picked`` is open where it has to be asked."""

    opened: Opened
    persona: Persona | None
    picked: Picked


@dataclass(frozen=True, slots=True)
class Preview:
    """What was understood of a file, in sentences, and for whom it would be kept (None: every character)."""

    record: ImportedRecord
    persona: Persona | None
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import added: new conversations, the ones that were there already, for whom; ``kept`` has more.

    Kept is told to nobody while its owner does not want to be remembered. ``take_back`` undoes it.
    """

    persona: Persona | None
    new: int
    known: int
    profile_fields: int
    is_told_to_nobody: bool
    take_back: TakeBack
    facts: int = 0
    kept: Kept = NOTHING_KEPT

    @property
    def grown(self) -> int:
        """How many conversations that were there got more lines."""
        return len(self.kept.grown)

    @property
    def new_lines(self) -> int:
        """How many lines they got."""
        return self.kept.added_lines


async def look_into(
    house: Installation,
    caller: Caller,
    file: Path | Attached,
    character: str = "",
    picked: Picked | None = None,
) -> Look:
    """Read a file without saving anything. Raises ImportRejected, UnknownPersona."""
    persona = _persona(house, character)
    source, name = (file.data, file.name) if isinstance(file, Attached) else (file, file.name)
    opened = await asyncio.to_thread(open_record, source, name)
    settled = opened.settle(picked or Picked(), _names(caller), _ai_names(house, persona))
    return Look(opened, persona, settled)


async def preview_import(
    house: Installation,
    caller: Caller,
    file: Path | Attached,
    character: str = "",
    profile: Mapping[str, Any] | None = None,
) -> Preview:
    """Read a file where nobody can be asked, without saving; ``profile`` came beside it.

    Raises ImportRejected, UnknownPersona.
    """
    look = await look_into(house, caller, file, character)
    if look.picked.me is None:
        raise look.opened.refuse_to_guess([caller.name] if caller.name else [])
    return await preview(house, look, profile)


def preview_transcripts(
    house: Installation,
    transcripts: tuple[Transcript, ...],
    character: str = "",
    profile: Mapping[str, Any] | None = None,
) -> Preview:
    """Return conversations that did not come in a file as something to be saved. Raises UnknownPersona."""
    record = ImportedRecord("", transcripts, "", profile=dict(profile or {}))
    return Preview(record, _persona(house, character), ())


async def preview(house: Installation, look: Look, profile: Mapping[str, Any] | None = None) -> Preview:
    """Return what would be saved of a file, everything chosen. Raises ImportRejected when that is nothing."""
    ai_names = _ai_names(house, look.persona)
    taken = await asyncio.to_thread(look.opened.take, look.picked, ai_names)
    taken = replace(taken, profile={**taken.profile, **(profile or {})})
    record = _without_forgetful(house, taken, look.persona)
    keeps_facts = any(_reach_at_most(house, one.slug, one.reach) != "none" for one in record.facts)
    if not (record.transcripts or record.profile or keeps_facts):
        raise _rejected(house, taken)
    return Preview(record, look.persona, describe_record(record))


async def save_import(house: Installation, caller: Caller, preview: Preview) -> Imported:
    """Keep a previewed record; what is there already is not kept twice. Raises NotStored.

    Each conversation is kept whole or not at all; what was saved before something went wrong stays, and
    saving again adds the rest.
    """
    record, persona = preview.record, preview.persona
    person = await find_person(house, caller)
    saved_at = house.now()
    fields = changed_fields(await house.store.fetch_profile(person.id), record.profile)
    await house.store.store_import(person.id, "", "own", [], record.sha256, record.profile, saved_at)
    done = Kept()
    for (slug, reach), transcripts in _by_character(house, record, persona).items():
        summed_up = await asyncio.to_thread(_with_summaries, house, transcripts)
        talks = [(house.new_id(), transcript) for transcript in summed_up]
        done += await house.store.store_import(person.id, slug, reach, talks, record.sha256, {}, saved_at)
    added = await house.store.bring_facts(person.id, _facts(house, record.facts))
    return Imported(
        persona,
        done.new,
        len(record.transcripts) - done.new - len(done.grown),
        len(record.profile),
        person.declined,
        TakeBack(saved_at, added, fields, done.grown),
        len(added),
        done,
    )


async def look_at_import(house: Installation, caller: Caller, preview: Preview) -> Kept:
    """Return what saving would do with a record's conversations, without saving anything."""
    record, person = preview.record, await house.store.find_person(caller.account)
    if person is None:
        return Kept(new=len(record.transcripts))
    kept = Kept()
    for (slug, reach), transcripts in _by_character(house, record, preview.persona).items():
        kept += await house.store.look_at_import(
            person.id, slug, reach, transcripts, record.sha256, house.now()
        )
    return kept


async def take_back(house: Installation, caller: Caller, done: TakeBack) -> Receipt:
    """Erase what one import added, and set the profile fields that it changed to what they were."""
    person = await find_person(house, caller)
    return await house.store.take_back_import(person.id, done, house.now())


def _persona(house: Installation, character: str) -> Persona | None:
    persona = house.cast.get(character) if character else None
    if persona is not None and persona.memory == "none":
        raise ImportRejected(f"{persona.name} keeps nothing in memory; choose another character.")
    return persona


def _rejected(house: Installation, record: ImportedRecord) -> ImportRejected:
    """Say of a file that its characters keep nothing, so that nothing of it can be kept."""
    slugs = {one.slug for one in record.transcripts} | {one.slug for one in record.facts}
    named = [one.name for one in house.cast.all() if one.slug in slugs]
    if len(named) == len(slugs) == 1:
        return ImportRejected(f"{named[0]} keeps nothing in memory; choose another character.")
    return ImportRejected("The characters of this file keep nothing in memory; choose another one.")


def _facts(house: Installation, facts: Sequence[Fact]) -> list[Fact]:
    """Return a file's facts with ids of ours, as far as their characters keep any; none is from tomorrow."""
    ids = {fact.id: FactId(house.new_id()) for fact in facts if fact.id}
    named = [
        replace(
            fact,
            id=ids.get(fact.id) or FactId(house.new_id()),
            reach=_reach_at_most(house, fact.slug, fact.reach),
            added_at=min(fact.added_at, house.now()),
            replaced_by=ids.get(FactId(fact.replaced_by), ""),
        )
        for fact in {fact.id or at: fact for at, fact in enumerate(facts)}.values()
    ]
    return [fact for fact in named if fact.reach != "none"]


def _names(caller: Caller) -> list[str]:
    """Return what the member may be called in a file: their name, and their platform's id."""
    is_platform = caller.account.platform in {"discord", "slack"}
    return [name for name in (caller.name, caller.account.id if is_platform else "") if name]


def _ai_names(house: Installation, persona: Persona | None) -> list[str]:
    """Return what the character may be called in a file."""
    personas: Collection[Persona] = [persona] if persona else house.cast.all()
    return [name for one in personas for name in (one.name, one.slug)]


def _by_character(
    house: Installation, record: ImportedRecord, persona: Persona | None
) -> Mapping[tuple[str, Reach], list[Transcript]]:
    """Return the conversations by the character that they are kept for, and how far they may be read.

    A character that was named gets all of them; a file of ours says of each with whom it was.
    """
    found: dict[tuple[str, Reach], list[Transcript]] = {}
    for transcript in record.transcripts:
        if persona is not None:
            key: tuple[str, Reach] = (persona.slug, persona.memory)
        elif transcript.slug:
            key = (transcript.slug, _reach_at_most(house, transcript.slug, transcript.reach))
        else:
            key = ("", "shared" if transcript.slug is None else transcript.reach)
        found.setdefault(key, []).append(transcript)
    return found


def _reach_at_most(house: Installation, slug: str, reach: Reach) -> Reach:
    """Return a reach that a file names, never wider than its character has it now."""
    persona = next((one for one in house.cast.all() if one.slug == slug), None)
    return min(reach, persona.memory, key=_NARROW_TO_WIDE.index) if persona else reach


def _without_forgetful(
    house: Installation, record: ImportedRecord, persona: Persona | None
) -> ImportedRecord:
    """Leave out conversations of characters that keep nothing, and count them."""
    if persona is not None:
        return record
    kept = [
        one
        for one in record.transcripts
        if not one.slug or _reach_at_most(house, one.slug, one.reach) != "none"
    ]
    left = len(record.transcripts) - len(kept)
    if not left:
        return record
    return replace(
        record, transcripts=tuple(kept), dropped=(*record.dropped, Dropped(left, keeps_nothing(left)))
    )


def _with_summaries(house: Installation, transcripts: Iterable[Transcript]) -> list[Transcript]:
    zone = house.terms.timezone
    dated = [(one, one.started_at.astimezone(zone) if one.started_at else None) for one in transcripts]
    return [summarised(transcript, at) for transcript, at in dated]
