"""Finds the weights of recall: softmax regression over labelled questions, each person left out in turn.

    RECALL_DATA=questions.json python -m tests.bench.recall_training

Prints recall@10 of all questions and of those of the person left out, and the weights for
``domain.weighing``. The data is ``{"users": [{"user", "speakers", "turns": [{"id", "session", "date",
"speaker", "text"}], "questions": [{"query", "category", "evidence"}]}]}``; none of it is kept here. Needs
numpy and scipy, as nothing else here does.
"""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import minimize

from bot.calls.recalling import find_candidates
from bot.domain.caller import PersonId
from bot.domain.conversation import Turn
from bot.domain.hits import TurnKey
from bot.domain.recall import describe
from bot.domain.recalled import Speakers
from bot.domain.record import Reading
from bot.domain.weighing import WEIGHTS
from tests.memory_index import MemoryIndex

PENALTY = 10.0
"""Of squared weights, against the likelihood of some six hundred questions."""


@dataclass(frozen=True)
class Sample:
    """A question's candidates: a row of features each, and which rows are evidence, of how many there are."""

    person: int
    features: np.ndarray
    evidence: list[int]
    evidence_count: int
    is_as_asked: bool


async def sample(users: list[dict[str, Any]]) -> list[Sample]:
    """Return every answerable question twice: as it is, and without the speakers' names."""
    index, found = MemoryIndex(), []
    for number, user in enumerate(users):
        keys: dict[str, TurnKey] = {}
        now = datetime.min.replace(tzinfo=UTC)
        for _, session in groupby(user["turns"], key=lambda turn: turn["session"]):
            said = [(turn, text) for turn in session if (text := text_of(turn))]
            if said:
                at = datetime.fromisoformat(said[0][0]["date"]).replace(tzinfo=UTC)
                turns = [
                    Turn("user" if turn["speaker"] == user["speakers"][0] else "agent", text)
                    for turn, text in said
                ]
                added = index.add(user["user"], turns, at)
                keys |= {turn["id"]: key for (turn, _), key in zip(said, added, strict=True)}
                now = max(now, at)
        speakers = Speakers(*user["speakers"])
        names = re.compile(rf"\b({'|'.join(map(re.escape, user['speakers']))})('s)?\b\s*", re.IGNORECASE)
        for question in user["questions"]:
            evidence = {keys[one] for one in question["evidence"] if one in keys}
            if question["category"] == "adversarial" or not evidence:
                continue
            for query in (question["query"], names.sub("", question["query"])):
                asked, matches, said = await find_candidates(
                    index, PersonId(user["user"]), Reading("bench", "own"), query, now, speakers
                )
                rows = np.array(describe(asked, matches, said), dtype=float).reshape(-1, len(WEIGHTS))
                at = [row for row, turn in enumerate(said) if turn.key in evidence]
                found.append(Sample(number, rows, at, len(evidence), query == question["query"]))
    return found


def text_of(turn: dict[str, Any]) -> str:
    """Return a turn's words, a picture's caption among them."""
    return f"{turn['text']} [shares a photo: {turn['image']}]".strip() if turn.get("image") else turn["text"]


def fit(samples: list[Sample], spread: np.ndarray) -> np.ndarray:
    """Return the weights under which the evidence is likeliest to be chosen."""
    samples = [one for one in samples if one.evidence]

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = PENALTY / 2 * weights @ weights, PENALTY * weights
        for one in samples:
            rows = one.features / spread
            scores = rows @ weights
            scores -= scores.max()
            chances = np.exp(scores)
            chances /= chances.sum()
            total -= np.log(chances[one.evidence]).mean()
            slope = slope + rows.T @ chances - rows[one.evidence].mean(axis=0)
        return total, slope

    start = np.zeros(len(spread))
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 80})
    return np.asarray(fitted.x) / spread


def recalled(samples: list[Sample], weights: np.ndarray, k: int = 10) -> Iterator[float]:
    """Yield the share of evidence among the first ``k``, per question."""
    for one in samples:
        best = set(np.argsort(-(one.features @ weights), kind="stable")[:k].tolist())
        yield len(best.intersection(one.evidence)) / one.evidence_count


def main() -> None:
    """Print what the weights are and how well they do."""
    samples = asyncio.run(sample(json.loads(Path(os.environ["RECALL_DATA"]).read_text())["users"]))
    spread = np.vstack([one.features for one in samples]).std(axis=0) + 1e-6
    weights = fit(samples, spread)
    left_out: dict[bool, list[float]] = {True: [], False: []}
    for person in sorted({one.person for one in samples}):
        without = fit([one for one in samples if one.person != person], spread)
        for as_asked, figures in left_out.items():
            theirs = [one for one in samples if one.person == person and one.is_as_asked == as_asked]
            figures.extend(recalled(theirs, without))
    seen = list(recalled([one for one in samples if one.is_as_asked], weights))
    print(f"recall@10, seen {np.mean(seen):.3f}, person left out {np.mean(left_out[True]):.3f}")
    print(f"without names, person left out {np.mean(left_out[False]):.3f}")
    for name, weight in zip(WEIGHTS, weights, strict=True):
        print(f"{name:24} {weight:6.2f}")


if __name__ == "__main__":
    main()
