"""A real process that is told to stop: what it has in hand is answered, nothing new, and soon it is over."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import signal
import time
from pathlib import Path

import pytest

from tests.ports import quiet_port
from tests.scenarios.discord.process import BotProcess, running

pytestmark = pytest.mark.anyio

SECRET = "wsec_of_ours"
SECONDS = 10.0
"""How long it may take from the signal to the end, however little the others say."""
OURS = {
    "ELEVENLABS_API_KEY": "sk",
    "ELEVENLABS_AGENT_ID": "agent_1",
    "ELEVENLABS_API_URL": "http://127.0.0.1:9",
    "ELEVENLABS_WEBHOOK_SECRET": SECRET,
}


async def begin(port: int, raw: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send the head of a signed event, and ten bytes of it; return once the server has them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    at = int(time.time())
    digest = hmac.new(SECRET.encode(), b"%d." % at + raw, hashlib.sha256).hexdigest()
    head = f"POST /hooks/elevenlabs HTTP/1.1\r\nHost: x\r\nElevenLabs-Signature: t={at},v0={digest}\r\n"
    writer.write(f"{head}Content-Length: {len(raw)}\r\n\r\n".encode() + raw[:10])
    await writer.drain()
    other, another = await asyncio.open_connection("127.0.0.1", port)
    another.write(b"GET /privacy HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await other.read()  # who came later has been answered
    another.close()
    return reader, writer


async def lets_nobody_in(port: int) -> None:
    """Wait until whoever comes now is refused."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return
            writer.close()
            await asyncio.sleep(0.01)


async def ends(bot: BotProcess) -> int:
    """Return the exit code, once it ended in time."""
    async with asyncio.timeout(SECONDS):
        return await bot.ends()


async def test_what_is_in_hand_is_answered_and_nobody_new_gets_in(tmp_path: Path) -> None:
    port = quiet_port()
    data = {"conversation_id": "conv_last"}
    raw = json.dumps({"type": "post_call_transcription", "event_timestamp": 1, "data": data}).encode()
    async with running(tmp_path, LISTEN=f"127.0.0.1:{port}", **OURS) as bot:
        await bot.shows("Troupe listens on")
        reader, writer = await begin(port, raw)
        bot.process.send_signal(signal.SIGTERM)
        await lets_nobody_in(port)
        writer.write(raw[10:])
        assert (await reader.read()).startswith(b"HTTP/1.1 200")
        writer.close()
        assert await ends(bot) == 0
        assert "Traceback" not in bot.seen


async def test_who_never_comes_to_an_end_does_not_keep_it(tmp_path: Path) -> None:
    port = quiet_port()
    async with running(tmp_path, LISTEN=f"127.0.0.1:{port}", **OURS) as bot:
        await bot.shows("Troupe listens on")
        waiting = [await begin(port, b"x" * 1_000) for _ in range(3)]
        idle = await asyncio.open_connection("127.0.0.1", port)
        bot.process.send_signal(signal.SIGTERM)
        assert await ends(bot) == 0
        assert "Traceback" not in bot.seen
        for _, writer in (*waiting, idle):
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
