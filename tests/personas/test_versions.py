"""`troupe personas versions`: every text that a character was ever played from, as it is typed."""

import json
import subprocess

import pytest

from storage.lock import hold_lock
from tests.program import kept_environment, troupe


def versions(tmp_path, cast, *arguments):
    return troupe(tmp_path, "personas", "versions", *arguments, PERSONAS_DIR=str(cast.folder))


def versions_json(tmp_path, cast, slug="wizard"):
    done = versions(tmp_path, cast, slug, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["versions"]


def chat(tmp_path, cast):
    typed = "/call wizard by chat\nhello\n/hangup\n"
    done = troupe(tmp_path, "console", "--as", "alice", "--yes", typed=typed, PERSONAS_DIR=str(cast.folder))
    assert "You hung up." in done.stdout


def blob_id(path) -> str:
    done = subprocess.run(
        ["git", "hash-object", str(path)], env=kept_environment(), capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def played(tmp_path, cast):
    """A character that was called twice as it was, and once as it is."""
    old = blob_id(cast.folder / "wizard.md")
    chat(tmp_path, cast)
    chat(tmp_path, cast)
    cast.change("wizard.md", "You like tea.", "You like coffee.")
    chat(tmp_path, cast)
    return old, blob_id(cast.folder / "wizard.md")


def test_each_version_has_gits_id_its_calls_and_which_is_current(tmp_path, cast, played):
    first, second = versions_json(tmp_path, cast)
    assert (first["version"], first["calls"], first["is_current"]) == (played[0], 2, False)
    assert (second["version"], second["calls"], second["is_current"]) == (played[1], 1, True)
    assert first["first_used_at"] < first["last_used_at"] < second["first_used_at"]
    shown = versions(tmp_path, cast, "wizard").stdout
    assert f"{played[1][:12]} (current)" in shown
    assert "2 calls" in shown


def test_the_text_of_a_version_is_shown_as_it_was(tmp_path, cast, played):
    done = versions(tmp_path, cast, "wizard", "--show", played[0][:7])
    assert done.stdout == (cast.folder / "wizard.md").read_text().replace("coffee", "tea")
    told = json.loads(versions(tmp_path, cast, "wizard", "--show", played[1], "--json").stdout)
    assert told == {"version": played[1], "text": (cast.folder / "wizard.md").read_text()}
    unknown = versions(tmp_path, cast, "wizard", "--show", "zzz")
    assert unknown.returncode == 1
    assert f"choose one of {played[0][:12]}, {played[1][:12]}" in unknown.stderr


def test_a_removed_character_keeps_its_versions_and_has_none_that_is_current(tmp_path, cast, played):
    (cast.folder / "wizard.md").unlink()
    assert [one["is_current"] for one in versions_json(tmp_path, cast)] == [False, False]
    assert "gone from the folder" in versions(tmp_path, cast, "wizard").stdout


def test_a_version_that_nobody_called_yet_is_there_too(tmp_path, cast):
    (one,) = versions_json(tmp_path, cast)
    assert one == {
        "version": blob_id(cast.folder / "wizard.md"),
        "is_current": True,
        "calls": 0,
        "first_used_at": None,
        "last_used_at": None,
    }
    assert not (tmp_path / "data").exists()
    assert "never" in versions(tmp_path, cast, "wizard").stdout


def test_it_works_beside_a_bot_that_runs(tmp_path, cast, played):
    with hold_lock(f"sqlite:///{tmp_path}/data/troupe.db", {"public_url": "http://x", "api_url": "http://y"}):
        assert len(versions_json(tmp_path, cast)) == 2


def test_what_is_unknown_or_broken_is_one_sentence(tmp_path, cast):
    unknown = versions(tmp_path, cast, "wizzard")
    assert (unknown.returncode, unknown.stderr) == (
        1, "No character 'wizzard' was ever here; did you mean wizard?\n"
    )  # fmt: skip
    cast.change("wizard.md", "memory: own", "memory: maybe")
    broken = versions(tmp_path, cast, "wizard")
    assert broken.returncode == 1
    assert "lint says what is wrong" in broken.stderr
