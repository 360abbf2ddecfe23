"""The one agent of the sandbox, and which of its fields a client may override."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.sandbox.reading import Json
from bot.sandbox.recall import RECALL_TOOL_ID

AGENT_ID = "agent_sandbox"
FIRST_VERSION = "agtvrsn_sandbox"

PROMPT = """You are {{character_name}}, one character of a cast. Stay friendly, brief and in your role.

# What you know about the caller
{{context}}"""

# Every field that a client may override (ElevenLabs: Overrides), with its type.
OVERRIDES: Mapping[str, type] = {
    "agent.first_message": str,
    "agent.language": str,
    "agent.max_conversation_duration_message": str,
    "agent.prompt.prompt": str,
    "agent.prompt.llm": str,
    "agent.prompt.reasoning_effort": str,
    "agent.prompt.tool_ids": list,
    "agent.prompt.tool_ids_strict": bool,
    "agent.prompt.native_mcp_server_ids": list,
    "agent.prompt.knowledge_base": list,
    "tts.voice_id": str,
    "tts.model_id": str,
    "tts.supported_voices": list,
    "tts.stability": float,
    "tts.speed": float,
    "tts.similarity_boost": float,
    "tts.clone_strength": float,
    "tts.pronunciation_dictionary_locators": list,
    "conversation.text_only": bool,
    "conversation.max_duration_seconds": int,
    "turn.soft_timeout_config.message": str,
    "turn.soft_timeout_config.additional_soft_timeout_messages": list,
    "turn.noisy_environment_message": str,
    "asr.keywords": list,
}
ENABLED = (
    "agent.prompt.prompt",
    "agent.first_message",
    "agent.language",
    "agent.prompt.llm",
    "tts.voice_id",
    "tts.model_id",
    "tts.stability",
    "tts.speed",
    "tts.similarity_boost",
    "conversation.text_only",
    "conversation.max_duration_seconds",
)
DATA_COLLECTION: Json = {
    "new_facts": {
        "type": "string",
        "description": "Lasting facts the user stated about themselves, semicolon separated; empty if none.",
    },
    "do_not_call": {
        "type": "boolean",
        "description": "True if the user said to stop calling, or never to call again.",
    },
}
TTS_MODELS = (
    "eleven_turbo_v2",
    "eleven_turbo_v2_5",
    "eleven_flash_v2",
    "eleven_flash_v2_5",
    "eleven_multilingual_v2",
    "eleven_v3_conversational",
    "eleven_v4",
    "eleven_v4_turbo",
)
EFFORTS = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
BUILT_IN_TOOLS: Json = {
    name: {"type": "system", "name": name, "description": "", "params": {"system_tool_type": name}}
    for name in ("end_call", "voicemail_detection")
}
CLIENT_EVENTS = (
    "conversation_initiation_metadata",
    "ping",
    "audio",
    "interruption",
    "user_transcript",
    "agent_response",
    "agent_chat_response_part",
    "agent_response_correction",
    "client_tool_call",
    "client_error",
)
USUAL_EVENTS = ("audio", "interruption", "agent_response", "user_transcript", "ping")
"""What an agent sends of which nobody said anything."""


def default_agent(*, public: bool, made_at: float) -> Json:
    """The body of `GET /v1/convai/agents/agent_sandbox`."""
    flags: Json = {}
    for path in OVERRIDES:
        put_path(flags, path, path in ENABLED)
    return {
        "agent_id": AGENT_ID,
        "name": "Troupe's stand-in",
        "conversation_config": {
            "agent": {
                "first_message": "{{first_message}}",
                "language": "en",
                "dynamic_variables": {"dynamic_variable_placeholders": {}},
                "prompt": {
                    "prompt": PROMPT,
                    "llm": "gemini-2.5-flash",
                    "temperature": 0.0,
                    "tool_ids": [RECALL_TOOL_ID],
                    "built_in_tools": dict(BUILT_IN_TOOLS),
                },
            },
            "tts": {
                "model_id": "eleven_flash_v2_5",
                "voice_id": "cjVigY5qzO86Huf0OWal",
                "stability": 0.5,
                "speed": 1.0,
                "similarity_boost": 0.8,
            },
            "turn": {"turn_timeout": 7.0, "turn_eagerness": "normal", "silence_end_call_timeout": -1.0},
            "conversation": {
                "max_duration_seconds": 600,
                "text_only": False,
                "client_events": list(CLIENT_EVENTS),
            },
        },
        "platform_settings": {
            "auth": {"enable_auth": not public, "allowlist": [], "require_origin_header": False},
            "call_limits": {
                "agent_concurrency_limit": -1,
                "daily_limit": 100_000,
                "bursting_enabled": False,
            },
            "queueing_config": {"enabled": False},
            "data_collection": dict(DATA_COLLECTION),
            "evaluation": {"criteria": []},
            "privacy": {"record_voice": False, "retention_days": 30},
            "overrides": {
                "conversation_config_override": flags,
                "custom_llm_extra_body": False,
                "enable_conversation_initiation_client_data_from_webhook": False,
                "enable_starting_workflow_node_id_from_client": False,
                "enable_procedure_ids_from_client": False,
            },
        },
        "workflow": None,
        "metadata": {"created_at_unix_secs": int(made_at), "updated_at_unix_secs": int(made_at)},
        "phone_numbers": [],
        "tags": [],
        "version_id": FIRST_VERSION,
        "branch_id": None,
        "main_branch_id": None,
        "procedures": {},
        "access_info": None,
    }


def bare_agent(agent_id: str, made_at: float) -> Json:
    """An agent as it is created, with nothing set: public, unlimited, recording, and nothing overridable."""
    agent = default_agent(public=True, made_at=made_at)
    config, platform = agent["conversation_config"], agent["platform_settings"]
    flags: Json = {}
    for path in OVERRIDES:
        put_path(flags, path, False)
    config["agent"] |= {"first_message": ""}
    config["agent"]["prompt"] |= {"prompt": "", "tool_ids": [], "built_in_tools": {}}
    config["tts"]["model_id"] = "eleven_flash_v2"
    config["conversation"]["client_events"] = list(USUAL_EVENTS)
    platform["call_limits"]["bursting_enabled"] = True
    platform["queueing_config"]["enabled"] = True  # they say that new agents have it
    platform |= {"data_collection": {}, "privacy": {"record_voice": True, "retention_days": -1}}
    platform["overrides"]["conversation_config_override"] = flags
    return {**agent, "agent_id": agent_id, "name": "New agent", "version_id": f"{FIRST_VERSION}_{agent_id}"}


def apply_changes(base: Json, changes: Json) -> Json:
    """The agent after a PATCH: objects are merged, arrays and the whole `workflow` are replaced."""
    changed = merge(base, changes)
    if "workflow" in changes:
        changed["workflow"] = changes["workflow"]
    return changed


def switched_off(agent: Json) -> Json:
    """What is silently undone of a change: deletion while everything is kept for ever, as in the real one."""
    privacy = (agent.get("platform_settings") or {}).get("privacy") or {}
    if privacy.get("retention_days", -1) != -1:
        return {}
    flags = [flag for flag in ("delete_transcript_and_pii", "delete_audio") if privacy.get(flag)]
    return {"platform_settings": {"privacy": dict.fromkeys(flags, False)}} if flags else {}


def merge(base: Json, changes: Json) -> Json:
    """Objects are merged, everything else (arrays too) is replaced."""
    merged = dict(base)
    for key, value in changes.items():
        old = merged.get(key)
        merged[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def get_path(tree: Json, path: str) -> Any:
    value: Any = tree
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def put_path(tree: Json, path: str, value: Any) -> None:
    *groups, leaf = path.split(".")
    for key in groups:
        tree = tree.setdefault(key, {})
    tree[leaf] = value
