"""The program that a retrieval benchmark speaks with, over its standard input and output."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def spoken(*requests: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the answers to some requests, one a line."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", "bench-recall"],
        input="".join(json.dumps(request) + "\n" for request in requests),
        cwd=Path(__file__).parents[1], capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    return [json.loads(line) for line in done.stdout.splitlines()]


def told(user: str, session: int, date: str, *said: tuple[str, str]) -> dict[str, Any]:
    return {
        "op": "add_turns",
        "user": user,
        "turns": [
            {"id": f"{user}{session}.{n}", "session": session, "date": date, "speaker": who, "text": text}
            for n, (who, text) in enumerate(said)
        ],
    }


def test_turns_are_taken_recalled_and_briefed_and_no_other_users_are():
    answers = spoken(
        told("a", 1, "2026-03-01T10:00", ("Ann", "I adopted a parrot."), ("Bob", "What is it called?")),
        told("a", 2, "2026-03-09T10:00", ("Ann", "It rained all day."), ("Bob", "Here too.")),
        told("b", 1, "2026-03-02T10:00", ("Cy", "My parrot sings."), ("Bob", "Fine.")),
        {"op": "recall", "user": "a", "query": "Which pet did Ann adopt?", "k": 1, "max_chars": 500},
        {"op": "recall", "user": "nobody", "query": "parrot", "k": 5, "max_chars": 500},
        {"op": "brief", "user": "a", "max_chars": 40},
        {"op": "sing", "user": "a"},
    )
    assert answers[:3] == [{}, {}, {}]
    assert answers[3]["ids"] == ["a1.0"]
    assert "1 March 2026\nAnn: I adopted a parrot." in answers[3]["text"]
    assert "sings" not in answers[3]["text"]
    assert answers[4] == {"ids": [], "text": ""}
    assert 0 < len(answers[5]["text"]) <= 40
    assert answers[6] == {"error": "unsupported"}


def test_a_member_and_an_assistant_are_told_apart_by_what_they_are_called():
    (_, answer) = spoken(
        told(
            "a", 1, "2026-03-01", ("assistant", "The dragon is called Fafnir."), ("user", "A dragon, I see.")
        ),
        {
            "op": "recall",
            "user": "a",
            "query": "What did you tell me about the dragon?",
            "k": 1,
            "max_chars": 99,
        },
    )
    assert answer["ids"] == ["a1.0"]
