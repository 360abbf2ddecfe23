"""Reading a folder of personas, and what its authors are told."""

import subprocess
from pathlib import Path

import pytest

from bot.cast import read_cast

VOICES = """\
old-storyteller:
  voice_id: JBFqnCBsd6RMkjVDRZzb
  model: eleven_flash_v2
  languages: [en]
  licence: Default voice
  preview: https://example.org/george.mp3
bright-teacher:
  voice_id: Xb7hH8MSUJpSbSDYk0k2
  model: eleven_flash_v2_5
  languages: [de, es]
"""
RULES = "# House rules\n\n- Say that you are an AI. In danger give {{crisis_line}}.\n"
WIZARD = """\
---
name: Merlin
tagline: Court wizard
author: "@mira"
voice: old-storyteller
greeting: "Well met, {{user_name}}!"
---
# Personality
You are Merlin.

# What you know
{{context}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "voices.yaml").write_text(VOICES)
    (tmp_path / "house-rules.md").write_text(RULES)
    (tmp_path / "wizard.md").write_text(WIZARD)
    (tmp_path / "README.md").write_text("# How to add a character\n")
    return tmp_path


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
