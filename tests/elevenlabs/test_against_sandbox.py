"""All that the client can ask, asked of the stand-in, and what its caller sees when that goes wrong."""

import asyncio
import json

import httpx
import pytest
from pydantic import SecretStr

from bot.domain.dialing import DialFailure
from bot.domain.errors import ConversationGone, ProviderChanged, ProviderRefused, ProviderUnavailable
from bot.domain.initiation import Initiation
from bot.domain.talk import Ended, Part, Said
from bot.elevenlabs.client import open_elevenlabs
from bot.elevenlabs.inspecting import inspect_agent
from bot.elevenlabs.socket import open_talk
from bot.elevenlabs.webhook import read_event
from tests.elevenlabs.bodies import RECALL
from tests.elevenlabs.test_client import INITIATION, finished, inbox, talk

pytestmark = pytest.mark.anyio

NUMBERS = ("phnum_sandbox", "phnum_sandbox_sip", "phnum_sandbox_exotel")
MIRA = "+4915112345678"


async def never(_seconds):
    await asyncio.Event().wait()


async def lay_out(sandbox, **fault):
    """Make something go wrong next."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"{sandbox.url}/sandbox/faults", json=fault)
        assert answer.status_code == 201, answer.text


async def rung(sandbox):
    """How often each number was really rung."""
    async with httpx.AsyncClient(trust_env=False) as http:
        return (await http.get(f"{sandbox.url}/sandbox/calls")).json()["rung"]


def ring(elevenlabs, number="phnum_sandbox"):
    return elevenlabs.place_phone_call(phone_number_id=number, to_number=MIRA, initiation=INITIATION)


async def test_a_token_names_a_conversation(elevenlabs):
    token = await elevenlabs.fetch_token()
    assert token.token
    assert token.conversation_id.startswith("conv_")


@pytest.mark.parametrize("number", NUMBERS)
async def test_every_provider_rings_once(elevenlabs, sandbox, number):
    answer = await ring(elevenlabs, number)
    assert answer.success
    assert answer.conversation_id.startswith("conv_")
    assert answer.call_sid
    assert await rung(sandbox) == {MIRA: 1}


async def test_a_call_that_is_declined_comes_back_as_a_webhook(elevenlabs, sandbox):
    async with inbox(sandbox) as received, asyncio.timeout(20):
        answer = await ring(elevenlabs)
        async for ringing in sandbox.phone.ringing():
            await ringing.decline()
            break
        _, raw = await received.get()
    expected = DialFailure(
        answer.conversation_id, "busy", "busy", sandbox.agent_id, "twilio", answer.call_sid
    )
    assert read_event(raw) == expected


async def test_a_changed_agent_is_the_agent_from_then_on(elevenlabs):
    before = await elevenlabs.agent.fetch()
    assert before.platform_settings.call_limits.daily_limit != 7
    changed = await elevenlabs.agent.patch(
        {
            "platform_settings": {
                "call_limits": {"daily_limit": 7},
                "overrides": {"conversation_config_override": {"tts": {"speed": False}}},
            }
        }
    )
    assert changed.platform_settings.call_limits.daily_limit == 7
    assert await elevenlabs.agent.fetch() == changed
    assert before.allowed_overrides() - changed.allowed_overrides() == {"tts.speed"}
    assert "agent.prompt.prompt" in await elevenlabs.fetch_allowed_overrides()


async def test_a_webhook_is_made_used_and_mended(elevenlabs):
    workspace = elevenlabs.workspace
    made = await workspace.create_webhook(name="troupe", url="https://bot.example.com/webhooks")
    assert made.webhook_secret.get_secret_value()
    webhooks = {"post_call_webhook_id": made.webhook_id, "events": ["transcript"]}
    settings = await workspace.patch_settings({"webhooks": webhooks})
    assert settings.webhooks.post_call_webhook_id == made.webhook_id
    assert (await workspace.fetch_settings()).webhooks.events == ("transcript",)
    await workspace.patch_webhook(made.webhook_id, name="renamed", is_disabled=True, retry_enabled=True)
    (found,) = [hook for hook in await workspace.list_webhooks() if hook.webhook_id == made.webhook_id]
    assert (found.name, found.is_disabled, len(found.usage)) == ("renamed", True, 1)
    agent, lines = await inspect_agent(elevenlabs)
    assert agent.webhook is not None
    assert agent.webhook.is_disabled
    assert agent.webhook_events == ("transcript",)
    assert {line.id for line in lines} == set(NUMBERS)


async def test_a_tool_and_its_secret_are_kept(elevenlabs):
    workspace = elevenlabs.workspace
    secret = await workspace.create_secret("recall", SecretStr("value"))
    assert secret in await workspace.list_secrets()
    header = {"Authorization": {"secret_id": secret.secret_id}}
    config = RECALL | {"api_schema": RECALL["api_schema"] | {"request_headers": header}}
    made = await workspace.create_tool(config)
    assert made.name == "recall_memory"
    assert (await workspace.patch_tool(made.id, config | {"name": "remember"})).name == "remember"
    assert (await workspace.fetch_tool(made.id)).name == "remember"
    assert [tool.id for tool in await workspace.list_tools("remember")] == [made.id]
    with pytest.raises(ProviderRefused) as caught:
        await workspace.fetch_tool("tool_gone")
    assert caught.value.status == 404


async def test_a_finished_conversation_can_be_rated(elevenlabs):
    conversation_id = await talk(elevenlabs, "Hello.")
    await finished(elevenlabs, conversation_id)
    await elevenlabs.rate_conversation(conversation_id, liked=True)
    with pytest.raises(ConversationGone):
        await elevenlabs.rate_conversation("conv_gone", liked=True)


async def test_conversations_are_listed_by_person_and_time(elevenlabs):
    mine = await talk(elevenlabs, "Hello.")
    other = Initiation(INITIATION.override, INITIATION.variables, "p2")
    await talk(elevenlabs, initiation=other)
    done = await finished(elevenlabs, mine)
    (found,) = await elevenlabs.list_conversations(user_id="p1")
    assert (found.conversation_id, found.started_at) == (mine, done.transcript.started_at)
    assert len(await elevenlabs.list_conversations(variables={"character": "wizard"})) == 2
    assert await elevenlabs.list_conversations(started_before=found.started_at.replace(year=2020)) == ()
    assert len(await elevenlabs.list_conversations(started_after=found.started_at.replace(year=2020))) == 2


# What goes wrong on their side, and what the one who called the client sees.


@pytest.fixture
async def patient(sandbox, clock, naps):
    """The client, whose naps are only written down."""

    async def sleep(seconds):
        naps.append(seconds)

    key = SecretStr(sandbox.api_key)
    async with open_elevenlabs(
        api_url=sandbox.url, api_key=key, agent_id=sandbox.agent_id, clock=clock, sleep=sleep
    ) as client:
        yield client


@pytest.mark.parametrize(
    ("fault", "waited"),
    [
        ({"fault": "status", "status": 429, "retry_after": 2}, [2.0]),
        ({"fault": "status", "status": 503}, [0.5]),
        ({"fault": "status", "status": 500, "times": 2}, [0.5, 1.0]),
        ({"fault": "drop"}, [0.5]),
        ({"fault": "drop", "when": "after"}, [0.5]),
    ],
    ids=json.dumps,
)
async def test_a_read_survives_what_passes(patient, sandbox, naps, fault, waited):
    await lay_out(sandbox, operation="get_signed_url", **fault)
    assert (await patient.sign_url()).conversation_id
    assert naps == waited


async def test_a_read_that_answers_nonsense_is_not_asked_again(patient, sandbox, naps):
    await lay_out(sandbox, operation="get_signed_url", fault="garbage", times=None)
    with pytest.raises(ProviderChanged, match="get signed URL"):
        await patient.sign_url()
    assert naps == []


@pytest.mark.parametrize(
    ("fault", "kind", "times_rung"),
    [
        ({"fault": "drop"}, ProviderUnavailable, {}),
        ({"fault": "drop", "when": "after"}, ProviderUnavailable, {MIRA: 1}),
        ({"fault": "status", "status": 500}, ProviderUnavailable, {}),
        ({"fault": "status", "status": 429, "retry_after": 1}, ProviderUnavailable, {}),
        ({"fault": "status", "status": 403}, ProviderRefused, {}),
        ({"fault": "garbage"}, ProviderChanged, {MIRA: 1}),
    ],
    ids=str,
)
@pytest.mark.parametrize("number", NUMBERS)
async def test_whatever_happens_to_a_call_it_is_asked_for_once(
    patient, sandbox, naps, number, fault, kind, times_rung
):
    await lay_out(sandbox, operation="*_outbound_call", **fault)
    with pytest.raises(kind) as caught:
        await ring(patient, number)
    assert caught.value.operation == "place phone call"
    assert caught.value.code != "not_connected"
    assert await rung(sandbox) == times_rung
    assert naps == []


async def test_a_call_that_they_could_not_place_says_so(patient, sandbox):
    await lay_out(sandbox, operation="twilio_outbound_call", fault="unsuccessful")
    assert not (await ring(patient)).success
    assert await rung(sandbox) == {}


async def test_a_call_without_an_id_is_one_all_the_same(patient, sandbox):
    await lay_out(sandbox, operation="twilio_outbound_call", fault="null_id")
    answer = await ring(patient)
    assert (answer.success, answer.conversation_id) == (True, "")
    assert await rung(sandbox) == {MIRA: 1}


async def until_said(events):
    """Return what is heard up to the end of the next answer."""
    heard = []
    async for event in events:
        heard.append(event)
        if isinstance(event, Said):
            return heard
    pytest.fail(f"it ended: {heard}")


async def chat(elevenlabs, initiation, *lines):
    """Hold a conversation and return all that was heard."""
    signed = await elevenlabs.sign_url()
    async with asyncio.timeout(20), open_talk(signed.url, initiation.as_message(), sleep=never) as talk:
        assert talk.conversation_id == signed.conversation_id
        events = talk.events()
        heard = await until_said(events)
        for line in lines:
            await talk.say(line)
            heard += await until_said(events)
        await talk.end()
        return heard + [event async for event in events]


async def test_a_chat_comes_in_parts_and_in_full(elevenlabs):
    heard = await chat(elevenlabs, INITIATION, "I have a cat.")
    said = [event for event in heard if isinstance(event, Said)]
    parts = [event for event in heard if isinstance(event, Part)]
    assert said[0].text.startswith("Well met!")
    assert "".join(part.text for part in parts) == said[0].text + said[1].text
    assert [part.kind for part in parts] == ["start", "delta", "stop"] * 2
    assert heard[-1] == Ended(by_us=True)


async def test_background_is_told_and_not_said(elevenlabs):
    signed = await elevenlabs.sign_url()
    async with open_talk(signed.url, INITIATION.as_message(), sleep=never) as talk:
        events = talk.events()
        await until_said(events)
        await talk.add_context("It rains.")
        await talk.say("Hello.")
        await until_said(events)
    found = await finished(elevenlabs, signed.conversation_id)
    assert "It rains." not in [turn.text for turn in found.transcript.turns]
    assert "Hello." in [turn.text for turn in found.transcript.turns]


@pytest.mark.parametrize(
    ("initiation", "code", "words"),
    [
        (Initiation({}, {"call_ref": "c_1"}, "p1"), "missing_dynamic_variable", "first_message"),
        (
            Initiation({"agent": {"prompt": {"knowledge_base": []}}}, INITIATION.variables, "p1"),
            "override_error",
            "knowledge_base",
        ),
    ],
    ids=["a variable is missing", "an override is off"],
)
async def test_a_start_that_they_refuse_is_for_the_operator(elevenlabs, initiation, code, words):
    asked = []

    async def sign():
        asked.append(True)
        return await elevenlabs.sign_url()

    with pytest.raises(ProviderRefused, match=words) as caught:
        async with open_talk((await sign()).url, initiation.as_message(), sign=sign):
            pytest.fail("started")
    assert caught.value.code == code
    assert len(asked) == 1


async def test_a_url_starts_one_conversation_only(elevenlabs):
    signed = await elevenlabs.sign_url()
    async with open_talk(signed.url, INITIATION.as_message(), sleep=never):
        pass
    with pytest.raises(ProviderRefused, match="used before"):
        async with open_talk(signed.url, INITIATION.as_message()):
            pytest.fail("started")


async def test_a_chat_that_breaks_off_on_their_side_is_not_begun_again(elevenlabs, sandbox):
    await lay_out(sandbox, operation="socket", fault="close", status=1011, reason="We are lost")
    with pytest.raises(ProviderUnavailable, match="We are lost") as caught:
        await chat(elevenlabs, INITIATION, "Hello.", "Hello?")
    assert caught.value.code == "closed_1011"


async def test_voices_and_models_are_what_there_is_to_choose_from(elevenlabs):
    voice = await elevenlabs.voices.fetch_voice("JBFqnCBsd6RMkjVDRZzb")
    assert (voice.name, {"en", "de"} <= voice.languages) == ("George", True)
    assert await elevenlabs.voices.fetch_voice("A" * 20) is None
    speech = {one.model_id: one.languages for one in await elevenlabs.voices.list_speech_models()}
    assert [one.language_id for one in speech["eleven_flash_v2"]] == ["en"]
    assert "gpt-4.1" in {one.llm for one in await elevenlabs.voices.list_language_models()}


@pytest.mark.parametrize(
    ("status", "code", "is_gone"),
    [
        (400, "voice_not_found", True),
        (400, "voice_does_not_exist", True),
        (404, "voice_not_found", True),
        (400, "invalid_parameters", False),
        (403, "voice_not_found", False),
    ],
)
async def test_a_voice_that_is_gone_is_told_from_a_request_that_failed(
    elevenlabs, sandbox, status, code, is_gone
):
    await lay_out(sandbox, operation="get_voice", fault="status", status=status, code=code)
    if is_gone:
        assert await elevenlabs.voices.fetch_voice("A" * 20) is None
    else:
        with pytest.raises((ProviderChanged, ProviderRefused)):
            await elevenlabs.voices.fetch_voice("A" * 20)
