"""What a character says in a thread: its words harmless, and an interruption in the member's language."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.fronts.languages.catalogue import catalogue_for
from bot.fronts.relay import INTERRUPTED
from bot.fronts.slack.screen import ThreadScreen
from bot.fronts.slack.speech import Speech
from bot.fronts.slack.tokens import open_client
from tests.fakes.slack import Person, open_fake_slack
from tests.fronts.slack.hostile import PIECES
from tests.fronts.slack.reading import live, within_ours

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def open_thread(locale: str = "en-US") -> AsyncIterator[tuple[ThreadScreen, Person, list[str]]]:
    """Open a thread in Mira's direct messages, and return its screen with what it noted."""
    noted: list[str] = []

    async def note(stamp: str) -> None:
        noted.append(stamp)

    async def close() -> None:
        noted.append("closed")

    async with open_fake_slack() as slack:
        acme = slack.adds_workspace("Acme")
        mira = acme.adds_person("Mira")
        client = open_client(acme.bot_token, slack.api_url.rstrip("/"))
        channel = (await client.conversations_open(users=mira.id))["channel"]["id"]
        root = (await client.chat_postMessage(channel=channel, text="Calling Merlin …"))["ts"]
        speech = Speech(catalogue_for(locale), "/ring", lambda *_: "")
        yield ThreadScreen(client, channel, root, speech, note, close), mira, noted


async def test_what_a_character_says_is_harmless_and_what_it_is_called_too() -> None:
    async with open_thread() as (screen, mira, noted):
        for piece in PIECES:
            await screen.speak(f"Merlin {piece}", piece)
        for piece in PIECES:
            if "slack" not in piece:
                await screen.notice(f"{piece} hung up.")
        said = [one.raw for one in mira.dms[0].replies]
        assert len(said) > 1.5 * len(PIECES)
        assert len(noted) == len(PIECES)
        for text in said[: len(PIECES)]:
            name, _, words = text.partition(":*")
            assert live(within_ours(f"{name}*")) + live(words) == []
        assert [one for text in said[len(PIECES) :] for one in live(within_ours(text))] == []


async def test_an_interruption_is_told_in_the_members_language_and_the_name_stays() -> None:
    async with open_thread("de-DE") as (screen, mira, _):
        await screen.speak(f"Search <{INTERRUPTED}", "Search")
        await screen.speak("Search", "Nothing was changed.")
        assert [one.text for one in mira.dms[0].replies] == [
            "*Search <, unterbrochen:* Search",
            "*Search:* Nothing was changed.",
        ]
