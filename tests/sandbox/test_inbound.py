"""Calls that come in: the webhook says what they start with, and they start only if that is complete."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from .client import Client, Clock, initiation

pytestmark = pytest.mark.anyio

CALLER = "+4915112345678"
SETTINGS = "/v1/convai/settings"
AGENT = "/v1/convai/agents/agent_sandbox"
FROM_WEBHOOK = "enable_conversation_initiation_client_data_from_webhook"


class Bot:
    """Answers the webhook, and keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.answer: Any = {**initiation(), "conversation_config_override": {}}
        self.status = 200
        self.asked: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.is_slow = False

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((dict(request.headers), await request.json()))
        if self.is_slow:
            await asyncio.sleep(30)
        body = self.answer if isinstance(self.answer, str) else json.dumps(self.answer)
        return web.Response(text=body, status=self.status)


@pytest.fixture
async def bot() -> AsyncIterator[Bot]:
    bot, app = Bot(), web.Application()
    app.router.add_post("/inbound", bot.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    bot.url = f"http://127.0.0.1:{runner.addresses[0][1]}/inbound"
    yield bot
    await runner.cleanup()


async def use(client: Client, bot: Bot, *, is_on: bool = True, **headers: Any) -> None:
    webhook = {"url": bot.url, "request_headers": headers}
    changed = {"conversation_initiation_client_data_webhook": webhook}
    assert (await client.ask("PATCH", SETTINGS, json=changed))[0] == 200
    await allow(client, {FROM_WEBHOOK: is_on})


async def allow(client: Client, flags: dict[str, Any]) -> None:
    changed = {"platform_settings": {"overrides": flags}}
    assert (await client.ask("PATCH", AGENT, json=changed))[0] == 200


async def ring(client: Client, number: str = "phnum_sandbox", caller: Any = CALLER) -> tuple[int, Any]:
    return await client.ask("POST", "/sandbox/inbound", json={"from_number": caller, "number": number})


async def failed(client: Client) -> str:
    """Ring, find the line dead, and return why, as the conversation has it."""
    _, rung = await ring(client)
    assert (rung["words"], rung["open"]) == ([], False)
    _, detail = await client.get(f"/v1/convai/conversations/{rung['conversation_id']}")
    assert detail["status"] == "failed"
    assert detail["metadata"]["error"]["reason"] == rung["failure"]
    assert detail["metadata"]["phone_call"]["direction"] == "inbound"
    return str(rung["failure"])


async def test_a_call_comes_in_is_talked_and_hung_up(client: Client, bot: Bot, clock: Clock) -> None:
    await use(client, bot, **{"X-Secret": "s3cret"})
    _, rung = await ring(client)
    assert (rung["words"], rung["open"], rung["failure"]) == (["Well met, Mira!"], True, None)
    headers, asked = bot.asked[0]
    assert headers["X-Secret"] == "s3cret"
    assert asked == {
        "caller_id": CALLER,
        "called_number": "+15005550006",
        "agent_id": "agent_sandbox",
        "call_sid": rung["call_sid"],
        "conversation_id": rung["conversation_id"],
    }
    clock.move(seconds=20)
    call = f"/sandbox/calls/{rung['call_sid']}"
    _, said = await client.ask("POST", f"{call}/say", json={"text": "What do you remember?"})
    assert "Fig" in said["words"][0]
    await client.ask("POST", f"{call}/hang-up", json={})
    detail = await client.finished(rung["conversation_id"], clock)
    assert (detail["user_id"], detail["metadata"]["call_duration_secs"]) == ("person_1", 20)
    assert detail["metadata"]["phone_call"] == {
        "type": "twilio",
        "direction": "inbound",
        "phone_number_id": "phnum_sandbox",
        "agent_number": "+15005550006",
        "external_number": CALLER,
        "call_result": "answered",
        "stream_sid": "",
        "call_sid": rung["call_sid"],
    }
    variables = detail["conversation_initiation_client_data"]["dynamic_variables"]
    assert (variables["system__caller_id"], variables["system__call_sid"]) == (CALLER, rung["call_sid"])
    _, log = await client.get("/sandbox/calls")
    assert log["rung"] == {}
    assert [(call["direction"], call["state"]) for call in log["calls"]] == [("inbound", "completed")]


async def test_nobody_is_asked_unless_the_agent_takes_the_answer(client: Client, bot: Bot) -> None:
    await use(client, bot, is_on=False)
    assert "Missing required dynamic variables" in await failed(client)
    assert bot.asked == []


async def test_the_agent_s_own_webhook_wins(client: Client, bot: Bot) -> None:
    await use(client, bot)
    own = {"conversation_initiation_client_data_webhook": {"url": f"{bot.url}?own", "request_headers": {}}}
    await client.ask("PATCH", AGENT, json={"platform_settings": {"workspace_overrides": own}})
    bot.url = ""
    _, rung = await ring(client, "phnum_sandbox_sip")
    assert rung["open"]
    assert len(bot.asked) == 1


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("no JSON", "failed: its answer is"),
        ("[]", "not a JSON object"),
        ({"dynamic_variables": {"first_message": "Hello."}}, "needs the type"),
        ({**initiation(), "dynamic_variables": {}}, "Missing required dynamic variables in first message"),
        ({**initiation(), "dynamic_variables": {"first_message": None}}, "should be a string"),
        ({**initiation(), "user_id": 5}, "user_id should be a valid string"),
        ({**initiation(), "greeting": "Hello."}, "There is no field 'greeting'"),
    ],
)
async def test_a_call_does_not_start_with_a_wrong_answer(
    client: Client, bot: Bot, answer: Any, why: str
) -> None:
    await use(client, bot)
    bot.answer = answer
    assert why in await failed(client)


async def test_an_override_that_the_agent_does_not_allow_ends_the_call(client: Client, bot: Bot) -> None:
    await use(client, bot)
    await allow(client, {"conversation_config_override": {"tts": {"voice_id": False}}})
    bot.answer = {**initiation(), "conversation_config_override": {"tts": {"voice_id": "v"}}}
    assert "'voice_id' is not allowed by config" in await failed(client)


@pytest.mark.parametrize("status", [201, 302, 404, 503])
async def test_any_other_status_than_200_ends_the_call(client: Client, bot: Bot, status: int) -> None:
    await use(client, bot)
    bot.status = status
    assert f"status {status}" in await failed(client)


async def test_nobody_waits_for_a_slow_webhook_or_one_that_is_not_there(
    client: Client, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sandbox.inbound.PATIENCE_SECONDS", 0.1)
    await use(client, bot)
    bot.is_slow = True
    assert "timed out" in await failed(client)
    bot.url = "http://127.0.0.1:9/"
    await use(client, bot)
    assert "could not be reached" in await failed(client)


async def test_a_header_may_hold_a_secret_of_the_workspace(client: Client, bot: Bot) -> None:
    secret = {"type": "new", "name": "inbound", "value": "kept there"}
    _, made = await client.ask("POST", "/v1/convai/secrets", json=secret)
    await use(client, bot, **{"X-Secret": {"secret_id": made["secret_id"]}})
    assert (await ring(client))[1]["open"]
    assert bot.asked[0][0]["X-Secret"] == "kept there"
    await use(client, bot, **{"X-Secret": {"env_var_label": "nothing"}})
    assert "header" in await failed(client)


@pytest.mark.parametrize(("number", "caller"), [("phnum_9", CALLER), ("phnum_sandbox", 7)])
async def test_a_wrong_request_is_told_in_a_sentence(client: Client, number: str, caller: Any) -> None:
    status, told = await ring(client, number, caller)
    assert (status, list(told)) == (400, ["error"])


async def test_notes_for_one_person_wait_for_their_name(client: Client, bot: Bot) -> None:
    gate = "What follows is for Mira alone. Use none of it before they have said that it is them."
    notes = f"{gate}\n\nMira keeps a cat named Fig."
    asks = "Merlin here. Who is this?"
    bot.answer = {**initiation(context=notes, first_message=asks), "conversation_config_override": {}}
    await use(client, bot)
    _, rung = await ring(client)
    say = f"/sandbox/calls/{rung['call_sid']}/say"
    for words in ("Guess! What do you remember?", "Is this about Mira?", "I am not Mira. What do you know?"):
        _, said = await client.ask("POST", say, json={"text": words})
        assert "Fig" not in said["words"][0]
        assert said["words"][0].endswith("Who is this?")
    _, said = await client.ask("POST", say, json={"text": "This is Mira. What do you remember?"})
    assert "Fig" in said["words"][0]
