"""What operators put before several processes: hands each request to the next of those it leads to."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

HOP_BY_HOP = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "upgrade"})


class Balancer:
    """Passes HTTP on, as it comes and once; ``lost`` says what found nobody, or no whole answer."""

    def __init__(self) -> None:
        self.leads_to: tuple[str, ...] = ()
        self.lost: list[str] = []
        self.passed: dict[str, int] = {}
        """How many requests each address got."""
        self.url = ""
        self._turns = itertools.count()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Balancer"]:
        """Listen at a free port."""
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        runner = web.AppRunner(app, shutdown_timeout=1, access_log=None)
        await runner.setup()
        # A connection for each request: nobody is asked on one that is being closed.
        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as self._http:
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            self.url = "http://{}:{}".format(*runner.addresses[0])
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        address = self.leads_to[next(self._turns) % len(self.leads_to)]
        self.passed[address] = self.passed.get(address, 0) + 1
        headers = {**request.headers, "X-Forwarded-For": str(request.remote)}
        try:
            async with self._http.request(
                request.method,
                f"{address}{request.path_qs}",
                headers=headers,
                data=await request.read(),
                allow_redirects=False,
            ) as answer:
                told = web.StreamResponse(status=answer.status)
                for name, text in answer.headers.items():
                    if name.lower() not in HOP_BY_HOP:
                        told.headers.add(name, text)
                await told.prepare(request)
                async for piece in answer.content.iter_any():
                    await told.write(piece)
                return told
        except aiohttp.ClientError as error:
            self.lost.append(f"{request.method} {request.path} at {address}: {error!r}")
            return web.Response(status=502)
