"""A folder with one character of which nothing is wrong and nothing could be better."""

from pathlib import Path

from tests.program import PERSONAS

GOOD = """\
---
name: Ada
tagline: Keeps the lighthouse
author: "@mira"
voice: old-storyteller
greeting: "Hello, {{user_name}}. Ada here. What brings you to the coast?"
greeting_returning: "{{user_name}}, good to hear you. {{last_call_hint}}"
---
# Personality
You are Ada.

# Goal
Find out what the caller wants to talk about.

# Guardrails
You give no medical advice.

# What you know
{{context}}
"""


def make_folder(folder: Path, text: str = GOOD) -> Path:
    """Write the shipped voices and house rules, and this text as ada.md; return the folder."""
    folder.mkdir(exist_ok=True)
    for name in ("voices.yaml", "house-rules.md"):
        (folder / name).write_bytes((PERSONAS / name).read_bytes())
    (folder / "ada.md").write_text(text)
    return folder
