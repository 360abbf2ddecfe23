"""What ElevenLabs sends goes to any of the processes: once, twice, late, or never."""

import asyncio
import json
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.sandbox import Sandbox
from tests.chaos.truth import Truth

LOST, TWICE, LATE = 0.02, 0.06, 0.05
LATEST_SECONDS = 20.0
PATIENCE_SECONDS, TRIES = 4.0, 12
MEMBERS = re.compile(r"w?[0-9]{5}x[0-9]+")


class Scattered(Truth):
    """Delivers as a balancer does before several processes, whatever state they are in."""

    def __init__(self, sandbox: Sandbox, doors: Sequence[str], seed: int) -> None:
        super().__init__(sandbox)
        self._doors = doors
        self._chance = random.Random(f"events {seed}")
        self._under_way: set[asyncio.Task[None]] = set()
        self.counts = {"lost": 0, "twice": 0, "late": 0, "tried again": 0}
        self._costs: dict[str, int] = {}

    async def told(self) -> Mapping[str, Any]:
        """Return the same, with whom a conversation mentions in place of its words; and what all cost."""
        self._mentions: dict[str, list[str]] = {}
        conversations, calls = [], await self._state.on_thread(self._carriers_log)
        for one in await self._state.conversations():
            said = [turn.message for turn in one.turns if turn.role == "user"]
            conversations.append(
                {
                    "id": one.conversation_id,
                    "status": one.status,
                    "source": one.source,
                    "call_ref": (one.client_data.get("dynamic_variables") or {}).get("call_ref"),
                    "user_id": one.user_id,
                    "seconds": one.duration_secs,
                    "began": one.accepted_at or one.started_at,
                    "ended": one.ended_at,
                    "cost": one.cost,
                    "words": _members_in(" ".join(turn.message for turn in one.turns)),
                    "said": said,
                    "variables": _members_in(json.dumps(one.client_data)),
                }
            )
        return {
            "conversations": conversations,
            "calls": calls,
            "acknowledged": self._acknowledged,
            "counts": self.counts,
            "costs": self._costs,
        }

    def _carriers_log(self) -> list[dict[str, Any]]:
        rows = self._state.db.execute("SELECT document FROM calls")
        return [json.loads(row[0]) for row in rows]

    async def _deliver(self, body: bytes, target: Any) -> int:
        data = json.loads(body)["data"]
        self._costs[data["conversation_id"]] = int((data.get("metadata") or {}).get("cost") or 0)
        fate = self._chance.random()
        if fate < LOST:
            self.counts["lost"] += 1
            return 200
        late = LOST <= fate < LOST + LATE
        self.counts["late"] += late
        self._bring(body, target, self._chance.uniform(0, LATEST_SECONDS) if late else 0.0)
        if self._chance.random() < TWICE:
            self.counts["twice"] += 1
            self._bring(body, target, self._chance.uniform(0, LATEST_SECONDS))
        return 200

    def _bring(self, body: bytes, target: Any, after: float) -> None:
        task = asyncio.create_task(self._bring_in_time(body, target, after))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _bring_in_time(self, body: bytes, target: Any, after: float) -> None:
        """Try one process after another until one says that it has it."""
        await asyncio.sleep(after)
        data = json.loads(body)
        for tried in range(TRIES):
            door = self._chance.choice(self._doors)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    status = await self._post(body, replace(target, url=f"{door}/hooks/elevenlabs"))
            except TimeoutError:
                status = 503  # it is stopped, and takes it when it wakes
            if 200 <= status < 300:
                self._acknowledged.append(f"{data['type']}:{data['data']['conversation_id']}")
                return
            self.counts["tried again"] += 1
            await asyncio.sleep(min(5.0, 0.2 * 2**tried))


def _members_in(text: str) -> str:
    return " ".join(sorted(set(MEMBERS.findall(text))))
