"""Every command is on both fronts, takes the same there, and is answered the same."""

import re
from inspect import signature
from types import SimpleNamespace
from typing import Any

import pytest
from discord import app_commands

from bot.fronts.commands import NAMES
from bot.fronts.discord.slash import COMMANDS
from bot.fronts.presses import Wanted
from bot.fronts.slack.desk import EXPORTED
from bot.fronts.slack.grammar import RESERVED, read_command
from tests.fakes.slack import open_fake_slack
from tests.fronts.slack.test_words import FOREIGN
from tests.scenarios.discord.stage import open_tavern

pytestmark = pytest.mark.anyio
TEAM, APP = "T0123456", "987654321"
WAY = app_commands.Choice(name="phone", value="phone")
NOBODY = app_commands.Choice(name="nobody", value="nobody")
ASKED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("call", {"character": "wizard"}, "wizard"),
    (
        "call",
        {"character": "wizard", "via": WAY, "topic": "bees", "at": "18:30"},
        "wizard by phone about bees at 18:30",
    ),
    ("call", {"character": "wizard", "continue_": "fresh"}, "wizard continue fresh"),
    ("call", {"character": "wizard", "continue_": "1a2b3c4d"}, "wizard continue:1a2b3c4d"),
    ("characters", {}, "characters"),
    ("characters", {"search": "sea"}, "characters sea"),
    ("history", {}, "history"),
    ("history", {"character": "wizard"}, "history wizard"),
    ("history", {"search": "silver key"}, "history search silver key"),
    ("memory", {}, "memory"),
    ("memory", {"character": "wizard"}, "memory wizard"),
    ("forget", {}, "forget"),
    ("forget", {"what": "everything"}, "forget everything"),
    ("whisper", {"text": "I am “late”."}, "whisper I am “late”."),
    ("hangup", {}, "hangup"),
    ("help", {}, "help"),
    ("account", {}, "account"),
    ("account", {"phone": "+49 1512 3456789"}, "account phone +49 1512 3456789"),
    ("account", {"code": "123456"}, "account code 123456"),
    ("account", {"remember": "off"}, "account remember off"),
    ("account", {"recaps": "brief"}, "account recaps brief"),
    ("account", {"inbound": "on"}, "account phone inbound on"),
    ("account", {"link": "ABCD1234"}, "account link ABCD1234"),
    ("troupe here", {"switch": "off"}, "admin here off"),
    ("troupe status", {}, "admin"),
    ("troupe reload", {}, "admin reload"),
    ("troupe allow", {"character": "wizard", "only": NOBODY}, "admin allow wizard nobody"),
    (
        "troupe allow",
        {"character": "wizard", "role": SimpleNamespace(id=1), "channel": SimpleNamespace(id=2)},
        "admin allow wizard <!subteam^S7654321|@keepers> <#C7654321|tower>",
    ),
    ("troupe post", {"character": "wizard"}, "admin post wizard"),
    (
        "troupe allowance",
        {"member": SimpleNamespace(id=5), "calls": 5, "minutes": 60},
        "admin allowance <@U7654321|mira> calls 5 minutes 60",
    ),
    ("troupe allowance", {"here": True, "default": True}, "admin allowance here minutes default"),
    ("troupe pause", {"reason": "the tower is on fire"}, "admin pause the tower is on fire"),
    ("troupe resume", {}, "admin resume"),
    ("troupe block", {"member": SimpleNamespace(id=5)}, "admin block <@U7654321|mira>"),
    ("troupe block", {"number": "+49 1512 3456789"}, "admin block +49 1512 3456789"),
    ("troupe unblock", {"member": SimpleNamespace(id=5)}, "admin unblock <@U7654321|mira>"),
    ("troupe unblock", {"number": "+49 1512 3456789"}, "admin unblock +49 1512 3456789"),
    ("troupe cost", {"form": "json"}, "admin cost json"),
)
"""The same wish, as Discord's command with its options and as it is typed on Slack."""
IN_OTHER_WAYS = {"import file", "import character", "history call", "memory topic"}
"""A file is shared and its buttons ask for whom; a call's id is typed where a character's name
is, as in a terminal; what would be known about a topic is behind a button of the call."""
DIALOGUE: tuple[tuple[str, dict[str, str], str], ...] = (
    ("help", {}, "help"),
    ("characters", {}, "characters"),
    ("characters", {"search": "sea"}, "characters sea"),
    ("characters", {"search": "xylophone"}, "characters xylophone"),
    ("history", {}, "history"),
    ("memory", {}, "memory"),
    ("memory", {"character": "wizard"}, "memory wizard"),
    ("account", {"recaps": "none"}, "account recaps none"),
    ("account", {}, "account"),
    ("account", {"remember": "off"}, "account remember off"),
    ("account", {"remember": "on"}, "account remember on"),
    ("forget", {}, "forget"),
    ("forget", {"what": "everything"}, "forget everything"),
    ("hangup", {}, "hangup"),
    ("whisper", {"text": "Hello"}, "whisper Hello"),
    ("call", {"character": "nobody"}, "call nobody"),
    ("call", {"character": "wizard"}, "wizard"),
)
MANAGING: tuple[tuple[str, dict[str, str], str], ...] = (
    ("troupe reload", {}, "admin reload"),
    ("troupe cost", {}, "admin cost"),
    ("troupe resume", {}, "admin resume"),
    ("troupe unblock", {"number": "+49 1512 3456789"}, "admin unblock +49 1512 3456789"),
    ("troupe allowance", {}, "admin allowance"),
    ("help", {}, "help"),
)


def leaves() -> dict[str, app_commands.Command[Any, Any, Any]]:
    groups = [one.walk_commands() if isinstance(one, app_commands.Group) else [one] for one in COMMANDS]
    return {
        one.qualified_name: one for group in groups for one in group if isinstance(one, app_commands.Command)
    }


def test_every_command_is_on_both_fronts() -> None:
    assert {one.name for one in COMMANDS} == set(NAMES)
    assert {*RESERVED, "troupe"} == set(NAMES)
    for name in NAMES:
        wanted = read_command({"troupe": "admin"}.get(name, name), TEAM)
        assert wanted is not None
        assert wanted.command == name


def test_every_option_of_a_command_is_asked_on_slack_too() -> None:
    tried = {f"{name} {option}" for name, options, _ in ASKED for option in options}
    offered = {f"{name} {option}" for name, leaf in leaves().items() for option in options_of(leaf)}
    assert offered - tried == IN_OTHER_WAYS
    assert {name for name, _, _ in ASKED} == set(leaves()) - {"import"}


def options_of(leaf: app_commands.Command[Any, Any, Any]) -> list[str]:
    return list(signature(leaf.callback).parameters)[1:]


@pytest.mark.parametrize(("name", "options", "typed"), ASKED, ids=[typed for _, _, typed in ASKED])
def test_the_same_wish_is_the_same_ask(name: str, options: dict[str, Any], typed: str) -> None:
    work = leaves()[name].callback.__wrapped__  # type: ignore[attr-defined]
    on_discord = work(SimpleNamespace(application_id=APP), **options)
    on_slack = read_command(typed, TEAM)
    assert on_slack is not None
    assert as_any(on_slack) == as_any(on_discord)


def as_any(wanted: Wanted) -> tuple[str, dict[str, str]]:
    """Return what is wanted without what is empty, and without a front's names of people and places."""
    kinds = re.compile(r"(?:slack|discord)(-group|-role|-channel)?(?::\w+)+")
    return wanted.command, {
        name: kinds.sub(lambda found: f"{found[1]}".replace("role", "group"), value)
        for name, value in wanted.arguments.items()
        if value and (name, value) != ("page", "1")
    }


async def test_the_same_ask_is_answered_the_same(tmp_path: Any) -> None:
    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme")
        mira, boss = acme.adds_person("Mira"), acme.adds_person("Boss", admin=True)
        settings = {
            "slack_bot_token": acme.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url.rstrip("/"),
        }
        async with open_tavern(tmp_path, settings=settings) as tavern:
            await slack.is_connected()
            turns = [(tavern.mira, mira, one) for one in DIALOGUE]
            turns += [(tavern.boss, boss, one) for one in MANAGING]
            for on_discord, on_slack, (command, options, typed) in turns:
                there = await tavern.asks(on_discord, command, **options)
                asked = await on_slack.types(f"/ring {typed}", where=acme.channels["general"])
                here = await asked.answer()
                assert said(here.text) == said(there.text)
                assert here.buttons == there.buttons
                assert not FOREIGN.search(here.text)


def said(text: str) -> list[str]:
    """Return what an answer says, with one spelling of commands, and without usages."""
    text = re.sub(r"</(\w+):\d+>", r"/\1", text.replace("*", "").replace(EXPORTED, ""))
    text = re.sub(r"/ring(?: (\w+))?", in_a_terminal, text)
    return [part for part in re.split(r"\n| · ", text) if not part.startswith("/")]


def in_a_terminal(found: re.Match[str]) -> str:
    """Return how a command of Slack's is spelled in a terminal."""
    word = {"admin": "troupe"}.get(found[1], found[1] or "")
    return f"/{word}" if word in NAMES else f"/call {word}".strip()
