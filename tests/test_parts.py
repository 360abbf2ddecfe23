"""`troupe run --only`, as it is typed: what a part needs is said in one sentence."""

from pathlib import Path

import pytest

from tests.databases import keys_of
from tests.program import troupe

NOWHERE = "postgresql://troupe@/one?host=/nowhere"
SHARED = {
    "DATABASE_URL": NOWHERE,
    "SECRET_KEY": keys_of(NOWHERE)[0],
    "ELEVENLABS_API_KEY": "key",
    "ELEVENLABS_AGENT_ID": "agent_1",
}


ALONE = {name: value for name, value in SHARED.items() if not name.startswith("ELEVENLABS")}


@pytest.mark.parametrize(
    ("part", "settings", "sentence"),
    [
        ("web", {}, "a database file admits one process: leave --only out, or move the file with troupe"),
        ("web", ALONE, "needs ELEVENLABS_API_KEY: the built-in sandbox"),
        ("discord", SHARED, "--only discord needs the token that switches it on; troupe setup discord asks"),
        ("slack", SHARED, "--only slack needs the token that switches it on; troupe setup slack asks"),
        ("followup", SHARED, "cannot be reached"),
        ("phone", SHARED, "'phone' is not one of 'discord', 'slack', 'web', 'followup'"),
    ],
)
def test_what_a_part_needs_is_said(
    tmp_path: Path, part: str, settings: dict[str, str], sentence: str
) -> None:
    refused = troupe(tmp_path, "run", "--only", part, **settings)
    assert refused.returncode == 2
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr
