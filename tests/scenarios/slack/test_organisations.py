"""Organisations that install the app: in which workspaces it may be used, and who is of which of them."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.slack import FakeSlack, Shown, open_fake_slack
from tests.fakes.slack.state import Enterprise
from tests.scenarios.slack.sharing import Tenant, found, install, open_shared
from tests.scenarios.slack.test_sharing import accounts
from tests.scenarios.stage import Stage

pytestmark = pytest.mark.anyio

NOT_HERE, NOT_THEIRS = (
    "not installed in this workspace",
    "Only members of the workspace that Troupe is installed in",
)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with open_fake_slack() as opened:
        yield opened


@pytest.fixture
def group(slack: FakeSlack) -> Enterprise:
    return slack.adds_enterprise("Acme Group")


async def speaks_in(stage: Stage, tenant: Tenant) -> str:
    """Return whose installation speaks in a workspace."""
    there = await stage.app.house.store.find_workspace(tenant.team.id)
    return there.id if there else ""


async def test_a_workspace_that_its_organisation_closes_is_left_and_comes_back_to_its_memory(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs, plant = found(slack, "Labs", enterprise=group), found(slack, "Plant", enterprise=group)
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        await labs.calls(stage, "My cat is called Fig.")
        await labs.mira.is_told("Your call with Merlin")
        slack.world.closes(labs.team)

        async def is_left() -> bool:
            place = f"slack:{labs.team.id}"
            return await speaks_in(stage, labs) == "" and place not in stage.app.house.store.get_places()

        await stage.until(is_left)
        assert "Merlin" in (await plant.asks("wizard")).text
        assert await speaks_in(stage, plant) == group.id
        slack.world.reopens(labs.team)

        async def is_back() -> bool:
            return await speaks_in(stage, labs) == group.id

        await stage.until(is_back)
        assert stage.app.house.store.get_places()[f"slack:{labs.team.id}"] == "Labs"
        assert "Merlin" in (await labs.asks("history")).text
    assert slack.refused == []


async def test_all_its_workspaces_are_known_before_anybody_asks_there_and_none_that_is_closed(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs, plant = found(slack, "Labs", enterprise=group), found(slack, "Plant", enterprise=group)
    closed = found(slack, "Closed", enterprise=group)
    closed.team.is_closed = True
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        assert [await speaks_in(stage, one) for one in (labs, plant, closed)] == [group.id, group.id, ""]


async def test_a_stranger_in_a_shared_channel_keeps_their_own_installation_and_is_nobody_here(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs = found(slack, "Labs", enterprise=group)
    rivals = slack.adds_enterprise("Rivals")
    rival = found(slack, "Rival", enterprise=rivals)
    lone = slack.adds_workspace("Lone", is_installed=False)
    async with open_shared(tmp_path, slack) as stage:
        for one in (group, rivals):
            await install(stage, slack, one)
        await labs.asks("admin post wizard", labs.boss)
        (post,) = labs.here.posts
        _, button = post.element("Call Merlin")
        for stranger in (rival.mira, lone.adds_person("Rick", admin=True)):
            act = slack.client.action(stranger, post, {**button, "block_id": "card"})
            act.payload["enterprise"] = {"id": group.id, "name": group.name}
            act.payload |= {"team": None, "is_enterprise_install": True}
            slack.client.send(act)
            await slack.until(lambda act=act: act.messages)
            if stranger.team is lone:
                assert NOT_THEIRS in Shown(act.messages[0]).text
        assert await speaks_in(stage, rival) == rivals.id
        assert await stage.app.house.store.find_workspace(lone.id) is None
        assert f"slack:{lone.id}" not in stage.app.house.store.get_places()


async def test_who_is_of_another_workspace_of_the_organisation_is_nobody_here(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs, plant = found(slack, "Labs", enterprise=group), found(slack, "Plant", enterprise=group)
    rick = plant.team.adds_person("Rick", admin=True)
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        labs.here.admits(rick)
        for line in ("wizard", "admin pause", "memory wizard"):
            typed = slack.client.command(rick, labs.here, f"/ring {line}")
            typed.payload["team_id"] = labs.team.id
            slack.client.send(typed)
            await slack.until(lambda typed=typed: typed.messages)
            assert NOT_THEIRS in Shown(typed.messages[0]).text
        assert "Before your first call" in (await labs.asks("wizard")).text


async def test_what_a_member_brings_is_theirs_in_that_workspace_alone(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs, plant = found(slack, "Labs", enterprise=group), found(slack, "Plant", enterprise=group)
    turns = [{"role": "user", "content": "My cat is called Fig."}, {"role": "assistant", "content": "Hello."}]
    past = json.dumps(turns).encode()
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        await labs.mira.shares_file("past.json", past)
        offer = await labs.mira.is_told("Is this a conversation that you want me to know?")
        preview = await (await labs.mira.presses(offer, "Show what it holds")).answer()
        assert "Saved 1 conversation." in (await (await labs.mira.presses(preview, "Save it")).answer()).text
        assert "Transcript" in " ".join((await labs.asks("history")).buttons)
        assert "Transcript" not in " ".join((await plant.asks("history")).buttons)
        people = [await stage.app.house.store.find_person(one) for one in accounts(labs, plant)]
        assert people[0] != people[1]


async def test_an_organisation_that_takes_the_app_away_is_left_however_slack_names_it(
    tmp_path: Path, slack: FakeSlack, group: Enterprise
) -> None:
    labs = found(slack, "Labs", enterprise=group)
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        slack.world.removes(group, tells=False)
        slack.world.announce(labs.team, {"type": "app_uninstalled"}, "app_uninstalled", of_team=False)

        async def is_left() -> bool:
            return list(await stage.app.house.store.fetch_workspaces()) == []

        await stage.until(is_left)
        assert NOT_HERE in (await labs.asks("wizard")).text
        await install(stage, slack, group)
        assert "Merlin" in (await labs.asks("wizard")).text
