"""Bringing many people's records for an operator, and what ElevenLabs has of somebody from before."""

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from bot.calls.importing import (
    Preview,
    look_at_import,
    preview_import,
    preview_transcripts,
    save_import,
)
from bot.calls.installation import Installation, find_account, find_person
from bot.domain.caller import Account, Caller
from bot.domain.errors import CallerError, ProviderError
from bot.domain.reply import Attached
from bot.records.cleaning import clean_profile
from bot.records.many import Bad, Entry
from bot.records.reasons import NO_WORDS, as_many

_FIRST = datetime(2020, 1, 1, tzinfo=UTC)
"""Before ElevenLabs had agents."""


@dataclass
class Loss:
    """What came of one person's records: what was kept, what was there, and what was left out and why."""

    new: int = 0
    known: int = 0
    grown: int = 0
    new_lines: int = 0
    lines: int = 0
    facts: int = 0
    profile_fields: int = 0
    dropped: Counter[str] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """Return it for a program."""
        return {
            "new": self.new,
            "known": self.known,
            "grown": self.grown,
            "new_lines": self.new_lines,
            "lines": self.lines,
            "facts": self.facts,
            "profile_fields": self.profile_fields,
            "left_out": dict(self.dropped),
        }


async def bring(house: Installation, entry: Entry, *, is_dry: bool) -> tuple[Account, Loss]:
    """Bring one record; ``is_dry`` saves nothing. Raises CallerError."""
    account = await find_account(house, entry.owner.account)
    caller = Caller(account, entry.owner.name)
    profile, _ = clean_profile(entry.profile)
    if entry.conversation is None:
        preview = preview_transcripts(house, (), entry.owner.character, profile)
    elif isinstance(entry.conversation, bytes):
        attached = Attached("the conversation", entry.conversation)
        preview = await preview_import(house, caller, attached, entry.owner.character, profile)
    else:
        preview = await preview_import(house, caller, entry.conversation, entry.owner.character, profile)
    return account, await _kept(house, caller, preview, is_dry=is_dry)


async def bring_from_elevenlabs(
    house: Installation, account: Account, user_id: str, character: str, *, is_dry: bool
) -> AsyncIterator[Loss | Bad]:
    """Bring what ElevenLabs has under a user id, the oldest first; what a call here had is known.

    Raises ProviderError when they cannot be asked at all.
    """
    caller = Caller(account, "")
    listed = await house.agents.list_conversations(user_id=user_id, started_after=_FIRST)
    for one in reversed(listed):
        where = one.conversation_id
        if not one.is_final:
            yield Bad(where, "is not over yet: bring it later.")
            continue
        if await house.store.fetch_binding(where):
            yield Loss(known=1)
            continue
        try:
            found = await house.agents.fetch_conversation(where)
        except ProviderError as error:
            yield Bad(where, f"could not be had: {error}")
            continue
        if not found.transcript.turns:
            yield Loss(dropped=Counter({NO_WORDS.many: 1}))
            continue
        preview = preview_transcripts(house, (found.transcript,), character)
        yield await _kept(house, caller, preview, is_dry=is_dry)


async def set_profile(house: Installation, account: Account, fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """Set profile fields of a person, None for none; return what they have then. Raises CallerError."""
    person = await find_person(house, Caller(account, ""))
    given, too_large = clean_profile({name: value for name, value in fields.items() if value is not None})
    if too_large:
        raise CallerError("A number among them is too large: write it in quotation marks.")
    gone = [name for name, value in fields.items() if value is None]
    await house.store.store_import(person.id, "", "own", [], "", given, house.now())
    await house.store.erase_fields(person.id, gone, house.now())
    return await house.store.fetch_profile(person.id)


async def _kept(house: Installation, caller: Caller, preview: Preview, *, is_dry: bool) -> Loss:
    record = preview.record
    loss = Loss(
        lines=record.turn_count,
        profile_fields=len(record.profile),
        dropped=Counter({as_many(one.what): one.count for one in record.dropped}),
    )
    if is_dry:
        kept, facts = await look_at_import(house, caller, preview), len(record.facts)
    else:
        done = await save_import(house, caller, preview)
        kept, facts = done.kept, done.facts
    return replace(
        loss,
        new=kept.new,
        known=len(record.transcripts) - kept.new - len(kept.grown),
        grown=len(kept.grown),
        new_lines=kept.added_lines,
        facts=facts,
    )
