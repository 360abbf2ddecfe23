"""Reading a folder of personas: what becomes of good files."""

import os
import subprocess

import pytest
from cast_samples import WIZARD, with_line, with_more, with_voice

from bot.cast import read_cast


def test_a_persona_file_becomes_a_persona_with_its_voice_resolved(folder):
    cast = read_cast(folder)
    assert cast.problems == ()
    merlin = cast.personas["wizard"]
    assert (merlin.name, merlin.voice.voice_id, merlin.voice.model) == (
        "Merlin",
        "JBFqnCBsd6RMkjVDRZzb",
        "eleven_flash_v2",
    )
    assert merlin.voice_choice.speed is None
    assert (merlin.memory, merlin.max_minutes, merlin.language) == ("own", 15, "en")
    assert merlin.body.startswith("# Personality\nYou are Merlin.")
    assert merlin.source == WIZARD
    assert set(cast.personas) == {"wizard"}


def test_versions_are_what_git_calls_the_files(folder):
    cast = read_cast(folder)
    for name, version in [
        ("wizard.md", cast.personas["wizard"].version),
        ("house-rules.md", cast.house_rules_version),
        ("voices.yaml", cast.voices_version),
    ]:
        told = subprocess.run(
            ["git", "hash-object", folder / name], capture_output=True, text=True, check=True
        )
        assert version == told.stdout.strip()


def test_a_body_without_context_gets_it_under_its_own_heading(folder):
    (folder / "wizard.md").write_text(WIZARD.replace("# What you know\n{{context}}\n", ""))
    body = read_cast(folder).personas["wizard"].body
    assert body.endswith("You are Merlin.\n\n# What you know\n{{context}}")


def test_bytes_that_are_not_utf8_are_pointed_at(folder):
    (folder / "wizard.md").write_bytes("---\rname: Ünal Andr".encode() + b"\xe9\r\n---\r\n")
    [problem] = read_cast(folder).problems
    assert (problem.line, problem.column) == (2, 16)
    how = "save the file with the encoding UTF-8 (in Notepad: Save as, then Encoding)"
    assert problem.reason == f"this is not UTF-8; {how}"


def test_windows_line_ends_and_a_byte_order_mark_are_fine_and_keep_the_version(folder):
    data = b"\xef\xbb\xbf" + WIZARD.replace("\n", "\r\n").encode()
    (folder / "wizard.md").write_bytes(data)
    merlin = read_cast(folder).personas["wizard"]
    assert merlin.body.startswith("# Personality\nYou are Merlin.\n")
    assert merlin.source.encode() == data


def test_inner_spaces_of_placeholders_are_tidied_because_the_platform_takes_names_literally(folder):
    text = with_line('greeting: "Hi {{ user_name }}"').replace("{{context}}", "{{ context }}")
    (folder / "wizard.md").write_text(text)
    merlin = read_cast(folder).personas["wizard"]
    assert merlin.greeting == "Hi {{user_name}}"
    assert merlin.body.endswith("# What you know\n{{context}}")


def test_declared_and_platform_variables_may_be_used_in_body_greeting_and_lore(folder):
    text = with_line(
        'greeting: "Hail, {{user_name}} of {{house}}, it is {{system__time}}"\n'
        "variables:\n  house: {type: string, default: none, description: The member's house}\n"
        "  wins: {type: number, default: 0, description: Riddles solved}\n"
        "  brave: {type: boolean, default: true, description: Says so}\n"
        'lore:\n  - {keys: [house], text: "{{house}} won {{wins}} riddles"}'
    ).replace("You are Merlin.", "You greet {{house}} in {{system__timezone}}.")
    (folder / "wizard.md").write_text(text)
    cast = read_cast(folder)
    assert cast.problems == ()
    variables = cast.personas["wizard"].variables
    assert [(name, v.default) for name, v in variables.items()] == [
        ("house", "none"),
        ("wins", 0),
        ("brave", True),
    ]
    assert cast.personas["wizard"].lore[0].keys == ("house",)


def test_voice_settings_are_read_beside_the_voice_they_belong_to(folder):
    (folder / "wizard.md").write_text(with_voice("{name: old-storyteller, stability: 0.5, speed: 1}"))
    choice = read_cast(folder).personas["wizard"].voice_choice
    assert (choice.name, choice.stability, choice.similarity_boost, choice.speed) == (
        "old-storyteller",
        0.5,
        None,
        1.0,
    )


PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 100
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.mark.parametrize(("name", "data"), [("merlin.png", PNG), ("merlin.webp", WEBP)])
def test_a_picture_beside_the_file_is_accepted(folder, name, data):
    (folder / "wizard.md").write_text(with_more(f"picture: {name}"))
    (folder / name).write_bytes(data)
    cast = read_cast(folder)
    assert cast.problems == ()
    assert cast.personas["wizard"].picture == name


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xd8\xff\xe0", "picture 'merlin.png' is neither PNG nor WebP inside; save it as one of them"),
        (WEBP, "picture 'merlin.png' is WEBP inside; name it so that it ends in .webp"),
        (PNG + b"\0" * 262_144, "picture 'merlin.png' is larger than 256 KB; make it smaller"),
    ],
)
def test_a_picture_must_be_what_it_says_and_small(folder, data, reason):
    (folder / "wizard.md").write_text(with_more("picture: merlin.png"))
    (folder / "merlin.png").write_bytes(data)
    assert [problem.reason for problem in read_cast(folder).problems] == [reason]


def test_neither_pictures_nor_personas_are_read_through_links_that_leave_the_folder(folder, tmp_path_factory):
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.png").write_bytes(PNG)
    (outside / "spy.md").write_text(WIZARD)
    (folder / "wizard.md").write_text(with_more("picture: merlin.png"))
    (folder / "merlin.png").symlink_to(outside / "secret.png")
    (folder / "spy.md").symlink_to(outside / "spy.md")
    cast = read_cast(folder)
    assert [problem.reason for problem in cast.problems] == [
        "this file leads out of the folder; put the file itself there, not a link",
        "picture 'merlin.png' leads out of the folder; put the file itself there, not a link",
    ]
    assert not cast.personas


def test_links_that_stay_in_the_folder_are_fine(folder):
    (folder / "..data").mkdir()
    (folder / "wizard.md").rename(folder / "..data" / "wizard.md")
    (folder / "wizard.md").symlink_to("..data/wizard.md")
    assert set(read_cast(folder).personas) == {"wizard"}


def test_folders_pipes_links_in_circles_and_editor_leftovers_do_not_hurt(folder):
    (folder / "tower.md").mkdir()
    os.mkfifo(folder / "pipe.md")
    (folder / "loop.md").symlink_to("loop.md")
    (folder / ".#wizard.md").symlink_to("nowhere")
    (folder / "notes.txt").write_text("not a persona")
    cast = read_cast(folder)
    assert [problem.path.name for problem in cast.problems] == ["loop.md", "pipe.md", "tower.md"]
    assert set(cast.personas) == {"wizard"}


def test_two_characters_may_not_answer_to_the_same_name(folder):
    (folder / "zauberer.md").write_text(WIZARD.replace("name: Merlin", "name: MERLIN"))
    cast = read_cast(folder)
    [problem] = cast.problems
    assert str(problem) == (
        f"{folder / 'zauberer.md'}:1:1: wizard.md answers to 'MERLIN' already; choose another name"
    )
    assert set(cast.personas) == {"wizard"}


@pytest.mark.parametrize("name", ["Mеrlin", "𝐌𝐞𝐫𝐥𝐢𝐧", "Ｍｅｒｌｉｎ", "wizard"])
def test_a_disguised_name_or_anothers_slug_is_refused_whichever_file_comes_first(folder, name):
    (folder / "aaa.md").write_text(WIZARD.replace("name: Merlin", f"name: {name}"))
    cast = read_cast(folder)
    assert [problem.reason for problem in cast.problems] == [
        f"wizard.md answers to {name!r} already; choose another name"
    ]
    assert set(cast.personas) == {"wizard"}


def test_whoever_had_a_name_keeps_it(folder):
    last = read_cast(folder)
    (folder / "aaa.md").write_text(WIZARD)
    for broken in ("", "# Broken\n"):
        (folder / "wizard.md").write_text(broken or WIZARD)
        cast = read_cast(folder, last)
        assert "aaa.md" in [problem.path.name for problem in cast.problems]
        assert cast.personas == last.personas


@pytest.mark.parametrize("pair", [("Anna", "Анна"), ("Rene", "René"), ("Νίκος", "Никос"), ("Zoe", "Zoë")])
def test_names_of_different_letters_are_different_names(folder, pair):
    for slug, name in zip(("wizard", "other"), pair, strict=True):
        (folder / f"{slug}.md").write_text(WIZARD.replace("name: Merlin", f"name: {name}"))
    assert set(read_cast(folder).personas) == {"wizard", "other"}
