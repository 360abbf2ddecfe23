"""Every address that takes a body, asked by whoever may, with any JSON and any header: never a 5xx."""

import asyncio
import json
import logging
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web_house import SECRETS, House, sign

KEYS = st.sampled_from(
    ["remember", "call_ref", "query", "caller_id", "agent_id", "conversation_id", "type", "data", "x"]
)
TEXTS = st.one_of(
    st.text(max_size=30), st.sampled_from(["agent_sandbox", "+4915112345678", "conv_1", "post_call_audio"])
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | TEXTS, inner, max_size=6),
    max_leaves=12,
)
ROUTES = st.sampled_from(
    [
        "/t/{token}/start",
        "/t/{token}/end",
        "/tools/recall",
        "/hooks/elevenlabs/initiation",
        "/hooks/elevenlabs",
    ]
)
ALWAYS_ANSWERED = {"/hooks/elevenlabs/initiation", "/hooks/elevenlabs"}


@pytest.mark.anyio
async def test_whatever_json_is_sent_is_answered_or_refused(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    url = await house.serve(recall_secrets=SECRETS, inbound_secrets=SECRETS)
    loop = asyncio.get_running_loop()

    async def ask(route: str, body: Any, last_id: str) -> int:
        token = (await house.link()).rpartition("/")[2]
        raw = json.dumps(body).encode()
        headers = {"Origin": url, "X-Troupe-Secret": SECRETS[0], **sign(raw, house.clock())}
        async with house.browser.post(url + route.format(token=token), data=raw, headers=headers) as answer:
            await answer.json() if "json" in answer.content_type else await answer.read()
        told = {"Last-Event-ID": last_id.encode("utf-8", "replace").decode("latin-1")}
        told = {name: "".join(sign for sign in value if sign.isprintable()) for name, value in told.items()}
        async with house.browser.get(f"{url}/t/{token}/events", headers=told) as stream:
            assert stream.status < 500
        return answer.status

    @settings(max_examples=120, suppress_health_check=list(HealthCheck), database=None)
    @given(ROUTES, VALUES, TEXTS)
    def check(route: str, body: Any, last_id: str) -> None:
        status = asyncio.run_coroutine_threadsafe(ask(route, body, last_id), loop).result(30)
        assert status == 200 if route in ALWAYS_ANSWERED else 200 <= status < 500

    await asyncio.to_thread(check)
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
