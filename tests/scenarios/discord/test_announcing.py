"""A character that goes live is announced where the operator wants it."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.discord import Channel, FakeDiscord, Shown
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern, people_of
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio

NO_ACCESS, UNKNOWN_CHANNEL = 50001, 10003
THERE = (PERSONAS / "wizard.md").read_text()


@pytest.fixture
def personas(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PERSONAS, tmp_path / "personas"))


@asynccontextmanager
async def opened(
    folder: Path, personas: Path, *, discord: FakeDiscord | None = None, board: str = "", **more: Any
) -> AsyncIterator[tuple[Tavern, Channel]]:
    """Open a tavern whose cellar is where new characters are announced, or ``board`` is."""
    async with AsyncExitStack() as stack:
        discord = discord or await stack.enter_async_context(open_discord(refuses=more.pop("refuses", ())))
        cellar = people_of(discord)[0].channels["cellar"]
        settings = {"troupe_announce": board or f"discord:{cellar.id}", **LAVISH, **more.pop("settings", {})}
        tavern = await stack.enter_async_context(
            open_tavern(folder, discord=discord, personas=personas, settings=settings, **more)
        )
        yield tavern, cellar


def write(personas: Path, name: str, author: str = "@ann") -> None:
    """Write the file of a new character, at one moment."""
    text = THERE.replace("name: Merlin", f"name: {name}").replace('author: "@troupe"', f'author: "{author}"')
    (personas / f".{name}").write_text(text)
    (personas / f".{name}").rename(personas / f"{name.lower()}.md")


def fifty_come(personas: Path) -> None:
    """Put another folder in the place of this one, at one moment but for a rename."""
    more = Path(shutil.copytree(personas, personas.with_name("more")))
    for number in range(50):
        write(more, f"Knight{number:02}")
    personas.rename(personas.with_name("before"))
    more.rename(personas)


async def announced(tavern: Tavern, board: Channel, personas: Path, marker: str) -> list[Shown]:
    """Let one more character come; return what was posted before its post, and that."""
    write(personas, marker)
    await tavern.discord.until(lambda: any(marker in post.text for post in board.posts))
    return list(board.posts)


async def test_a_new_character_is_announced_with_its_author_and_a_button_that_calls(
    tmp_path: Path, personas: Path
) -> None:
    async with opened(tmp_path, personas) as (tavern, board):
        [post] = await announced(tavern, board, personas, "Taliesin")
        assert "by @ann" in post.text
        assert "Press the button for a link of your own; nobody else sees it." in post.text
        asked = await tavern.presses(tavern.mira, post, "Call Taliesin")
        assert asked.is_private
        assert "Taliesin is ready" in (await tavern.presses(tavern.mira, asked, "Call and remember")).text
        assert board.posts[0].text == post.text


async def test_a_restart_repeats_nothing_and_tells_what_came_meanwhile(
    tmp_path: Path, personas: Path
) -> None:
    async with open_discord() as discord:
        async with opened(tmp_path, personas, discord=discord) as (tavern, board):
            await announced(tavern, board, personas, "Ann")
        write(personas, "Bo")
        async with opened(tmp_path, personas, discord=discord) as (tavern, board):
            await discord.until(lambda: len(board.posts) > 1)
            posts = await announced(tavern, board, personas, "Cy")
        assert [post.buttons for post in posts] == [["Call Ann"], ["Call Bo"], ["Call Cy"]]


async def test_what_could_not_be_posted_while_discord_was_away_is_posted_after_a_restart(
    tmp_path: Path, personas: Path
) -> None:
    async with open_discord() as discord:
        async with opened(tmp_path, personas, discord=discord):
            pass
        write(personas, "Ann")
        away = {"discord_gateway_url": "ws://127.0.0.1:9", "discord_api_url": "http://127.0.0.1:9"}
        async with opened(tmp_path, personas, discord=discord, settings=away, is_there=False) as (
            tavern,
            board,
        ):
            await tavern.stage.later(hours=1)
            assert board.posts == []
        async with opened(tmp_path, personas, discord=discord) as (tavern, board):
            await discord.until(lambda: board.posts)
            assert [post.buttons for post in board.posts] == [["Call Ann"]]


async def test_a_changed_character_is_not_new_and_one_that_was_gone_for_long_is(
    tmp_path: Path, personas: Path
) -> None:
    async with opened(tmp_path, personas) as (tavern, board):
        wizard = personas / "wizard.md"
        wizard.write_text(THERE + "Be brief.\n")
        assert len(await announced(tavern, board, personas, "Ann")) == 1
        wizard.unlink()
        assert len(await announced(tavern, board, personas, "Bo")) == 2
        wizard.write_text(THERE)
        assert len(await announced(tavern, board, personas, "Cy")) == 3
        wizard.unlink()
        assert len(await announced(tavern, board, personas, "Di")) == 4
        await tavern.later(minutes=11)
        wizard.write_text(THERE)
        await tavern.discord.until(lambda: len(board.posts) > 4)
        assert board.posts[4].buttons == ["Call Merlin"]


async def test_many_at_once_are_one_post(tmp_path: Path, personas: Path) -> None:
    async with opened(tmp_path, personas) as (tavern, board):
        fifty_come(personas)
        await tavern.discord.until(lambda: board.posts)
        posts = await announced(tavern, board, personas, "Last")
        assert [(len(post.options), len(post.buttons)) for post in posts] == [(12, 0), (0, 1)]
        assert "50 new characters can be called" in posts[0].text
        assert all(f"Knight{number:02}" in posts[0].text for number in range(50))
        assert "Knight00 (@ann): " in posts[0].text
        asked = await tavern.answer(await tavern.mira.picks(posts[0], "Call Knight11"))
        assert "Before your first call" in asked.text


async def test_a_broken_file_is_announced_once_it_is_mended(tmp_path: Path, personas: Path) -> None:
    async with opened(tmp_path, personas) as (tavern, board):
        (personas / "bard.md").write_text("---\nname: Taliesin\n---\n")
        assert len(await announced(tavern, board, personas, "Ann")) == 1
        write(personas, "Bard")
        await tavern.discord.until(lambda: len(board.posts) > 1)
        assert board.posts[1].buttons == ["Call Bard"]


@pytest.mark.parametrize(
    ("limit", "is_announced"),
    [
        ({"channel": "tavern"}, False),
        ({"channel": "cellar"}, True),
        ({"role": "Knights"}, False),
        ({"only": "nobody"}, False),
        ({"only": "age-restricted"}, False),
    ],
    ids=str,
)
async def test_who_cannot_be_called_there_by_everybody_is_not_announced(
    tmp_path: Path, personas: Path, limit: dict[str, str], is_announced: bool
) -> None:
    async with opened(tmp_path, personas) as (tavern, board):
        inn = tavern.inn
        named = {"channel": inn.channels, "role": inn.roles}
        options = {kind: named[kind][name] if kind in named else name for kind, name in limit.items()}
        await tavern.asks(tavern.boss, "troupe allow", character="wizard", **options)
        (personas / "wizard.md").unlink()
        await announced(tavern, board, personas, "Ann")
        await tavern.later(minutes=11)
        (personas / "wizard.md").write_text(THERE)

        async def is_back() -> bool:
            return "wizard" in tavern.stage.app.house.cast.slugs_on_disk

        await tavern.stage.until(is_back)
        posts = await announced(tavern, board, personas, "Bo")
        assert any("Call Merlin" in post.buttons for post in posts) == is_announced


async def test_where_the_bot_may_not_post_the_operator_is_told_once_and_the_next_one_is_posted(
    tmp_path: Path, personas: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_discord(refuses=(NO_ACCESS,)) as discord:
        _, _, boss = people_of(discord)
        settings = {"operator": f"discord:{boss.id}"}
        async with opened(tmp_path, personas, discord=discord, settings=settings) as (tavern, board):
            board.hides_from_bot = True
            write(personas, "Ann")
            told = await boss.is_told("New characters were not announced")
            assert read(told.text).shown == (
                f"New characters were not announced at discord:{board.id} (TROUPE_ANNOUNCE): I may not post "
                "there, which takes View Channel, Send Messages and Embed Links (code 50001)."
            )
            board.hides_from_bot = False
            posts = await announced(tavern, board, personas, "Bo")
            assert [post.buttons for post in posts] == [["Call Bo"]]
            assert len(boss.dms) == 1
    [said] = [one for one in caplog.messages if "not announced" in one]
    assert said == read(told.text).shown


@pytest.mark.parametrize(
    ("board", "reason"),
    [
        ("discord:111111111111111111", "I see no channel of that id where messages can be written."),
        (
            "another server",
            "Troupe is not let in there; whoever manages that place does so with /troupe here.",
        ),
    ],
)
async def test_a_channel_that_is_of_no_use_is_told_to_the_operator(
    tmp_path: Path, personas: Path, caplog: pytest.LogCaptureFixture, board: str, reason: str
) -> None:
    async with open_discord(refuses=(UNKNOWN_CHANNEL,)) as discord:
        people_of(discord)
        if board == "another server":
            board = f"discord:{discord.adds_server('Mill', channels=('yard',)).channels['yard'].id}"
        async with opened(tmp_path, personas, discord=discord, board=board) as (tavern, _):
            write(personas, "Ann")
            wanted = f"New characters were not announced at {board} (TROUPE_ANNOUNCE): {reason}"

            async def is_told() -> bool:
                return wanted in caplog.messages

            await tavern.stage.until(is_told)


async def test_a_platform_that_is_off_is_said_at_the_start(
    tmp_path: Path, personas: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with opened(tmp_path, personas, board="slack:T0123ABCD/C0123ABCD"):
        assert (
            "TROUPE_ANNOUNCE names a channel at slack, which is off; set its token or leave it out."
            in caplog.messages
        )


async def test_a_german_server_reads_it_in_german(tmp_path: Path, personas: Path) -> None:
    async with open_discord() as discord:
        people_of(discord)[0].locale = "de"
        async with opened(tmp_path, personas, discord=discord) as (tavern, board):
            [post] = await announced(tavern, board, personas, "Taliesin")
            assert post.buttons == ["Taliesin anrufen"]
            assert (
                "Drück den Knopf, dann bekommst du einen eigenen Link; niemand sonst sieht ihn." in post.text
            )
