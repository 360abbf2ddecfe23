"""A community whose every word tries to be more than words: members, characters, places, files."""

import json
from pathlib import Path
from typing import Any

from tests.fakes.discord import FakeDiscord, Inn, Person
from tests.fronts.discord.hostile import COMBINING, FAMILY, PIECES, RIGHT_TO_LEFT, SNOWFLAKE
from tests.scenarios.stage import PERSONAS

_EVERYTHING = " ".join(PIECES)
VARIANTS = (
    (_EVERYTHING * 9)[:4_000],
    ("\n".join(reversed(PIECES)) * 9)[:4_000],
    "`" * 4_000,
    "🧙" * 4_000,
    f"@everyone @here <@{SNOWFLAKE}> ](https://evil.example) ||spoiler|| discord-role:{SNOWFLAKE} " * 30,
    f"# heading\n> quote\n-# small\n- item {FAMILY} {RIGHT_TO_LEFT} {COMBINING}\n" * 30,
    "\x00\x1b[2J\u202e\u2066\ufeff\ud800 **bold** [click](https://evil.example) ```\nblock\n``` " * 30,
    "].)\\" * 1_000,
)
"""Whatever somebody types; each is cut to what the box that it is typed into takes."""

NAME = f"@everyone [x](https://evil.example) {FAMILY} `{RIGHT_TO_LEFT}`"
SERVER = f"](https://evil.example) @here <@{SNOWFLAKE}> {FAMILY} # ||inn|| {RIGHT_TO_LEFT} {COMBINING}"
ROLE, CHANNEL = f"@everyone ```role``` {FAMILY}", f"-# [channel](https://evil.example) {RIGHT_TO_LEFT}"
SLUGS = tuple(f"{'w' * 31}{number}" for number in range(7))
"""Characters with the longest slugs; so many that they fill more than one page, and menus."""

_FRONT = ("name", "tagline", "author", "greeting", "greeting_returning")
_SAID = (
    "@everyone `x` ||y|| https://evil.example # z",
    f"[click](https://evil.example) {FAMILY} <@{SNOWFLAKE}>",
    f"> quote {RIGHT_TO_LEFT} *it* _it_ ~~no~~ {COMBINING}",
    f"-# small discord-role:{SNOWFLAKE} ](https://evil.example)",
    "```block``` @here **bold** __under__ \\",
    "🧙" * 300,
    f"<#{SNOWFLAKE}> </call:{SNOWFLAKE}> <t:1700000000:R> {'x' * 600}",
)


def writes_personas(folder: Path) -> Path:
    """Write a folder of characters whose every text is as long as it may be, and hostile."""
    folder.mkdir()
    for name in ("voices.yaml", "house-rules.md", "merlin.png"):
        (folder / name).write_bytes((PERSONAS / name).read_bytes())
    for number, slug in enumerate(SLUGS):
        said = _SAID[number]
        limits = dict(zip(_FRONT, (38, 100, 40, 480, 480), strict=True))
        front: dict[str, Any] = {key: (f"{said} " * 60)[:most].strip() for key, most in limits.items()}
        front["name"] = f"{number} {front['name']}"
        front["greeting"] += " {{user_name}}"
        front["greeting_returning"] += " {{last_call_hint}}"
        front |= {"voice": "old-storyteller", "picture": "merlin.png", "max_minutes": 60, "memory": "shared"}
        front["tags"] = [f"@{'t' * 20}{number}"] * 8
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]
        text = "\n".join(["---", *lines, "---", "# Personality\nYou are nobody.", "{{context}}"])
        (folder / f"{slug}.md").write_text(text)
    return folder


def founds_server(discord: FakeDiscord, locale: str) -> tuple[Inn, Person, Person]:
    """Found a server with a channel, a role and people whose names are hostile."""
    inn = discord.adds_server(SERVER[:100], channels=("tavern", "cellar"), roles=(ROLE,), locale=locale)
    inn.channels["tavern"].name = CHANNEL
    inn.channels["cellar"].is_nsfw = True
    inn.tells_bot()
    mira, boss = discord.adds_person(NAME, locale), discord.adds_person(f"Boss {NAME}", locale)
    inn.admits(mira, roles=(ROLE,), nick=f"{NAME}\x00\u202e\ud800" * 9)
    inn.admits(boss, roles=(ROLE,), nick=f"{VARIANTS[4][:64]}", manages=True)
    discord.tavern_people = (inn, mira, boss)  # type: ignore[attr-defined]
    return inn, mira, boss


def conversation() -> bytes:
    """Return a file with a conversation in which both sides say everything that is hostile."""
    said = [one.encode(errors="replace").decode().replace("\0", "") for one in (*PIECES, *VARIANTS)]
    turns = []
    for number, text in enumerate(said):
        role = "assistant" if number % 2 else "user"
        turns.append({"role": role, "content": f"This is {text} and so on."})
        turns.append(
            {"role": "assistant", "content": f"I say {text[:200]} to you. {text[:90]} is what I say."}
        )
    return json.dumps({"profile": {"guild": VARIANTS[4]}, "messages": turns}).encode()
