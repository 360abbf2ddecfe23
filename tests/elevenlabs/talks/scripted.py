"""The other side of a conversation in text, as scripts say."""

import asyncio
import json
from contextlib import asynccontextmanager

from aiohttp import WSMsgType, web

from bot.elevenlabs.socket import open_talk

INITIATION = {"type": "conversation_initiation_client_data", "user_id": "p1"}
METADATA = {
    "type": "conversation_initiation_metadata",
    "conversation_initiation_metadata_event": {
        "conversation_id": "conv_x",
        "agent_output_audio_format": "pcm_16000",
        "user_input_audio_format": "pcm_16000",
    },
}
ABORT = "abort the connection"
SECRET = "cvtkn_very_secret"


def said(text, event_id=1):
    event = {"agent_response": text, "event_id": event_id}
    return {"type": "agent_response", "agent_response_event": event}


class Stage:
    """The other side: one script for each connection, and all that it was sent.

    A script is a list of frames to send, of types to wait for, and at last of a close, as (code, reason).
    """

    def __init__(self):
        self.scripts = []
        self.received = []
        self.connections = 0
        self.closes = []
        self.url = ""

    async def handle(self, request):
        socket = web.WebSocketResponse(timeout=1)
        await socket.prepare(request)
        script = self.scripts[self.connections]
        self.connections += 1
        for step in script:
            if isinstance(step, dict):
                await socket.send_json(step)
            elif isinstance(step, bytes):
                await socket.send_bytes(step)
            elif isinstance(step, tuple):
                await socket.close(code=step[0], message=step[1].encode())
                return socket
            elif step == ABORT:
                request.transport.abort()
                return socket
            elif step.startswith("raw "):
                await socket.send_str(step[4:])
            else:
                await self._wait_for(socket, step)
        await self._wait_for(socket, "nothing more")
        return socket

    async def _wait_for(self, socket, kind):
        while True:
            message = await socket.receive()
            if message.type is not WSMsgType.TEXT:
                self.closes.append(socket.close_code)
                return
            self.received.append(json.loads(message.data))
            if self.received[-1]["type"] == kind:
                return


INITIATED = [INITIATION["type"], METADATA]


@asynccontextmanager
async def serving(handle):
    """Yield the address where one handler answers."""
    app = web.Application()
    app.router.add_get("/talk", handle)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"ws://127.0.0.1:{runner.addresses[0][1]}/talk"
    await runner.cleanup()


async def until(condition):
    async with asyncio.timeout(20):
        while True:
            if condition():
                return
            await asyncio.sleep(0.001)


def running(name):
    return any(task.get_name() == name for task in asyncio.all_tasks())


async def never(_seconds):
    await asyncio.Event().wait()


@asynccontextmanager
async def talking(stage, *script, **options):
    stage.scripts.append([*INITIATED, *script])
    async with asyncio.timeout(20), open_talk(stage.url, INITIATION, **{"sleep": never} | options) as talk:
        yield talk


async def all_events(talk):
    return [event async for event in talk.events()]
