"""``troupe bench-recall``: speaks a retrieval benchmark's protocol, one JSON request and answer a line."""

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import click

from bot.calls import recalling
from bot.cli.memory_index import MemoryIndex
from bot.domain.caller import PersonId
from bot.domain.conversation import Role, Turn
from bot.domain.hits import TurnKey
from bot.domain.recalled import Speakers
from bot.domain.record import Reading

_READING = Reading("bench", "own")
_CHARACTERS = {"assistant", "agent", "ai", "bot", "model", "system", "character"}
_MEMBERS = {"user", "human", "member", "person"}


@click.command("bench-recall", hidden=True)
def bench_recall() -> None:
    """Answer add_turns, recall and brief, as JSON lines, until standard input ends."""
    bench = _Bench()
    for line in sys.stdin:
        if line.strip():
            click.echo(json.dumps(asyncio.run(bench.answer(json.loads(line)))))
            sys.stdout.flush()


class _Bench:
    """People by the name that the benchmark gives them; the first to speak is the member."""

    def __init__(self) -> None:
        self._index = MemoryIndex()
        self._ids: dict[TurnKey, Any] = {}
        self._names: dict[str, dict[str, Role]] = {}
        self._now: dict[str, datetime] = {}

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        user = str(request["user"])
        if request["op"] == "add_turns":
            self._add(user, request["turns"])
            return {}
        if request["op"] == "brief":
            return {
                "text": await recalling.brief(
                    self._index,
                    PersonId(user),
                    _READING,
                    max_chars=request["max_chars"],
                    speakers=self._speakers(user),
                )
            }
        if request["op"] != "recall":
            return {"error": "unsupported"}
        found = await recalling.recall(
            self._index,
            PersonId(user),
            _READING,
            request["query"],
            self._now.get(user, datetime(2026, 1, 1, tzinfo=UTC)),
            k=request["k"],
            max_chars=request["max_chars"],
            speakers=self._speakers(user),
        )
        return {"ids": [self._ids[turn.key] for turn in found.turns], "text": found.text}

    def _add(self, user: str, turns: Sequence[dict[str, Any]]) -> None:
        at = datetime.fromisoformat(turns[0]["date"])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        said = [Turn(self._role(user, str(turn["speaker"])), turn["text"]) for turn in turns]
        for turn, key in zip(turns, self._index.add(user, said, at), strict=True):
            self._ids[key] = turn["id"]
        self._now[user] = max(at, self._now.get(user, at))

    def _role(self, user: str, name: str) -> Role:
        names = self._names.setdefault(user, {})
        if name not in names:
            if name.casefold() in _CHARACTERS:
                names[name] = "agent"
            else:
                names[name] = "agent" if names and name.casefold() not in _MEMBERS else "user"
        return names[name]

    def _speakers(self, user: str) -> Speakers:
        named: dict[Role, str] = {}
        for name, role in self._names.get(user, {}).items():
            named.setdefault(role, name)
        return Speakers(named.get("user", "They"), named.get("agent", "You"))
