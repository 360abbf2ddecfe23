"""Data collection: what callers said about themselves, and whether they want no more calls."""

from __future__ import annotations

import re

from bot.sandbox.reading import Json
from bot.sandbox.records import Conversation
from bot.sandbox.words import sentences, shorten

LASTING = re.compile(
    r"\b(?:I(?:'|’)?(?:ve| have)(?: got)? (?!to\b|been\b)|"
    r"I (?:really )?(?:live|work|study|teach|play|collect|love|like|enjoy|hate|prefer|own|keep|speak|grew up|"
    r"was born|come from|moved)\b|my name is\b|call me (?!back|later|again)|"
    r"I(?:'m|’m| am) (?:an?|the|from|allergic|married|vegan|vegetarian|afraid|called|\d+)\b|"
    r"my [\w-]+(?: [\w-]+)? (?:is|are|has|have|was|lives?|works?|loves?|likes?|hates?)\b)",
    re.IGNORECASE,
)
NO_MORE_CALLS = re.compile(
    r"\b(?:stop (?:calling|ringing|phoning)|(?:do not|don(?:'|’)?t|never)(?: ever)? (?:call|ring|phone)\b|"
    r"no more calls|take me off (?:your|the) list)",
    re.IGNORECASE,
)
FACT_CHARS = 200


def collect(conversation: Conversation, wanted: Json, *, found_nothing: bool = False) -> Json:
    """`data_collection_results` for the fields that the agent has; what was not talked about is null.

    Only `new_facts` and `do_not_call` are understood: there is no model that could read the descriptions.
    """
    said = [] if found_nothing else [turn.message for turn in conversation.spoken if turn.role == "user"]
    values: dict[str, str | bool | None] = {"new_facts": _facts(said), "do_not_call": _no_more_calls(said)}
    return {
        name: {
            "data_collection_id": name,
            "name": None,
            "value": values.get(name),
            "json_schema": {
                "type": schema.get("type", "string"),
                "description": schema.get("description", ""),
            },
            "rationale": "It was said so." if values.get(name) is not None else "It was not talked about.",
        }
        for name, schema in wanted.items()
        if isinstance(schema, dict)
    }


def _facts(said: list[str]) -> str | None:
    told = [
        shorten(line, FACT_CHARS).rstrip(".!…").replace(";", ",")
        for text in said
        for line in sentences(text)
        if LASTING.search(line) and not line.endswith("?") and not NO_MORE_CALLS.search(line)
    ]
    return "; ".join(dict.fromkeys(told)) or None


def _no_more_calls(said: list[str]) -> bool | None:
    return True if any(NO_MORE_CALLS.search(text) for text in said) else None
