"""Deliberate bugs, laid into lives at run time: the harness has to find each of them."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

import bot.web.webhooks
from bot.elevenlabs.webhook import event_key


def nothing() -> None:
    """Leave everything as it is."""


def answer_before_storing() -> None:
    """Say 200 to a webhook, and store it afterwards."""

    async def store(self: Any, raw: bytes, now: Any) -> web.StreamResponse:
        import asyncio

        async def later() -> None:
            await asyncio.sleep(0.005)
            event = event_key(raw)
            await self._house.store.receive_event(event.key, event.conversation_id, raw, now)
            self._nudge()

        self._late = asyncio.get_running_loop().create_task(later())
        return web.Response(text="stored")

    bot.web.webhooks.Webhooks._store = store  # type: ignore[assignment,method-assign]


BUGS: dict[str, Callable[[], None]] = {
    "": nothing,
    "answer-before-storing": answer_before_storing,
}
"""By the name that ``--bug`` takes."""
