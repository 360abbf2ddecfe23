"""No sentence that reaches Slack has another front's words: commands as typed here, no servers, no roles."""

import re
from functools import cache

import pytest

from bot.fronts.commands import HELP
from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.managing import HELP as MANAGING
from bot.fronts.slack.speech import Speech
from tests.fronts.shown import find_shown, has_our_words

ELSEWHERE = ("bot.fronts.discord.",)
ROLE = re.compile(r"discord-role:\d+")
COMMAND = re.compile(r"(?<![\w/])/(?!ring\b)[a-z]+(?![\w/])")
FOREIGN = re.compile(
    r"\bservers?\b|\broles?\b|\bguilds?\b|bot token|\bage-restricted\b|\bdiscord:\d|discord_"
    r"|\bServern?s?\b|\bRollen?\b|altersbeschränkt",
    re.IGNORECASE,
)
ONLY_THERE = {
    "role and content": "names of fields in a file",
    "listed the servers": "only where the settings list servers, which are Discord's",
    "ge-restricted": "only where channels may be so, which they are on Discord",
}
"""What stands in shared modules and is never said here, and why."""


@cache
def shared() -> dict[str, str]:
    """Return every sentence that may reach Slack, with where it is from."""
    found = {one.text: one.where for one in find_shown() if has_our_words(one)}
    said = {text: where for text, where in found.items() if not where.startswith(ELSEWHERE)}
    said |= {text: "usage" for pair in (*HELP, *MANAGING) for text in pair}
    return {text: at for text, at in said.items() if not any(words in text for words in ONLY_THERE)}


@pytest.mark.parametrize("locale", ["en-US", "de-DE"])
def test_every_sentence_has_the_commands_and_the_words_of_slack(locale: str) -> None:
    speech = Speech(catalogue_for(locale), "/ring", lambda kind, found_id: f"{kind}-{found_id}")
    assert len(shared()) > 500
    wrong = {}
    for found, where in shared().items():
        text = ROLE.sub("slack-group:S0123456", found)
        for said in (speech.plain(text), speech.mrkdwn(text)):
            ours = re.sub("“[^”]*”|„[^“]*“", "", said)
            if COMMAND.search(ours) or FOREIGN.search(ours):
                wrong[said] = where
    assert not wrong, "\n".join(f"{where}: {text}" for text, where in wrong.items())
