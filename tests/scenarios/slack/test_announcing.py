"""A character that goes live is announced in a Slack channel."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.slack import Channel, Shown
from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack, people_of
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio

THERE = (PERSONAS / "wizard.md").read_text()


@pytest.fixture
def personas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PERSONAS, tmp_path / "personas"))


def read(shown: Shown) -> str:
    """Return what is read, without what keeps Slack from taking it for markup."""
    return shown.text.replace("\u200b", "")


def write(personas: Path, name: str) -> None:
    """Write the file of a new character, at one moment."""
    (personas / f".{name}").write_text(THERE.replace("name: Merlin", f"name: {name}"))
    (personas / f".{name}").rename(personas / f"{name.lower()}.md")


@asynccontextmanager
async def opened(
    folder: Path, personas: Path, *, team: str = "", locale: str = "en-US", is_there: bool = True, **more: Any
) -> AsyncIterator[tuple[Office, Channel]]:
    """Open an office whose channel #general is where new characters are announced."""
    async with open_slack() as slack:
        acme, _, boss = people_of(slack)
        boss.locale = locale
        general = acme.channels["general"]
        if is_there:
            acme.invites_bot("general")
        settings = {
            "troupe_announce": f"slack:{team or acme.id}/{general.id}",
            "operator": f"slack:{acme.id}:{boss.id}",
            **LAVISH,
        }
        async with open_office(folder, slack=slack, personas=personas, settings=settings, **more) as office:
            yield office, general


async def test_a_new_character_is_announced_and_called_from_there(tmp_path: Path, personas: Path) -> None:
    async with opened(tmp_path, personas) as (office, board):
        write(personas, "Taliesin")
        [post] = await office.slack.until(lambda: board.posts)
        assert "by @troupe" in post.text
        card = await office.presses(office.mira, post, "Call Taliesin")
        assert "Before your first call" in card.text
        assert card.message.viewer is office.mira
        write(personas, "Bo")
        posts = await office.slack.until(lambda: len(board.posts) > 1 and board.posts)
        assert [one.buttons for one in posts] == [["Call Taliesin"], ["Call Bo"]]


async def test_it_is_said_in_the_operators_language(tmp_path: Path, personas: Path) -> None:
    async with opened(tmp_path, personas, locale="de-DE") as (office, board):
        write(personas, "Taliesin")
        [post] = await office.slack.until(lambda: board.posts)
        assert post.buttons == ["Taliesin anrufen"]
        assert "Drück den Knopf" in post.text


async def test_where_the_bot_is_no_member_the_operator_is_told_and_the_next_one_is_posted(
    tmp_path: Path, personas: Path
) -> None:
    refusals = ("not_in_channel",)
    async with opened(tmp_path, personas, is_there=False, refusals=refusals) as (office, board):
        write(personas, "Taliesin")
        told = await office.slack.until(lambda: office.boss.dm.posts)
        assert read(told[0]) == (
            f"New characters were not announced at slack:{office.acme.id}/{board.id} (TROUPE_ANNOUNCE): I am "
            "not in that channel, so invite me there."
        )
        office.acme.invites_bot("general")
        write(personas, "Bo")
        [post] = await office.slack.until(lambda: board.posts)
        assert post.buttons == ["Call Bo"]
        assert len(office.boss.dm.posts) == 1


async def test_another_workspaces_channel_is_told_to_the_operator(tmp_path: Path, personas: Path) -> None:
    async with opened(tmp_path, personas, team="T0RIVAL") as (office, board):
        write(personas, "Taliesin")
        told = await office.slack.until(lambda: office.boss.dm.posts)
        assert f"slack:T0RIVAL/{board.id}" in told[0].text
        assert read(told[0]).endswith(f"(TROUPE_ANNOUNCE): I am in the workspace {office.acme.id}.")
        assert board.posts == []
