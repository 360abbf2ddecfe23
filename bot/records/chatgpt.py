"""ChatGPT data export (``conversations.json``): a tree of messages per conversation, one branch is current.

Read from ``current_node`` up through ``parent``. Left out: other branches, what ChatGPT hides itself,
reasoning, and messages to or from tools. Spoken conversations have their words in ``audio_transcription``
parts.
"""

from collections.abc import Mapping
from typing import Any

from bot.records import reasons
from bot.records.dates import read_date
from bot.records.gathering import Gathering
from bot.records.lines import Draft
from bot.records.reasons import Reason
from bot.records.texts import words_of
from bot.records.who import who_says

NAME = "ChatGPT export"
_SPOKEN_TYPES = ("text", "multimodal_text")


def recognise(value: Any) -> bool:
    """Whether this is one conversation of an export."""
    return isinstance(value, dict) and isinstance(value.get("mapping"), dict)


def read(value: Any, gathering: Gathering) -> None:
    """Take over the current branch of a conversation."""
    nodes = value["mapping"]
    draft = gathering.begin(
        title=value.get("title"),
        conversation_id=value.get("conversation_id") or value.get("id"),
        started_at=value.get("create_time"),
    )
    branch = _branch(nodes, _leaf(value))
    for node_id in branch:
        if isinstance(message := _object(nodes[node_id]).get("message"), dict):
            _read_message(message, gathering, draft)
    for node_id in nodes.keys() - set(branch):
        if isinstance(_object(nodes[node_id]).get("message"), dict):
            gathering.leave(reasons.OTHER_BRANCH)


def _leaf(conversation: Mapping[str, Any]) -> Any:
    """The current node; where the export names none, the newest of those that nothing follows."""
    nodes = conversation["mapping"]
    current = conversation.get("current_node")
    if isinstance(current, str) and current in nodes:
        return current
    parents = {parent for node in nodes.values() if isinstance(parent := _object(node).get("parent"), str)}
    leaves = [node_id for node_id in nodes if node_id not in parents]
    return max(leaves, key=lambda node_id: _written_at(nodes[node_id]), default=None)


def _written_at(node: Any) -> float:
    when = read_date(_object(_object(node).get("message")).get("create_time"))
    return when.timestamp() if when else 0.0


def _branch(nodes: Mapping[str, Any], leaf: Any) -> list[str]:
    """Node ids from root to leaf; a damaged export may lead in circles or nowhere."""
    branch: dict[str, None] = {}
    while isinstance(leaf, str) and leaf in nodes and leaf not in branch:
        branch[leaf] = None
        leaf = _object(nodes[leaf]).get("parent")
    return list(reversed(branch))


def _read_message(message: Mapping[str, Any], gathering: Gathering, draft: Draft) -> None:
    author = _object(message.get("author"))
    side, name = who_says(author)
    if side in {"user", "agent"} and (reason := _unspoken(message)):
        gathering.leave(reason, draft)
        return
    name = name if side != "agent" else ""
    gathering.add(draft, side, name, words_of(message), date=message.get("create_time"))


def _unspoken(message: Mapping[str, Any]) -> Reason | None:
    if message.get("recipient") not in (None, "all"):
        return reasons.TOOL
    is_hidden = (
        _object(message.get("metadata")).get("is_visually_hidden_from_conversation")
        or message.get("weight") == 0
    )
    content_type = _object(message.get("content")).get("content_type", "text")
    return reasons.HIDDEN if is_hidden or content_type not in _SPOKEN_TYPES else None


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
