"""What a command writes never takes the place of what Troupe lives from, nor of anything without a yes."""

import json
import os
from pathlib import Path

import pytest

from tests.program import troupe

WRITES = [["backup"], ["people", "export", "alice"]]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with a key file, that knows alice."""
    (tmp_path / ".env").write_text("MIN_AGE=18\n")
    (tmp_path / "past.json").write_text(json.dumps([{"role": "user", "content": "Quuxlena moved to Bern."}]))
    assert troupe(tmp_path, "import", "past.json", "--as", "alice", "--yes").returncode == 0
    assert troupe(tmp_path, "people", "forget", "alice", "--yes").returncode == 0
    assert troupe(tmp_path, "import", "past.json", "--as", "alice", "--yes").returncode == 0
    return tmp_path


@pytest.mark.parametrize("writes", WRITES)
def test_what_troupe_lives_from_is_not_replaced(home: Path, writes: list[str]) -> None:
    os.mkfifo(home / "pipe")
    (home / "link").symlink_to(home / "data" / "troupe.key")
    own = [".env", "link", *(f"data/{one.name}" for one in (home / "data").iterdir() if one.is_file())]
    assert {"data/troupe.db", "data/troupe.key", "data/troupe.db.erased"} < set(own)
    before = {name: (home / name).read_bytes() for name in own}
    for name in (*own, "data/../data/troupe.db-wal", "data/troupe.db.lock", "pipe"):
        refused = troupe(home, *writes, name, "--yes")
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1), name
        assert name in refused.stderr
    assert (home / "pipe").is_fifo()
    assert {name: (home / name).read_bytes() for name in own} == before


@pytest.mark.parametrize("writes", WRITES)
def test_where_no_file_can_be_is_said_in_a_sentence(home: Path, writes: list[str]) -> None:
    (home / "folder").mkdir()
    for name in ("x" * 300, "past.json/x"):
        refused = troupe(home, *writes, name, "--yes", "--json")
        assert refused.returncode == 2
        assert "\n" not in json.loads(refused.stdout)["error"]
        assert refused.stderr == ""
    if writes[0] == "people":
        assert "folder is a folder" in troupe(home, *writes, "folder", "--yes").stderr
    assert not [one for one in home.iterdir() if "part" in one.name]


@pytest.mark.parametrize("writes", [*WRITES, ["restore"]])
def test_where_nobody_can_be_asked_the_way_out_is_named(home: Path, writes: list[str]) -> None:
    assert troupe(home, "backup", "there").returncode == 0
    before = (home / "there").read_bytes()
    asked = troupe(home, *writes, "there")
    assert asked.returncode == 1
    assert asked.stderr == "Nothing was changed: add --yes where nobody can be asked.\n"
    assert "add --yes" in json.loads(troupe(home, *writes, "there", "--json").stdout)["error"]
    assert (home / "there").read_bytes() == before
