"""A cast of two in a git repository of its own, as a community keeps one."""

import subprocess
from pathlib import Path

import pytest

from tests.program import kept_environment

VOICES = """\
old-storyteller:
  voice_id: JBFqnCBsd6RMkjVDRZzb
  model: eleven_flash_v2
  languages: [en]
"""
RULES = "# House rules\n\n- Say that you are an AI. In danger give {{crisis_line}}.\n"
WIZARD = """\
---
name: Merlin
tagline: Court wizard
author: "@mira"
voice: old-storyteller
greeting: "Well met, {{user_name}}!"
greeting_returning: "Ah, {{user_name}}! {{last_call_hint}}"
memory: own
---
# Personality
You are Merlin.
You like tea.

# What you know
{{context}}
"""
CAPTAIN = """\
---
name: Nan
tagline: Captain
author: "@mira"
voice: old-storyteller
greeting: "Ahoy, {{user_name}}!"
memory: shared
---
You are Nan.
"""


class Cast:
    """A folder of personas inside a git repository, which may be that folder itself."""

    def __init__(self, repository: Path, folder: Path) -> None:
        self.repository, self.folder = repository, folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q")
        self.write("voices.yaml", VOICES)
        self.write("house-rules.md", RULES)
        self.write("wizard.md", WIZARD)
        self.write("captain.md", CAPTAIN)
        self.commit()

    def write(self, name: str, text: str | bytes) -> None:
        (self.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())

    def change(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self) -> None:
        self.git("add", "-A")
        who = ["-c", "user.name=Mira", "-c", "user.email=mira@example.org"]
        self.git(*who, "commit", "-q", "--no-gpg-sign", "--allow-empty", "-m", "cast")

    def git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.repository, env=kept_environment(), check=True)


@pytest.fixture(params=["own repository", "subfolder"])
def cast(request: pytest.FixtureRequest, tmp_path: Path) -> Cast:
    repository = tmp_path / "community"
    return Cast(repository, repository / "bots" / "cast" if request.param == "subfolder" else repository)
