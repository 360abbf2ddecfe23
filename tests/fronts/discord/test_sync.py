"""Commands are synced when they changed, and only then."""

import copy
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot.fronts.discord import client, slash
from bot.fronts.discord.doors import answers
from bot.fronts.discord.translator import Dictionary
from bot.fronts.presses import Wanted
from tests.fakes.discord import FakeDiscord
from tests.scenarios.discord.stage import Tavern, open_discord, open_tavern

pytestmark = pytest.mark.anyio

Change = Callable[[pytest.MonkeyPatch], None]


@asynccontextmanager
async def a_life(folder: Path, discord: FakeDiscord, **settings: Any) -> AsyncIterator[Tavern]:
    """Let a bot live at this Discord, with what it kept in its earlier lives."""
    async with open_tavern(folder, discord=discord, settings=settings) as tavern:
        yield tavern


def with_command(change: Callable[[app_commands.Command[Any, ..., Any]], None]) -> Change:
    """Return what changes ``/help`` for one life."""

    def apply(patch: pytest.MonkeyPatch) -> None:
        changed = copy.copy(slash.help_)
        change(changed)
        others = tuple(one for one in slash.COMMANDS if one is not slash.help_)
        patch.setattr(client, "COMMANDS", (*others, changed))

    return apply


def renamed(command: Any) -> None:
    command.name = "hilfe"
    command._locale_name = None


def described(command: Any) -> None:
    command.description = "What there is"
    command._locale_description = None


def restricted(command: Any) -> None:
    command.nsfw = True


def one_more(patch: pytest.MonkeyPatch) -> None:
    @app_commands.command(name="more", description="More")
    @answers
    def more(_it: Any) -> Wanted:
        return Wanted("help")

    patch.setattr(client, "COMMANDS", (*slash.COMMANDS, more))


def one_less(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(client, "COMMANDS", slash.COMMANDS[:-2] + slash.COMMANDS[-1:])


def another_option(patch: pytest.MonkeyPatch) -> None:
    @app_commands.command(name="help", description=slash.help_.description)
    @answers
    def help_(_it: Any, about: str | None = None) -> Wanted:
        return Wanted("help", {"about": about or ""})

    others = tuple(one for one in slash.COMMANDS if one is not slash.help_)
    patch.setattr(client, "COMMANDS", (*others, help_))


def another_word(patch: pytest.MonkeyPatch) -> None:
    class Other(Dictionary):
        async def translate(self, string: Any, locale: Any, context: Any) -> str | None:
            is_meant = locale.value == "fr" and string.message == "help"
            return "aide" if is_meant else await super().translate(string, locale, context)

    patch.setattr(client, "Dictionary", Other)


CHANGES = {
    "a name": with_command(renamed),
    "a description": with_command(described),
    "an age": with_command(restricted),
    "an option": another_option,
    "a word of another language": another_word,
    "a new command": one_more,
    "a command that is gone": one_less,
}


async def test_commands_are_synced_once_and_then_left_alone(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with a_life(tmp_path, discord):
            assert discord.syncs == 1
            assert {one["name"] for one in discord.commands} == {one.name for one in slash.COMMANDS}
        for _ in range(2):
            async with a_life(tmp_path, discord) as tavern:
                assert discord.syncs == 1
                told = await tavern.asks(tavern.mira, "help")
                ids = {one["name"]: one["id"] for one in discord.commands}
                assert f"</call:{ids['call']}>" in told.text, "commands can be pressed without a sync"


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
async def test_commands_are_synced_again_when_something_of_them_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change
) -> None:
    async with open_discord() as discord:
        async with a_life(tmp_path, discord):
            before = copy.deepcopy(discord.commands)
        with monkeypatch.context() as patch:
            change(patch)
            async with a_life(tmp_path, discord):
                assert discord.syncs == 2
                assert discord.commands != before


async def test_commands_are_synced_again_when_people_may_install_it_for_themselves(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with a_life(tmp_path, discord):
            assert all(one["integration_types"] == [0] for one in discord.commands)
        async with a_life(tmp_path, discord, discord_user_install=True):
            installs = {one["name"]: one["integration_types"] for one in discord.commands}
            assert (discord.syncs, installs.pop("troupe")) == (2, [0])
            assert all(kinds == [0, 1] for kinds in installs.values())


async def test_commands_that_discord_does_not_take_leave_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_discord() as discord:
        async with a_life(tmp_path, discord):
            before = copy.deepcopy(discord.commands)
        with monkeypatch.context() as patch:
            one_more(patch)
            discord.fails("PUT", "/applications/[0-9]+/commands", 400, code=30034)
            async with a_life(tmp_path, discord) as tavern:
                assert "the old ones stay" in caplog.text
                assert discord.commands == before
                told = await tavern.asks(tavern.mira, "help")
                ids = {one["name"]: one["id"] for one in discord.commands}
                assert f"</call:{ids['call']}>" in told.text
            async with a_life(tmp_path, discord):
                assert "more" in {one["name"] for one in discord.commands}, "it is tried at the next start"


async def test_another_application_is_told_of_the_commands_anew(tmp_path: Path) -> None:
    for _ in range(2):
        async with open_discord() as discord, a_life(tmp_path, discord):
            assert discord.syncs == 1
