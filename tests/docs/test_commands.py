"""Whatever begins with a slash in a document is a command that a front takes, or an address we serve."""

import re
from collections.abc import Iterator

import pytest
from discord import app_commands

from bot.fronts.commands import NAMES
from bot.fronts.discord.slash import COMMANDS
from bot.fronts.slack.grammar import read_command
from tests.docs.pages import EVERYBODYS, Page
from tests.scenarios.stage import open_stage
from tests.test_docs import served

_SLASH = re.compile(r"^/[a-z]")
_OF_THE_MACHINE = ("/etc/", "/srv/", "/opt/", "/var/", "/run/", "/data", "/api/v10", "/app/talk-to")
IN_THE_SANDBOX = frozenset({"answer", "decline", "say", "sandbox-ring", "hangup", "quit"})
_NOT_UNDERSTOOD = re.compile(
    r"There is no (command|way|character)|I do not understand|cannot read|Did you mean|^Whom\? Write"
)


def typed(page: Page) -> Iterator[str]:
    """Yield what begins with a slash, word by word as it would be typed."""
    for code in (*page.inline, *page.lines):
        shown = re.sub(r"^Mira> |^printf '|\\n' \|.*$", "", code)
        if _SLASH.match(shown) and not shown.startswith(_OF_THE_MACHINE):
            yield shown


def on_discord() -> set[str]:
    """Return every command of Discord's by its whole name."""
    return {
        one.qualified_name
        for command in COMMANDS
        for one in (command.walk_commands() if isinstance(command, app_commands.Group) else [command])
    }


def is_address(shown: str) -> bool:
    """Whether this is an address that the web server has, or what such addresses begin with."""
    path = shown.rstrip("…").rstrip("/") + "/"
    return any(path.startswith(one.rstrip("/") + "/") for one in served())


def is_known(shown: str) -> bool:
    """Whether a front knows the command, by its first word, or by two where a manager's has a second."""
    name, _, rest = shown[1:].partition(" ")
    if name == "ring" and rest.partition(" ")[0] == "admin":
        name, rest = "troupe", rest.partition(" ")[2]
    if name == "ring":
        wanted = read_command(rest, "T1")
        return wanted is None or wanted.command in NAMES
    inner = {whole.partition(" ")[2] for whole in on_discord() if whole.startswith(f"{name} ")}
    if inner and rest:
        return rest.partition(" ")[0] in inner
    return name in {*NAMES, *IN_THE_SANDBOX}


@pytest.mark.parametrize("page", EVERYBODYS, ids=lambda page: page.name)
def test_whatever_begins_with_a_slash_is_a_command_or_an_address(page: Page):
    assert [one for one in typed(page) if not is_address(one) and not is_known(one)] == []


def in_a_terminal() -> list[str]:
    """Return every command as it is typed in a terminal, Slack's among them; placeholders are left out."""
    found = set()
    for page in EVERYBODYS:
        for shown in typed(page):
            name, _, rest = shown[1:].partition(" ")
            if is_address(shown) or re.search("[A-Z]{3}|…", shown) or rest.startswith("admin"):
                continue
            if name == "ring":
                found.add(f"/{rest}" if (rest.split() or [""])[0] in NAMES else f"/call {rest}")
            elif name in NAMES and page.name != "docs/discord.md":  # whose tables show Discord's own options
                found.add(shown)
    return sorted(found - {"/forget everything"})


@pytest.mark.anyio
async def test_every_command_is_understood_as_it_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where an export would be put
    commands = in_a_terminal()
    assert {"/call wizard by phone about bees at Friday 18:30", "/call wizard continue"} <= set(commands)
    async with open_stage(tmp_path, settings={"phone_countries": "DE"}) as stage:
        mira = stage.member("mira")
        for command in commands:
            answer = await mira.types(command)
            assert answer, command
            assert _NOT_UNDERSTOOD.search(answer) is None, f"{command}: {answer}"
        for wrong in (
            "/cal wizard",
            "/call wizzard",
            "/call wizard by pigeon",
            "/troupe hear",
        ):
            assert _NOT_UNDERSTOOD.search(await mira.types(wrong)) is not None, wrong


def test_what_no_front_takes_is_found():
    for wrong in (
        "/memroy wizard", "/tell wizard", "/hooks/elevenlab", "/helthz", "/troupe heer",
        "/ring admin pots wizard",
    ):  # fmt: skip
        assert not is_known(wrong), wrong
        assert not is_address(wrong), wrong
    for right in ("/troupe", "/troupe here switch", "/ring admin", "/ring admin post wizard", "/ring wizard"):
        assert is_known(right), right
