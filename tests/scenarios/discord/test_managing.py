"""What managers decide: those of the first server for everybody, those of others for theirs alone."""

import json
import shutil
from pathlib import Path

import pytest

from tests.fakes.discord import Inn, Person
from tests.fronts.discord.reading import read
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern, people_of
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio

FOR_EVERYBODY = "That is decided for everybody, in the place that whoever runs Troupe named, or that was the"


async def lets_in_another(tavern: Tavern) -> tuple[Inn, Person]:
    """Let a second server in, whose manager it returns as well."""
    inn = tavern.discord.adds_server("The Mill", channels=("yard",))
    miller = tavern.discord.adds_person("Miller")
    inn.admits(miller, manages=True)
    await tavern.asks(tavern.boss, "troupe here")
    let_in = await tavern.asks(miller, "troupe here", where=inn.channels["yard"])
    assert "Members can call from here now" in let_in.text
    return inn, miller


async def test_managers_of_the_first_server_decide_for_everybody(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, admitted=False, settings=LAVISH) as tavern:
        mira, boss = tavern.mira, tavern.boss
        mill, miller = await lets_in_another(tavern)
        yard = mill.channels["yard"]
        ready = await tavern.calls(mira)
        await tavern.calls(miller, where=yard)

        paused = await tavern.asks(boss, "troupe pause", reason="Back at noon")
        assert "Calls are paused on all fronts: “Back at noon”." in paused.text
        for person, where in ((mira, tavern.here), (miller, yard), (mira, mira.dm)):
            refused = await tavern.asks(person, "call", where=where, character="wizard")
            assert refused.text.startswith("Calls are paused at the moment: “Back at noon”.")
        assert "Back at noon" in (await tavern.presses(mira, ready, "New link")).text
        assert "Back at noon" in (await tavern.asks(boss, "troupe status")).text
        resumed = await tavern.presses(boss, paused, "Let calls begin again")
        assert resumed.text == "Calls begin again, on all fronts."

        blocked = await tavern.asks(boss, "troupe block", member=miller)
        assert f"<@{miller.id}> can place no calls any more" in blocked.text
        refused = await tavern.asks(miller, "call", where=yard, character="wizard")
        assert refused.text == "You cannot place calls here. Whoever runs Troupe can tell you why."
        assert "Blocked" in (await tavern.asks(miller, "account", where=yard)).text
        await tavern.presses(boss, blocked, "Unblock")
        assert "Merlin is ready" in (await tavern.calls(miller, where=yard)).text

        none = await tavern.asks(boss, "troupe allowance", member=mira, calls=0)
        assert "set for them" in none.text
        refused = await tavern.asks(mira, "call", character="wizard")
        assert "Merlin is ready" not in refused.text
        assert "call" in refused.text
        await tavern.presses(boss, none, "Back to what holds for everybody")
        assert "Merlin is ready" in (await tavern.calls(mira)).text

        cost = await tavern.asks(boss, "troupe cost")
        assert "What calls cost" in cost.text
        data = await tavern.asks(boss, "troupe cost", **{"as": "json"})
        assert json.loads(data.files["data.json"])["ceiling"] == 0
        assert "All files are fine" in (await tavern.asks(boss, "troupe reload")).text


async def test_managers_of_another_server_decide_for_theirs_alone(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, admitted=False, settings=LAVISH) as tavern:
        mill, miller = await lets_in_another(tavern)
        yard = mill.channels["yard"]
        for command, options in (
            ("pause", {"reason": "Mine"}),
            ("resume", {}),
            ("block", {"member": tavern.mira}),
            ("unblock", {"member": tavern.mira}),
            ("cost", {}),
            ("reload", {}),
            ("allowance", {"member": tavern.mira, "minutes": 1}),
        ):
            refused = await tavern.asks(miller, f"troupe {command}", where=yard, **options)
            assert refused.text.startswith(FOR_EVERYBODY), command
        assert "Merlin is ready" in (await tavern.calls(tavern.mira)).text

        status = await tavern.asks(miller, "troupe status", where=yard)
        assert "What you can do here" in status.text
        assert "no ceiling of its own" in status.text
        ceiling = await tavern.asks(miller, "troupe allowance", where=yard, here=True, minutes=10)
        assert "of 10 used, its own ceiling" in ceiling.text
        ready = await tavern.calls(miller, where=yard)
        assert "This call may last 10 minutes." in ready.text
        held = await tavern.asks(miller, "troupe allowance", where=yard, here=True)
        assert "0 of 10 used, its own ceiling" in held.text
        assert "10 more here, 25 in all, until the calls are over" in held.text
        off = await tavern.asks(miller, "troupe allow", where=yard, character="captain", only="nobody")
        assert "cannot be called by anybody" in off.text
        refused = await tavern.asks(miller, "call", where=yard, character="captain")
        assert "cannot be called by anybody" in refused.text
        assert "Captain Nan Tregarth is ready" in (await tavern.calls(tavern.mira, "captain")).text
        posted = await tavern.asks(miller, "troupe post", where=yard, character="wizard")
        assert posted.text == "Posted."
        assert "Press the button for a link of your own" in yard.posts[0].text


async def test_who_runs_troupe_manages_from_wherever_they_may_manage_a_server(tmp_path: Path) -> None:
    async with open_discord() as discord:
        people_of(discord)
        owner = discord.adds_person("Owner")
        settings = {"operator": f"discord:{owner.id}", **LAVISH}
        async with open_tavern(tmp_path, discord=discord, settings=settings, admitted=False) as tavern:
            _, miller = await lets_in_another(tavern)
            home = discord.adds_server("Home", channels=("hall",))
            home.admits(owner, manages=True)
            home.admits(miller, manages=True)
            hall = home.channels["hall"]
            await tavern.asks(owner, "troupe here", where=hall)
            paused = await tavern.asks(owner, "troupe pause", where=hall)
            assert "Calls are paused on all fronts." in paused.text
            assert (await tavern.asks(miller, "troupe resume", where=hall)).text.startswith(FOR_EVERYBODY)
            resumed = await tavern.presses(owner, paused, "Let calls begin again")
            assert resumed.text == "Calls begin again, on all fronts."


async def test_members_who_are_shown_the_managers_commands_can_do_nothing_with_them(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        mira, boss = tavern.mira, tavern.boss
        card = await tavern.asks(boss, "troupe allow", character="wizard")
        for command in tavern.discord.commands:
            command["default_member_permissions"] = None
        for command in ("here", "status", "reload", "pause", "resume", "cost", "block", "unblock"):
            refused = await tavern.asks(mira, f"troupe {command}")
            assert "you are not one of them" in refused.text, command
        for command, options in (
            ("allow", {"character": "wizard", "only": "nobody"}),
            ("post", {"character": "wizard"}),
            ("allowance", {"here": True, "minutes": 1}),
            ("allowance", {"member": mira, "minutes": 1000}),
        ):
            refused = await tavern.asks(mira, f"troupe {command}", **options)
            assert "you are not one of them" in refused.text, command
        forged = await tavern.answer(await mira.presses(card, "Nobody here", forged=True))
        assert "This button is somebody else's." in forged.text
        tavern.inn.admits(boss)
        late = await tavern.presses(boss, card, "Nobody here")
        assert "you are not one of them" in late.text, "who manages no more decides no more"
        assert tavern.here.posts == []
        assert "Merlin is ready" in (await tavern.calls(mira)).text


async def test_broken_files_are_told_to_whoever_reloads(tmp_path: Path) -> None:
    personas = tmp_path / "personas"
    shutil.copytree(PERSONAS, personas)
    async with open_tavern(tmp_path, personas=personas, settings=LAVISH) as tavern:
        boss = tavern.boss
        (personas / "wizard.md").write_text("---\nname: Merlin\nvoice: *nobody*\n---\n")
        wrong = await tavern.asks(boss, "troupe reload")
        assert "5 characters can be called; of a broken file the last good version stays." in wrong.text
        assert "wizard.md:3" in read(wrong.text).shown
        assert "Merlin is ready" in (await tavern.calls(tavern.mira)).text
        (personas / "wizard.md").write_text((PERSONAS / "wizard.md").read_text())
        assert "All files are fine: 5 characters" in (await tavern.asks(boss, "troupe reload")).text


async def test_the_overview_leads_to_cost_and_pause(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        boss = tavern.boss
        shown = await tavern.asks(boss, "troupe status")
        assert "How it goes" in shown.text
        assert shown.buttons == ["What calls cost", "Pause all calls"]
        assert "0 credits" in (await tavern.presses(boss, shown, "What calls cost")).text
        assert "Calls are paused" in (await tavern.presses(boss, shown, "Pause all calls")).text
        shown = await tavern.asks(boss, "troupe status")
        assert "Paused" in shown.text
        assert shown.buttons == ["What calls cost", "Let calls begin again"]


async def test_what_contradicts_itself_is_not_done_by_half(tmp_path: Path) -> None:
    number_needs_plus = "Write the number with its country code"
    async with open_tavern(tmp_path, settings=LAVISH) as tavern:
        boss, mira = tavern.boss, tavern.mira
        for command, options, said in (
            ("block", {"number": "123"}, number_needs_plus),
            ("block", {"number": "+4915123456789", "member": mira}, "Choose a member or a number, not both"),
            ("allowance", {"member": mira, "here": True}, "Choose a member or here, not both"),
            (
                "allowance",
                {"member": mira, "calls": 5, "default": True},
                "Choose numbers or default, not both.",
            ),
        ):
            answer = await tavern.asks(boss, f"troupe {command}", **options)
            assert said in answer.text, answer.text
        assert "set for them" not in (await tavern.asks(boss, "troupe allowance", member=mira)).text
        assert "Merlin is ready" in (await tavern.calls(mira)).text
