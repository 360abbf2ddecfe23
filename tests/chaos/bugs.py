"""Deliberate bugs, laid into lives at run time: the harness has to find each of them."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

import bot.web.webhooks
from bot.calls import dialing
from bot.calls.ringing import prepare_phone_call
from bot.domain.call import CallId, CallState
from bot.elevenlabs.webhook import event_key
from storage.rooms import reserving


def nothing() -> None:
    """Leave everything as it is."""


def answer_before_storing() -> None:
    """Say 200 to a webhook, and store it afterwards."""

    async def store(self: Any, raw: bytes, now: Any) -> web.StreamResponse:
        async def later() -> None:
            await asyncio.sleep(0.005)
            event = event_key(raw)
            await self._house.store.receive_event(event.key, event.conversation_id, raw, now)
            self._nudge()

        self._late = asyncio.get_running_loop().create_task(later())
        return web.Response(text="stored")

    bot.web.webhooks.Webhooks._store = store  # type: ignore[assignment,method-assign]


def redial() -> None:
    """Dial again what was in flight when the process died."""
    dial = dialing.dial

    async def dial_again(house: Any, call_id: str) -> Any:
        call = await house.store.fetch_call(CallId(call_id))
        if call is None or call.state is not CallState.DIALING:
            return await dial(house, call_id)
        phone = await house.store.fetch_phone_of_call(call.id)
        prepared = await prepare_phone_call(house, call, phone)
        await dialing._ring(house, call, phone, prepared, house.now() + dialing.RING_WITHIN)
        return None

    dialing.dial = dial_again


def read_then_write() -> None:
    """Read a counter, and write what it becomes in a transaction of its own."""

    def raise_counter(
        database: Any, scope: str, period: str, *, calls: int, minutes: int, **most: int
    ) -> bool:
        old_calls, old_minutes = reserving.used(database, scope, period)
        if old_calls + calls > most.get("most_calls", 2**62):
            return False
        if old_minutes + minutes > most.get("most_minutes", 2**62):
            return False
        database.conn.execute("COMMIT")
        database.conn.execute("BEGIN IMMEDIATE")
        database.conn.execute(
            "INSERT OR REPLACE INTO allowances VALUES (?, ?, ?, ?)",
            (scope, period, old_calls + calls, old_minutes + minutes),
        )
        database.conn.execute("COMMIT")
        database.conn.execute("BEGIN IMMEDIATE")
        return True

    reserving._raise = raise_counter


BUGS: dict[str, Callable[[], None]] = {
    "": nothing,
    "answer-before-storing": answer_before_storing,
    "redial": redial,
    "read-then-write": read_then_write,
}
"""By the name that ``--bug`` takes."""
