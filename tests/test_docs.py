"""What the documents say about commands, rights and settings is so."""

import re
from pathlib import Path

from discord import app_commands

from bot.fronts.discord.inviting import PERMISSIONS
from bot.fronts.discord.slash import COMMANDS
from bot.fronts.slack.grammar import RESERVED
from bot.fronts.slack.manifest import SCOPES
from bot.web.inbound import INITIATION_PATH
from bot.web.installing import INSTALL, REDIRECT
from bot.web.metrics import METRICS_PATH
from bot.web.privacy import PRIVACY_PATH
from bot.web.tools import RECALL_PATH

DOCS = Path(__file__).parents[1] / "docs"
DISCORD = (DOCS / "discord.md").read_text()
SLACK = (DOCS / "slack.md").read_text()
WEB = (DOCS / "web.md").read_text()
_USAGE = re.compile(r"`/((?:troupe )?[a-z]+)((?: [a-z]+)*)`")


def commands() -> dict[str, list[str]]:
    """Return every command by its whole name, with the options that it has."""
    found = {}
    for command in COMMANDS:
        parts = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        found |= {
            one.qualified_name: [option.display_name for option in one.parameters]
            for one in parts
            if isinstance(one, app_commands.Command)
        }
    return found


def test_the_tables_have_every_command_with_every_option_in_its_order():
    rows = [line.split("|")[1] for line in DISCORD.splitlines() if line.startswith("| `/")]
    written = {name: options.split() for row in rows for name, options in _USAGE.findall(row)}
    assert written == commands()


def test_the_page_names_exactly_the_permissions_that_are_asked_for():
    asked = {name for name, is_asked in PERMISSIONS if is_asked}
    assert asked == {
        "read_messages", "send_messages", "send_messages_in_threads", "embed_links", "attach_files"
    }  # fmt: skip
    for words in ("View Channels, Send Messages (in threads too), Embed Links and Attach Files",):
        assert " ".join(words.split()) in " ".join(DISCORD.split())


def test_the_page_names_every_word_that_our_slack_command_knows():
    assert set(re.findall(r"`/ring ([a-z]+)", SLACK)) - {"wizard", "admin"} == set(RESERVED) - {"call"}


def test_the_page_names_exactly_the_scopes_of_the_app():
    assert set(re.findall(r"`([a-z]+:[a-z]+|commands)`", SLACK)) - {"connections:write"} == set(SCOPES)


def served() -> set[str]:
    """Return what every address begins with that the web server has."""
    source = (DOCS.parent / "bot" / "web" / "server.py").read_text()
    return set(re.findall(r'web\.(?:get|post)\(f?"(/[a-z/]+)', source)) | {
        INITIATION_PATH, INSTALL, METRICS_PATH, PRIVACY_PATH, RECALL_PATH, REDIRECT,
    }  # fmt: skip


def test_the_page_names_every_address_that_the_web_server_has():
    written = set(re.findall(r"`(/[a-z/_]+)(?:…)?`", WEB.split("## ")[0]))
    assert written == served()
