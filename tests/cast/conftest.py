"""A folder with one good persona."""

from pathlib import Path

import pytest
from cast_samples import RULES, VOICES, WIZARD


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "voices.yaml").write_text(VOICES)
    (tmp_path / "house-rules.md").write_text(RULES)
    (tmp_path / "wizard.md").write_text(WIZARD)
    (tmp_path / "README.md").write_text("# How to add a character\n")
    return tmp_path
