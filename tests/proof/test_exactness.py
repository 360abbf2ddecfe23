"""The comparison itself finds what it is there to find, and the agent's keys are the package's keys."""

import typing

import pydantic
import pytest
from elevenlabs.core.unchecked_base_model import construct_type
from elevenlabs.types import (
    AgentPlatformSettingsRequestModel,
    ConversationalConfig,
    GetConversationResponseModel,
    TwilioOutboundCallResponse,
)

from bot.sandbox.workspace import PATCHABLE

from .exactness import differences, invalid

PLACED = {"success": True, "message": "Success", "conversation_id": "conv_1", "callSid": "CA1"}


def read(raw, model=TwilioOutboundCallResponse):
    return differences(raw, construct_type(type_=model, object_=raw))


def test_a_body_that_fits_has_no_differences():
    assert read(PLACED) == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"call_sid": "CA1"}, "body.call_sid is unknown to TwilioOutboundCallResponse"),
        ({"success": None}, "body.success is required by TwilioOutboundCallResponse"),
    ],
)
def test_an_unknown_and_a_missing_field_are_found(change, found):
    raw = {key: value for key, value in {**PLACED, **change}.items() if value is not None}
    assert read(raw) == [found]


def test_what_fits_none_of_several_types_is_found():
    raw = {"metadata": {"start_time_unix_secs": 1, "call_duration_secs": 1, "phone_call": {"type": "pigeon"}}}
    assert any("phone_call" in problem for problem in read(raw, GetConversationResponseModel))


def test_a_wrong_type_is_found_by_strict_validation():
    raw = {**PLACED, "success": {}}
    assert invalid(raw, construct_type(type_=TwilioOutboundCallResponse, object_=raw))


def model_of(annotation):
    """The model inside Optional and Annotated; None for everything else."""
    inner = [part for part in typing.get_args(annotation) if part is not type(None)]
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return annotation
    return model_of(inner[0]) if len(inner) == 1 else None


def unlike(tree, model, place):
    fields = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
    found = [f"{place}.{key}" for key in sorted(set(tree) ^ set(fields))]
    for key, kind in tree.items():
        inner = model_of(fields.get(key))
        if isinstance(kind, dict) and inner is not None:
            found += unlike(kind, inner, f"{place}.{key}")
    return found


@pytest.mark.parametrize(
    ("part", "model"),
    [("conversation_config", ConversationalConfig), ("platform_settings", AgentPlatformSettingsRequestModel)],
)
def test_the_keys_that_an_agent_may_have_are_those_of_the_package(part, model):
    assert unlike(PATCHABLE[part], model, part) == []
