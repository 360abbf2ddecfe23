"""Who asks, and where: everything that a rule may look at, from servers and from direct messages."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.caller import Account, Caller
from bot.domain.permission import Spot
from bot.domain.reply import Ask, Reply
from bot.fronts.commands import answer
from bot.fronts.discord import callers, desk
from tests.fakes.discord import Channel, Inn, Person
from tests.scenarios.discord.stage import Tavern, open_discord, open_tavern, people_of

pytestmark = pytest.mark.anyio


class Door:
    """Stands where the front hands over, and notes who came."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[Caller] = []
        self.now = 1_000.0
        monkeypatch.setattr(desk, "answer_ask", self.takes)
        monkeypatch.setattr(callers.time, "monotonic", lambda: self.now)

    async def takes(self, house: Any, ask: Ask) -> Reply:
        self.seen.append(ask.caller)
        return await answer(house, ask)


@asynccontextmanager
async def open_door(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **how: Any
) -> AsyncIterator[tuple[Tavern, Door]]:
    async with open_tavern(folder, **how) as tavern:
        yield tavern, Door(monkeypatch)


async def seen(
    tavern: Tavern, door: Door, person: Person, where: Channel, command: str = "characters", **how: Any
) -> Caller | str:
    """Let somebody ask for something; return as whom they are seen, or what they read instead."""
    door.seen.clear()
    shown = await tavern.answer(await person.types(command, where=where, **how))
    return door.seen[0] if door.seen else shown.text


def place(inn: Inn) -> str:
    return f"discord:{inn.id}"


def roles(*ids: str) -> frozenset[str]:
    return frozenset(f"discord-role:{one}" for one in ids)


def asked_for_members(tavern: Tavern) -> int:
    return sum("/members/" in one.path for one in tavern.discord.requests)


async def test_in_a_server_the_interaction_says_it_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        inn, mira, cellar = tavern.inn, tavern.mira, tavern.inn.channels["cellar"]
        inn.admits(mira, roles=("Knights",), nick="Lady Mira")
        assert await seen(tavern, door, mira, cellar) == Caller(
            Account("discord", tavern.discord.application_id, mira.id),
            "Lady Mira",
            place=place(inn),
            channel=f"discord-channel:{cellar.id}",
            spots=(
                Spot(
                    place(inn),
                    roles(inn.id, inn.roles["Knights"].id),
                    frozenset({f"discord-channel:{cellar.id}"}),
                ),
            ),
        )
        assert asked_for_members(tavern) == 0


async def test_a_thread_stands_in_its_channel_and_is_as_age_restricted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        late = tavern.inn.adds_channel("late", is_nsfw=True)
        tavern.inn.tells_bot()
        night, day = tavern.inn.adds_thread("late", "night"), tavern.inn.adds_thread("tavern", "day")
        in_night = await seen(tavern, door, tavern.mira, night)
        assert isinstance(in_night, Caller)
        (spot,) = in_night.spots
        assert spot.channels == {f"discord-channel:{night.id}", f"discord-channel:{late.id}"}
        assert spot.is_age_restricted
        assert in_night.channel == f"discord-channel:{night.id}"
        for where, is_restricted in ((late, True), (day, False), (tavern.here, False)):
            found = await seen(tavern, door, tavern.mira, where)
            assert isinstance(found, Caller)
            assert found.spots[0].is_age_restricted is is_restricted


async def test_direct_messages_are_looked_at_from_every_server_that_was_let_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        stranger = tavern.discord.adds_server("Elsewhere")
        stranger.admits(tavern.mira)
        tavern.inn.admits(tavern.mira, roles=("Knights",))
        knights = tavern.inn.roles["Knights"].id
        found = await seen(tavern, door, tavern.mira, tavern.mira.dm)
        assert found == Caller(
            Account("discord", tavern.discord.application_id, tavern.mira.id),
            "Mira",
            spots=(Spot(place(tavern.inn), roles(tavern.inn.id, knights)),),
        )
        assert asked_for_members(tavern) == 1


async def test_roles_are_asked_for_every_ten_minutes_and_not_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        mira, inn = tavern.mira, tavern.inn
        await seen(tavern, door, mira, mira.dm)
        inn.admits(mira, roles=("Knights",))
        door.now += 599
        found = await seen(tavern, door, mira, mira.dm)
        assert isinstance(found, Caller)
        assert found.spots[0].roles == roles(inn.id)
        assert asked_for_members(tavern) == 1
        door.now += 2
        found = await seen(tavern, door, mira, mira.dm)
        assert isinstance(found, Caller)
        assert found.spots[0].roles == roles(inn.id, inn.roles["Knights"].id)
        assert asked_for_members(tavern) == 2


async def test_whoever_left_cannot_call_once_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch, refuses=(10013, 10007)) as (tavern, door):
        mira = tavern.mira
        second = tavern.discord.adds_server("Second")
        second.admits(mira)
        await seen(tavern, door, mira, mira.dm)
        tavern.inn.loses(mira)
        door.now += 601
        assert await seen(tavern, door, mira, mira.dm) == callers.NO_SERVER
        door.now += 59
        before = asked_for_members(tavern)
        assert await seen(tavern, door, mira, mira.dm) == callers.NO_SERVER
        assert asked_for_members(tavern) == before, "that somebody left is remembered as well"
        for command in ("help", "account", "forget"):
            found = await seen(tavern, door, mira, mira.dm, command)
            assert isinstance(found, Caller), "what is kept can be seen and erased from everywhere"
            assert found.spots == (callers.NOWHERE,)


async def test_members_that_cannot_be_asked_for_are_as_they_were_or_the_line_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        mira = tavern.mira
        tavern.discord.fails("GET", "/guilds/.*/members/", 403, times=1)
        said = await seen(tavern, door, mira, mira.dm)
        assert isinstance(said, str)
        assert said.startswith("The line is busy")
        await seen(tavern, door, mira, mira.dm)
        door.now += 601
        tavern.discord.fails("GET", "/guilds/.*/members/", 403, times=1)
        assert isinstance(await seen(tavern, door, mira, mira.dm), Caller)


async def test_no_more_members_are_remembered_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callers, "MOST_KNOWN", 1)
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        for person, asked in ((tavern.mira, 1), (tavern.boss, 2), (tavern.boss, 2), (tavern.mira, 3)):
            await seen(tavern, door, person, person.dm)
            assert asked_for_members(tavern) == asked


@pytest.mark.parametrize("with_tenant", [True, False])
async def test_the_operator_decides_for_everybody_wherever_they_ask(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_tenant: bool
) -> None:
    async with open_discord() as discord:
        _, mira, _ = people_of(discord)
        name = f"discord:{discord.application_id}:{mira.id}" if with_tenant else f"discord:{mira.id}"
        how = {"discord": discord, "settings": {"operator": name}}
        async with open_door(tmp_path, monkeypatch, **how) as (tavern, door):
            for where in (tavern.here, mira.dm):
                found = await seen(tavern, door, mira, where)
                assert isinstance(found, Caller)
                assert (found.may_manage, found.manages_place) == (True, False)
            other = tavern.joins("Ben")
            found = await seen(tavern, door, other, tavern.here)
            assert isinstance(found, Caller)
            assert not found.may_manage


async def test_the_operator_of_another_application_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_discord() as discord:
        _, mira, _ = people_of(discord)
        how = {"discord": discord, "settings": {"operator": f"discord:1:{mira.id}"}}
        async with open_door(tmp_path, monkeypatch, **how) as (tavern, door):
            found = await seen(tavern, door, mira, tavern.here)
            assert isinstance(found, Caller)
            assert not found.may_manage


async def test_who_manages_a_listed_server_decides_for_everybody_there_and_nowhere_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        boss = tavern.boss
        found = await seen(tavern, door, boss, tavern.here)
        assert isinstance(found, Caller)
        assert (found.may_manage, found.manages_place) == (True, True)
        found = await seen(tavern, door, boss, boss.dm)
        assert isinstance(found, Caller)
        assert (found.may_manage, found.manages_place) == (False, False)


async def test_a_server_that_was_not_let_in_is_told_how(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch, admitted=False) as (tavern, door):
        said = await seen(tavern, door, tavern.mira, tavern.here)
        assert isinstance(said, str)
        assert "not switched on here yet" in said
        assert isinstance(await seen(tavern, door, tavern.mira, tavern.here, "help"), Caller)
        found = await seen(tavern, door, tavern.boss, tavern.here, "troupe here")
        assert isinstance(found, Caller)
        assert found.manages_place
        second = tavern.discord.adds_server("Second")
        second.admits(tavern.boss, manages=True)
        assert isinstance(
            await seen(tavern, door, tavern.boss, second.channels["general"], "troupe here"), Caller
        )
        for inn, decides in ((tavern.inn, True), (second, False)):
            found = await seen(tavern, door, tavern.boss, next(iter(inn.channels.values())))
            assert isinstance(found, Caller)
            assert (found.may_manage, found.manages_place) == (decides, True), (
                "the first decides for everybody"
            )


async def test_who_installed_it_for_themselves_may_call_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path, monkeypatch, settings={"discord_user_install": True}) as (tavern, door):
        loner = tavern.discord.adds_person("Loner")
        loner.installs_app()
        elsewhere = tavern.discord.adds_server("Elsewhere", with_bot=False)
        elsewhere.admits(loner)
        found = await seen(tavern, door, loner, elsewhere.channels["general"], as_user_install=True)
        assert isinstance(found, Caller)
        there = frozenset({f"discord-channel:{elsewhere.channels['general'].id}"})
        assert (found.place, found.channel, found.spots) == ("", "", (Spot("", channels=there),))
        found = await seen(tavern, door, loner, loner.dm)
        assert isinstance(found, Caller)
        assert (found.place, found.may_manage, found.spots) == ("", False, (callers.NOWHERE,))


async def test_a_name_is_kept_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_door(tmp_path, monkeypatch) as (tavern, door):
        tavern.inn.admits(tavern.mira, nick="x" * 4_000)
        found = await seen(tavern, door, tavern.mira, tavern.here)
        assert isinstance(found, Caller)
        assert found.name == "x" * 64
