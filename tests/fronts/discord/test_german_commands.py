"""Our commands, forms and offers in German, within Discord's limits."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.fronts import forms
from bot.fronts.discord import slash
from bot.fronts.discord.chats import DirectScreen
from bot.fronts.discord.completing import complete_what
from bot.fronts.discord.speech import Speech
from bot.fronts.discord.translator import Dictionary
from bot.fronts.languages.catalogue import CATALOGUES, catalogue_for

DE = catalogue_for("de")
NAME = re.compile(r"[-_\w]{1,32}")


async def payloads() -> list[dict[str, Any]]:
    client = discord.Client(intents=discord.Intents.none())
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    return [await command.get_translated_payload(tree, Dictionary()) for command in slash.COMMANDS]


def walk(nodes: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    yield nodes
    for node in nodes:
        yield from walk(node.get("options", []))


@pytest.mark.anyio
async def test_every_command_and_option_is_called_something_in_german():
    for level in walk(await payloads()):
        for node in level:
            name = node["name_localizations"]["de"]
            said = node["description_localizations"]["de"]
            assert NAME.fullmatch(name), node["name"]
            assert name == name.lower()
            assert 1 <= len(said) <= 100, (node["name"], said)
            for choice in node.get("choices", []):
                assert 1 <= len(choice["name_localizations"]["de"]) <= 100
        names = [node["name_localizations"]["de"] for node in level]
        assert len(set(names)) == len(names), names


@pytest.mark.anyio
async def test_a_whole_command_has_room_for_its_german():
    def size(node: dict[str, Any]) -> int:
        longest = (
            max(len(node[key]), *map(len, node.get(f"{key}_localizations", {"": ""}).values()))
            for key in ("name", "description")
            if key in node
        )
        parts = [*node.get("options", []), *node.get("choices", [])]
        return sum(longest) + sum(map(size, parts)) + len(str(node.get("value", "")))

    assert all(size(command) <= 8_000 for command in await payloads())


@pytest.mark.anyio
async def test_only_german_is_said_in_german():
    for level in walk(await payloads()):
        assert all(set(node["name_localizations"]) == {"de"} for node in level)
    assert set(CATALOGUES) == {"de"}


@pytest.mark.anyio
@pytest.mark.parametrize(("typed", "offered"), [("", True), ("Al", True), ("every", True), ("wiz", False)])
async def test_everything_is_offered_by_either_name_and_called_as_it_is_in_german(typed, offered):
    client = SimpleNamespace(callers=SimpleNamespace(get=lambda _it: None))
    for locale, called in ((discord.Locale.german, "alles"), (discord.Locale.french, "everything")):
        it: Any = SimpleNamespace(locale=locale, client=client, command=None)
        if typed == "Al" and called != "alles":
            continue
        found = [(choice.name, choice.value) for choice in await complete_what(it, typed)]
        assert found == ([(called, "everything")] if offered else [])


@pytest.mark.anyio
async def test_what_a_character_got_to_say_is_labelled_in_german():
    sent: list[str] = []

    async def send(text, **_):
        sent.append(text)

    async def done(*_):
        pass

    channel: Any = SimpleNamespace(send=send)
    screen = DirectScreen(channel, Speech(DE, lambda _kind, _id: "", {}), done, done)
    await screen.speak("Search", "Nothing was changed.")
    await screen.speak("Search, interrupted", "Nothing was")
    assert sent == ["**Search:** Nothing was changed.", "**Search, unterbrochen:** Nothing was"]


def test_every_form_is_german_and_fits_its_modal():
    for form in forms.FORMS.values():
        for text, most in ((form.title, 45), (form.label, 45), (form.placeholder, 100)):
            if any(map(str.isalpha, text)):
                said = DE.find(text)
                assert said is not None, text
                assert len(said) <= most, said
