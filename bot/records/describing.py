"""What a member is shown of their file before anything is saved."""

import json
from collections.abc import Iterator
from typing import Any

from bot.domain.context import day
from bot.domain.conversation import ImportedRecord
from bot.domain.variables import make_harmless
from bot.domain.words import plural

_MAX_FIELDS = 20
_MAX_VALUE_CHARS = 60


def describe_record(record: ImportedRecord) -> tuple[str, ...]:
    """Return plain sentences: format, how much there is, from when, the profile, what is left out and why."""
    return (
        f"Understood as: {record.format}.",
        *_conversations(record),
        *_speakers(record),
        *_facts(record),
        *_profile(record),
        *_dropped(record),
    )


def _conversations(record: ImportedRecord) -> Iterator[str]:
    if not record.transcripts:
        yield "No conversation, only a profile." if record.profile else "No conversation, only facts."
        return
    roles = [turn.role for transcript in record.transcripts for turn in transcript.turns]
    yours = roles.count("user")
    yield (
        f"{plural(len(record.transcripts), 'conversation')} with {plural(len(roles), 'line')}: "
        f"{yours:,} of yours, {len(roles) - yours:,} of the character's, "
        f"{plural(record.char_count, 'letter')} altogether."
    )
    dates = [transcript.started_at for transcript in record.transcripts if transcript.started_at]
    if not dates:
        yield "Without dates."
        return
    first, last = day(min(dates)), day(max(dates))
    undated = len(record.transcripts) - len(dates)
    without = f", {undated:,} without a date" if undated else ""
    yield (f"From {first}{without}." if first == last else f"From {first} to {last}{without}.")


def _speakers(record: ImportedRecord) -> Iterator[str]:
    if record.me:
        yield f"You are called “{record.me}” in it."
    if record.character:
        yield f"The character is called “{record.character}” in it."


def _facts(record: ImportedRecord) -> Iterator[str]:
    if record.facts:
        yield f"{plural(len(record.facts), 'thing')} that characters are to know."
        pinned = sum(fact.is_pinned for fact in record.facts)
        if pinned:
            yield f"Pinned: {plural(pinned, 'thing')}."
        spread = sum(fact.is_for_everyone for fact in record.facts)
        if spread:
            yield f"For every character: {plural(spread, 'thing')}."
        replaced = sum(bool(fact.replaced_by) for fact in record.facts)
        if replaced:
            yield f"Replaced by newer ones: {plural(replaced, 'thing')}."


def _profile(record: ImportedRecord) -> Iterator[str]:
    if record.profile:
        shown = [f"{make_harmless(key)} = {_value(value)}" for key, value in record.profile.items()]
        more = len(shown) - _MAX_FIELDS
        rest = f" and {more:,} more" if more > 0 else ""
        yield f"{plural(len(shown), 'profile field')}: {', '.join(shown[:_MAX_FIELDS])}{rest}."


def _dropped(record: ImportedRecord) -> Iterator[str]:
    for drop in record.dropped:
        yield f"Left out: {drop.count:,} {drop.what}."


def _value(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(make_harmless(text).split())
    return text if len(text) <= _MAX_VALUE_CHARS else text[: _MAX_VALUE_CHARS - 1] + "…"
