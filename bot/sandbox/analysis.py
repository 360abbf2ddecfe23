"""What is made of a finished conversation: title, summary and verdict, by plain extraction."""

from __future__ import annotations

import re

from bot.sandbox.reading import Json
from bot.sandbox.records import Conversation
from bot.sandbox.talker import BYE, HELLO, THANKS
from bot.sandbox.words import sentences, shorten, telling_words

SUMMARY_CHARS = 600
MOST_ASKED = 2
MORE = "; and more."
GREETING = re.compile(rf"{HELLO.pattern}( there| again)?\b[\s,.!:–-]*", re.IGNORECASE)


def build_analysis(conversation: Conversation, collected: Json) -> Json:
    """The `analysis` of a conversation detail (ElevenLabs: Conversations, success and summary).

    `collected` is what data collection found.
    """
    variables = conversation.client_data.get("dynamic_variables") or {}
    caller = str(variables.get("user_name") or "The caller")
    character = str(variables.get("character_name") or "the character")
    said = [turn.message for turn in conversation.spoken if turn.role == "user"]
    lines = [_without_hello(line) for text in said for line in sentences(text)]
    telling = [line for line in lines if _tells(line)]
    asked = [line for line in lines if line.endswith("?") and telling_words(line)]
    return {
        "transcript_summary": _summary(caller, character, said, telling, asked),
        "call_summary_title": _title(caller, telling),
        "call_successful": "success" if said else "unknown",
        "call_success_score": None,
        "evaluation_criteria_results": {},
        "evaluation_criteria_results_list": [],
        "data_collection_results": collected,
        "data_collection_results_list": list(collected.values()),
        "scoped": [],
    }


def _tells(line: str) -> bool:
    small_talk = BYE.search(line) or THANKS.search(line)
    return bool(telling_words(line)) and not line.endswith("?") and not small_talk


def _without_hello(line: str) -> str:
    """The line without the greeting that it begins with, which nobody needs to remember."""
    rest = GREETING.sub("", line)
    return rest[:1].upper() + rest[1:]


def _summary(caller: str, character: str, said: list[str], telling: list[str], asked: list[str]) -> str:
    if not said:
        return f"{caller} said nothing."
    told = _listed(f"{caller} told {character}: ", telling) if telling else ""
    if told.endswith(MORE):
        return told
    wanted = _listed(f"{caller} asked: ", asked[:MOST_ASKED]) if asked else ""
    return f"{told} {wanted}".strip() or f"{caller} and {character} exchanged a few words."


def _listed(opening: str, lines: list[str]) -> str:
    summary = opening
    for place, line in enumerate(lines):
        piece = shorten(line, 200).rstrip(".")
        if place and len(summary) + len(piece) > SUMMARY_CHARS:
            return f"{summary}{MORE}"
        summary += piece if not place else f"; {piece}"
    return summary if summary.endswith(("!", "?", "…")) else f"{summary}."


def _title(caller: str, telling: list[str]) -> str:
    if not telling:
        return f"A short chat with {caller}" if caller != "The caller" else "A short chat"
    title = shorten(telling[0], 48).rstrip(".,;:!")
    return title[:1].upper() + title[1:]
