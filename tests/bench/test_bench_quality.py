"""The labelled questions of the bench: what full-text search finds of the sample, and what recall does."""

import json

from tests.bench.recall_quality import MEASURES, SAMPLE, SYSTEMS, UNANSWERABLE, Ours, measure


def test_recall_finds_more_of_the_sample_than_full_text_search():
    users = json.loads(SAMPLE.read_text())["users"]
    found, told = {}, {}
    for name, make in SYSTEMS.items():
        system = make()
        asked = measure(system, users)
        if isinstance(system, Ours):
            system.close()
        assert len(asked) == 14
        assert all(set(one.found) == set(MEASURES) for one in asked)
        found[name] = sum(one.found["r@5"] for one in asked if one.kind != UNANSWERABLE)
        told[name] = [one.found for one in asked]
    assert found["newest turns"] < found["FTS5 bm25, porter"] < found["the same, neighbours in"]
    assert found["the same, neighbours in"] < found["Troupe"]
    assert told["Troupe, on Postgres"] == told["Troupe"]


def test_evidence_counts_as_found_when_all_its_words_are_told_in_order():
    class Half:
        def add(self, user, turns):
            self.text = turns[0]["text"]

        def recall(self, user, query, k, max_chars):
            return [f"{user}/1"], self.text[: len(self.text) // 2] if "half" in query else f"({self.text}!)"

    turn = {"id": "1", "session": 1, "date": "2026-03-01", "speaker": "user", "text": "Tea, with two sugars"}
    questions = [
        {"query": query, "category": "single-hop", "evidence": ["1", "lost"]} for query in ("half", "whole")
    ]
    half, whole = measure(Half(), [{"user": "a", "turns": [turn], "questions": questions}])
    assert half.found == {**dict.fromkeys(MEASURES, 0.0), "r@5": 1.0, "r@10": 1.0, "r@25": 1.0}
    assert whole.found == dict.fromkeys(MEASURES, 1.0)
