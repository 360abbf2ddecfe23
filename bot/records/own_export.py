"""Our own export, read back: profile, facts and conversations, each for the character that it was with.

What it tells of calls is counted and left out; accounts, answers, telephones, settings and what was used are
for reading alone, since each says something that only its member can say to us, or that we count ourselves.
Whatever brought a fact first, it is brought by a file now.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.domain.call import Reach
from bot.domain.export import MARK
from bot.domain.fact import FACT_CHARS, Fact, FactId
from bot.domain.variables import make_harmless
from bot.records import reasons
from bot.records.cleaning import clean_line
from bot.records.dates import read_date
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import Words

NAME = "Troupe export"


def recognise(value: Any) -> bool:
    """Whether this is an export of ours."""
    return isinstance(value, dict) and MARK in value


def read(value: Any, gathering: Gathering) -> None:
    """Take over what can be kept again; parts of one conversation become one again."""
    profile = value.get("profile")
    if isinstance(profile, dict):
        gathering.add_profile(dict(profile))
    facts = [_fact(entry) for entry in _list(value, "facts")]
    ids = {fact.id for fact in facts if fact is not None and fact.id}
    for fact in facts:
        # What a newer one replaced is not told as if it stood, so it is nothing without that.
        if fact is None or (fact.replaced_by and fact.replaced_by not in ids):
            gathering.note(reasons.NO_FACT)
        else:
            gathering.facts.append(fact)
    drafts: dict[str, Draft] = {}
    for entry in _list(value, "conversations"):
        if not isinstance(entry, dict) or not isinstance(entry.get("turns"), LISTS):
            gathering.leave(reasons.UNREADABLE)
            continue
        known = drafts.get(key) if isinstance(key := entry.get("id"), str) else None
        draft = known or gathering.begin(
            title=entry.get("title"),
            summary=entry.get("summary"),
            conversation_id=key,
            started_at=entry.get("started_at"),
            duration_seconds=entry.get("duration_seconds"),
            character=entry.get("character"),
            reach=entry.get("reach"),
        )
        if isinstance(key, str):
            drafts[key] = draft
        for turn in entry["turns"]:
            _read_turn(turn, gathering, draft)
    gathering.note(reasons.CALL_RECORD, sum(1 for _ in _list(value, "calls")))


def _read_turn(turn: Any, gathering: Gathering, draft: Draft) -> None:
    role = turn.get("role") if isinstance(turn, dict) else None
    if role not in ("user", "agent") or not isinstance(turn.get("text"), str):
        gathering.leave(reasons.UNREADABLE, draft)
        return
    gathering.add(draft, role, "", Words(turn["text"]), seconds=turn.get("seconds"))


def _fact(entry: Any) -> Fact | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
        return None
    text = " ".join(clean_line(make_harmless(entry["text"]), "a fact").text.split())
    slug, added_at = entry.get("character"), read_date(entry.get("added_at"))
    if not text or len(text) > FACT_CHARS or not isinstance(slug, str) or added_at is None:
        return None
    reach: Reach = "shared" if entry.get("reach") == "shared" else "own"
    fact_id, replaced_by = entry.get("id"), entry.get("replaced_by")
    return Fact(
        FactId(fact_id if isinstance(fact_id, str) else ""),
        slug,
        reach,
        text,
        added_at,
        source="import",
        is_pinned=entry.get("pinned") is True,
        is_for_everyone=entry.get("for_everyone") is True,
        is_corrected=entry.get("corrected") is True,
        replaced_by=replaced_by if isinstance(replaced_by, str) else "",
    )


def _list(value: Mapping[str, Any], key: str) -> Iterable[Any]:
    found = value.get(key)
    return found if isinstance(found, LISTS) else ()
