"""What is left when the process is killed, and how it goes on."""

import asyncio
import json
import os
import signal
import stat
import sys
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import open_sandbox

from .client import Client, initiation

pytestmark = pytest.mark.anyio

PROGRAM = """
import asyncio, sys
from pathlib import Path
from bot.sandbox import open_sandbox

async def main():
    async with open_sandbox(file=Path(sys.argv[1])) as sandbox:
        print(sandbox.url, sandbox.agent_id, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


class Process:
    """A sandbox in a process of its own; it looks like a Sandbox to a Client."""

    agent_id = "agent_sandbox"
    url = ""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def start(self) -> None:
        root = str(Path(__file__).parents[2])
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            PROGRAM,
            str(self.file),
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": root},
        )
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), 30)
        self.url = line.decode().split()[0]

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@pytest.fixture
async def killable(tmp_path):
    process = Process(tmp_path / "sandbox.db")
    await process.start()
    async with aiohttp.ClientSession() as session:
        yield Client(process, session)
    if process.process.returncode is None:
        await process.kill()


async def resumed(file: Path, receiver) -> dict:
    """The webhook that a new process sends about the conversation of the old one."""
    async with open_sandbox(file=file) as sandbox:
        sandbox.deliver_webhooks_to(receiver.url)
        return await receiver.next_event()


async def test_killed_in_mid_conversation_it_finishes_the_conversation_after_a_restart(killable, receiver):
    async with killable.conversation() as talk:
        await talk.answer()
        for said in ("I have a dog called Rex.", "My aunt lives in Tarn."):
            await talk.say(said)
        await killable.sandbox.kill()
    event = await resumed(killable.sandbox.file, receiver)
    detail = event["data"]
    assert detail["conversation_id"] == talk.conversation_id
    assert detail["status"] == "done"
    assert [turn["message"] for turn in detail["transcript"] if turn["role"] == "user"] == [
        "I have a dog called Rex.",
        "My aunt lives in Tarn.",
    ]
    assert detail["metadata"]["termination_reason"] == "Client disconnected: 1006"
    assert detail["metadata"]["call_duration_secs"] <= 5
    assert "Rex" in detail["analysis"]["transcript_summary"]


async def test_killed_between_hang_up_and_webhook_it_still_sends_it(killable, receiver):
    async with killable.conversation() as talk:
        await talk.answer()
        await talk.say("I have a dog called Rex.")
    await killable.detail_after(talk.conversation_id, "in-progress")
    await killable.sandbox.kill()
    event = await resumed(killable.sandbox.file, receiver)
    assert event["data"]["conversation_id"] == talk.conversation_id
    assert event["data"]["metadata"]["termination_reason"] == "Client disconnected: 1000"


async def test_killed_while_a_webhook_waits_it_still_sends_it(killable, receiver):
    async with killable.conversation() as talk:
        await talk.answer()
    await killable.detail_after(talk.conversation_id, "in-progress", "processing")
    await killable.sandbox.kill()
    event = await resumed(killable.sandbox.file, receiver)
    assert event["data"]["conversation_id"] == talk.conversation_id


async def test_a_used_signature_stays_used_and_an_unused_one_usable(killable):
    used = await killable.signed_url(include_conversation_id="true")
    fresh = await killable.signed_url(include_conversation_id="true")
    async with killable.session.ws_connect(used) as socket:
        await socket.send_json(initiation())
        await socket.receive_json(timeout=10)
        await killable.sandbox.kill()
    await killable.sandbox.start()
    origin = killable.sandbox.url.replace("http", "ws")
    for url, kind in ((used, "error"), (fresh, "conversation_initiation_metadata")):
        async with killable.session.ws_connect(f"{origin}/v1/{url.partition('/v1/')[2]}") as socket:
            await socket.send_json(initiation())
            assert (await socket.receive_json(timeout=10))["type"] == kind


async def test_a_call_is_known_to_the_carrier_before_its_answer_leaves(killable):
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": "+4915112345678",
    }
    _, placed = await killable.ask("POST", "/v1/convai/twilio/outbound-call", data=json.dumps(body))
    await killable.sandbox.kill()
    async with open_sandbox(file=killable.sandbox.file) as sandbox:
        async for ring in sandbox.phone.ringing():
            assert ring.call_sid == placed["callSid"]
            break


async def test_the_file_is_for_its_owner_only(open_client, tmp_path):
    async with open_client():
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert modes["sandbox.db"] == 0o600
    assert set(modes.values()) == {0o600}


async def test_a_second_sandbox_on_the_same_file_is_an_os_error(open_client):
    async with open_client():
        with pytest.raises(OSError, match="in use by another sandbox"):
            async with open_client():
                pass


async def test_a_port_that_is_taken_is_an_os_error(open_client, tmp_path):
    async with open_client() as client:
        taken = client.sandbox.url.removeprefix("http://")
        with pytest.raises(OSError, match="address already in use"):
            async with open_sandbox(listen=taken, file=tmp_path / "other.db"):
                pass


async def test_leaving_it_leaves_no_task_behind(open_client):
    before = asyncio.all_tasks()
    async with open_client() as client, client.conversation() as talk:
        await talk.answer()
        assert client.sandbox.phone_number_id == "phnum_sandbox"
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
