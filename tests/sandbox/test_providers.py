"""SIP trunk and Exotel beside Twilio: each number has its endpoint, its ids and its failures."""

import pytest

from .client import initiation
from .test_phone import calls, next_ring

pytestmark = pytest.mark.anyio

PATHS = {
    "twilio": "/v1/convai/twilio/outbound-call",
    "sip_trunk": "/v1/convai/sip-trunk/outbound-call",
    "exotel": "/v1/convai/exotel/outbound-call",
}
NUMBERS = {
    "twilio": "phnum_sandbox",
    "sip_trunk": "phnum_sandbox_sip",
    "exotel": "phnum_sandbox_exotel",
}


async def place(client, provider, number_of=None):
    data = {name: value for name, value in initiation().items() if name != "type"}
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": NUMBERS[number_of or provider],
        "to_number": "+4915112345678",
        "conversation_initiation_client_data": data,
    }
    return await client.ask("POST", PATHS[provider], json=body)


@pytest.mark.parametrize(
    ("provider", "key", "kind", "extra"),
    [
        ("twilio", "callSid", "twilio", {"stream_sid"}),
        ("exotel", "callSid", "exotel", {"stream_sid"}),
        ("sip_trunk", "sip_call_id", "sip_trunking", {"call_id", "sip_header_dynamic_variables"}),
    ],
)
async def test_each_provider_rings_and_is_told_apart(client, clock, provider, key, kind, extra):
    status, placed = await place(client, provider)
    assert (status, set(placed)) == (200, {"success", "message", "conversation_id", key})
    ring = await next_ring(client)
    assert ring.call_sid == placed[key]
    await (await ring.answer()).hang_up()
    detail = await client.finished(placed["conversation_id"], clock)
    told = detail["metadata"]["phone_call"]
    common = {"type", "direction", "phone_number_id", "agent_number", "external_number", "call_result"}
    assert set(told) == common | extra | {"call_sid"}
    assert (told["type"], told["phone_number_id"]) == (kind, NUMBERS[provider])
    assert detail["metadata"]["conversation_initiation_source"] == provider
    assert (await calls(client))["calls"][0]["provider"] == provider


@pytest.mark.parametrize(("provider", "other"), [("twilio", "exotel"), ("sip_trunk", "twilio")])
async def test_a_number_of_another_provider_does_not_fit(client, provider, other):
    status, answer = await place(client, provider, number_of=other)
    assert (status, answer["detail"]["param"]) == (400, "agent_phone_number_id")
    assert (await calls(client))["calls"] == []


async def test_a_sip_call_that_is_declined_says_so_in_the_words_of_sip(client, receiver):
    client.sandbox.deliver_webhooks_to(receiver.url)
    await place(client, "sip_trunk")
    await (await next_ring(client)).decline()
    data = (await receiver.next_event())["data"]
    assert (data["failure_reason"], data["metadata"]["type"]) == ("busy", "sip")
    assert data["metadata"]["body"]["sip_status_code"] == 486


async def test_one_number_can_be_asked_for(client):
    status, number = await client.get("/v1/convai/phone-numbers/phnum_sandbox_sip")
    assert (status, number["provider"], number["livekit_stack"]) == (200, "sip_trunk", "standard")
    status, answer = await client.get("/v1/convai/phone-numbers/phnum_none")
    assert (status, answer["detail"]["code"]) == (404, "phone_number_not_found")


async def test_numbers_come_in_pages_as_well(client):
    path = "/v1/convai/v2/phone-numbers"
    _, page = await client.get(path, page_size="2")
    _, rest = await client.get(path, page_size="2", cursor=page["next_cursor"])
    ids = [number["phone_number_id"] for number in page["phone_numbers"] + rest["phone_numbers"]]
    assert (ids, page["has_more"], rest["has_more"]) == (list(NUMBERS.values()), True, False)
    _, found = await client.get(path, search="exotel")
    assert [number["provider"] for number in found["phone_numbers"]] == ["exotel"]
    assert (await client.get(path, page_size="101"))[0] == 422
