"""Webhooks over HTTP: stored before they are acknowledged, and never a 4xx for a genuine one."""

import io
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from web_house import House, event, sign

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
    assert (await deliver(house, audio(), {}))[0] == 200
    assert sent <= 20 * MEGABYTE
    assert (await house.see("/healthz"))[0] == 200
    assert await house.everything_stored() == before


@pytest.mark.anyio
@pytest.mark.parametrize("chunked", [True, False])
async def test_an_event_larger_than_any_is_refused(house: House, chunked: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(21):
            yield b"[" * MEGABYTE

    body = chunks() if chunked else io.BytesIO(b"[" * 21 * MEGABYTE)
    assert (await deliver(house, body, {}))[0] == 413


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
