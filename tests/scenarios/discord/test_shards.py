"""Discord's shards divided among several processes: one live copy of each, and nothing done twice."""

import asyncio
import os
import socket
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from discord.backoff import ExponentialBackoff

from bot.cli.check_processes import check_processes
from bot.config import Settings
from bot.domain.agent import Finding
from bot.domain.errors import SettingsError
from bot.fronts.discord import client, sharding
from tests.fakes.discord import Asked, FakeDiscord, Person
from tests.postgres_server import Server
from tests.scenarios.discord.sharded import a_part, let_in, listen, server_of_each
from tests.scenarios.discord.stage import open_discord, people_of

pytestmark = pytest.mark.anyio

HINT = "lets a character write with you here"


@pytest.fixture
def url(server: Server) -> str:
    return server.emptied_database()


@pytest.fixture(autouse=True)
def is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and wait for no more servers than there are."""
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 0.1)
    monkeypatch.setattr(sharding, "STEP_SECONDS", 0.02)


def answers(discord: FakeDiscord, asked: Asked) -> int:
    """Return how often an interaction was acknowledged."""
    return sum(f"/interactions/{asked.interaction.id}/" in one.path for one in discord.requests)


def hints(person: Person) -> int:
    """Return how often somebody was told how a talk is begun."""
    return sum(HINT in shown.text for shown in person.dms)


def begun(discord: FakeDiscord) -> list[tuple[int, int]]:
    """Return the shards that are connected."""
    return sorted(one.shard for one in discord.gateway.live)


async def test_two_processes_divide_the_servers_and_each_is_answered_once(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        _, mira, boss = people_of(discord)
        inns = server_of_each(discord, 4, boss, mira)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=4, shard_ids="0-1") as one,
            a_part(tmp_path / "two", discord, url, shard_count=4, shard_ids="2-3") as two,
        ):
            await one.holds(0, 1)
            await two.holds(2, 3)
            assert discord.syncs == 1, "one of them registers the commands"
            for inn in inns:
                assert answers(discord, await let_in(boss, inn.channels["tavern"])) == 1, inn.name
            await mira.writes("Hello?")
            await mira.is_told(HINT)
            assert begun(discord) == [(number, 4) for number in range(4)]
        assert discord.gateway.starts.too_soon == 0
        assert hints(mira) == 1


async def test_commands_are_registered_once_by_all_that_start_together(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        discord.delays("/commands", 0.3, times=3)
        people_of(discord)
        started, is_over = [], asyncio.Event()

        async def lives(name: str) -> None:
            async with a_part(tmp_path / name, discord, url, shard_count=3, shard_ids=name) as part:
                await part.holds(int(name))
                started.append(part.client.service.mentions)
                if len(started) == 3:
                    is_over.set()
                await is_over.wait()

        async with asyncio.TaskGroup() as lives_of_all:
            for name in ("0", "1", "2"):
                lives_of_all.create_task(lives(name))
        assert discord.syncs == 1
        assert started[0]["troupe here"]
        assert started[0] == started[1] == started[2]


async def test_who_holds_which_shard_is_told_and_what_nobody_holds(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        people_of(discord)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=4, shard_ids="0-1") as one,
            a_part(tmp_path / "two", discord, url, shard_count=4, shard_ids="2") as two,
        ):
            await one.holds(0, 1)
            await two.holds(2)
            for part, here in ((one, [0, 1]), (two, [2])):
                told = await part.health()
                assert told["shards"] == {"count": 4, "here": here, "nobody": [3]}
                assert (told["status"], told["fronts"]) == ("degraded", {"discord": "ok"})
            settings = Settings(_env_file=None, database_url=url, shard_count=8)  # type: ignore[call-arg]
            found = {one.what: one.severity for one in await asyncio.to_thread(find_all, settings)}
            for what, severity in (
                (f"process {os.getpid()} on {socket.gethostname()} holds shards 0-2 of 4.", "note"),
                ("nobody holds shard 3 of 4, so no command of their servers is answered.", "warning"),
            ):
                assert found[f"Discord: {what}"] == severity
            wrong = "SHARD_COUNT is 8 here, but the processes that run hold shards of 4."
            assert found[wrong] == "warning"


def find_all(settings: Settings) -> list[Finding]:
    return list(check_processes(settings))


async def test_in_direct_messages_members_of_every_server_are_known(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        _, _, boss = people_of(discord)
        last = server_of_each(discord, 2, boss)[1]
        ben, eve = discord.adds_person("Ben"), discord.adds_person("Eve")
        last.admits(ben)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=2, shard_ids="0") as one,
            a_part(tmp_path / "two", discord, url, shard_count=2, shard_ids="1") as two,
        ):
            await one.holds(0)
            await two.holds(1)
            await let_in(boss, last.channels["tavern"])
            places = one.tavern.stage.app.house.store.get_places

            async def knows() -> bool:
                return f"discord:{last.id}" in places()

            await one.tavern.stage.until(knows)
            assert (
                "Call and remember"
                in (await one.tavern.asks(ben, "call", where=ben.dm, character="wizard")).buttons
            )
            server_of_each(discord, 2, eve)
            assert (
                "You are in no server"
                in (await one.tavern.asks(eve, "call", where=eve.dm, character="wizard")).text
            )


async def test_who_names_no_shards_stands_by_and_takes_over_what_is_let_go(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(shards=2, max_concurrency=16)
        _, mira, _ = people_of(discord)
        async with AsyncExitStack() as stack:
            async with a_part(tmp_path / "one", discord, url) as one:
                await one.holds(0, 1)
                two = await stack.enter_async_context(a_part(tmp_path / "two", discord, url))
                await two.holds()
                assert begun(discord) == [(0, 2), (1, 2)]
                two.moves_clock(seconds=6)
                discord.moves_clock(seconds=6)
            await two.holds(0, 1)
            await mira.writes("Hello?")
            await mira.is_told(HINT)


async def test_who_stands_by_is_told_at_once_of_what_is_let_go(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 3600)
    async with open_discord() as discord, AsyncExitStack() as stack:
        async with a_part(tmp_path / "one", discord, url) as one:
            await one.holds(0)
            two = await stack.enter_async_context(a_part(tmp_path / "two", discord, url))
            await two.holds()
            await two.tavern.stage.until(lambda: listen(url, 2))
            two.moves_clock(seconds=6)
            discord.moves_clock(seconds=6)
        await two.holds(0)


async def test_a_process_that_was_stopped_leaves_what_another_took_before_it_hears_a_word(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 3600)
    async with open_discord() as discord:
        discord.counts_starts(shards=1, max_concurrency=16)
        _, mira, _ = people_of(discord)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=1) as one,
            a_part(tmp_path / "two", discord, url, shard_count=1) as two,
        ):
            await one.holds(0)
            await two.holds()
            await two.waits(seconds=9)
            assert two.share.held == ()
            discord.moves_clock(seconds=11)
            await two.waits(seconds=2)
            await two.holds(0)
            assert len(discord.gateway.live) == 2, "the old connection stands as long as nobody wakes"
            one.moves_clock(seconds=11)
            await mira.writes("Hello?")
            await mira.is_told(HINT)
            await discord.until(lambda: len(discord.gateway.live) == 1)
            await one.holds()
            assert hints(mira) == 1
            assert list(one.client.guilds) == []


async def test_a_process_that_was_stopped_goes_on_where_nobody_took_what_it_had(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 3600)
    async with open_discord() as discord:
        _, mira, _ = people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=1) as one:
            await one.holds(0)
            one.moves_clock(minutes=5)
            await mira.writes("Hello?")
            await mira.is_told(HINT)
        assert len(discord.gateway.identifies) == 1


async def test_a_process_that_could_not_look_takes_nothing_before_others_could_renew_it(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 3600)
    async with open_discord() as discord:
        people_of(discord)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=1) as one,
            a_part(tmp_path / "two", discord, url, shard_count=1) as two,
        ):
            await one.holds(0)
            await two.holds()
            for part in (one, two):  # as if the database had been away for all
                part.moves_clock(minutes=1)
            await two.share.look()
            await one.share.look()
            await two.share.look()
            assert (one.share.held, two.share.held) == ((0,), ())
        assert len(discord.gateway.identifies) == 1


async def test_what_came_while_another_had_the_shard_is_not_heard_again(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharding, "LOOK_SECONDS", 3600)
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16, is_strict=False)
        _, mira, _ = people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=1) as one:
            await one.holds(0)
            async with a_part(tmp_path / "two", discord, url, shard_count=1) as two:
                await two.waits(seconds=11)
                await two.holds(0)
            one.moves_clock(seconds=3)
            await one.share.look()
            assert one.share.held == (0,), "but its turn to connect has yet to come"
            await mira.writes("Hello?")
            await discord.until(lambda: not discord.gateway.live)
            one.moves_clock(seconds=20)
            await discord.until(lambda: len(discord.gateway.identifies) == 3)
            await one.holds(0)
            assert hints(mira) == 0, "its old connection is not believed"
            await mira.writes("Is anybody there?")
            await mira.is_told(HINT)


async def test_a_lost_connection_is_taken_up_again_or_begun_anew_in_its_turn(
    tmp_path: Path, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _: 0.0)
    async with open_discord() as discord:
        discord.counts_starts()
        _, mira, _ = people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=1) as one:
            await one.holds(0)
            await discord.reconnects()
            await discord.until(lambda: discord.is_connected and len(discord.gateway.resumes) == 1)
            assert len(discord.gateway.identifies) == 1
            discord.forgets_sessions()
            await discord.drops_connection()
            await discord.until(lambda: len(discord.gateway.resumes) == 2)
            assert len(discord.gateway.identifies) == 1, "it is not its turn yet"
            one.moves_clock(seconds=6)
            discord.moves_clock(seconds=6)
            await discord.until(lambda: discord.is_connected and len(discord.gateway.identifies) == 2)
            await mira.writes("Hello?")
            await mira.is_told(HINT)
        assert discord.gateway.starts.too_soon == 0


async def test_shards_of_all_processes_begin_one_after_the_other(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts()
        people_of(discord)
        async with (
            a_part(tmp_path / "one", discord, url, shard_count=4, shard_ids="0-1") as one,
            a_part(tmp_path / "two", discord, url, shard_count=4, shard_ids="2-3") as two,
        ):
            for count in range(1, 5):
                await discord.until(lambda count=count: len(begun(discord)) == count)
                assert len(discord.gateway.identifies) == count
                for part in (one, two):
                    part.moves_clock(seconds=5.6)
                discord.moves_clock(seconds=5.6)
            await one.holds(0, 1)
            await two.holds(2, 3)
        assert discord.gateway.starts.too_soon == 0


async def test_the_last_connections_of_a_day_are_not_begun_and_that_is_said(
    tmp_path: Path, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_discord() as discord:
        discord.counts_starts(left=11, max_concurrency=16)
        people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=2) as one:
            await discord.until(lambda: begun(discord) == [(0, 2)])
            await one.tavern.stage.until(lambda: is_said(caplog, "shard 1 waits until"))
            assert "one too many would cost its token" in caplog.text
            assert discord.gateway.starts.left == 10
            one.moves_clock(hours=25)
            discord.moves_clock(hours=25)
            await one.holds(0, 1)


async def is_said(caplog: pytest.LogCaptureFixture, words: str) -> bool:
    return words in caplog.text


async def test_another_count_than_that_of_the_processes_that_run_is_refused(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(max_concurrency=16)
        people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=2) as one:
            await one.holds(0, 1)
            with pytest.raises(BaseExceptionGroup) as refused:
                async with a_part(tmp_path / "two", discord, url, shard_count=4):
                    pass
            (error,) = refused.value.exceptions
            assert isinstance(error, SettingsError)
            assert str(error) == (
                "SHARD_COUNT is 4, but processes that run hold shards of 2: set it to 2, or stop all of them "
                "(one that was killed lets go within 10 seconds) and start all with 4."
            )
        async with a_part(tmp_path / "two", discord, url, shard_count=4) as two:
            two.moves_clock(seconds=6)
            discord.moves_clock(seconds=6)
            await two.holds(0, 1, 2, 3)


async def test_who_names_no_count_goes_by_those_that_run(tmp_path: Path, url: str) -> None:
    async with open_discord() as discord:
        discord.counts_starts(shards=1, max_concurrency=16)
        people_of(discord)
        async with a_part(tmp_path / "one", discord, url, shard_count=3, shard_ids="0") as one:
            await one.holds(0)
            async with a_part(tmp_path / "two", discord, url) as two:
                await two.holds(1, 2)
                assert begun(discord) == [(0, 3), (1, 3), (2, 3)]
