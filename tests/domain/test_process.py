"""What processes that share a database do not agree on, and what none of them does."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.process import ROLES, Process, disagreements, left_undone

WEB = Process(
    id="1",
    roles=("web",),
    host="alpha",
    pid=4711,
    version="1.0.0",
    started_at=datetime(2026, 3, 14, tzinfo=UTC),
    public_url="https://troupe.example",
    address="http://127.0.0.1:8080",
    api_url="https://api.elevenlabs.io",
    agent_id="agent_1",
    cast_version="abcdef0123456789",
)
WORKER = replace(WEB, id="2", roles=("followup",), pid=4712, fronts=("discord", "slack"))
SAME = "Give every process the same."


def test_processes_that_have_the_same_agree() -> None:
    assert list(disagreements([])) == []
    assert list(disagreements([WEB, WORKER])) == []


def test_what_differs_is_named_with_who_has_what() -> None:
    other = replace(WORKER, version="1.1.0", public_url="", agent_id="agent_2", cast_version="0" * 40)
    web, worker = "web (process 4711 on alpha)", "followup (process 4712 on alpha)"
    assert dict(disagreements([WEB, other])) == {
        f"Two versions of Troupe run: 1.0.0 in {web}; 1.1.0 in {worker}.": "Update the older one.",
        f"PUBLIC_URL differs: https://troupe.example in {web}; none in {worker}.": SAME,
        f"ELEVENLABS_AGENT_ID differs: agent_1 in {web}; agent_2 in {worker}.": SAME,
        f"The casts differ: 00000000 in {worker}; abcdef01 in {web}.": f"{SAME[:-1]} files in PERSONAS_DIR.",
    }


def test_what_nobody_does_is_named() -> None:
    assert list(left_undone([WEB, WORKER], {"web", "followup"})) == []
    assert [fix for _, fix in left_undone([WEB], set(ROLES))] == [
        "Start one: troupe run --only discord.",
        "Start one: troupe run --only slack.",
        "Start one: troupe run --only followup.",
    ]


def test_a_worker_that_cannot_post_where_members_are_answered_is_named() -> None:
    front = replace(WEB, roles=("discord", "web"))
    poor = replace(WORKER, fronts=("slack",))
    [(what, _)] = left_undone([front, poor], {"discord", "web", "followup"})
    assert what == "No process that does followup has the token of discord, so no recap is posted there."


def test_a_process_that_does_all_is_said_to() -> None:
    assert str(replace(WEB, roles=ROLES)) == "everything (process 4711 on alpha)"
