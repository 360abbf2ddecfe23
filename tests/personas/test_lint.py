"""``troupe personas lint`` as authors, scripts and pull requests see it."""

import json
from pathlib import Path

import pytest

from tests.personas.lint_samples import GOOD, make_folder
from tests.program import PERSONAS, troupe

NO_GOAL = GOOD.replace("# Goal\nFind out what the caller wants to talk about.\n\n", "")
GOAL = "there is no section '# Goal'; add it, and say what a call is about and where it leads"
BROKEN = NO_GOAL.replace("greeting:", "greting:", 1)


def lint(folder: Path, *arguments: str, **settings: str):
    return troupe(folder, "personas", "lint", *arguments, **settings)


def test_the_shipped_characters_leave_nothing_to_advise(tmp_path):
    done = lint(tmp_path, "--strict", str(PERSONAS))
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("5 characters fine, 0 problems. The longest prompt, ")


def test_advice_stands_beside_its_line_and_fails_nothing(tmp_path):
    make_folder(tmp_path / "cast", NO_GOAL)
    done = lint(tmp_path, "cast")
    assert (done.returncode, done.stdout) == (0, f"cast/ada.md:9:1: advice: {GOAL}\n")
    assert done.stderr.startswith("1 character fine, 0 problems, 1 piece of advice.")


def test_strict_takes_advice_as_an_error(tmp_path):
    make_folder(tmp_path / "cast", NO_GOAL)
    done = lint(tmp_path, "cast", "--strict")
    assert (done.returncode, done.stdout) == (1, f"cast/ada.md:9:1: {GOAL}\n")
    assert done.stderr.startswith("0 characters fine, 1 problem.")


def test_a_broken_file_gets_errors_and_advice_together_from_top_to_bottom(tmp_path):
    make_folder(tmp_path / "cast", BROKEN.replace("You are Ada.", "You are human. Know {{hous}}."))
    done = lint(tmp_path, "cast")
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == [
        "cast/ada.md:6:1", "cast/ada.md:9:1", "cast/ada.md:10:1", "cast/ada.md:10:21",
    ]  # fmt: skip
    assert done.returncode == 1


def test_a_voice_is_looked_up_though_other_keys_are_wrong(tmp_path):
    text = GOOD.replace("voice: old-storyteller", "voice: George\nmemroy: own").replace(
        "are Ada", "are {{name}}"
    )
    make_folder(tmp_path / "cast", text)
    told = [line.split(";")[0] for line in lint(tmp_path, "cast").stdout.splitlines()]
    assert told == [
        "cast/ada.md:5:8: unknown voice 'George'",
        "cast/ada.md:6:1: unknown key 'memroy'",
        "cast/ada.md:11:9: unknown variable {{name}}",
    ]


def test_a_misspelt_greeting_is_not_said_to_be_missing(tmp_path):
    make_folder(tmp_path / "cast", GOOD.replace("greeting_returning:", "greeting_return:"))
    assert lint(tmp_path, "cast").stdout == (
        "cast/ada.md:7:1: unknown key 'greeting_return'; did you mean 'greeting_returning'?\n"
    )


def test_a_greeting_that_is_far_too_long_is_told_one_length(tmp_path):
    make_folder(tmp_path / "cast", GOOD.replace("Ada here.", "Ada here. " * 60))
    assert lint(tmp_path, "cast").stdout == (
        "cast/ada.md:6:11: 'greeting' is too long; use at most 500 characters, "
        "best 225, which take 15 seconds to say\n"
    )
    make_folder(tmp_path / "cast", GOOD.replace("Ada here.", "Ada here. " * 30))
    assert "shorten it to 15 seconds, about 225 characters" in lint(tmp_path, "cast").stdout


def test_who_calls_again_should_be_greeted_unless_nothing_is_remembered(tmp_path):
    returning = 'greeting_returning: "{{user_name}}, good to hear you. {{last_call_hint}}"'
    folder = make_folder(tmp_path / "cast", GOOD.replace(returning, "memory: own"))
    assert "cast/ada.md:6:1: advice: there is no 'greeting_returning'" in lint(tmp_path, "cast").stdout
    make_folder(folder, GOOD.replace(returning, "memory: none"))
    assert lint(tmp_path, "cast").stdout == ""


def test_a_tag_for_a_sound_is_judged_by_the_model_of_the_voice(tmp_path):
    folder = make_folder(tmp_path / "cast", GOOD.replace("Hello,", "[laughs] Hello,"))
    assert "cast/ada.md:6:11: advice: '[laughs]' is read out" in lint(tmp_path, "cast").stdout
    voices = (folder / "voices.yaml").read_text().replace("eleven_flash_v2\n", "eleven_v3_conversational\n")
    (folder / "voices.yaml").write_text(voices)
    assert lint(tmp_path, "cast").stdout == ""


def test_what_the_character_knows_is_looked_at_too(tmp_path):
    lore = 'lore:\n  - {keys: [who], text: "Never admit that you are an AI."}\n---\n# Personality'
    make_folder(tmp_path / "cast", GOOD.replace("---\n# Personality", lore))
    assert (
        "cast/ada.md:9:25: advice: this has the character deny being an AI" in lint(tmp_path, "cast").stdout
    )


def test_scripts_get_one_object(tmp_path):
    make_folder(tmp_path / "cast", BROKEN)
    for how in (["--json"], ["--format", "json"], ["--format=json"]):
        told = json.loads(lint(tmp_path, "cast", *how).stdout)
        [problem] = told["problems"]
        assert problem == {
            "path": "cast/ada.md", "line": 6, "column": 1, "severity": "error",
            "reason": "unknown key 'greting'; did you mean 'greeting'?",
        }  # fmt: skip
        assert [one["reason"] for one in told["advice"]] == [GOAL]
        assert told["characters"] == []
    make_folder(tmp_path / "cast")
    told = json.loads(lint(tmp_path, "cast", "--json").stdout)
    assert (told["characters"], set(told["prompt_tokens"])) == (["ada"], {"ada"})
    assert 500 < told["prompt_tokens"]["ada"] < 700
    failed = lint(tmp_path, "--format", "json", MIN_AGE="x")
    assert "MIN_AGE cannot be used" in json.loads(failed.stdout)["error"]


def test_a_pull_request_is_annotated_at_the_line_of_the_file_in_its_repository(tmp_path):
    make_folder(tmp_path / "my, cast", BROKEN)
    place = "file=my%2C cast/ada.md,line={},col=1,title={}::{}"
    wanted = [
        "::error " + place.format(6, "Mend this", "unknown key 'greting'; did you mean 'greeting'?"),
        "::warning " + place.format(9, "Advice", GOAL),
    ]
    for where, path in (
        (tmp_path, "my, cast"),
        (tmp_path / "my, cast", "."),
        (Path("/"), str(tmp_path / "my, cast")),
    ):
        done = lint(where, path, "--format", "github", GITHUB_WORKSPACE=str(tmp_path))
        assert done.stdout.splitlines() == wanted
        assert done.returncode == 1
    strict = lint(tmp_path, "my, cast", "--format", "github", "--strict").stdout.splitlines()
    assert [line.split(" ")[0] for line in strict] == ["::error", "::error"]


def test_what_a_file_says_cannot_end_an_annotation_and_begin_another(tmp_path):
    folder = make_folder(tmp_path / "cast", GOOD.replace("voice: old-storyteller", "voice: 50% & more"))
    (folder / "x\n::error ::a.md").write_text(GOOD)
    for line in lint(tmp_path, "cast", "--format", "github").stdout.splitlines():
        assert line.startswith("::error file=cast/")
    assert "unknown voice '50%25 & more'; voices.yaml has" in lint(tmp_path, "cast", "--format=github").stdout
    assert "x%0A%3A%3Aerror %3A%3Aa.md," in lint(tmp_path, "cast", "--format=github").stdout
    assert not any(line.startswith("::") for line in lint(tmp_path, "cast").stdout.splitlines())


def test_only_the_named_files_are_spoken_about_and_what_they_depend_on(tmp_path):
    folder = make_folder(tmp_path / "cast", BROKEN)
    (folder / "bob.md").write_text("no front matter")
    assert "bob.md" not in lint(tmp_path, "cast/ada.md").stdout
    both = lint(tmp_path, "cast/ada.md", "cast/bob.md").stdout
    assert "cast/ada.md:6:1" in both
    assert "cast/bob.md:1:1" in both
    (folder / "voices.yaml").write_text("- no voices")
    assert "cast/voices.yaml:1:1" in lint(tmp_path, "cast/ada.md").stdout


def test_only_the_named_files_are_counted_and_what_is_wrong_is_not_fine(tmp_path):
    folder = make_folder(tmp_path / "cast")
    (folder / "bob.md").write_text(GOOD.replace("name: Ada", "name: Bob"))
    (folder / "eve.md").write_text("no front matter")
    assert lint(tmp_path, "cast").stderr.startswith("2 characters fine, 1 problem.")
    assert lint(tmp_path, "cast/ada.md").stderr.startswith("1 character fine, 0 problems. The longest")
    assert lint(tmp_path, "cast/eve.md").stderr.startswith("0 characters fine, 1 problem.\n")
    assert json.loads(lint(tmp_path, "cast/bob.md", "--json").stdout)["characters"] == ["bob"]
    (folder / "bob.md").write_text(NO_GOAL.replace("name: Ada", "name: Bob"))
    assert lint(tmp_path, "cast", "--strict").stderr.startswith("1 character fine, 2 problems.")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("ada", "ada:1:1: this file or folder is not there; did you mean cast/ada.md?"),
        ("ada.md", "ada.md:1:1: this file is not there; did you mean cast/ada.md?"),
        ("cast/adda.md", "cast/adda.md:1:1: this file is not there; did you mean cast/ada.md?"),
        ("cast/ada", "cast/ada:1:1: this file or folder is not there; did you mean cast/ada.md?"),
        ("nowhere/eve.md", "nowhere/eve.md:1:1: this file is not there; correct the name"),
        ("nowhere", "nowhere:1:1: this file or folder is not there; correct the name"),
    ],
)
def test_of_a_file_that_is_not_there_it_says_which_one_was_meant(tmp_path, given, told):
    make_folder(tmp_path / "cast")
    done = lint(tmp_path, given, PERSONAS_DIR="cast")
    assert (done.returncode, done.stdout) == (1, f"{told}\n")
    assert done.stderr.startswith("0 characters fine, 1 problem.\n")


def test_a_file_that_is_not_there_and_files_of_two_folders_are_said_to_be(tmp_path):
    make_folder(tmp_path / "cast")
    make_folder(tmp_path / "other")
    done = lint(tmp_path, "cast/eve.md")
    assert (done.returncode, done.stdout) == (
        1,
        "cast/eve.md:1:1: this file is not there; correct the name\n",
    )
    done = lint(tmp_path, "cast/ada.md", "other/ada.md")
    assert done.returncode == 2
    assert "Name files of one folder, or one folder; these are cast, other." in done.stderr


@pytest.mark.parametrize("code", ["Exit code 0: nothing has to be mended; 1: something has", "2: command or"])
def test_the_help_says_what_the_exit_codes_mean(tmp_path, code):
    assert code in " ".join(lint(tmp_path, "--help").stdout.split())


@pytest.mark.parametrize(
    ("name", "better"),
    [
        ("größe.md", "groesse"),
        ("Zoë & Co.md", "zoe-co"),
        ("ADA.MD", "ada"),
        ("ada_lovelace.md", "ada-lovelace"),
    ],
)
def test_a_file_name_that_cannot_be_is_told_one_that_can(tmp_path, name, better):
    folder = make_folder(tmp_path / "cast")
    (folder / "ada.md").rename(folder / name)
    assert f"rename it, for example to {better}.md\n" in lint(tmp_path, "cast").stdout


@pytest.mark.parametrize("name", ["ada.txt", "Ada.markdown", "ada.md.txt", "ada/ada.md", "new/Ada.txt"])
def test_a_character_that_nobody_reads_where_it_is_is_found(tmp_path, name):
    folder = make_folder(tmp_path / "cast")
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / "ada.md").rename(folder / name)
    done = lint(tmp_path, "cast")
    sentence = "nobody reads this character here; name it ada.md, in the folder of the others"
    assert (done.returncode, done.stdout) == (1, f"cast/{name}:1:1: {sentence}\n")


def test_other_files_beside_the_characters_are_nobodys_business(tmp_path):
    folder = make_folder(tmp_path / "cast")
    (folder / "notes.txt").write_text("Ideas\n---\nname: Bob\n")
    (folder / "drafts").mkdir()
    (folder / "drafts" / "README.md").write_text("# Drafts\n")
    (folder / "other.yaml").write_text("---\nkey: value\n")
    (folder / ".ada.txt").write_text(GOOD)
    assert lint(tmp_path, "cast").stdout == ""


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            '"@mira"',
            "“@mira”",
            '4:9: advice: “ and ” are part of this text; to quote it, type the straight "',
        ),
        ('"Hello', "Hello", "6:11: advice: a quotation mark without its counterpart is part of this text"),
        (
            "{{user_name}}.",
            "{user_name}.",
            "6:11: advice: {user_name} is said as it stands; a placeholder is {{",
        ),
        ("{{user_name}}.", "{{{user_name}}}.", "6:11: advice: { is said as it stands"),
        ("{{user_name}}.", "<user>.", "6:11: advice: <user> is said as it stands"),
        ("You are Ada.", "You are [char_name].", "10:9: advice: [char_name] is said as it stands"),
        ("the lighthouse", "# the light", "3:10: advice: YAML takes # and what follows it as a comment"),
    ],
)
def test_a_sign_that_has_become_part_of_a_text_is_pointed_at(tmp_path, before, after, said):
    make_folder(tmp_path / "cast", GOOD.replace(before, after, 1))
    [line] = lint(tmp_path, "cast").stdout.splitlines()
    assert line.startswith(f"cast/ada.md:{said}")


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    folder = make_folder(tmp_path / "cast")
    (folder / "again").symlink_to(".")
    elsewhere = make_folder(tmp_path / "elsewhere")
    (folder / "other").symlink_to(elsewhere)
    assert lint(tmp_path, "cast").stdout == ""
