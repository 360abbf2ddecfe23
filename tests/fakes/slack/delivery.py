"""Handing something to the app, over a socket or by HTTP, and hearing that it arrived."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tests.fakes.slack.act import PATIENCE
from tests.fakes.slack.world import World

COMMANDS, INTERACTIVE, EVENTS = "slash_commands", "interactive", "events_api"


@dataclass(eq=False)
class Delivery:
    """One try to hand something over."""

    kind: str
    payload: dict[str, Any]
    id: str
    on_answer: Callable[[Any], None] = lambda _: None
    retry: int = 0
    reason: str = ""
    at: datetime | None = None
    is_acked: bool = False
    is_late: bool = False
    failure: str = ""
    failed_at: datetime | None = None
    is_final: bool = False
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_settled(self) -> bool:
        return self.is_acked or bool(self.failure)


class Way(Protocol):
    """A way to the app."""

    def hand(self, delivery: Delivery) -> bool:
        """Hand something over; return whether anybody is there."""


class Courier:
    """Hands things to the app by the way that is set."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.way: Way | None = None
        self._by_id: dict[str, Delivery] = {}

    @property
    def deliveries(self) -> list[Delivery]:
        """All that was handed over, each try for itself."""
        return list(self._by_id.values())

    def sends(
        self,
        kind: str,
        payload: dict[str, Any],
        on_answer: Callable[[Any], None] = lambda _: None,
        *,
        retry: int = 0,
        reason: str = "",
    ) -> Delivery:
        """Hand something over."""
        delivery = Delivery(kind, payload, self._world.new_id("env-"), on_answer, retry, reason)
        self._by_id[delivery.id] = delivery
        assert self.way is not None
        if self.way.hand(delivery):
            delivery.at = delivery.at or self._world.clock()
        else:
            self.failed(delivery, "connection_failed")
        return delivery

    def acked(self, delivery_id: str, body: Any) -> None:
        """Take an acknowledgement, unless it comes too late."""
        delivery = self._by_id.get(delivery_id)
        if delivery is None or delivery.is_acked or delivery.at is None:
            return
        if self._world.clock() - delivery.at > PATIENCE:
            delivery.is_late = True
        elif not delivery.failure:
            delivery.is_acked = True
            delivery.on_answer(body)
        self._world.bell.ring()

    def failed(self, delivery: Delivery, reason: str) -> None:
        """Note that something could not be handed over."""
        delivery.failure = delivery.failure or reason
        delivery.failed_at = delivery.failed_at or self._world.clock()
        self._world.bell.ring()

    async def settles(self, delivery: Delivery) -> bool:
        """Wait as long as Slack waits, and return whether something was acknowledged."""
        await self._world.passes(PATIENCE.total_seconds(), lambda: delivery.is_settled, since=delivery.at)
        if not delivery.is_settled:
            self.failed(delivery, "http_timeout")
        return delivery.is_acked


class Tasks:
    """What goes on in the background until the fake is closed."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self.broken: list[BaseException] = []

    def start(self, work: Any) -> None:
        """Begin something."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """End everything."""
        for task in list(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self.broken.append(error)
