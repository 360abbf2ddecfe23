"""Lists of messages: ``{role, content|message|text}`` in OpenAI's shape and its many relatives.

A message alone, a list of them, or a list under one of the usual names. OpenAI: "Chat completions, messages"
and "Responses, input items".
"""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.records import reasons
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.stream import LISTS
from bot.records.texts import TEXT_KEYS, words_of
from bot.records.who import has_role, who_says

NAME = "list of messages"
LIST_KEYS = ("messages", "conversation", "history", "chat_messages")
_TEXT_KEYS = frozenset(TEXT_KEYS)
_DATE_KEYS = ("timestamp", "time", "created_at", "date", "create_time")
_OWNER_KEYS = ("user_id", "user", "username", "user_name")


def recognise(value: Any) -> bool:
    """Whether this is a message, a list with a message in it, or a list under one of the usual names."""
    if isinstance(value, dict):
        return _is_message(value) or _list_in(value) is not None
    return isinstance(value, list) and any(_is_message(entry) for entry in value)


def read(value: Any, gathering: Gathering) -> None:
    """Take over a conversation, or the next message of the running one."""
    if isinstance(value, dict) and _is_message(value):
        _read_message(value, gathering, gathering.running())
    elif isinstance(value, dict):
        draft = gathering.begin(
            title=value.get("title") or value.get("name"),
            summary=value.get("summary"),
            conversation_id=value.get("id") or value.get("conversation_id") or value.get("uuid"),
            started_at=_first(value, ("started_at", *_DATE_KEYS)),
            speaker=_first(value, _OWNER_KEYS),
        )
        _read_list(_list_in(value) or [], gathering, draft)
    else:
        _read_list(value, gathering, gathering.begin())


def _first(value: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    """Whatever stands under the first of the names that has something."""
    return next((found for key in keys if (found := value.get(key)) is not None), None)


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and not _TEXT_KEYS.isdisjoint(value) and has_role(value)


def _list_in(value: Mapping[str, Any]) -> Iterable[Any] | None:
    found = (value.get(key) for key in LIST_KEYS)
    return next((entries for entries in found if isinstance(entries, LISTS)), None)


def _read_list(entries: Iterable[Any], gathering: Gathering, draft: Draft) -> None:
    for entry in entries:
        if _is_message(entry):
            _read_message(entry, gathering, draft)
        else:
            gathering.leave(reasons.UNREADABLE, draft)


def _read_message(message: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    side, name = who_says(message)
    gathering.add(draft, side, name, words_of(message), date=_first(message, _DATE_KEYS))
