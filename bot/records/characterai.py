"""Character.AI chats, as their pages load them and as browser extensions save them.

Newer ones are ``turns``, each with ``candidates`` of which one counts; older ones ``histories`` of ``msgs``.
Turns come newest first; their dates tell the order. Whoever is human owns the file.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import Words

NAME = "Character.AI chat"


def recognise(value: Any) -> bool:
    """Whether this is a turn, a chat of turns, or a dump of histories."""
    if not isinstance(value, dict):
        return False
    if _is_turn(value) or _is_history(value):
        return True
    return any(_is_turn(turn) for turn in _list(value, "turns")) or bool(_histories(value))


def read(value: Any, gathering: Gathering) -> None:
    """Take over a chat, or the next turn of the running one."""
    if _is_turn(value):
        _read_turn(value, gathering, gathering.running(by_date=True))
        return
    if histories := _histories(value) or ([value] if _is_history(value) else []):
        info = _object(value.get("info") or value.get("character"))
        for history in histories:
            _read_history(history, gathering, info.get("name") or value.get("charname"))
        return
    draft = gathering.begin(
        title=value.get("character_name") or value.get("name") or value.get("title"),
        conversation_id=value.get("chat_id") or value.get("id"),
        by_date=True,
    )
    for turn in _list(value, "turns"):
        if _is_turn(turn):
            _read_turn(turn, gathering, draft)
        else:
            gathering.leave(reasons.UNREADABLE, draft)


def _is_turn(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("candidates"), list)
        and isinstance(value.get("author"), dict)
    )


def _is_history(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("msgs"), LISTS)


def _histories(value: Mapping[str, Any]) -> list[Any]:
    found = value.get("histories")
    if isinstance(found, dict):
        found = found.get("histories")
    return [one for one in found if _is_history(one)] if isinstance(found, LISTS) else []


def _read_turn(turn: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    candidates = [one for one in turn["candidates"] if isinstance(one, dict)]
    chosen = next(
        (one for one in candidates if one.get("candidate_id") == turn.get("primary_candidate_id")),
        candidates[0] if candidates else {},
    )
    for _ in candidates[1:]:
        gathering.leave(reasons.OTHER_BRANCH)
    pictures = int(bool(chosen.get("tti_image_rel_path")))
    _add(turn["author"], chosen.get("raw_content"), pictures, turn.get("create_time"), gathering, draft)


def _read_history(history: Mapping[str, Any], gathering: Gathering, name: Any) -> None:
    draft = gathering.begin(
        title=name,
        conversation_id=history.get("external_id"),
        started_at=history.get("created"),
        by_date=True,
    )
    for message in _list(history, "msgs"):
        if not isinstance(message, dict):
            gathering.leave(reasons.UNREADABLE, draft)
        elif message.get("is_alternative"):
            gathering.leave(reasons.OTHER_BRANCH, draft)
        else:
            source = _object(message.get("src")) or message
            pictures = int(bool(message.get("image_rel_path")))
            _add(source, message.get("text"), pictures, message.get("created"), gathering, draft)


def _add(
    author: Mapping[str, Any], text: Any, pictures: int, date: Any, gathering: Gathering, draft: Draft
) -> None:
    name = author.get("name")
    name = name.strip()[:80] if isinstance(name, str) else ""
    is_human = author.get("is_human") is True
    if is_human:
        gathering.speakers.name_owner(name)
    words = Words(text if isinstance(text, str) else "", pictures)
    gathering.add(draft, "user" if is_human else "agent", "" if is_human else name, words, date=date)


def _list(value: Mapping[str, Any], key: str) -> Iterable[Any]:
    found = value.get(key)
    return found if isinstance(found, LISTS) else ()


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
