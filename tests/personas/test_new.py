"""``troupe personas new``: a character to begin with, by questions, by flags, and in the browser."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.cast import read_cast
from tests.personas.lint_samples import make_folder
from tests.program import at_a_terminal, troupe

STILL = "this still is the template's"
HEADINGS = ["Personality", "Environment", "Tone", "Goal", "Guardrails", "What you know"]


def new(folder: Path, *arguments: str, **settings: str):
    return troupe(folder, "personas", "new", *arguments, **{"PERSONAS_DIR": "cast", **settings})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_folder(tmp_path / "cast")


def fill_in(file: Path) -> None:
    """Write what an author writes: every sentence that asks for one, the line about it, and a name."""
    text = re.sub(r"Write here [^.]*\.", "You love honey.", file.read_text())
    text = text.replace("One line that makes somebody want to call", "Listens to you")
    file.write_text(text.replace("@your-name", "@mira"))


@pytest.mark.parametrize("language", ["en", "de", "sv"])
def test_what_it_writes_leaves_nothing_to_mend_or_to_advise_once_it_is_filled_in(tmp_path, folder, language):
    done = new(tmp_path, "big-bear", "--yes", "--language", language)
    assert done.returncode == 0, done.stderr
    fill_in(folder / "big-bear.md")
    linted = troupe(tmp_path, "personas", "lint", "--strict", "cast/big-bear.md")
    assert (linted.returncode, linted.stdout) == (0, "")
    bear = read_cast(folder).personas["big-bear"]
    assert [line[2:] for line in bear.body.splitlines() if line.startswith("# ")] == HEADINGS
    assert (bear.name, bear.language, bear.memory) == ("Big bear", language, "own")
    assert ("hier ist" in bear.greeting) == (language == "de")


def test_every_sentence_of_the_template_has_to_be_written_anew(tmp_path, folder):
    assert new(tmp_path, "big-bear", "--yes").returncode == 0
    linted = troupe(tmp_path, "personas", "lint", "cast/big-bear.md")
    told = [line.removeprefix("cast/big-bear.md:") for line in linted.stdout.splitlines()]
    assert linted.returncode == 1
    assert told == [
        f"3:10: {STILL} “One line that makes somebody want to call”; write your own",
        f"4:9: {STILL} “@your-name”; write your own",
        f"12:19: {STILL} “Write here who you are in three or four sentences”; write your own",
        f"16:1: {STILL} “Write here where you are while you talk”; write your own",
        f"20:48: {STILL} “Write here which words you like”; write your own",
        f"24:61: {STILL} “Write here what you do together in a call”; write your own",
        f"28:45: {STILL} “Write here what you never do”; write your own",
    ]
    text = (folder / "big-bear.md").read_text()
    (folder / "big-bear.md").write_text(text.replace("which words you like", "which\nwords  you like"))
    assert "“Write here which words you like”" in troupe(tmp_path, "personas", "lint", "cast").stdout


def test_every_answer_can_be_a_flag_and_is_written_as_it_was_said(tmp_path, folder):
    said = {
        "name": 'Zoë "Zo" O\'Hara: # 1',
        "tagline": "Sells maps: to places, # that are not there \\ yet",
        "author": "@mira",
        "language": "de",
        "voice": "plain-friend",
        "memory": "shared",
    }
    flags = [part for name, value in said.items() for part in (f"--{name}", value)]
    done = new(tmp_path, "zoe", *flags)
    assert done.returncode == 0, done.stderr
    fill_in(folder / "zoe.md")
    zoe = read_cast(folder).personas["zoe"]
    written = {name: getattr(zoe, name) for name in said if name != "voice"} | {"voice": zoe.voice.name}
    assert written == said


def test_scripts_are_told_what_was_written_and_nothing_is_asked(tmp_path, folder):
    done = new(tmp_path, "big-bear", "--yes", "--json")
    told = json.loads(done.stdout)
    fill_in(folder / "big-bear.md")
    bear = read_cast(folder).personas["big-bear"]
    assert (told["slug"], told["file"], told["name"]) == ("big-bear", "cast/big-bear.md", "Big bear")
    assert (told["voice"], told["language"], told["memory"]) == (bear.voice.name, "en", "own")
    linked = json.loads(new(tmp_path, "--link", "mira/characters", "--json").stdout)
    assert linked["link"].startswith("https://github.com/mira/characters/new/")
    code, shown = at_a_terminal(
        tmp_path, "personas", "new", "fox", "--json", "--name", "Fox", answers=[], PERSONAS_DIR="cast"
    )
    assert (code, json.loads(shown)["error"][:24]) == (1, "Nobody can be asked here")
    assert not (folder / "fox.md").exists()


def test_it_says_what_comes_next(tmp_path, folder):
    done = new(tmp_path, "big-bear", "--yes")
    for words in (
        "Wrote cast/big-bear.md.", "troupe personas lint cast/big-bear.md", "troupe personas try big-bear",
        "Until then lint complains, and nobody can call the character.", "cast/README.md",
    ):  # fmt: skip
        assert words in done.stdout


def test_the_folder_can_be_another_one(tmp_path):
    make_folder(tmp_path / "other")
    assert new(tmp_path, "big-bear", "--yes", "--dir", "other").returncode == 0
    assert (tmp_path / "other" / "big-bear.md").exists()


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [
        (
            "Größe",
            (
                "'Größe' cannot be a character's file name; use 1 to 32 small letters, digits and -, "
                "such as groesse."
            ),
        ),
        ("../ada", "'../ada' cannot be a character's file name;"),
        ("readme", "'readme' stands for another file;"),
        ("house-rules", "'house-rules' stands for another file;"),
        ("ada", "cast/ada.md is there already; choose another name, or edit that file."),
        ("ada.md", "cast/ada.md is there already;"),
        ("", "'' cannot be a character's file name;"),
    ],
)
def test_a_name_that_cannot_be_and_a_file_that_is_there_are_refused_in_one_sentence(
    tmp_path, folder, slug, sentence
):
    before = {path: path.read_bytes() for path in folder.iterdir()}
    done = new(tmp_path, slug, "--yes")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence)
    assert done.stderr.count("\n") == 1
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--name", "ada"], "ada.md answers to 'ada' already; choose another name."),
        (["--name", "B" * 41], "The name is too long; use at most 40 characters."),
        (["--name", "{{user_name}}"], "The name must be one line without {{ or }}."),
        (["--name", " "], "The name is empty; write something."),
        (["--author", "mi\u202era"], "The author has an invisible character in it; type it anew."),
        (["--language", "German"], "The language must be a language code such as en, de or pt-br"),
        (["--language", "ja"], "No voice of voices.yaml speaks 'ja'; they speak de, en, es, "),
        (
            ["--voice", "bright-teacher"],
            (
                "There is no voice 'bright-teacher' for this language; there are deep-and-steady, "
                "dry-broadcaster, old-storyteller, velvet-actress."
            ),
        ),
    ],
)
def test_an_answer_that_cannot_be_is_refused_in_one_sentence(tmp_path, folder, flags, sentence):
    done = new(tmp_path, "big-bear", "--yes", *flags)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert not (folder / "big-bear.md").exists()


def test_where_nobody_can_be_asked_the_missing_flags_are_named(tmp_path, folder):
    done = new(tmp_path, "big-bear", "--name", "Bear", "--memory", "own")
    assert (done.returncode, done.stderr) == (
        1,
        (
            "Nobody can be asked here: add --tagline, --author, --language, --voice, "
            "or --yes to fill them in later.\n"
        ),
    )


def test_a_folder_without_voices_is_said_to_have_none(tmp_path, folder):
    (folder / "voices.yaml").unlink()
    done = new(tmp_path, "big-bear", "--yes")
    assert done.stderr.startswith("cast/voices.yaml:1:1: this file was not found")
    done = new(tmp_path, "big-bear", "--yes", "--dir", "nowhere")
    assert done.stderr.startswith("nowhere:1:1: the folder of personas cannot be read")


def test_at_a_terminal_it_asks_shows_the_voices_and_asks_again_what_cannot_be(tmp_path, folder):
    answers = ["Ada", "Bear", "A bear that listens", "@mira", "ja", "de", "9", "2", "none"]
    command = ("personas", "new", "big-bear")
    code, seen = at_a_terminal(tmp_path, *command, answers=answers, PERSONAS_DIR="cast")
    assert code == 0, seen
    for words in (
        "Its name [Big bear]:", "ada.md answers to 'Ada' already", "One line about it",
        "No voice of voices.yaml speaks 'ja'", "1. bright-teacher (de, es, fr, it, nl, pl, pt, sv)\r\n",
        "To hear one, open the address that stands under it in voices.yaml as 'preview'.",
        "2. plain-friend", "There is no voice '9'", "shared: also reads", "Wrote cast/big-bear.md.",
    ):  # fmt: skip
        assert words in seen, words
    assert "old-storyteller" not in seen
    assert "https://" not in seen
    fill_in(folder / "big-bear.md")
    bear = read_cast(folder).personas["big-bear"]
    assert (bear.name, bear.author, bear.language, bear.voice.name, bear.memory) == (
        "Bear", "@mira", "de", "plain-friend", "none",
    )  # fmt: skip


def test_at_a_terminal_the_name_of_the_file_is_asked_for_too(tmp_path, folder):
    answers = ["Big Bear", "ada", "big-bear", "Bear", "A bear that listens", "@mira", "en", "1", "own"]
    code, seen = at_a_terminal(tmp_path, "personas", "new", answers=answers, PERSONAS_DIR="cast")
    assert code == 0, seen
    assert "The file's name, which members type:" in seen
    assert "such as big-bear." in seen
    assert "ada.md is there already" in seen
    assert (folder / "big-bear.md").exists()
    refused = new(tmp_path, "--yes")
    assert (refused.returncode, refused.stderr) == (1, "Name the file: troupe personas new my-character.\n")


def test_the_link_opens_an_editor_with_what_it_would_write(tmp_path, folder):
    assert new(tmp_path, "my-character", "--yes", PERSONAS_DIR="cast").returncode == 0
    written = (folder / "my-character.md").read_text()
    (folder / "my-character.md").unlink()
    done = new(tmp_path, "--link", "mira/characters")
    assert (done.returncode, done.stdout.count("\n")) == (0, 1)
    link = urlsplit(done.stdout.strip())
    assert (link.scheme, link.netloc, link.path) == (
        "https",
        "github.com",
        "/mira/characters/new/main/personas",
    )
    assert parse_qs(link.query, strict_parsing=True) == {"filename": ["my-character.md"], "value": [written]}
    assert len(done.stdout) < 6_000
    assert "+" not in link.query


def test_the_link_is_for_any_branch_and_folder_of_a_repository(tmp_path, folder):
    assert new(tmp_path, "--link", "a/b", "--branch", "next/1", "--dir", ".").stdout.startswith(
        "https://github.com/a/b/new/next%2F1?filename="
    )
    assert "/new/main/bot/my%20cast?" in new(tmp_path, "--link", "a/b", "--dir", "bot/my cast").stdout
    refused = new(tmp_path, "--link", "https://github.com/a/b")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "is no repository on GitHub; write OWNER/REPO, such as mira/characters." in refused.stderr
