"""A bare aiohttp, to be run as a file: it reads an event, verifies nothing, stores nothing, and says so."""

import os

from aiohttp import web


async def take(request: web.Request) -> web.Response:
    await request.read()
    return web.Response(text="stored")


if __name__ == "__main__":
    host, _, port = os.environ["LISTEN"].rpartition(":")
    application = web.Application()
    application.add_routes([web.post("/hooks/elevenlabs", take), web.get("/healthz", take)])
    web.run_app(application, host=host, port=int(port), print=None, access_log=None)
