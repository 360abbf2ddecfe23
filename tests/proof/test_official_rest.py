"""Every REST route that the official client uses, parsed by its own types without a gap."""

import base64
import json
from contextlib import nullcontext

import pytest
from elevenlabs import WebhookHmacSettings
from elevenlabs.core.api_error import ApiError
from elevenlabs.errors import UnprocessableEntityError
from elevenlabs.types import (
    ConversationHistoryTranscriptSystemToolResultCommonModelOutput,
    ConversationInitiationClientDataRequestInput,
    TelephonyCallConfigInput,
    ToolRequestModel,
    TwilioMachineDetectionConfig,
)

from bot.domain.voice import MODEL_LANGUAGES
from tests.sandbox.client import initiation
from tests.sandbox.test_tools import attach, create_tool, tool

from .conftest import official_of
from .exactness import differences

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

AGENT = "agent_sandbox"
NUMBER = "+4915112345678"
ONCE = {"max_retries": 0}
DETAIL = """agent_id agent_name status user_id branch_id version_id environment conversation_id has_audio
    has_user_audio has_response_audio transcript metadata analysis conversation_initiation_client_data"""
TURN = """role message time_in_call_secs agent_metadata multivoice_message tool_calls tool_results interrupted
    original_message source_medium feedback contextual_update_info id created_at_unix_ms platform_event"""
METADATA = """start_time_unix_secs accepted_time_unix_secs call_duration_secs cost main_language text_only
    termination_reason error warnings timezone authorization_method feedback conversation_initiation_source
    phone_call whatsapp sms batch_call features_usage"""
ANALYSIS = """transcript_summary call_summary_title call_successful call_success_score
    evaluation_criteria_results data_collection_results evaluation_criteria_results_list
    data_collection_results_list"""
ITEM = """agent_id branch_id version_id agent_name conversation_id start_time_unix_secs call_duration_secs
    message_count status termination_reason call_successful call_success_score transcript_summary
    call_summary_title main_language direction conversation_initiation_source tool_names rating
    sentiment_analysis tag_ids cost"""
SHOWN_AGENT = """agent_id name conversation_config platform_settings workflow metadata phone_numbers tags
    version_id branch_id main_branch_id procedures access_info"""


def data(**more):
    sent = {**initiation(), **more}
    del sent["type"]
    return ConversationInitiationClientDataRequestInput(**sent)


async def hold(client, clock, *said, **more):
    async with client.conversation(**more) as talk:
        await talk.answer()
        for text in said:
            await talk.say(text)
    await client.finished(talk.conversation_id, clock)
    return talk.conversation_id


def lacking(body, documented):
    return set(documented.split()) - set(body)


async def test_a_signed_url(official):
    signed = await official.convai.conversations.get_signed_url(agent_id=AGENT, include_conversation_id=True)
    official.exact(signed)
    assert signed.signed_url.startswith("ws://")


async def test_a_token_is_for_one_conversation(official):
    token = await official.convai.conversations.get_webrtc_token(agent_id=AGENT, participant_name="Mira")
    official.exact(token)
    payload = token.token.split(".")[1]
    grant = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert (grant["sub"], token.conversation_id in grant["video"]["room"]) == ("Mira", True)


@pytest.mark.parametrize(
    ("room", "number", "call_id"),
    [
        ("twilio", "phnum_sandbox", "call_sid"),
        ("sip_trunk", "phnum_sandbox_sip", "sip_call_id"),
        ("exotel", "phnum_sandbox_exotel", "call_sid"),
    ],
)
async def test_a_call_by_each_provider_and_what_is_told_of_it_afterwards(
    official, client, clock, room, number, call_id
):
    placed = await getattr(official.convai, room).outbound_call(
        agent_id=AGENT,
        agent_phone_number_id=number,
        to_number=NUMBER,
        conversation_initiation_client_data=data(),
        request_options=ONCE,
    )
    official.exact(placed)
    assert placed.success
    waiting = await official.convai.conversations.get(placed.conversation_id)
    official.exact(waiting)
    assert (waiting.status, waiting.analysis) == ("initiated", None)
    await client.ask("POST", f"/sandbox/calls/{getattr(placed, call_id)}/answer")
    await client.ask("POST", f"/sandbox/calls/{getattr(placed, call_id)}/hang-up")
    await client.finished(placed.conversation_id, clock)
    told = await official.convai.conversations.get(placed.conversation_id)
    official.exact(told)
    assert told.metadata.phone_call.call_result == "answered"


async def test_a_call_that_the_agent_ended_by_its_tool(official, client, clock):
    placed = await official.convai.twilio.outbound_call(
        agent_id=AGENT,
        agent_phone_number_id="phnum_sandbox",
        to_number=NUMBER,
        conversation_initiation_client_data=data(),
        telephony_call_config=TelephonyCallConfigInput(
            ringing_timeout_secs=45,
            twilio_machine_detection=TwilioMachineDetectionConfig(
                mode="enable", actions=[{"answered_by": ["machine_start"]}]
            ),
        ),
        request_options=ONCE,
    )
    line = f"/sandbox/calls/{placed.call_sid}"
    await client.ask("POST", f"{line}/answer")
    clock.move(seconds=5)
    _, said = await client.ask("POST", f"{line}/say", json={"text": "Stop calling me."})
    assert not said["open"]
    await client.finished(placed.conversation_id, clock)
    told = await official.convai.conversations.get(placed.conversation_id)
    raw = official.exact(told)
    (call,) = [call for turn in told.transcript for call in turn.tool_calls or []]
    assert (call.type, call.tool_name) == ("system", "end_call")
    (result,) = [one for turn in raw["transcript"] for one in turn["tool_results"]]
    system = ConversationHistoryTranscriptSystemToolResultCommonModelOutput.model_validate(result)
    assert not differences(result, system)
    assert (told.metadata.cost, told.metadata.phone_call.call_result) == (15, "answered")
    page = await official.convai.conversations.list()
    official.exact(page)
    assert (page.conversations[0].cost, page.conversations[0].tool_names) == (15, ["end_call"])


async def test_a_detail_with_everything_in_it(official, client, clock):
    await attach(client, await create_tool(client, tool()))
    override = {"agent": {"language": "en"}, "conversation": {"text_only": True}}
    said = ("I have a cat.", "What do you remember?", "Stop calling me.")
    held = await hold(client, clock, *said, conversation_config_override=override)
    await official.convai.conversations.feedback.create(held, feedback="like")
    detail = await official.convai.conversations.get(held)
    raw = official.exact(detail)
    assert not lacking(raw, DETAIL)
    assert not [turn for turn in raw["transcript"] if lacking(turn, TURN)]
    assert not lacking(raw["metadata"], METADATA)
    assert not lacking(raw["analysis"], ANALYSIS)
    collected = {name: found.value for name, found in detail.analysis.data_collection_results.items()}
    assert collected == {"new_facts": "I have a cat", "do_not_call": True}
    assert detail.metadata.feedback.overall_score == "like"
    assert [turn.tool_calls[0].tool_name for turn in detail.transcript if turn.tool_calls] == [
        "recall_memory"
    ]
    assert detail.transcript[5].tool_results[0].is_error


async def test_a_failed_start(official, client, clock):
    url = await client.signed_url(include_conversation_id="true")
    async with client.session.ws_connect(url) as socket:
        await socket.send_json({"type": "conversation_initiation_client_data"})
        await socket.receive()
    failed = await official.convai.conversations.get(url.rpartition("=")[2])
    official.exact(failed)
    assert (failed.status, failed.metadata.error.code) == ("failed", 1008)


async def test_the_list_page_by_page_and_without_who_called(official, client, clock):
    held = [await hold(client, clock, "I have a cat.") for _ in range(3)]
    page = await official.convai.conversations.list(page_size=2, user_id="person_1", summary_mode="include")
    raw = official.exact(page)
    assert not [item for item in raw["conversations"] if lacking(item, ITEM)]
    assert not [item for item in raw["conversations"] if {"user_id", "dynamic_variables"} & set(item)]
    rest = await official.convai.conversations.list(
        page_size=2, cursor=page.next_cursor, dynamic_variable_params=["call_ref:eq:c_71f0"]
    )
    official.exact(rest)
    ids = {item.conversation_id for item in page.conversations + rest.conversations}
    assert (ids, page.has_more, rest.has_more) == (set(held), True, False)


async def test_deleting_and_rating(official, client, clock):
    held = await hold(client, clock)
    for score in ("like", "dislike"):
        await official.convai.conversations.feedback.create(held, feedback=score)
    assert (await official.convai.conversations.get(held)).metadata.feedback.overall_score == "dislike"
    await official.convai.conversations.delete(held)
    with pytest.raises(ApiError, match="conversation_not_found"):
        await official.convai.conversations.get(held)


async def test_feedback_given_while_they_talk_is_kept_and_stars_too(official, client, clock):
    async with client.conversation() as talk:
        await talk.answer()
        path = f"/v1/convai/conversations/{talk.conversation_id}/feedback"
        await client.ask("POST", path, json={"rating": 4, "comment": "Fine."})
        assert (await client.ask("POST", path, json={"rating": 6}))[0] == 422
    await client.finished(talk.conversation_id, clock)
    detail = await official.convai.conversations.get(talk.conversation_id)
    official.exact(detail)
    assert (detail.metadata.feedback.rating, detail.metadata.feedback.comment) == (4, "Fine.")
    page = await official.convai.conversations.list()
    official.exact(page)
    assert page.conversations[0].rating == 4


async def test_phone_numbers_each_way(official):
    numbers = await official.convai.phone_numbers.list()
    official.exact(numbers)
    assert [number.provider for number in numbers] == ["twilio", "sip_trunk", "exotel"]
    for number in numbers:
        official.exact(await official.convai.phone_numbers.get(number.phone_number_id))
    page = await official.convai.phone_numbers.list_v_2(page_size=2, provider="sip_trunk")
    official.exact(page)
    assert [number.phone_number_id for number in page.phone_numbers] == ["phnum_sandbox_sip"]


async def test_the_agent_is_read_and_changed(official, client):
    agent = await official.convai.agents.get(AGENT)
    assert not lacking(official.exact(agent), SHOWN_AGENT)
    tool_id = await create_tool(client, tool())
    changed = await official.convai.agents.update(
        AGENT,
        name="Characters",
        conversation_config={
            "agent": {"prompt": {"tool_ids": [tool_id], "temperature": 0.4}},
            "conversation": {"client_events": ["ping", "agent_response"]},
        },
        platform_settings={
            "auth": {"enable_auth": False},
            "data_collection": {"mood": {"type": "string", "description": "The mood."}},
            "overrides": {"conversation_config_override": {"asr": {"keywords": True}}},
        },
    )
    official.exact(changed)
    assert changed.conversation_config.agent.prompt.tools[0].name == "recall_memory"
    assert changed.platform_settings.overrides.conversation_config_override.asr.keywords
    assert changed.version_id != agent.version_id


async def test_agents_are_made_listed_and_deleted(official):
    made = await official.convai.agents.create(name="Mine", conversation_config={})
    official.exact(made)
    official.exact(await official.convai.agents.get(made.agent_id))
    page = await official.convai.agents.list(page_size=1)
    official.exact(page)
    rest = await official.convai.agents.list(page_size=1, cursor=page.next_cursor, search="mine")
    official.exact(rest)
    assert (page.has_more, rest.has_more) == (True, False)
    await official.convai.agents.delete(made.agent_id)
    with pytest.raises(ApiError, match="agent_not_found"):
        await official.convai.agents.get(made.agent_id)


async def test_a_workflow_is_taken_as_it_is(official):
    nodes = {
        "start_node": {"type": "start", "position": {"x": 0, "y": 0}, "edge_order": ["e"]},
        "n": {"type": "override_agent", "label": "wizard", "position": {"x": 0, "y": 1}, "edge_order": []},
    }
    edges = {"e": {"source": "start_node", "target": "n", "forward_condition": {"type": "unconditional"}}}
    workflow = {"nodes": nodes, "edges": edges, "prevent_subagent_loops": True}
    changed = await official.convai.agents.update(AGENT, workflow=workflow)
    assert official.bodies[-1]["workflow"] == workflow
    assert set(changed.workflow.nodes) == {"start_node", "n"}


async def test_workspace_webhooks_are_made_listed_changed_and_deleted(official):
    webhooks = official.client.webhooks
    settings = WebhookHmacSettings(name="bot", webhook_url="https://bot.example.com/hook")
    made = await webhooks.create(settings=settings)
    official.exact(made)
    official.exact(await official.convai.settings.update(webhooks={"post_call_webhook_id": made.webhook_id}))
    official.exact(await official.convai.settings.get())
    changed = await webhooks.update(made.webhook_id, is_disabled=False, name="bot", retry_enabled=True)
    official.exact(changed)
    listed = await webhooks.list(include_usages=True)
    official.exact(listed)
    assert listed.webhooks[0].usage[0].usage_type == "ConvAI Settings"
    official.exact(await webhooks.delete(made.webhook_id))
    assert (await webhooks.list()).webhooks == []


async def test_the_subscription_says_what_is_left(official, client):
    official.exact(await official.client.user.subscription.get())
    status, _ = await client.ask("POST", "/sandbox/credit", json={"used": 7, "limit": 9})
    assert status == 200
    told = await official.client.user.subscription.get()
    official.exact(told)
    assert (told.character_count, told.character_limit) == (7, 9)


async def test_tools_and_secrets(official):
    secret = await official.convai.secrets.create(name="recall", value="s3")
    official.exact(secret)
    headers = {"X-Tool-Key": {"secret_id": secret.secret_id}}
    request = ToolRequestModel.model_validate({"tool_config": tool(request_headers=headers)})
    made = await official.convai.tools.create(request=request)
    official.exact(made)
    official.exact(await official.convai.tools.get(made.id))
    official.exact(await official.convai.tools.update(made.id, request=request))
    official.exact(await official.convai.tools.list(search="recall"))
    listed = await official.convai.secrets.list()
    official.exact(listed)
    assert listed.secrets[0].used_by.tools[0].id == made.id
    await official.convai.tools.delete(made.id)
    with pytest.raises(ApiError, match="tool_not_found"):
        await official.convai.tools.get(made.id)


async def test_the_catalogue_of_models(official):
    official.exact(await official.convai.llm.list())


async def test_a_voice_and_the_models_that_speak(official):
    voice = await official.client.voices.get("JBFqnCBsd6RMkjVDRZzb")
    official.exact(voice)
    assert (voice.name, voice.labels["language"]) == ("George", "en")
    assert "de" in {one.language for one in voice.verified_languages}
    models = await official.client.models.list()
    official.exact(models)
    spoken = {model.model_id: {one.language_id for one in model.languages} for model in models}
    for model, languages in spoken.items():
        assert languages == MODEL_LANGUAGES[model], model
    with pytest.raises(ApiError, match="voice_not_found"):
        await official.client.voices.get("A" * 20)


async def test_refusals_are_the_packages_own_errors(official, client):
    for room, arguments, status, code in (
        (official.convai.agents.get, {"agent_id": "agent_other"}, 404, "agent_not_found"),
        (official.convai.conversations.list, {"cursor": "nonsense"}, 400, "invalid_cursor"),
    ):
        with pytest.raises(ApiError) as refusal:
            await room(**arguments)
        assert (refusal.value.status_code, refusal.value.body["detail"]["code"]) == (status, code)
    with pytest.raises(UnprocessableEntityError) as refusal:
        await official.convai.conversations.list(page_size=101)
    assert refusal.value.body["detail"][0]["loc"] == ["query", "page_size"]
    async with official_of(client, key="wrong") as stranger:
        with pytest.raises(ApiError) as refusal:
            await stranger.convai.conversations.list(request_options=ONCE)
    assert (refusal.value.status_code, stranger.bodies[-1]["detail"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize(("options", "rung"), [(ONCE, 1), ({"max_retries": 1}, 2)])
async def test_a_retried_dial_rings_twice_where_the_telephone_rang_before_the_error(
    official, client, options, rung
):
    """Why a dial is never retried; the package does so by itself unless it is told not to."""
    fault = {"operation": "twilio_outbound_call", "fault": "status", "status": 503, "when": "after"}
    await client.ask("POST", "/sandbox/faults", json=fault)
    call = {"agent_id": AGENT, "agent_phone_number_id": "phnum_sandbox", "to_number": NUMBER}
    with pytest.raises(ApiError) if rung == 1 else nullcontext():
        await official.convai.twilio.outbound_call(**call, request_options=options)
    _, told = await client.get("/sandbox/calls")
    assert told["rung"] == {NUMBER: rung}
