"""The numbered points of a life, laid around real code when the life begins; production code has no hook.

A life is forked, so what is laid around here goes with it.
"""

import inspect
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import aiohttp
import httpx
from aiohttp import web

import storage.sqlite.cleaning
import storage.sqlite.connection
import storage.sqlite.thread
from bot.web.talk import TalkPage
from bot.web.webhooks import Webhooks
from storage.sqlite.thread import DatabaseThread
from tests.chaos.board import Board


class Points:
    """Counts what a life passes, and kills it at one of them; ``die_at`` 0: never.

    ``die_at`` counts the points alone that have ``only`` in their name. The name of each point is added to
    ``names``, where that is given.
    """

    def __init__(self, board: Board, die_at: int, only: str, names: list[str] | None = None) -> None:
        self._board = board
        self._left = die_at
        self._only = only
        self._names = names
        self._lock = threading.Lock()
        self._verb = threading.local()

    def passed(self, name: str) -> None:
        """Count a point; any thread may."""
        with self._lock:
            self._board.points += 1
            if self._names is not None:
                self._names.append(name)
            self._left -= self._only in name
            if self._left == 0 and self._only in name:
                self._board.died_at = name
                os.kill(os.getpid(), signal.SIGKILL)

    def lay(self) -> None:
        """Lay the points around the store, ElevenLabs' client and the web server."""
        self._around_transactions()
        self._around_requests()
        self._around_answers()

    def _around_transactions(self) -> None:
        begin_and_commit = storage.sqlite.thread.transaction

        @contextmanager
        def transaction(database: Any, begin: str) -> Iterator[None]:
            if begin == "BEGIN":  # it only reads
                with begin_and_commit(database, begin):
                    yield
                return
            verb = getattr(self._verb, "name", "the file itself")
            self.passed(f"before BEGIN of {verb}")
            with begin_and_commit(database, begin):
                self.passed(f"after BEGIN of {verb}")
                yield
                self.passed(f"before COMMIT of {verb}")
            self.passed(f"after COMMIT of {verb}")

        for module in (storage.sqlite.thread, storage.sqlite.connection, storage.sqlite.cleaning):
            module.transaction = transaction
        for name in ("_transact", "_erase"):
            setattr(DatabaseThread, name, self._naming(getattr(DatabaseThread, name)))
        for name in ("clean", "empty_log"):
            work = getattr(storage.sqlite.thread, name)
            setattr(storage.sqlite.thread, name, self._around(f"{name} of the file", work))

    def _naming(self, run: Callable[..., Any]) -> Callable[..., Any]:
        """Note which of the store's verbs a transaction is."""

        @wraps(run)
        def named(*args: Any) -> Any:
            work = args[-1]
            free = inspect.getclosurevars(work).nonlocals if inspect.isfunction(work) else {}
            self._verb.name = getattr(free.get("method"), "__name__", "the store itself")
            try:
                return run(*args)
            finally:
                del self._verb.name

        return named

    def _around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def run(*args: Any, **kwargs: Any) -> Any:
            self.passed(f"before {name}")
            result = work(*args, **kwargs)
            self.passed(f"after {name}")
            return result

        return run

    def _around_async(self, name: str, work: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        @wraps(work)
        async def run(*args: Any, **kwargs: Any) -> Any:
            self.passed(f"before {name}")
            result = await work(*args, **kwargs)
            self.passed(f"after {name}")
            return result

        return run

    def _around_requests(self) -> None:
        send = httpx.AsyncHTTPTransport.handle_async_request

        async def handle(transport: Any, request: httpx.Request) -> httpx.Response:
            name = f"{request.method} {_route(request.url.path)}"
            traced = request.extensions.get("trace")

            async def trace(event: str, info: Any) -> None:
                if traced is not None:
                    await traced(event, info)
                if event.endswith("receive_response_headers.started"):
                    self.passed(f"{name} sent, its answer on the way")

            request.extensions = {**request.extensions, "trace": trace}
            self.passed(f"before {name}")
            response = await send(transport, request)
            self.passed(f"after {name}")
            return response

        httpx.AsyncHTTPTransport.handle_async_request = handle  # type: ignore[method-assign]
        connect = aiohttp.ClientSession._ws_connect
        aiohttp.ClientSession._ws_connect = self._around_async("socket opened", connect)  # type: ignore

    def _around_answers(self) -> None:
        for kind, name in ((Webhooks, "receive"), (TalkPage, "start"), (TalkPage, "end")):
            handle = getattr(kind, name)
            setattr(kind, name, self._around_async(f"{kind.__name__}.{name}", handle))
        write_eof = web.Response.write_eof

        async def write(response: web.Response, data: bytes = b"") -> None:
            await write_eof(response, data)
            self.passed("after an answer was written")

        web.Response.write_eof = write  # type: ignore[method-assign]


def _route(path: str) -> str:
    """Return a path without what names a conversation."""
    return "/".join(":id" if part.startswith("conv_") else part for part in path.split("/")[3:])
