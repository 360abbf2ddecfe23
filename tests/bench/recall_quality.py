"""Whether recall finds the evidence: labelled questions, ours and plain full-text search in one run."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from bot.domain.everyday import STOP_WORDS
from tests.bench.measuring import show
from tests.bench.texts import DATA
from tests.postgres_server import run_server

SAMPLE = Path(__file__).with_name("questions.json")
DEPTHS, BUDGETS = (5, 10, 25), (2_000, 4_000, 8_000)
MEASURES = (*(f"r@{k}" for k in DEPTHS), *(f"ctx@{chars}" for chars in BUDGETS))
UNANSWERABLE = "adversarial"
_SEEN_NEIGHBOURS_OF = 10

Row = Mapping[str, Any]
Answer = tuple[Sequence[str], str]
"""Turn ids, best first, and a text."""


class System(Protocol):
    """Something that remembers turns; ids are of all users."""

    def add(self, user: str, turns: Sequence[Row]) -> None:
        """Keep the turns of one session, in order."""
        ...

    def recall(self, user: str, query: str, k: int, max_chars: int) -> Answer:
        """Return the turns that answer best and a text of at most so many characters."""
        ...


@dataclass(frozen=True)
class Asked:
    """How one question went: per measure, the share of its evidence that was found."""

    kind: str
    found: Mapping[str, float]


class Ours:
    """The program that speaks a benchmark's protocol, in its own process."""

    def __init__(self, *arguments: str) -> None:
        self._program = subprocess.Popen(
            [sys.executable, "-m", "bot", "bench-recall", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def _ask(self, **request: Any) -> dict[str, Any]:
        assert self._program.stdin is not None
        assert self._program.stdout is not None
        self._program.stdin.write(json.dumps(request) + "\n")
        answer: dict[str, Any] = json.loads(self._program.stdout.readline())
        return answer

    def add(self, user: str, turns: Sequence[Row]) -> None:
        self._ask(op="add_turns", user=user, turns=list(turns))

    def recall(self, user: str, query: str, k: int, max_chars: int) -> Answer:
        answer = self._ask(op="recall", user=user, query=query, k=k, max_chars=max_chars)
        return answer["ids"], answer["text"]

    def close(self) -> None:
        """End the program."""
        self._program.communicate()


class OnServer(Ours):
    """The same, with a Postgres server."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        server = self._stack.enter_context(run_server())
        super().__init__("--database", server.new_database())

    def close(self) -> None:
        """End the program, and the server."""
        super().close()
        self._stack.close()


class Newest:
    """The newest turns, whatever is asked."""

    def __init__(self) -> None:
        self._turns: dict[str, list[Row]] = defaultdict(list)

    def add(self, user: str, turns: Sequence[Row]) -> None:
        self._turns[user] += turns

    def recall(self, user: str, query: str, k: int, max_chars: int) -> Answer:
        return _told(self._turns[user][::-1], k, max_chars)


class FullText:
    """SQLite's own ranking of the words of a question, little words out, stemmed.

    With ``neighbours`` the turns before and after each of the ten best stand behind it.
    """

    def __init__(self, *, neighbours: bool) -> None:
        self._neighbours = neighbours
        self._turns: dict[str, list[Row]] = defaultdict(list)
        self._places: dict[str, tuple[str, int]] = {}
        self._database = sqlite3.connect(":memory:")
        self._database.execute(
            "CREATE VIRTUAL TABLE said USING fts5(text, user UNINDEXED, id UNINDEXED, tokenize='porter')"
        )

    def add(self, user: str, turns: Sequence[Row]) -> None:
        for turn in turns:
            self._places[turn["id"]] = (user, len(self._turns[user]))
            self._turns[user].append(turn)
            self._database.execute("INSERT INTO said VALUES (?, ?, ?)", (turn["text"], user, turn["id"]))

    def recall(self, user: str, query: str, k: int, max_chars: int) -> Answer:
        asked = [word for word in re.findall(r"\w+", query.lower()) if word not in STOP_WORDS["en"]]
        rows = self._database.execute(
            "SELECT id FROM said WHERE said MATCH ? AND user = ? ORDER BY rank LIMIT 200",
            (" OR ".join(f'"{word}"' for word in asked) or '""', user),
        )
        return _told(list(self._spread([identifier for (identifier,) in rows])), k, max_chars)

    def _spread(self, ids: Sequence[str]) -> Iterator[Row]:
        told: set[str] = set()
        for rank, identifier in enumerate(ids):
            user, at = self._places[identifier]
            close = (0, -1, 1) if self._neighbours and rank < _SEEN_NEIGHBOURS_OF else (0,)
            for step in close:
                if 0 <= at + step < len(self._turns[user]):
                    turn = self._turns[user][at + step]
                    if turn["id"] not in told:
                        told.add(turn["id"])
                        yield turn


def _told(turns: Sequence[Row], k: int, max_chars: int) -> Answer:
    lines, left = [], max_chars
    for turn in turns:
        line = f"{turn['date'][:10]} {turn['speaker']}: {turn['text']}"
        if len(line) < left:
            lines.append(line)
            left -= len(line) + 1
    return [turn["id"] for turn in turns[:k]], "\n".join(lines)


def measure(system: System, users: Sequence[Row]) -> list[Asked]:
    """Tell a system everything, and ask it everything."""
    texts: dict[str, str] = {}
    for user in users:
        for _, session in groupby(user["turns"], key=lambda turn: turn["session"]):
            turns = [turn | {"id": f"{user['user']}/{turn['id']}", "text": _text(turn)} for turn in session]
            turns = [turn for turn in turns if turn["text"]]
            if turns:
                system.add(user["user"], turns)
            texts |= {turn["id"]: _plain(turn["text"]) for turn in turns}
    return [
        Asked(question["category"], _ask(system, user["user"], question["query"], evidence, texts))
        for user in users
        for question in user["questions"]
        if (evidence := {f"{user['user']}/{one}" for one in question["evidence"]} & texts.keys())
    ]


def _ask(
    system: System, user: str, query: str, evidence: set[str], texts: Mapping[str, str]
) -> dict[str, float]:
    found = {}
    for chars in BUDGETS:
        ids, text = system.recall(user, query, max(DEPTHS), chars)
        assert len(text) <= chars, f"{len(text)} characters instead of {chars}"
        told = _plain(text)
        found[f"ctx@{chars}"] = sum(texts[one] in told for one in evidence) / len(evidence)
        found |= {f"r@{k}": len(evidence & set(ids[:k])) / len(evidence) for k in DEPTHS}
    return found


def _text(turn: Row) -> str:
    return f"{turn['text']} [shares a photo: {turn['image']}]".strip() if turn.get("image") else turn["text"]


def _plain(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


SYSTEMS: Mapping[str, Callable[[], System]] = {
    "newest turns": Newest,
    "FTS5 bm25, porter": lambda: FullText(neighbours=False),
    "the same, neighbours in": lambda: FullText(neighbours=True),
    "Troupe": Ours,
    "Troupe, on Postgres": OnServer,
}


def run() -> None:
    """Print a row for each system, and for ours one of each kind of question."""
    file = Path(os.environ.get(DATA) or SAMPLE)
    users = json.loads(file.read_text())["users"]
    rows = []
    for name, make in SYSTEMS.items():
        system = make()
        asked = measure(system, users)
        answerable = [one for one in asked if one.kind != UNANSWERABLE]
        rows.append(_row(f"{name}, answerable", answerable))
        if isinstance(system, Ours):
            system.close()
            rows += [
                _row(f"{name}, {kind}", [one for one in asked if one.kind == kind])
                for kind in dict.fromkeys(one.kind for one in asked)
            ]
    show(
        f"Share of the evidence found, in percent: {len(users)} people, "
        f"{sum(len(user['turns']) for user in users):,} turns ({DATA} names others)",
        ("", "questions", *MEASURES),
        rows,
    )


def _row(name: str, asked: Sequence[Asked]) -> tuple[str, ...]:
    means = [sum(one.found[measure] for one in asked) / max(1, len(asked)) for measure in MEASURES]
    return (name, str(len(asked)), *(f"{100 * mean:.1f}" for mean in means))
