"""``troupe bench-recall``: speaks a retrieval benchmark's protocol, one JSON request and answer a line."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from bot.calls import recalling
from bot.domain.caller import DEFAULT_TENANT, Account, PersonId
from bot.domain.conversation import Role, Transcript, Turn
from bot.domain.hits import TurnKey, turn_key
from bot.domain.recalled import Speakers
from bot.domain.record import Reading
from storage import open_store
from storage.keys import new_key
from storage.rooms.every import EveryRoom

_SLUG = "bench"
_READING = Reading(_SLUG, "own")
_CHARACTERS = {"assistant", "agent", "ai", "bot", "model", "system", "character"}
_MEMBERS = {"user", "human", "member", "person"}


@click.command("bench-recall", hidden=True)
@click.option("--database", default="", metavar="URL", help="An empty database; a file for now if not given.")
def bench_recall(database: str) -> None:
    """Answer add_turns, recall and brief, as JSON lines, until standard input ends."""
    asyncio.run(_answer_all(database))


async def _answer_all(url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(url or f"sqlite:///{Path(folder) / 'bench.db'}", (new_key(),)) as store:
            bench = _Bench(store)
            while line := await asyncio.to_thread(sys.stdin.readline):
                if line.strip():
                    click.echo(json.dumps(await bench.answer(json.loads(line))))
                    sys.stdout.flush()


class _Bench:
    """People by the name that the benchmark gives them; the first to speak is the member."""

    def __init__(self, store: EveryRoom) -> None:
        self._store = store
        self._ids: dict[TurnKey, Any] = {}
        self._names: dict[str, dict[str, Role]] = {}
        self._now: dict[str, datetime] = {}
        self._added = 0

    async def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        user = str(request["user"])
        person_id = PersonId(user)
        if request["op"] == "add_turns":
            await self._add(user, request["turns"])
            return {}
        if request["op"] == "brief":
            most = request["max_chars"]
            speakers = self._speakers(user)
            text = await recalling.brief(self._store, person_id, _READING, max_chars=most, speakers=speakers)
            return {"text": text}
        if request["op"] != "recall":
            return {"error": "unsupported"}
        found = await recalling.recall(
            self._store,
            person_id,
            _READING,
            request["query"],
            self._now.get(user, datetime(2026, 1, 1, tzinfo=UTC)),
            k=request["k"],
            max_chars=request["max_chars"],
            speakers=self._speakers(user),
        )
        return {"ids": [self._ids[turn.key] for turn in found.turns], "text": found.text}

    async def _add(self, user: str, turns: Sequence[dict[str, Any]]) -> None:
        at = datetime.fromisoformat(turns[0]["date"])
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        said = tuple(Turn(self._role(user, str(turn["speaker"])), turn["text"]) for turn in turns)
        if user not in self._now:
            account = Account("console", DEFAULT_TENANT, user)
            await self._store.find_or_add_person(account, user, PersonId(user), at)
        self._added += 1
        talk_id = f"{self._added:032x}"
        transcripts = [(talk_id, Transcript(said, started_at=at))]
        await self._store.store_import(
            PersonId(user), _SLUG, "own", transcripts, talk_id, {}, datetime.now(UTC)
        )
        number = await self._store.reader.read(partial(_number_of, talk_id=talk_id))
        for position, turn in enumerate(turns):
            self._ids[turn_key(number, position)] = turn["id"]
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


def _number_of(database: Any, talk_id: str) -> int:
    row = database.execute("SELECT id FROM conversations WHERE talk_id = ?", (talk_id,)).fetchone()
    return int(row["id"])
