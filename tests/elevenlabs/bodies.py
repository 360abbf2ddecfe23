"""Documents of the kind that setting up an account sends: an agent's changes, a tool, workspace settings."""

FLAGS = {
    "agent": {"first_message": True, "language": True, "prompt": {"prompt": True, "llm": True}},
    "tts": {"voice_id": True, "model_id": True, "stability": True, "similarity_boost": True, "speed": True},
    "conversation": {"text_only": True, "max_duration_seconds": True},
}
WORKFLOW = {
    "prevent_subagent_loops": True,
    "nodes": {
        "start_node": {"type": "start", "position": {"x": 0.0, "y": 0.0}, "edge_order": ["e_wizard"]},
        "n_wizard": {
            "type": "override_agent",
            "label": "wizard",
            "position": {"x": 0.0, "y": 250.0},
            "edge_order": [],
            "entry_behavior": "generate_immediately",
            "additional_prompt": "",
            "additional_knowledge_base": [],
            "additional_tool_ids": [],
            "conversation_config": {
                "agent": {"prompt": {"prompt": "You are Merlin."}},
                "tts": {"voice_id": "VOICE_WIZARD", "stability": 0.6, "speed": 0.95},
            },
        },
    },
    "edges": {
        "e_wizard": {
            "source": "start_node",
            "target": "n_wizard",
            "forward_condition": {
                "type": "expression",
                "label": "the wizard is cast",
                "expression": {
                    "type": "eq_operator",
                    "left": {"type": "dynamic_variable", "name": "cast_as"},
                    "right": {"type": "string_literal", "value": "wizard"},
                },
            },
        },
    },
}
AGENT_CHANGES = {
    "name": "Troupe",
    "conversation_config": {
        "agent": {
            "first_message": "{{first_message}}",
            "language": "en",
            "dynamic_variables": {"dynamic_variable_placeholders": {"character": "none", "call_count": 0}},
            "prompt": {
                "prompt": "Stay in the role.",
                "llm": "gemini-2.5-flash",
                "tool_ids": ["tool_1"],
                "built_in_tools": {
                    "end_call": {"name": "end_call", "params": {"system_tool_type": "end_call"}}
                },
            },
        },
        "turn": {"turn_timeout": 7.0, "silence_end_call_timeout": -1.0},
        "conversation": {
            "max_duration_seconds": 900,
            "text_only": False,
            "client_events": ["conversation_initiation_metadata", "ping", "agent_response"],
        },
    },
    "platform_settings": {
        "auth": {"enable_auth": True, "allowlist": [], "require_origin_header": False},
        "call_limits": {"agent_concurrency_limit": 3, "daily_limit": 50, "bursting_enabled": False},
        "privacy": {"record_voice": False, "retention_days": 30},
        "queueing_config": {"enabled": False},
        "data_collection": {"new_facts": {"type": "string", "description": "Lasting facts."}},
        "workspace_overrides": {
            "webhooks": {
                "post_call_webhook_id": "wh_1",
                "events": ["transcript", "call_initiation_failure"],
                "transcript_format": "json",
            }
        },
        "overrides": {
            "conversation_config_override": FLAGS,
            "enable_starting_workflow_node_id_from_client": True,
        },
    },
    "workflow": WORKFLOW,
}
RECALL = {
    "type": "webhook",
    "name": "recall_memory",
    "description": "Look up what this person told any character before.",
    "response_timeout_secs": 10,
    "dynamic_variables": {"dynamic_variable_placeholders": {"character": "wizard"}},
    "assignments": [{"source": "response", "dynamic_variable": "memory", "value_path": "memory.summary"}],
    "api_schema": {
        "url": "https://bot.example.com/tools/recall",
        "method": "POST",
        "content_type": "application/json",
        "request_headers": {"Authorization": {"secret_id": "sec_1"}, "X-App": "troupe"},
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
SETTINGS = {
    "webhooks": {
        "post_call_webhook_id": "wh_1",
        "events": ["transcript", "call_initiation_failure"],
        "transcript_format": "json",
        "exclude_transcript": False,
    },
    "conversation_initiation_client_data_webhook": {
        "url": "https://bot.example.com/inbound",
        "request_headers": {"X-Key": {"secret_id": "sec_1"}},
    },
}
