"""Webhooks over HTTP: stored before they are acknowledged, and never a 4xx for a genuine one."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import web
from web_house import SECRETS, House, event, sign

from bot.elevenlabs.webhook import HEAD_BYTES
from bot.web.webhooks import LARGE_AT_A_TIME, MAX_EVENT_BYTES, SMALL_BYTES, Webhooks

HOOK = "/hooks/elevenlabs"
MEGABYTE = 1024 * 1024


async def deliver(house: House, raw: Any, headers: dict[str, str], url: str = "") -> tuple[int, str]:
    async with house.browser.post(f"{url or house.url}{HOOK}", data=raw, headers=headers) as answer:
        return answer.status, await answer.text()


@pytest.mark.anyio
async def test_a_genuine_event_is_stored_and_followed_up(house: House) -> None:
    raw = event(text="naïve 🧙")
    assert (await deliver(house, raw, sign(raw, house.clock())))[0] == 200
    key = "post_call_transcription:conv_1"
    assert await house.installation.store.fetch_event(key) == raw
    jobs = await house.installation.store.claim_jobs(house.clock(), house.clock(), 10)
    assert [(job.kind, job.subject) for job in jobs] == [("event", key)]
    assert len(house.nudges) == 1


@pytest.mark.anyio
async def test_a_repeated_event_is_accepted_and_stored_once(house: House) -> None:
    raw = event()
    await deliver(house, raw, sign(raw, house.clock()))
    before = await house.everything_stored()
    house.clock.pass_(seconds=30)
    assert (await deliver(house, raw, sign(raw, house.clock())))[0] == 200
    assert await house.everything_stored() == before
    assert len(house.nudges) == 1


@pytest.mark.anyio
async def test_both_secrets_of_a_rotation_are_accepted(house: House) -> None:
    for number, secret in enumerate(("wsec_new", "wsec_old")):
        raw = event(f"conv_{number}")
        assert (await deliver(house, raw, sign(raw, house.clock(), secret)))[0] == 200


@pytest.mark.anyio
async def test_a_bad_signature_is_refused_without_a_reason(house: House) -> None:
    raw = event()
    good = sign(raw, house.clock())
    before = await house.everything_stored()
    refusals = set()
    for body, headers in (
        (raw, {}),
        (raw, sign(raw, house.clock(), "wsec_other")),
        (raw + b" ", good),
        (raw, {"ElevenLabs-Signature": "nonsense"}),
        (b"", {}),
    ):
        refusals.add(await deliver(house, body, headers))
    house.clock.pass_(minutes=30, seconds=1)
    refusals.add(await deliver(house, raw, good))
    assert [status for status, _ in refusals] == [401]
    assert await house.everything_stored() == before
    assert not house.nudges


@pytest.mark.anyio
@pytest.mark.parametrize("raw", [b"", b"not JSON", b"\xff\xfe", b"[" * 100_000, b'{"type": 7}'])
async def test_a_genuine_event_that_nobody_can_read_is_stored_as_well(house: House, raw: bytes) -> None:
    assert (await deliver(house, raw, sign(raw, house.clock())))[0] == 200
    assert raw in [row[2] for row in (await house.everything_stored())["inbox"]]


@pytest.mark.anyio
async def test_audio_is_dropped_without_being_read(house: House) -> None:
    sent = 0

    async def audio() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'{"type":"post_call_audio","event_timestamp":1,"data":{"full_audio":"'
        for _ in range(60):
            sent += MEGABYTE
            yield b"A" * MEGABYTE

    before = await house.everything_stored()
    assert (await deliver(house, audio(), sign(b"", house.clock())))[0] == 200
    assert sent <= 20 * MEGABYTE
    assert (await house.see("/healthz"))[0] == 200
    assert await house.everything_stored() == before


@pytest.mark.anyio
@pytest.mark.parametrize("headers", [{}, {"ElevenLabs-Signature": "v0=" + "a" * 64}, None])
async def test_what_is_not_signed_lately_is_refused_unread(
    house: House, headers: dict[str, str] | None
) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(60):
            sent += MEGABYTE
            yield b"[" * MEGABYTE

    if headers is None:
        headers = sign(b"", house.clock())
        house.clock.pass_(minutes=30, seconds=1)
    assert (await deliver(house, body(), headers))[0] == 401
    assert sent <= 20 * MEGABYTE


@pytest.mark.anyio
@pytest.mark.parametrize("size", [SMALL_BYTES - 1, SMALL_BYTES, SMALL_BYTES + 1, MAX_EVENT_BYTES])
async def test_a_large_event_is_stored_whole(house: House, size: int) -> None:
    raw = event("conv_1", filler="")
    raw = raw.replace(b'""', b'"%b"' % (b"x" * (size - len(raw))))
    assert len(raw) == size
    assert (await deliver(house, io.BytesIO(raw), sign(raw, house.clock())))[0] == 200
    assert await house.installation.store.fetch_event("post_call_transcription:conv_1") == raw


@pytest.mark.anyio
async def test_an_event_too_large_to_keep_is_acknowledged_and_fetched_instead(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    raw = event("conv_1", filler="x" * MAX_EVENT_BYTES)
    assert (await deliver(house, io.BytesIO(raw), sign(raw, house.clock())))[0] == 200
    jobs = await house.installation.store.claim_jobs(house.clock(), house.clock(), 10)
    assert [(job.kind, job.subject) for job in jobs] == [("fetch", "conv_1")]
    assert (await house.everything_stored())["inbox"] == []
    assert len(house.nudges) == 1
    assert "conv_1 will be fetched instead" in caplog.text


@pytest.mark.anyio
@pytest.mark.parametrize(
    "start",
    [
        b'{"type": "call_initiation_failure", "data": {"conversation_id": "conv_1", "x": "',
        b'{"type": "post_call_transcription", "data": {"conversation_id": "../x", "x": "',
        b'{"type": "post_call_transcription", "data": {"x": "\\"conversation_id\\": \\"conv_1\\"',
        b"",
    ],
)
async def test_an_event_too_large_to_keep_that_names_no_conversation_is_dropped(
    house: House, start: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    before = await house.everything_stored()
    raw = start + b"x" * (MAX_EVENT_BYTES + 1)
    assert (await deliver(house, io.BytesIO(raw), sign(raw, house.clock())))[0] == 200
    assert await house.everything_stored() == before
    assert "it names no conversation" in caplog.text


@pytest.mark.anyio
async def test_a_stranger_gets_nothing_fetched_with_a_large_body(house: House) -> None:
    before = await house.everything_stored()
    raw = event("conv_1", filler="x" * MAX_EVENT_BYTES)
    headers = sign(raw, house.clock(), "wsec_other")
    assert (await deliver(house, io.BytesIO(raw), headers))[0] == 401
    assert await house.everything_stored() == before


@pytest.mark.anyio
@pytest.mark.parametrize("sent", [0, HEAD_BYTES, SMALL_BYTES])
async def test_a_body_that_never_comes_is_waited_for_in_vain(house: House, sent: int) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"x" * sent
        await asyncio.Event().wait()

    url = await house.serve(patience_seconds=0.05)
    assert (await deliver(house, body(), sign(b"", house.clock()), url))[0] == 408


@pytest.mark.anyio
async def test_only_a_few_large_events_come_in_at_a_time_and_small_ones_always(house: House) -> None:
    large = event("conv_1", filler="x" * SMALL_BYTES)
    hooks = Webhooks(house.installation, SECRETS, lambda: None, patience_seconds=60)
    slots = [AsyncExitStack() for _ in range(LARGE_AT_A_TIME)]
    for slot in slots:
        await hooks.wait_for_room(slot)
    application = web.Application()
    application.router.add_post(HOOK, hooks.receive)
    runner = web.AppRunner(application)
    await runner.setup()
    house.stack.push_async_callback(runner.cleanup)
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    waiting = asyncio.create_task(deliver(house, large, sign(large, house.clock()), url))
    small = event("conv_2")
    assert (await deliver(house, small, sign(small, house.clock()), url))[0] == 200
    assert not waiting.done()
    await slots[0].aclose()
    assert (await waiting)[0] == 200


@pytest.mark.anyio
async def test_a_large_event_that_finds_no_room_is_to_come_again(house: House) -> None:
    hooks = Webhooks(house.installation, SECRETS, lambda: None, patience_seconds=0.05)
    async with AsyncExitStack() as slots:
        for _ in range(LARGE_AT_A_TIME):
            await hooks.wait_for_room(slots)
        with pytest.raises(web.HTTPServiceUnavailable):
            await hooks.wait_for_room(slots)
    async with AsyncExitStack() as slots:
        await hooks.wait_for_room(slots)


@pytest.mark.anyio
async def test_an_event_that_cannot_be_stored_is_to_come_again(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    raw = event()
    await house.stop_storing()
    assert (await deliver(house, raw, sign(raw, house.clock())))[0] == 503
    assert not house.nudges
    assert "not stored" in caplog.text
    await house.stop_storing(until_now=True)
    assert (await deliver(house, raw, sign(raw, house.clock())))[0] == 200
    assert len(house.nudges) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("secrets", [(), ("",)])
async def test_without_a_secret_there_is_no_such_address(
    house: House, secrets: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        url = await house.serve(secrets)
    assert "no webhook secret is set" in caplog.text
    raw = event()
    assert (await deliver(house, raw, sign(raw, house.clock(), ""), url))[0] == 404
    assert (await deliver(house, b'{"type":"post_call_audio"}', {}, url))[0] == 404


@pytest.mark.anyio
async def test_only_who_serves_the_address_says_that_its_secret_is_missing(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for role in ("discord", "slack", "followup"):
            await house.serve((), roles=[role])
        assert "secret" not in caplog.text
        await house.serve((), roles=["web", "followup"])
    assert caplog.text.count("no webhook secret is set") == 1
