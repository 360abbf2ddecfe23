"""Every body with which an agent is set up, built into the types of ElevenLabs' own package without loss."""

import pytest
from elevenlabs.types import (
    AgentPlatformSettingsRequestModel,
    AgentWorkflowRequestModel,
    ConversationalConfig,
    ToolRequestModel,
)

from bot.domain.agent_changes import body_of, changes_to
from bot.domain.agent_wanted import Beside, owned_paths
from bot.elevenlabs.recall_tool import recall_tool
from tests.domain.test_agent_wanted import HOSTED, PAGE, PHONE
from tests.elevenlabs.official import rebuilt

HEADERS = {"X-Troupe-Secret": {"secret_id": "sec_1"}}
WEBHOOKS = {
    "post_call_webhook_id": "wh_1",
    "events": ["transcript", "call_initiation_failure"],
    "transcript_format": "json",
    "exclude_transcript": False,
}
INBOUND = {"url": "https://talk.example.com/hooks/elevenlabs/initiation", "request_headers": HEADERS}
BESIDE = Beside(["tool_1"], WEBHOOKS, INBOUND)
BARE = {
    "conversation_config": {
        "agent": {
            "prompt": {
                "built_in_tools": {
                    "voicemail_detection": {
                        "name": "voicemail_detection",
                        "params": {"system_tool_type": "voicemail_detection", "voicemail_message": "Hello."},
                    }
                }
            }
        }
    }
}


@pytest.mark.parametrize("found", [{}, BARE])
@pytest.mark.parametrize("wish", [HOSTED, PAGE, PHONE])
def test_the_change_of_an_agent_is_one_that_the_package_knows(found, wish):
    owned = owned_paths(found, wish, BESIDE)
    body = body_of(changes_to(found, owned), owned)
    assert ("workflow" in body) == (wish is not PAGE)
    rebuilt(ConversationalConfig, body["conversation_config"])
    rebuilt(AgentPlatformSettingsRequestModel, body["platform_settings"])
    if wish is not PAGE:
        workflow = rebuilt(AgentWorkflowRequestModel, body["workflow"])
        assert all(edge.forward_condition is not None for edge in workflow.edges.values())


def test_the_tool_is_one_that_the_package_knows():
    rebuilt(ToolRequestModel, {"tool_config": recall_tool("https://talk.example.com/tools/recall", HEADERS)})
