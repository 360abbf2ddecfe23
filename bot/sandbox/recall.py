"""The recall tool that the agent has from the start (ElevenLabs: Server tools).

It asks nobody as long as its address is `OWN_URL`: the sandbox answers from what the conversation brought
along. With another address, set by a PATCH of the tool, it is asked there like any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from bot.sandbox.reading import Json

RECALL_TOOL_ID = "tool_sandbox_recall"
OWN_URL = "https://recall.sandbox.invalid/"
RECALL_TOOL: Json = {
    "type": "webhook",
    "name": "recall_memory",
    "description": "Look up what this person told before. Call it when they refer to an earlier talk.",
    "response_timeout_secs": 10,
    "api_schema": {
        "url": OWN_URL,
        "method": "POST",
        "request_body_schema": {
            "type": "object",
            "required": ["query", "conversation_id"],
            "properties": {
                "query": {"type": "string", "description": "What to look up, one short sentence."},
                "conversation_id": {"type": "string", "dynamic_variable": "system__conversation_id"},
            },
        },
    },
}


def own_answer(variables: Mapping[str, Any]) -> str:
    """What the tool says without an address: the `context` that was sent, or that there is nothing."""
    context = variables.get("context")
    return json.dumps({"text": context if isinstance(context, str) and context else "nothing yet"})
