"""Webhooks that are configured in the workspace, delivered as ElevenLabs documents it."""

import asyncio
import hashlib
import hmac
from functools import partial

import pytest

from .client import Client, Clock
from .test_phone import place

pytestmark = pytest.mark.anyio

WEBHOOKS = "/v1/workspace/webhooks"
SETTINGS = "/v1/convai/settings"


async def configure(client: Client, url: str, events=("transcript",), **changes) -> tuple[str, str]:
    settings = {"auth_type": "hmac", "name": "bot", "webhook_url": url}
    _, made = await client.ask("POST", WEBHOOKS, json={"settings": settings})
    webhook_id = made["webhook_id"]
    if changes:
        body = {"is_disabled": False, "name": "bot", **changes}
        assert (await client.ask("PATCH", f"{WEBHOOKS}/{webhook_id}", json=body))[0] == 200
    wanted = {"post_call_webhook_id": webhook_id, "events": list(events)}
    assert (await client.ask("PATCH", SETTINGS, json={"webhooks": wanted}))[0] == 200
    return webhook_id, made["webhook_secret"]


async def hold(client: Client, clock: Clock) -> str:
    async with client.conversation() as talk:
        await talk.answer()
    await client.finished(talk.conversation_id, clock)
    return talk.conversation_id


async def only(client: Client) -> dict:
    _, listed = await client.get(WEBHOOKS, include_usages="true")
    (webhook,) = listed["webhooks"]
    return webhook


async def failed(client: Client, clock: Clock) -> None:
    """Until the last conversation's webhook has been tried and counted."""
    before = (await only(client))["most_recent_failure_timestamp"]
    clock.move(seconds=1)
    await hold(client, clock)
    async with asyncio.timeout(10):
        while True:
            if (await only(client))["most_recent_failure_timestamp"] != before:
                return
            await asyncio.sleep(0.01)


async def test_a_configured_webhook_gets_the_event_signed_with_its_own_secret(client, clock, receiver):
    client.sandbox.deliver_webhooks_to("http://127.0.0.1:9/not-here")
    _, secret = await configure(client, receiver.url)
    await hold(client, clock)
    header, body = await asyncio.wait_for(receiver.deliveries.get(), 10)
    moment, digest = header.split(",v0=")
    assert secret != client.sandbox.webhook_secret
    expected = hmac.new(secret.encode(), moment[2:].encode() + b"." + body, hashlib.sha256)
    assert digest == expected.hexdigest()


async def test_its_secret_is_shown_once(client, receiver):
    webhook_id, secret = await configure(client, receiver.url)
    webhook = await only(client)
    assert secret not in str(webhook)
    assert (webhook["webhook_id"], webhook["usage"]) == (webhook_id, [{"usage_type": "ConvAI Settings"}])


async def test_what_it_did_not_subscribe_to_is_not_sent(client, clock, receiver):
    await configure(client, receiver.url, events=("transcript",))
    await place(client, 1)
    clock.move(seconds=1)
    held = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == held
    assert receiver.deliveries.empty()


async def test_the_agents_own_choice_wins(client, clock, receiver):
    webhook_id, _ = await configure(client, receiver.url, events=("call_initiation_failure",))
    own = {"webhooks": {"post_call_webhook_id": webhook_id, "events": ["transcript"]}}
    patch = {"platform_settings": {"workspace_overrides": own}}
    assert (await client.ask("PATCH", "/v1/convai/agents/agent_sandbox", json=patch))[0] == 200
    held = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == held


async def test_nothing_is_repeated_until_retries_are_switched_on(client, clock, receiver):
    receiver.status = 503
    await configure(client, receiver.url)
    await failed(client, clock)
    clock.move(hours=1)
    receiver.status = 200
    kept = await hold(client, clock)
    came = [(await receiver.next_event())["data"]["conversation_id"] for _ in range(2)]
    assert (came[1], receiver.deliveries.empty()) == (kept, True)


async def test_retries_come_five_times_in_half_an_hour_and_then_no_more(client, clock, receiver):
    receiver.status = 503
    await configure(client, receiver.url, retry_enabled=True)
    await hold(client, clock)
    await receiver.next_event()
    for least, most in ((30, 33), (90, 99), (360, 396), (1320, 1452)):
        await asyncio.sleep(0.05)
        clock.move(seconds=least - 1)
        await asyncio.sleep(0.05)
        assert receiver.deliveries.empty()
        clock.move(seconds=most - least + 1)
        await receiver.next_event()
    await asyncio.sleep(0.05)
    clock.move(days=1)
    await asyncio.sleep(0.05)
    assert receiver.deliveries.empty()


async def test_a_call_that_was_not_taken_is_told_once_even_with_retries(client, clock, receiver):
    receiver.status = 503
    await configure(client, receiver.url, events=("call_initiation_failure",), retry_enabled=True)
    await place(client, 1)
    clock.move(seconds=1)
    await receiver.next_event()
    await asyncio.sleep(0.05)
    clock.move(seconds=40)
    await asyncio.sleep(0.05)
    assert receiver.deliveries.empty()


async def test_ten_failures_in_a_row_switch_it_off_until_somebody_switches_it_on(client, clock, receiver):
    receiver.status = 500
    webhook_id, _ = await configure(client, receiver.url)
    for _ in range(10):
        assert not (await only(client))["is_auto_disabled"]
        await failed(client, clock)
    webhook = await only(client)
    assert (webhook["is_disabled"], webhook["is_auto_disabled"]) == (True, True)
    assert webhook["most_recent_failure_error_code"] == 500
    receiver.status, receiver.deliveries = 200, asyncio.Queue()
    await hold(client, clock)
    await client.ask("PATCH", f"{WEBHOOKS}/{webhook_id}", json={"is_disabled": False, "name": "bot"})
    assert not (await only(client))["is_auto_disabled"]
    held = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == held


@pytest.mark.parametrize(("days", "off"), [(7, True), (6, False)])
async def test_a_success_in_the_last_seven_days_forgives_failures(client, clock, receiver, days, off):
    await configure(client, receiver.url)
    await hold(client, clock)
    await receiver.next_event()
    await asyncio.sleep(0.05)
    receiver.status = 500
    clock.move(days=days)
    for _ in range(10):
        await failed(client, clock)
    assert (await only(client))["is_auto_disabled"] is off


async def test_a_408_is_tried_again(client, clock, receiver):
    receiver.status = 408
    await configure(client, receiver.url, retry_enabled=True)
    held = await hold(client, clock)
    await receiver.next_event()
    await asyncio.sleep(0.05)
    receiver.status = 200
    clock.move(seconds=34)
    assert (await receiver.next_event())["data"]["conversation_id"] == held


async def test_after_deleting_it_the_events_go_where_they_went_before(client, clock, receiver):
    webhook_id, _ = await configure(client, "http://127.0.0.1:9/nobody")
    assert await client.ask("DELETE", f"{WEBHOOKS}/{webhook_id}") == (200, {"status": "ok"})
    status, answer = await client.ask("DELETE", f"{WEBHOOKS}/{webhook_id}")
    assert (status, answer["detail"]["code"]) == (404, "webhook_not_found")
    _, settings = await client.get(SETTINGS)
    assert settings["webhooks"]["post_call_webhook_id"] is None
    client.sandbox.deliver_webhooks_to(receiver.url)
    held = await hold(client, clock)
    assert (await receiver.next_event())["data"]["conversation_id"] == held


@pytest.mark.parametrize(
    ("method", "path", "body", "place"),
    [
        ("POST", WEBHOOKS, {"settings": {"name": "x"}}, ["body", "settings", "webhook_url"]),
        (
            "POST",
            WEBHOOKS,
            {"settings": {"name": "x", "webhook_url": "bot"}},
            ["body", "settings", "webhook_url"],
        ),
        ("PATCH", SETTINGS, {"webhook": {}}, ["body", "webhook"]),
        ("PATCH", SETTINGS, {"webhooks": {"events": ["post_call"]}}, ["body", "webhooks", "events"]),
        ("PATCH", SETTINGS, {"webhooks": []}, ["body", "webhooks"]),
        (
            "PATCH",
            SETTINGS,
            {"webhooks": {"post_call_webhook_id": []}},
            ["body", "webhooks", "post_call_webhook_id"],
        ),
    ],
)
async def test_wrong_settings_are_refused(client, method, path, body, place):
    status, answer = await client.ask(method, path, json=body)
    assert (status, answer["detail"][0]["loc"]) == (422, place)


async def test_a_webhook_must_exist_to_be_configured_and_needs_its_name_to_be_changed(client, receiver):
    wanted = {"webhooks": {"post_call_webhook_id": "wh_none"}}
    assert (await client.ask("PATCH", SETTINGS, json=wanted))[0] == 404
    webhook_id, _ = await configure(client, receiver.url)
    status, answer = await client.ask("PATCH", f"{WEBHOOKS}/{webhook_id}", json={"retry_enabled": True})
    assert status == 422
    assert {problem["loc"][-1] for problem in answer["detail"]} == {"name", "is_disabled"}


async def test_alone_it_keeps_nothing_for_those_who_come_later(open_client, clock, receiver):
    async with open_client(keep_webhooks=False) as client:
        await hold(client, clock)
        await asyncio.sleep(0.05)
        client.sandbox.deliver_webhooks_to(receiver.url)
        kept = await hold(client, clock)
        assert (await receiver.next_event())["data"]["conversation_id"] == kept


async def test_an_operators_webhook_is_made_once_and_uses_the_printed_secret(client, clock, receiver):
    for _ in range(2):
        await client.sandbox.configure_webhook(receiver.url)
    assert (await only(client))["usage"] == [{"usage_type": "ConvAI Settings"}]
    await hold(client, clock)
    header, body = await asyncio.wait_for(receiver.deliveries.get(), 10)
    moment, digest = header.split(",v0=")
    expected = hmac.new(
        client.sandbox.webhook_secret.encode(), moment[2:].encode() + b"." + body, hashlib.sha256
    )
    assert digest == expected.hexdigest()


@pytest.mark.parametrize(("waiting", "tried_again"), [(99, True), (100, False)])
async def test_with_more_than_a_hundred_waiting_nothing_more_is_tried_again(
    client, clock, receiver, waiting, tried_again
):
    await configure(client, receiver.url, retry_enabled=True)
    receiver.status, later = 503, clock.now.timestamp() + 86_400
    state, event = client.sandbox._deliveries._state, {"type": "post_call_transcription"}
    for number in range(waiting):
        await state.on_thread(partial(state.queue_event, f"conv_{number}", event, later))
    await hold(client, clock)
    await receiver.next_event()
    await asyncio.sleep(0.1)
    clock.move(seconds=40)
    await asyncio.sleep(0.2)
    assert receiver.deliveries.empty() is not tried_again
