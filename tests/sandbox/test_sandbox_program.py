"""``troupe sandbox``: the program around the sandbox."""

import asyncio
import os
import pty
import signal
import sys
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from .client import initiation

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def program(folder, *options, listen="127.0.0.1:0", stdin=asyncio.subprocess.DEVNULL):
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "sandbox", "--listen", listen, *options,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdin=stdin,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def printed(process) -> dict[str, str]:
    """The settings that it prints, once all of them are there."""
    settings: dict[str, str] = {}
    async with asyncio.timeout(30):
        while "ELEVENLABS_WEBHOOK_SECRET" not in settings:
            name, found, value = (await process.stdout.readline()).decode().strip().partition("=")
            settings |= {name: value} if found else {}
    return settings


async def heard(process, words: str) -> str:
    async with asyncio.timeout(20):
        while words not in (line := (await process.stdout.readline()).decode()):
            assert line, f"it never said {words!r}"
    return line


async def stopped(process) -> int:
    process.send_signal(signal.SIGTERM)
    return await asyncio.wait_for(process.wait(), 10)


async def test_it_prints_what_to_set_keeps_its_file_and_stops_when_it_is_told_to(tmp_path):
    async with program(tmp_path, "--file", "kept/sandbox.db", "--public") as process:
        settings = await printed(process)
        url = settings["ELEVENLABS_API_URL"]
        assert settings == {
            "ELEVENLABS_API_URL": url,
            "ELEVENLABS_API_KEY": "sandbox",
            "ELEVENLABS_AGENT_ID": "agent_sandbox",
            "ELEVENLABS_PHONE_NUMBER_ID": "phnum_sandbox",
            "ELEVENLABS_TALK_URL": f"{url}/app/talk-to",
            "ELEVENLABS_WEBHOOK_SECRET": settings["ELEVENLABS_WEBHOOK_SECRET"],
        }
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"{url}/app/talk-to?agent_id=agent_sandbox") as page,
        ):
            assert page.status == 200
        assert await stopped(process) == 0
    assert (tmp_path / "kept" / "sandbox.db").exists()


async def test_webhooks_go_where_they_are_told_to(tmp_path, receiver):
    async with program(tmp_path, "--webhooks", receiver.url) as process, aiohttp.ClientSession() as session:
        url = (await printed(process))["ELEVENLABS_API_URL"]
        query = "/v1/convai/conversation/get-signed-url?agent_id=agent_sandbox"
        async with session.get(url + query, headers={"xi-api-key": "sandbox"}) as answer:
            signed = (await answer.json())["signed_url"]
        async with session.ws_connect(signed) as socket:
            await socket.send_json(initiation())
            await socket.receive_json()
        assert (await receiver.next_event())["type"] == "post_call_transcription"


async def test_a_taken_port_a_taken_file_and_a_wrong_address_are_one_sentence_each(tmp_path):
    async with program(tmp_path) as process:
        taken = (await printed(process))["ELEVENLABS_API_URL"].removeprefix("http://")
        for listen, file, words in (
            (
                taken,
                "other.db",
                f"{taken} is taken. Stop what listens there, or choose another with --listen.",
            ),
            ("127.0.0.1:0", "data/sandbox.db", "is in use by another sandbox."),
        ):
            async with program(tmp_path, "--file", file, listen=listen) as second:
                _, told = await asyncio.wait_for(second.communicate(), 30)
                assert second.returncode == 2
                assert words in told.decode()
                assert told.decode().count("\n") == 1
    async with program(tmp_path, listen="8081") as wrong:
        _, told = await asyncio.wait_for(wrong.communicate(), 30)
    assert (wrong.returncode, "write it as HOST:PORT" in told.decode()) == (2, True)


async def test_telephones_ring_in_its_terminal_and_are_answered_there(tmp_path):
    master, slave = pty.openpty()
    body = {
        "agent_id": "agent_sandbox",
        "agent_phone_number_id": "phnum_sandbox",
        "to_number": "+4915112345678",
        "conversation_initiation_client_data": {
            key: value for key, value in initiation().items() if key != "type"
        },
    }
    async with program(tmp_path, stdin=slave) as process, aiohttp.ClientSession() as session:
        os.close(slave)
        url = (await printed(process))["ELEVENLABS_API_URL"]
        call = f"{url}/v1/convai/twilio/outbound-call"
        async with session.post(call, json=body, headers={"xi-api-key": "sandbox"}) as answer:
            assert answer.status == 200
        await heard(process, "+4915112345678 is ringing")
        for typed, words in (
            (b"/answer\n", "Well met, Mira!"),
            (b"/say What do you remember?\n", "Fig"),
            (b"/dance\n", "There are /answer"),
            (b"/hangup\n", "You hung up."),
        ):
            os.write(master, typed)
            await heard(process, words)
        assert await stopped(process) == 0
    os.close(master)
