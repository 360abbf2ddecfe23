"""What really happened, as ElevenLabs and the carrier saw it, whatever the bot believes."""

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.sandbox import Sandbox

NOBODY_THERE, LOST = 503, 404


class Truth:
    """Reads the carrier's log, and notes every webhook that the bot said it had taken."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._acknowledged: list[str] = []
        self._deliveries = sandbox._deliveries
        self._phone = sandbox.phone
        self._talks = sandbox.phone._talks
        self._state = sandbox.phone._state
        self.faults = sandbox.phone._faults
        self._post = self._deliveries._post
        self._deliveries._post = self._deliver  # type: ignore[method-assign]

    async def begin(self, webhooks: str | None) -> None:
        """Forget everything; webhooks go to this address from now on."""
        self._deliveries.deliver_to(None)
        await self._talks.close()
        self.faults.clear()
        self._phone._ringing.clear()
        self._phone._lines.clear()
        await self._state.on_thread(self._empty)
        self._acknowledged.clear()
        self._deliveries.deliver_to(webhooks)
        self.sandbox.clock_moved()

    async def told(self) -> Mapping[str, Any]:
        """Return all conversations that are still there, the carrier's log, and the acknowledged events."""
        conversations = [
            {
                "id": one.conversation_id,
                "status": one.status,
                "call_ref": (one.client_data.get("dynamic_variables") or {}).get("call_ref"),
                "user_id": one.user_id,
                "seconds": one.duration_secs,
                "words": " ".join(turn.message for turn in one.turns),
                "said": [turn.message for turn in one.turns if turn.role == "user"],
                "variables": json.dumps(one.client_data),
            }
            for one in await self._state.conversations()
        ]
        async with aiohttp.ClientSession() as http, http.get(f"{self.sandbox.url}/sandbox/calls") as answer:
            calls = (await answer.json())["calls"]
        return {"conversations": conversations, "calls": calls, "acknowledged": self._acknowledged}

    def _empty(self) -> None:
        for table in ("turns", "conversations", "calls", "webhooks", "signatures"):
            self._state.db.execute(f"DELETE FROM {table}")

    async def _deliver(self, body: bytes, target: Any) -> int:
        """Deliver once: an event for which nobody is there is lost, as in reality."""
        status = await self._post(body, target)
        if 200 <= status < 300:
            event = json.loads(body)
            data = event["data"]
            self._acknowledged.append(f"{event['type']}:{data['conversation_id']}")
        return LOST if status == NOBODY_THERE else status
