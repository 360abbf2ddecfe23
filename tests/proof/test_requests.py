"""What our client sends is what ElevenLabs' own package would send.

Bodies are caught on loopback as our client sends them. Each is then built into the package's types without
loss, and the same request, made by the package's client out of those types, is caught and compared.
"""

import asyncio
import json
import typing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from aiohttp import WSMsgType, web
from elevenlabs import AsyncElevenLabs
from elevenlabs.types import (
    AgentPlatformSettingsRequestModel,
    AgentWorkflowRequestModel,
    ConvAiWebhooks,
    ConversationalConfig,
    ConversationInitiationClientDataRequestInput,
    TelephonyCallConfigInput,
    ToolRequestModel,
    UserFeedbackScore,
    WebhookHmacSettings,
)
from pydantic import BaseModel, SecretStr

from bot.domain.initiation import build_initiation
from bot.domain.record import PersonRecord
from bot.domain.voice import MODEL_LANGUAGES
from bot.elevenlabs.client import ElevenLabs, open_elevenlabs
from bot.elevenlabs.socket import open_talk
from tests.domain.making import NOON, make_occasion, make_persona
from tests.elevenlabs.bodies import AGENT_CHANGES, RECALL, SETTINGS
from tests.elevenlabs.official import Lost, rebuilt, replay

pytestmark = pytest.mark.anyio

KEY = "sk_0123456789abcdef"
PROVIDERS = ("twilio", "sip_trunk", "exotel")


INITIATION = ConversationInitiationClientDataRequestInput


@pytest.mark.parametrize(
    ("shape", "wrong"),
    [
        (INITIATION, {"user": "p1"}),
        (INITIATION, {"conversation_config_override": {"text_only": True}}),
        (INITIATION, {"conversation_config_override": {"agent": {"prompt": {"model": "x"}}}}),
        (INITIATION, {"conversation_config_override": {"tts": {"model_id": "eleven_flash_v9"}}}),
        (INITIATION, {"conversation_config_override": {"conversation": {"max_duration_seconds": "900"}}}),
        (INITIATION, {"conversation_config_override": []}),
        (INITIATION, {"dynamic_variables": ["a"]}),
        (UserFeedbackScore, "hate"),
        (TelephonyCallConfigInput, {"ringing_timeout_seconds": 60}),
        (WebhookHmacSettings, {"name": "troupe", "url": "https://bot.example.com"}),
        (ConvAiWebhooks, {"events": ["transcript"], "retry": True}),
        (ConvAiWebhooks, {"events": ["transcript", "post_call_transcription"]}),
        (AgentWorkflowRequestModel, {"nodes": {"n": {"type": "override_agent", "prompt": "x"}}, "edges": {}}),
        (ToolRequestModel, {"tool_config": {"type": "webhook", "name": "x"}}),
    ],
)
def test_what_the_package_does_not_know_renames_or_changes_is_noticed(shape, wrong):
    with pytest.raises(Lost):
        rebuilt(shape, wrong)


class Forgetful(BaseModel):
    """A package of the future that drops what it does not know, and says something else by another name."""

    model_config = {"extra": "ignore"}
    user_id: str | None = None


@pytest.mark.parametrize(
    "sent", [{"user_id": "p1", "environment": "production"}, {"environment": "production"}]
)
def test_what_the_package_drops_is_noticed(sent):
    with pytest.raises(Lost):
        rebuilt(Forgetful, sent)


@dataclass(frozen=True)
class Request:
    """What arrived; the query is sorted, for its order means nothing."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: typing.Any


AGENT = {
    "agent_id": "agent_a",
    "name": "x",
    "conversation_config": {},
    "platform_settings": {},
    "metadata": {},
}
STORED = {"type": "stored", "secret_id": "sec_1", "name": "recall"}
TOOL = {"id": "tool_1", "tool_config": {"type": "client", "name": "x", "description": "x"}}
DETAIL = {
    "agent_id": "agent_a",
    "conversation_id": "conv_x",
    "status": "done",
    "transcript": [],
    "metadata": {},
}
ANSWERS = {
    "get-signed-url": {"signed_url": "wss://api.test/v1/convai/conversation?conversation_id=conv_x"},
    "token": {"token": "jwt", "conversation_id": "conv_x"},
    "phone-numbers": [
        {"phone_number_id": f"phnum_{name}", "phone_number": "+4930123456", "provider": name, "label": ""}
        for name in PROVIDERS
    ],
    "outbound-call": {"success": True, "message": "Success", "conversation_id": "conv_x"},
    "conversations": {"conversations": [], "next_cursor": None, "has_more": False},
    "conv_x": DETAIL,
    "voice_1": {"voice_id": "voice_1"},
    "models": [],
    "subscription": {"character_count": 1, "character_limit": 2, "max_credit_limit_extension": 0},
    "list": {"llms": []},
    "feedback": {},
    "agent_a": AGENT,
    "agents": {"agents": [], "has_more": False, "next_cursor": None},
    "create": {"agent_id": "agent_b"},
    "settings": {},
    "webhooks": {"webhooks": [], "webhook_id": "wh_1", "webhook_secret": "wsec"},
    "wh_1": {"status": "ok"},
    "tools": {"tools": [], "has_more": False, **TOOL},
    "tool_1": TOOL,
    "secrets": {"secrets": [], **STORED},
}
"""What the recorder answers, by the last step of the path."""


class Recorder:
    """Keeps every request and every WebSocket frame, and answers so that both clients are content."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.frames: list[typing.Any] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/talk":
            return await self._talk(request)
        raw = await request.read()
        assert request.headers["xi-api-key"] == KEY
        assert not raw or request.headers["content-type"] == "application/json"
        query = tuple(sorted(request.query.items()))
        body = json.loads(raw) if raw else None
        self.requests.append(Request(request.method, request.path, query, body))
        return web.json_response(ANSWERS[request.path.rpartition("/")[2]])

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        metadata = {"conversation_id": "conv_x"}
        kind = "conversation_initiation_metadata"
        async for message in socket:
            assert message.type is WSMsgType.TEXT
            self.frames.append(message.json())
            if len(self.frames) == 1:
                await socket.send_json({"type": kind, f"{kind}_event": metadata})
        return socket

    def last(self) -> Request:
        return self.requests[-1]


@pytest.fixture
async def recorder():
    recorder = Recorder()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", recorder.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    recorder.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield recorder
    await runner.cleanup()


@pytest.fixture
async def ours(recorder):
    async with open_elevenlabs(
        api_url=recorder.url, api_key=SecretStr(KEY), agent_id="agent_a", clock=lambda: NOON
    ) as client:
        yield client


@pytest.fixture
async def theirs(recorder):
    client = AsyncElevenLabs(base_url=recorder.url, api_key=KEY)
    yield client.conversational_ai, client.webhooks
    await client._client_wrapper.httpx_client.httpx_client.aclose()


async def test_a_field_that_a_method_does_not_take_is_noticed(theirs):
    platform, _ = theirs
    with pytest.raises(Lost, match="outbound_call takes no to"):
        await replay(platform.twilio.outbound_call, body={"agent_id": "agent_a", "to": "+4915112345678"})


def full_initiation(**occasion):
    """Everything that an initiation of ours can carry."""
    persona = make_persona(
        llm="gemini-2.5-flash",
        language="de",
        max_minutes=20,
        voice={"name": "old", "stability": 0.6, "similarity_boost": 0.7, "speed": 0.95},
        variables={"profile_guild_rank": {"type": "number", "default": 0, "description": "Rank."}},
        body="You are Merlin. {{profile_guild_rank}}",
    )
    record = PersonRecord(profile={"guild": {"rank": 7}})
    given = build_initiation(
        persona, "Be kind.", record, "Mira has a cat.", make_occasion(text_only=True, **occasion)
    )
    assert given.left_out == ()
    return given


def test_the_full_initiation_is_full():
    override = full_initiation().override
    assert {group: set(fields) for group, fields in override.items()} == {
        "agent": {"prompt", "first_message", "language"},
        "tts": {"voice_id", "model_id", "stability", "similarity_boost", "speed"},
        "conversation": {"max_duration_seconds", "text_only"},
    }
    assert set(override["agent"]["prompt"]) == {"prompt", "llm"}
    assert full_initiation().variables["profile_guild_rank"] == 7


async def test_the_first_message_of_a_socket_is_built_without_loss(recorder):
    url = recorder.url.replace("http", "ws") + "/talk"
    message = full_initiation().as_message()
    async with open_talk(url, message):
        pass
    (sent,) = recorder.frames
    assert sent == message
    assert sent.pop("type") == "conversation_initiation_client_data"
    rebuilt(INITIATION, sent)


@pytest.mark.parametrize("model", MODEL_LANGUAGES)
def test_every_speech_model_that_a_voice_may_have_is_one_of_theirs(model):
    rebuilt(INITIATION, {"conversation_config_override": {"tts": {"model_id": model}}})


@pytest.mark.filterwarnings("ignore:websockets:DeprecationWarning")
async def test_what_is_said_on_a_socket_is_what_the_package_says(recorder):
    from elevenlabs.conversational_ai.conversation import (
        ContextualUpdateClientToOrchestratorEvent,
        UserActivityClientToOrchestratorEvent,
        UserMessageClientToOrchestratorEvent,
    )

    naps, told = [], asyncio.Event()

    async def sleep(seconds):
        naps.append(seconds)
        if len(naps) > 1:
            told.set()
            await asyncio.Event().wait()

    url = recorder.url.replace("http", "ws") + "/talk"
    async with asyncio.timeout(20), open_talk(url, full_initiation().as_message(), sleep=sleep) as talk:
        await told.wait()
        await talk.say("Do you remember my cat?")
        await talk.add_context("It rains.")
        await talk.end()
    assert recorder.frames[1:] == [
        UserActivityClientToOrchestratorEvent().to_dict(),
        UserMessageClientToOrchestratorEvent(text="Do you remember my cat?").to_dict(),
        ContextualUpdateClientToOrchestratorEvent(text="It rains.").to_dict(),
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
async def test_a_phone_call_is_asked_for_as_the_package_asks(recorder, ours, theirs, provider):
    platform, _ = theirs
    await ours.place_phone_call(
        phone_number_id=f"phnum_{provider}",
        to_number="+4915112345678",
        initiation=full_initiation(),
        ringing_timeout_seconds=45,
    )
    sent = recorder.last()
    await replay(getattr(platform, provider).outbound_call, body=sent.body)
    assert recorder.last() == sent
    assert len(recorder.requests) == 3
    rebuilt(INITIATION, sent.body["conversation_initiation_client_data"])


AFTER, BEFORE = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)


READS = {
    "signed URL": (
        lambda us: us.sign_url(),
        lambda it, _: it.conversations.get_signed_url(agent_id="agent_a", include_conversation_id=True),
    ),
    "token": (
        lambda us: us.fetch_token(),
        lambda it, _: it.conversations.get_webrtc_token(agent_id="agent_a"),
    ),
    "phone numbers": (lambda us: us.fetch_phone_numbers(), lambda it, _: it.phone_numbers.list()),
    "list": (
        lambda us: us.list_conversations(
            user_id="p1",
            variables={"call_ref": "c:1", "character": "wizard"},
            started_after=AFTER,
            started_before=BEFORE,
        ),
        lambda it, _: it.conversations.list(
            agent_id="agent_a",
            user_id="p1",
            page_size=100,
            dynamic_variable_params=["call_ref:eq:c:1", "character:eq:wizard"],
            call_start_after_unix=int(AFTER.timestamp()),
            call_start_before_unix=int(BEFORE.timestamp()),
        ),
    ),
    "detail": (lambda us: us.fetch_conversation("conv_x"), lambda it, _: it.conversations.get("conv_x")),
    "delete": (
        lambda us: us.delete_conversation("conv_x"),
        lambda it, _: it.conversations.delete("conv_x"),
    ),
    "agent": (lambda us: us.agent.fetch(), lambda it, _: it.agents.get("agent_a")),
    "agents": (
        lambda us: us.workspace.list_agents("cast"),
        lambda it, _: it.agents.list(page_size=100, search="cast", archived=False),
    ),
    "settings": (lambda us: us.workspace.fetch_settings(), lambda it, _: it.settings.get()),
    "webhooks": (
        lambda us: us.workspace.list_webhooks(),
        lambda _, hooks: hooks.list(include_usages=True),
    ),
    "tools": (
        lambda us: us.workspace.list_tools("recall"),
        lambda it, _: it.tools.list(search="recall", page_size=100),
    ),
    "tool": (lambda us: us.workspace.fetch_tool("tool_1"), lambda it, _: it.tools.get("tool_1")),
    "secrets": (lambda us: us.workspace.list_secrets(), lambda it, _: it.secrets.list(page_size=100)),
}
"""For each read: how we make it, and how the package does."""


@pytest.mark.parametrize("name", READS)
async def test_a_read_asks_what_the_package_asks(recorder, ours, theirs, name):
    we, it = READS[name]
    await we(ours)
    sent = recorder.last()
    await it(*theirs)
    assert recorder.last() == sent
    assert len(recorder.requests) == 2
    assert sent.body is None


CHOICES = {
    "voice": (lambda us: us.voices.fetch_voice("voice_1"), lambda it: it.voices.get("voice_1")),
    "speech models": (lambda us: us.voices.list_speech_models(), lambda it: it.models.list()),
    "credit": (lambda us: us.fetch_credit(), lambda it: it.user.subscription.get()),
    "language models": (
        lambda us: us.voices.list_language_models(),
        lambda it: it.conversational_ai.llm.list(),
    ),
}
"""What there is to choose from: how we ask, and how the package does."""


@pytest.mark.parametrize("name", CHOICES)
async def test_what_there_is_to_choose_from_is_asked_for_as_the_package_asks(recorder, ours, name):
    we, it = CHOICES[name]
    await we(ours)
    sent = recorder.last()
    client = AsyncElevenLabs(base_url=recorder.url, api_key=KEY)
    await it(client)
    await client._client_wrapper.httpx_client.httpx_client.aclose()
    assert (recorder.last(), len(recorder.requests)) == (sent, 2)


def whole_types(changes: dict[str, typing.Any]) -> None:
    """Build the three large parts of an agent, each as the type that the package has for it."""
    rebuilt(ConversationalConfig, changes["conversation_config"])
    rebuilt(AgentPlatformSettingsRequestModel, changes["platform_settings"])
    rebuilt(AgentWorkflowRequestModel, changes["workflow"])


async def test_a_changed_agent_is_sent_as_the_package_sends_it(recorder, ours, theirs):
    platform, _ = theirs
    await ours.agent.patch(AGENT_CHANGES)
    sent = recorder.last()
    whole_types(sent.body)
    await replay(platform.agents.update, "agent_a", body=sent.body)
    assert recorder.last() == sent


async def test_a_new_agent_is_asked_for_as_the_package_asks(recorder, ours, theirs):
    platform, _ = theirs
    assert await ours.workspace.create_agent("Characters") == "agent_b"
    sent = recorder.last()
    rebuilt(ConversationalConfig, sent.body["conversation_config"])
    rebuilt(AgentPlatformSettingsRequestModel, sent.body["platform_settings"])
    await replay(platform.agents.create, body=sent.body)
    assert recorder.last() == sent


async def test_changed_settings_are_sent_as_the_package_sends_them(recorder, ours, theirs):
    platform, _ = theirs
    await ours.workspace.patch_settings(SETTINGS)
    sent = recorder.last()
    await replay(platform.settings.update, body=sent.body)
    assert recorder.last() == sent


async def test_a_new_webhook_is_sent_as_the_package_sends_it(recorder, ours, theirs):
    _, hooks = theirs
    await ours.workspace.create_webhook(name="troupe", url="https://bot.example.com/webhooks")
    sent = recorder.last()
    await replay(hooks.create, body=sent.body)
    assert recorder.last() == sent


async def test_a_changed_webhook_is_sent_as_the_package_sends_it(recorder, ours, theirs):
    _, hooks = theirs
    await ours.workspace.patch_webhook("wh_1", name="troupe", is_disabled=False, retry_enabled=True)
    sent = recorder.last()
    await replay(hooks.update, "wh_1", body=sent.body)
    assert recorder.last() == sent


async def test_a_tool_is_made_and_replaced_as_the_package_does(recorder, ours, theirs):
    platform, _ = theirs
    await ours.workspace.create_tool(RECALL)
    made = recorder.last()
    await platform.tools.create(request=rebuilt(ToolRequestModel, made.body))
    assert recorder.last() == made
    await ours.workspace.patch_tool("tool_1", RECALL)
    changed = recorder.last()
    await platform.tools.update("tool_1", request=rebuilt(ToolRequestModel, changed.body))
    assert recorder.last() == changed


async def test_a_secret_is_sent_as_the_package_sends_it(recorder, ours, theirs):
    platform, _ = theirs
    await ours.workspace.create_secret("recall", SecretStr("value"))
    sent = recorder.last()
    assert sent.body["type"] == "new"
    await replay(
        platform.secrets.create, body={name: part for name, part in sent.body.items() if name != "type"}
    )
    assert recorder.last() == sent


@pytest.mark.parametrize("liked", [True, False])
async def test_feedback_is_sent_as_the_package_sends_it(recorder, ours, theirs, liked):
    platform, _ = theirs
    await ours.rate_conversation("conv_x", liked=liked)
    sent = recorder.last()
    await replay(platform.conversations.feedback.create, "conv_x", body=sent.body)
    assert recorder.last() == sent


def test_every_request_of_ours_is_compared():
    compared = {
        *("sign_url", "fetch_token", "fetch_phone_numbers", "list_conversations", "fetch_conversation"),
        *("delete_conversation", "rate_conversation", "place_phone_call", "fetch_credit"),
    }
    made_of_these = {"find_conversation_ids", "open_talk", "fetch_webhooks"}
    of_the_agent = {"fetch_allowed_overrides", "get_allowed_overrides", "forget_agent"}
    methods = {name for name in vars(ElevenLabs) if not name.startswith("_")}
    assert methods == compared | made_of_these | of_the_agent
