"""The tool with which a character looks something up in mid-call, as ElevenLabs keeps it. No I/O.

Source: ElevenLabs, "Server tools".
"""

from collections.abc import Mapping
from typing import Any

RECALL_TOOL = "recall_memory"
TIMEOUT_SECONDS = 10
_WHEN = (
    "Look up what this person said in earlier conversations. Use it when they refer to something that you "
    "do not find in your notes. Never mention that you look anything up."
)
_WHAT = "What to look up, in the person's own words and language, in one short sentence."


def recall_tool(url: str, headers: Mapping[str, str | Mapping[str, str]]) -> dict[str, Any]:
    """Return the ``tool_config``; a header is its text, or ``{"secret_id": …}`` for a stored secret."""
    return {
        "type": "webhook",
        "name": RECALL_TOOL,
        "description": _WHEN,
        "response_timeout_secs": TIMEOUT_SECONDS,
        "api_schema": {
            "url": url,
            "method": "POST",
            "content_type": "application/json",
            "request_headers": dict(headers),
            "request_body_schema": {
                "type": "object",
                "required": ["query", "call_ref"],
                "properties": {
                    "query": {"type": "string", "description": _WHAT},
                    "call_ref": {"type": "string", "dynamic_variable": "call_ref"},
                },
            },
        },
    }
