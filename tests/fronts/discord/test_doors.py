"""Every way in is declared: it answers in private, or asks with a modal, and does so first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import pytest
from discord import app_commands, ui

from bot.fronts.discord import client, slash
from bot.fronts.discord.doors import KIND, DeclaredTree, Prefills, answers, asks
from bot.fronts.presses import Wanted, given
from tests.fakes.discord.server import Request
from tests.scenarios.discord.stage import Tavern, open_tavern

pytestmark = pytest.mark.anyio

It = discord.Interaction[Any]


class Probe:
    """A command that notes what Discord had been told when its work began."""

    def __init__(self) -> None:
        self.tavern: Tavern | None = None
        self.seen: list[list[str]] = []

    def note(self, it: It) -> None:
        assert self.tavern is not None
        asked = [one for one in self.tavern.discord.requests if it.token in one.path]
        self.seen.append([f"{one.method} {tail(one)} {one.status}" for one in asked])


def tail(request: Request) -> str:
    return request.path.rpartition("/")[2]


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch) -> Probe:
    probe = Probe()

    @app_commands.command(name="answering", description="Answers")
    @answers
    def answering(it: It) -> Wanted:
        probe.note(it)
        return Wanted("help")

    @app_commands.command(name="asking", description="Asks")
    @asks
    def asking(it: It) -> ui.Modal:
        probe.note(it)
        modal = ui.Modal(title="Write", custom_id=f"m0|{it.user.id}||characters?d=search")
        return modal.add_item(ui.Label(text="Words", component=ui.TextInput(custom_id="search")))

    monkeypatch.setattr(client, "COMMANDS", (*slash.COMMANDS, answering, asking))
    return probe


async def test_a_door_that_answers_is_acknowledged_in_private_before_its_work(
    tmp_path: Path, probe: Probe
) -> None:
    async with open_tavern(tmp_path) as tavern:
        probe.tavern = tavern
        for where in (tavern.here, tavern.mira.dm):
            asked = await tavern.mira.types("answering", where=where)
            assert asked.acknowledged == "deferred privately"
            assert "What you can do" in (await tavern.answer(asked)).text
        assert probe.seen == [["POST callback 200"]] * 2


@pytest.mark.parametrize(("status", "code"), [(404, 10062), (400, 40060), (0, 0)])
async def test_a_door_that_is_not_acknowledged_does_nothing(
    tmp_path: Path, probe: Probe, status: int, code: int
) -> None:
    async with open_tavern(tmp_path) as tavern:
        probe.tavern = tavern
        tavern.discord.fails("POST", r"/interactions/.*/callback", status, code=code, times=5)
        asked = await tavern.mira.types("answering", where=tavern.here, waits=False)
        await tavern.discord.until(lambda: any(tail(one) == "callback" for one in tavern.discord.requests))
        await tavern.settles()
        assert probe.seen == []
        assert asked.answers == []
        assert {tail(one) for one in asked.requests if asked.interaction.token in one.path} == {"callback"}


async def test_a_door_that_asks_awaits_nothing_before_its_modal(tmp_path: Path, probe: Probe) -> None:
    async with open_tavern(tmp_path) as tavern:
        probe.tavern = tavern
        asked = await tavern.mira.types("asking", where=tavern.here)
        assert asked.acknowledged == "modal"
        assert probe.seen == [[]]
        told = [one for one in tavern.discord.requests if asked.interaction.token in one.path]
        assert [tail(one) for one in told] == ["callback"]
        written = await tavern.mira.submits(asked.modal, search="zebra")
        assert written.acknowledged == "deferred privately"
        assert "Nobody here is described by “zebra”." in (await tavern.answer(written)).text


async def test_an_interaction_that_comes_twice_is_taken_once(tmp_path: Path, probe: Probe) -> None:
    async with open_tavern(tmp_path) as tavern:
        probe.tavern = tavern
        asked = await tavern.mira.types("answering", where=tavern.here, twice=True)
        await tavern.answer(asked)
        again = await tavern.mira.types("asking", where=tavern.here, twice=True)
        await tavern.settles()
        assert probe.seen == [["POST callback 200"], [], []]
        for one in (asked, again):
            told = [tail(each) for each in tavern.discord.requests if one.interaction.token in each.path]
            assert told.count("callback") == 1


def leaf(name: str) -> Any:
    @app_commands.command(name=name, description="Nothing")
    async def undeclared(_it: It) -> None: ...

    return undeclared


def in_group() -> app_commands.Group:
    group = app_commands.Group(name="outer", description="Nothing")
    group.add_command(leaf("inner"))
    return group


def in_group_of_groups() -> app_commands.Group:
    outer = app_commands.Group(name="outermost", description="Nothing")
    outer.add_command(in_group())
    return outer


def in_menu() -> app_commands.ContextMenu:
    async def look(_it: It, _user: discord.User) -> None: ...

    return app_commands.ContextMenu(name="Look", callback=look)


@pytest.mark.parametrize(
    ("made", "name"),
    [
        (lambda: leaf("leaf"), "leaf"),
        (in_group, "outer inner"),
        (in_group_of_groups, "outermost outer inner"),
        (in_menu, "Look"),
    ],
)
async def test_what_is_not_declared_cannot_be_registered(made: Callable[[], Any], name: str) -> None:
    bot = discord.Client(intents=discord.Intents.none())
    tree = DeclaredTree(bot)
    with pytest.raises(TypeError, match=f"^{name} is neither a door that answers nor one that asks$"):
        tree.add_command(made())
    assert tree.get_commands() == []
    with pytest.raises(TypeError, match="sudden is neither"):

        @tree.command(name="sudden")
        async def sudden(_it: It) -> None: ...


def test_every_command_is_declared() -> None:
    doors = [
        one
        for command in slash.COMMANDS
        for one in (command.walk_commands() if isinstance(command, app_commands.Group) else [command])
    ]
    assert len(doors) > 15
    assert {getattr(one.callback, KIND) for one in doors} <= {"answers", "asks"}


def test_only_what_was_given_is_asked_for() -> None:
    assert given(a="x", b="", c=None, d=0, e=False, f=7) == {"a": "x", "d": "0", "e": "False", "f": "7"}


def test_what_stands_in_somebodys_modals_is_remembered_up_to_a_number_of_people() -> None:
    prefills = Prefills(2)
    for owner in ("a", "b", "a", "c"):
        prefills.keep(owner, "memory?d=change", owner.upper())
    assert [prefills.get(owner, "memory?d=change") for owner in ("a", "b", "c")] == ["A", "", "C"]
    assert prefills.get("a", "memory?d=add") == ""
    prefills.forget("a")
    prefills.forget("nobody")
    assert prefills.get("a", "memory?d=change") == ""
