"""`troupe personas diff`: what members notice of a change, privacy first, against real git."""

import json
import struct
import zlib

import pytest

from bot.cast import read_cast
from bot.cast.revision import open_revision
from bot.domain.persona import git_blob_id
from tests.program import troupe


def diff(tmp_path, cast, *arguments, **settings):
    return troupe(tmp_path, "personas", "diff", *arguments, "--dir", str(cast.folder), **settings)


def diff_json(tmp_path, cast, *arguments):
    done = diff(tmp_path, cast, "--json", *arguments)
    assert not done.stderr
    return json.loads(done.stdout)


def changes_of(told, slug):
    (one,) = [one for one in told["characters"] if one["slug"] == slug]
    return {change["what"]: change for change in one["changes"]}


def png(color: bytes) -> bytes:
    """A picture of one dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    data = zlib.compress(b"\0" + color)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def test_nothing_is_said_of_what_did_not_change(tmp_path, cast):
    done = diff(tmp_path, cast, "HEAD")
    assert (done.returncode, done.stdout) == (0, "Nothing has changed since HEAD.\n")
    assert diff_json(tmp_path, cast, "HEAD")["characters"] == []


def test_a_memory_that_begins_to_be_shared_stands_first_and_says_who_reads_it(tmp_path, cast):
    cast.change("captain.md", "Ahoy", "Oy")
    cast.change("wizard.md", "memory: own", "memory: shared")
    cast.change("wizard.md", "Well met", "Hail")
    done = diff(tmp_path, cast, "HEAD")
    assert done.returncode == 0
    first, second, *rest = done.stdout.splitlines()
    assert first == "Merlin (wizard): is changed"
    assert second.startswith(
        "  PRIVACY memory changes from own to shared. Nan reads what members say to Merlin"
    )
    assert "greeting" not in second
    assert rest.index("Nan (captain): is changed") > rest.index("    +Hail, {{user_name}}!")
    told = diff_json(tmp_path, cast, "HEAD")
    (privacy,) = told["privacy"]
    assert (privacy["slug"], privacy["before"], privacy["after"]) == ("wizard", "own", "shared")
    assert privacy["is_wider"] is True
    assert "while those shared" in privacy["meaning"]


def test_a_memory_that_is_shared_no_more_is_not_called_wider(tmp_path, cast):
    cast.change("captain.md", "memory: shared", "memory: own")
    (privacy,) = diff_json(tmp_path, cast, "HEAD")["privacy"]
    assert privacy["is_wider"] is False
    assert "earlier calls included" in privacy["meaning"]


def test_the_prompt_is_shown_line_by_line_and_whole_before_and_after(tmp_path, cast):
    cast.change("wizard.md", "You like tea.", "You like coffee.")
    told = diff_json(tmp_path, cast, "HEAD", "wizard")
    lines = changes_of(told, "wizard")["prompt"]["diff"]
    assert "-You like tea." in lines
    assert "+You like coffee." in lines
    prompt = told["characters"][0]["prompt"]
    for text, drink in ((prompt["before"], "tea"), (prompt["after"], "coffee")):
        assert text.startswith("# House rules")
        assert f"You like {drink}." in text
    assert prompt["tokens"]["before"] == -(-len(prompt["before"]) // 4)
    shown = diff(tmp_path, cast, "HEAD").stdout
    assert "    -You like tea." in shown
    assert "    +You like coffee." in shown
    assert "(estimated as characters / 4)" in shown


def test_everything_else_that_members_notice_is_said(tmp_path, cast):
    cast.write("merlin.png", png(b"\1\2\3"))
    cast.change("wizard.md", "memory: own", "memory: own\npicture: merlin.png\nmax_minutes: 10")
    cast.commit()
    cast.write("merlin.png", png(b"\4\5\6"))
    cast.change(
        "wizard.md", "max_minutes: 10", "max_minutes: 20\ntags: [tea]\nlore:\n  - {keys: [owl], text: Hoo.}"
    )
    cast.change("wizard.md", "voice: old-storyteller", "voice: {name: old-storyteller, speed: 0.9}")
    cast.change(
        "wizard.md",
        "tags:",
        'variables:\n  house: {type: string, default: none, description: "A house"}\ntags:',
    )
    changes = changes_of(diff_json(tmp_path, cast, "HEAD"), "wizard")
    assert {what: (one["before"], one["after"]) for what, one in changes.items() if what != "picture"} == {
        "max_minutes": ("10", "20"),
        "tags": ("", "tea"),
        "lore": ("", "owl: Hoo."),
        "voice": ("old-storyteller", "old-storyteller, speed 0.9"),
        "variables": ("", "house (string, 'none'): A house"),
    }
    before, after = changes["picture"]["before"], changes["picture"]["after"]
    assert before != after
    assert before.startswith("merlin.png (")


def test_new_and_removed_characters_are_said_with_what_is_remembered(tmp_path, cast):
    cast.write("pirate.md", (cast.folder / "captain.md").read_text().replace("Nan", "Flint"))
    (cast.folder / "wizard.md").unlink()
    told = diff_json(tmp_path, cast, "HEAD")
    assert {one["slug"]: one["kind"] for one in told["characters"]} == {
        "pirate": "added",
        "wizard": "removed",
    }
    assert told["characters"][0]["slug"] == "pirate"
    assert "Nan reads what members say to Flint" in changes_of(told, "pirate")["memory"]["meaning"]
    assert changes_of(told, "pirate")["memory"]["is_wider"] is True
    assert "can be called no more" in changes_of(told, "wizard")["memory"]["meaning"]


def test_what_all_have_in_common_says_whom_it_affects(tmp_path, cast):
    cast.change("house-rules.md", "Say that you are an AI.", "Say kindly that you are an AI.")
    cast.change("voices.yaml", "eleven_flash_v2", "eleven_turbo_v2")
    told = diff_json(tmp_path, cast, "HEAD")
    assert told["characters"] == []
    assert "+- Say kindly that you are an AI. In danger give {{crisis_line}}." in told["house_rules"]["diff"]
    (voice,) = told["voices"]
    assert voice["meaning"] == "Merlin and Nan speak with it."
    shown = diff(tmp_path, cast, "HEAD").stdout
    assert "House rules: changed. They stand before every character." in shown
    assert "eleven_turbo_v2" in shown


def test_a_file_that_is_broken_now_is_told_with_its_place_and_ends_with_1(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: maybe")
    done = diff(tmp_path, cast, "HEAD")
    assert done.returncode == 1
    assert "cannot be called as its file is now" in done.stdout
    assert "wizard.md:8:9: 'memory' must be" in done.stdout
    told = troupe(tmp_path, "personas", "diff", "HEAD", "--json", PERSONAS_DIR=str(cast.folder))
    assert told.returncode == 1
    (one,) = json.loads(told.stdout)["characters"]
    assert (one["kind"], one["problems"][0]["line"]) == ("broken", 8)


def test_a_folder_that_was_not_there_yet_was_an_empty_cast(tmp_path, cast):
    new = cast.folder / "later"
    new.mkdir()
    for name in ("voices.yaml", "house-rules.md", "wizard.md"):
        (new / name).write_bytes((cast.folder / name).read_bytes())
    told = json.loads(troupe(tmp_path, "personas", "diff", "HEAD", "--json", "--dir", str(new)).stdout)
    assert [one["kind"] for one in told["characters"]] == ["added"]


def test_only_the_characters_that_are_named_are_compared(tmp_path, cast):
    cast.change("captain.md", "Ahoy", "Oy")
    cast.change("wizard.md", "Well met", "Hail")
    told = diff_json(tmp_path, cast, "HEAD", "captain")
    assert [one["slug"] for one in told["characters"]] == ["captain"]
    unknown = diff(tmp_path, cast, "HEAD", "nobody")
    assert unknown.returncode == 1
    assert "There is no 'nobody', neither now nor at HEAD." in unknown.stderr


@pytest.mark.parametrize("rev", ["nowhere", "-p", "--output=x", "HEAD:wizard.md", ""])
def test_an_unknown_revision_is_one_sentence(tmp_path, cast, rev):
    done = troupe(tmp_path, "personas", "diff", "--dir", str(cast.folder), "--", rev)
    assert done.returncode == 1
    assert done.stderr.startswith("git knows no revision ")
    assert done.stderr.count("\n") == 1


def test_no_repository_and_no_git_are_one_sentence_each(tmp_path, cast):
    plain = tmp_path / "plain"
    plain.mkdir()
    done = troupe(tmp_path, "personas", "diff", "HEAD", "--dir", str(plain))
    assert done.returncode == 1
    assert "is in no git repository that can be read" in done.stderr
    without = diff(tmp_path, cast, "HEAD", PATH=str(plain))
    assert without.returncode == 1
    assert "git is not installed here" in without.stderr
    gone = troupe(tmp_path, "personas", "diff", "HEAD", "--dir", str(tmp_path / "gone"))
    assert gone.returncode == 1
    assert "There is no folder" in gone.stderr


def test_a_folder_that_poses_as_a_repository_is_not_taken_for_one(tmp_path, cast):
    (cast.folder / "HEAD").write_text("ref: refs/heads/main\n")
    for name in ("objects", "refs"):
        (cast.folder / name).mkdir(exist_ok=True)
    done = diff(tmp_path, cast, "HEAD")
    if cast.folder == cast.repository:
        assert done.stdout == "Nothing has changed since HEAD.\n"
    else:
        assert done.returncode == 1
        assert "is in no git repository that can be read" in done.stderr


@pytest.mark.parametrize("how", ["program", "address"])
def test_a_repository_that_somebody_sent_starts_no_program_to_fetch_what_it_lacks(tmp_path, cast, how):
    started = tmp_path / "started"
    named = {
        "program": {"url": str(cast.repository), "uploadpack": f"touch {started}; git-upload-pack"},
        "address": {"url": f"ext::touch {started}"},
    }
    cast.git("config", "core.repositoryFormatVersion", "1")
    cast.git("config", "extensions.partialClone", "origin")
    cast.git("config", "protocol.ext.allow", "always")
    for key, value in {"promisor": "true", **named[how]}.items():
        cast.git("config", f"remote.origin.{key}", value)
    lacking = git_blob_id((cast.folder / "wizard.md").read_bytes())
    (cast.repository / ".git" / "objects" / lacking[:2] / lacking[2:]).unlink()
    done = diff(tmp_path, cast, "HEAD")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "git has not all files of that revision here; fetch it whole.\n"
    assert not started.exists()


def test_links_are_not_laid_out_and_what_is_too_large_only_as_its_size(cast):
    (cast.folder / "link.md").symlink_to("/etc/passwd")
    (cast.folder / "large.md").write_bytes(b"x" * 2_000_000)
    cast.commit()
    with open_revision(cast.folder, "HEAD") as then:
        names = {"voices.yaml", "house-rules.md", "wizard.md", "captain.md", "large.md"}
        assert {path.name for path in then.iterdir()} == names
        assert (then / "large.md").read_bytes().strip(b"\0") == b""
        assert (then / "wizard.md").read_bytes() == (cast.folder / "wizard.md").read_bytes()
        (problem,) = read_cast(then).problems
        assert "larger than 64 KB" in problem.reason
    assert not then.exists()
