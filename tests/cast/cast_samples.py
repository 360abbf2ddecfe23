"""A good persona folder, and ways to change one thing in it."""

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
GREETING = 'greeting: "Well met, {{user_name}}!"'


def with_line(line: str) -> str:
    """The good file with other lines in the place of its greeting (line 6)."""
    return WIZARD.replace(GREETING, line)


def with_more(lines: str) -> str:
    """The good file with more front matter below its greeting (from line 7)."""
    return WIZARD.replace(GREETING, f"{GREETING}\n{lines}")


def with_voice(voice: str) -> str:
    """The good file with another voice (line 5)."""
    return WIZARD.replace("voice: old-storyteller", f"voice: {voice}")


def variable(text: str) -> str:
    """The good file with one declared variable (line 8)."""
    return with_more(f"variables:\n  {text}")
