"""A running bot takes a folder over whole: never half of a checkout, never half of a file."""

import os
import subprocess
import threading
import time
from pathlib import Path

import pytest
from cast_samples import RULES, VOICES, WIZARD

from bot.cast import Cast, LiveCast

FILES = 200
ONE, TWO = "one", "two"


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Mira", "-c", "user.email=mira@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


def write_revision(folder: Path, revision: str, files: int) -> None:
    """Write every file so that each belongs visibly to a revision; some are there in one of them alone."""
    folder.mkdir(exist_ok=True)
    (folder / "house-rules.md").write_text(f"{RULES}\nRules of {revision}.\n")
    (folder / "voices.yaml").write_text(VOICES.replace("Default voice", f"Licence {revision}"))
    for number in range(files):
        text = WIZARD.replace("name: Merlin", f"name: Merlin {number}")
        (folder / f"m{number:03}.md").write_text(text.replace("Court wizard", f"Wizard of {revision}"))
    for other in (ONE, TWO):
        own = folder / f"only-{other}.md"
        own.write_text(
            WIZARD.replace("Merlin", f"Only {other}").replace("Court wizard", f"Wizard of {other}")
        )
        if other != revision:
            own.unlink()


def make_repository(folder: Path, files: int = FILES) -> None:
    """Make a repository with the branches ``one`` and ``two``, the first of them checked out."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    for revision in (ONE, TWO):
        git(folder, "checkout", "-q", "--orphan", revision)
        write_revision(folder, revision, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", revision)
    git(folder, "checkout", "-q", ONE)


def revisions_in(cast: Cast) -> set[str]:
    """Return every revision that anything of a cast is from."""
    told = {one.tagline.removeprefix("Wizard of ") for one in cast.personas.values()}
    told |= {one.voice.licence.removeprefix("Licence ") for one in cast.personas.values()}
    told.add(cast.house_rules.splitlines()[-1].removeprefix("Rules of ").rstrip("."))
    told |= {slug.removeprefix("only-") for slug in cast.personas if slug.startswith("only-")}
    return told


def is_whole(cast: Cast, files: int = FILES) -> bool:
    return len(revisions_in(cast)) == 1 and len(cast.personas) == files + 1 and not cast.problems


def test_no_mix_of_two_revisions_is_seen_while_git_changes_from_one_to_the_other(tmp_path):
    folder = tmp_path / "cast"
    make_repository(folder)
    live = LiveCast(folder)

    def change_often() -> None:
        for _ in range(8):
            git(folder, "checkout", "-q", TWO)
            git(folder, "checkout", "-q", ONE)
        git(folder, "checkout", "-q", TWO)

    changing = threading.Thread(target=change_often)
    changing.start()
    while changing.is_alive():
        assert live.refresh() == ()
        assert is_whole(live.cast)
        assert live.look() == ()
        assert is_whole(live.cast)
    changing.join()
    live.refresh()
    assert revisions_in(live.cast) == {TWO}
    assert is_whole(live.cast)


@pytest.mark.parametrize("place", ["the repository itself", "a folder in it", "a worktree"])
def test_a_checkout_that_stops_half_way_is_waited_for(tmp_path, place):
    repository, gate = tmp_path / "repository", tmp_path / "gate"
    make_repository(repository, files=6)
    folder = repository
    if place == "a folder in it":
        for branch in (TWO, ONE):
            git(repository, "checkout", "-q", branch)
            (repository / "personas").mkdir()
            files = [path.name for path in repository.iterdir() if path.name not in {".git", "personas"}]
            git(repository, "mv", *files, "personas")
            git(repository, "commit", "-q", "-m", "move")
        folder = repository / "personas"
    if place == "a worktree":
        git(repository, "checkout", "-q", "--detach")
        folder = tmp_path / "worktree"
        git(repository, "worktree", "add", "-q", str(folder), ONE)
    os.mkfifo(gate)
    git(repository, "config", "filter.gate.smudge", f"cat {gate} > {tmp_path / 'opened'} && cat")
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "attributes").write_text("m003.md filter=gate\n")
    live = LiveCast(folder)
    before = live.cast
    running = subprocess.Popen(["git", "-C", folder, "checkout", "-q", TWO])
    try:
        while f"Wizard of {TWO}" not in read_if_there(folder / "m002.md"):
            time.sleep(0.01)
        for _ in range(3):
            assert live.look() == ()
        assert live.refresh() == ()
        assert live.cast is before
        [told] = live.read_again()
        assert "git is changing the folder, so nothing is read from it; ask again when it is done" in str(
            told
        )
        gate.write_text("go on")
        assert running.wait() == 0
    finally:
        running.kill()
    assert live.read_again() == ()
    assert revisions_in(live.cast) == {TWO}
    assert is_whole(live.cast, files=6)


def read_if_there(path: Path) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def test_what_is_being_written_is_taken_over_when_it_is_still(tmp_path):
    write_revision(tmp_path / "cast", ONE, 3)
    live = LiveCast(tmp_path / "cast")
    for number in range(3):
        text = (tmp_path / "cast" / f"m{number:03}.md").read_text()
        (tmp_path / "cast" / f"m{number:03}.md").write_text(text.replace(f"of {ONE}", f"of {TWO}"))
        live.look()
        assert revisions_in(live.cast) == {ONE}
    live.look()
    assert {one.tagline for slug, one in live.cast.personas.items() if slug != "only-one"} == {
        "Wizard of two"
    }


def test_a_link_that_is_pointed_at_another_release_changes_the_whole_cast(tmp_path):
    for release, revision in (("1", ONE), ("2", TWO)):
        write_revision(tmp_path / release, revision, 3)
    current = tmp_path / "current"
    current.symlink_to("1")
    live = LiveCast(current)
    assert revisions_in(live.cast) == {ONE}
    (tmp_path / "next").symlink_to("2")
    (tmp_path / "next").rename(current)
    live.look()
    assert revisions_in(live.cast) == {ONE}
    live.look()
    assert revisions_in(live.cast) == {TWO}
    assert is_whole(live.cast, files=3)


def test_a_lock_that_git_left_behind_is_told_once_and_changes_nothing(tmp_path):
    make_repository(tmp_path / "cast", files=1)
    live = LiveCast(tmp_path / "cast")
    lock = tmp_path / "cast" / ".git" / "index.lock"
    lock.touch()
    (tmp_path / "cast" / "only-one.md").unlink()
    told = [problem for _ in range(200) for problem in live.look()]
    reason = "git is changing the folder, so nothing is read from it; if no git runs there, remove that file"
    assert [str(problem) for problem in told] == [f"{lock}:1:1: {reason}"]
    assert "only-one" in live.cast.personas
    lock.unlink()
    live.look()
    assert "only-one" not in live.cast.personas


def test_the_start_reads_also_where_git_left_its_lock(tmp_path):
    make_repository(tmp_path / "cast", files=1)
    lock = tmp_path / "cast" / ".git" / "index.lock"
    lock.touch()
    live = LiveCast(tmp_path / "cast")
    assert is_whole(live.cast, files=1)
    lock.unlink()
    assert live.refresh() == ()
    assert is_whole(live.cast, files=1)


def test_one_changed_file_among_many_is_read_alone(tmp_path):
    write_revision(tmp_path / "cast", ONE, 20)
    live = LiveCast(tmp_path / "cast")
    before = live.cast.personas
    changed = tmp_path / "cast" / "m007.md"
    changed.write_text(changed.read_text() + "Be brief.\n")
    live.refresh()
    after = live.cast.personas
    assert [slug for slug in after if after[slug] is not before[slug]] == ["m007"]
    assert after["m007"].body.endswith("Be brief.")


def test_a_changed_voice_reaches_everybody_who_speaks_with_it(tmp_path):
    write_revision(tmp_path / "cast", ONE, 3)
    live = LiveCast(tmp_path / "cast")
    voices = tmp_path / "cast" / "voices.yaml"
    voices.write_text(voices.read_text().replace("JBFqnCBsd6RMkjVDRZzb", "pFZP5JQG7iQjIQuC4Bku"))
    live.refresh()
    assert {one.voice.voice_id for one in live.all()} == {"pFZP5JQG7iQjIQuC4Bku"}
