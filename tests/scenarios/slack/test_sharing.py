"""Many workspaces: each hears its own token alone, and one that takes the app away keeps its memories."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.caller import Account
from tests.fakes.slack import FakeSlack, open_fake_slack
from tests.scenarios.slack.sharing import SAME_CHANNEL, Tenant, begin, found, install, open_shared
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with open_fake_slack() as opened:
        yield opened
        refused = [one for one in opened.refused if one.error not in {"account_inactive", "missing_scope"}]
        assert refused == []


def texts(tenant: Tenant) -> str:
    """Return all that the bot wrote to a workspace's member."""
    return "\n".join(one.text for one in tenant.mira.dm.posts)


def accounts(*tenants: Tenant) -> list[Account]:
    return [Account("slack", one.team.id, one.mira.id) for one in tenants]


def tokens(*tenants: Tenant) -> set[str]:
    return {one.team.bot_token for one in tenants}


async def test_two_workspaces_with_the_same_ids_never_hear_of_each_other(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        assert "Troupe is installed in Acme" in await install(stage, slack, acme.team)
        assert "Troupe is installed in Globex" in await install(stage, slack, globex.team)
        await acme.calls(stage, "My cat is called Fig.")
        await globex.calls(stage, "My dog is called Rex.")
        await acme.mira.is_told("Your call with Merlin")
        await globex.mira.is_told("Your call with Merlin")
        memory = [(await one.asks("history")).text for one in (acme, globex)]
        for tenant, others in ((acme, globex), (globex, acme)):
            assert len(tenant.mira.dm.posts) == 2
            assert others.team.bot_token not in {
                one.token for one in slack.requests if one.body.get("channel") == tenant.mira.dm.id
            }
        assert memory[0].count("Merlin") == memory[1].count("Merlin")
        people = {await stage.app.house.store.find_person(account) for account in accounts(acme, globex)}
        assert len(people) == 2
        await acme.mira.visits("home")
        await globex.mira.visits("home")
        await slack.until(lambda: {one.token for one in slack.calls("views.publish")} == tokens(acme, globex))


async def test_cards_and_announcements_stand_in_the_channel_that_was_meant(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    personas = Path(shutil.copytree(PERSONAS, tmp_path / "personas"))
    boards = f"slack:{globex.team.id}/{SAME_CHANNEL}"
    async with open_shared(tmp_path, slack, personas=personas, settings={"troupe_announce": boards}) as stage:
        await install(stage, slack, acme.team)
        await install(stage, slack, globex.team)
        await acme.asks("admin post wizard", acme.boss)
        assert [one.buttons for one in acme.here.posts] == [["Call Merlin"]]
        assert globex.here.posts == []
        text = (personas / "wizard.md").read_text().replace("name: Merlin", "name: Bo")
        (personas / ".bo").write_text(text)
        (personas / ".bo").rename(personas / "bo.md")
        [post] = await slack.until(lambda: globex.here.posts)
        assert post.buttons == ["Call Bo"]
        assert len(acme.here.posts) == 1


async def test_who_manages_a_workspace_decides_for_it_and_for_no_other(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        await install(stage, slack, globex.team)
        await acme.asks("admin allow wizard nobody", acme.boss)
        assert "cannot be called" in (await acme.asks("wizard")).text
        assert "cannot be called" not in (await globex.asks("wizard")).text
        refused = (await acme.asks("admin pause", acme.boss)).text
        assert "That is decided for everybody" in refused
        assert "Before your first call" in (await globex.asks("wizard")).text


async def test_a_workspace_that_took_the_app_away_gets_nothing_and_comes_back_to_its_memory(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        await install(stage, slack, globex.team)
        await acme.calls(stage, "My cat is called Fig.")
        await acme.mira.is_told("Your call with Merlin")
        await stage.rests()
        gone, before = acme.team.bot_token, len(slack.requests)
        acme.team.uninstalls()
        store = stage.app.house.store

        async def is_forgotten() -> bool:
            return [one.id for one in await store.fetch_workspaces()] == [globex.team.id]

        await stage.until(is_forgotten)
        assert [str(one) for one in slack.requests[before:]] == []
        assert "not installed in this workspace" in (await acme.asks("wizard")).text
        assert "Merlin" in (await globex.asks("wizard")).text
        await install(stage, slack, acme.team)
        assert acme.team.bot_token != gone
        assert "Merlin" in (await acme.asks("history")).text
        await acme.calls(stage, "Do you remember?")
        await slack.until(lambda: texts(acme).count("Your call with Merlin") == 2)


async def test_what_could_not_be_told_is_told_once_the_app_is_there_again(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        shown = await acme.asks("wizard")
        shown = await (await acme.mira.presses(shown, "Call and remember")).answer()
        slack.world.removes(acme.team, tells=False)
        async with stage.browser() as browser:
            await browser.talks(shown.link("Talk with"), "My cat is called Fig.")
        store = stage.app.house.store
        person = await store.find_person(Account("slack", acme.team.id, acme.mira.id))
        assert person is not None

        async def is_forgotten() -> bool:
            return list(await store.fetch_workspaces()) == []

        async def is_untold() -> bool:
            return bool(await store.fetch_untold(person.id))

        await stage.until(is_forgotten)
        await stage.rests()
        before = len(slack.requests)
        await stage.later(days=2)
        await stage.until(is_untold)
        posted = [one for one in slack.requests[before:] if one.path.startswith("chat.")]
        assert posted == []
        await install(stage, slack, acme.team)
        asked = await acme.mira.types("/ring help", where=acme.here)
        await slack.until(lambda: any("Your call with Merlin" in one.text for one in asked.answers))


async def test_an_organisation_installs_it_for_all_its_workspaces(tmp_path: Path, slack: FakeSlack) -> None:
    group = slack.adds_enterprise("Acme Group")
    labs, plant = found(slack, "Labs", enterprise=group), found(slack, "Plant", enterprise=group)
    other = found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        assert "Troupe is installed in Acme Group" in await install(stage, slack, group)
        await labs.calls(stage, "My cat is called Fig.")
        await labs.mira.is_told("Your call with Merlin")
        assert "Before your first call" in (await plant.asks("wizard")).text
        assert plant.mira.dm.posts == []
        assert "not installed in this workspace" in (await other.asks("wizard")).text
        people = [await stage.app.house.store.find_person(one) for one in accounts(labs, plant)]
        assert people[0] is not None
        assert people[0] != people[1]
    async with open_shared(tmp_path, slack) as stage:
        slack.world.removes(group)

        async def is_forgotten() -> bool:
            return list(await stage.app.house.store.fetch_workspaces()) == []

        await stage.until(is_forgotten)
        assert "not installed in this workspace" in (await labs.asks("wizard")).text


async def test_an_organisations_token_reaches_members_after_a_restart(
    tmp_path: Path, slack: FakeSlack
) -> None:
    group = slack.adds_enterprise("Acme Group")
    labs = found(slack, "Labs", enterprise=group)
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, group)
        slack.fails("chat.postMessage", "internal_error", times=200)
        await labs.calls(stage, "My cat is called Fig.")
        await slack.until(lambda: slack.calls("chat.postMessage"))
    slack.recovers()
    async with open_shared(tmp_path, slack):
        await labs.mira.is_told("Your call with Merlin")


async def test_the_settings_workspace_stays_beside_those_that_install(
    tmp_path: Path, slack: FakeSlack
) -> None:
    home, guest = found(slack, "Home", is_installed=True), found(slack, "Guest")
    async with open_shared(tmp_path, slack, settings={"slack_bot_token": home.team.bot_token}) as stage:
        await install(stage, slack, guest.team)
        for tenant in (home, guest):
            await tenant.calls(stage, "My cat is called Fig.")
            await tenant.mira.is_told("Your call with Merlin")
        assert "aused" in (await home.asks("admin pause", home.boss)).text


async def test_installing_says_what_to_do_where_it_does_not_work(
    tmp_path: Path, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        visit = await begin(stage)
        status, page = await visit.returns(slack.installs.declines(visit.consent))
        assert (status, "You said no at Slack" in page) == (400, True)
        assert 'href="/slack/install"' in page

        back = slack.installs.consents(visit.consent, acme.team)
        status, page = await visit.returns(back, cookie="slack-app-oauth-state=another")
        assert (status, "did not begin in this browser" in page) == (400, True)
        status, page = await visit.returns(f"{stage.app.url}/slack/oauth_redirect")
        assert (status, "did not begin in this browser" in page) == (400, True)
        status, page = await visit.returns(back)
        assert (status, "type /ring there" in page) == (200, True)
        assert "Start again" not in page
        status, page = await visit.returns(back)
        assert (status, "used already, or took too long" in page) == (401, True)

        late = await begin(stage)
        back = slack.installs.consents(late.consent, acme.team)
        await stage.later(minutes=11)
        status, page = await late.returns(back)
        assert (status, "used already, or took too long" in page) == (401, True)

        forged = await begin(stage)
        back = slack.installs.consents(forged.consent, acme.team).replace("code=", "code=0")
        status, page = await forged.returns(back)
        assert (status, "Slack gave no token" in page) == (401, True)

        german = await begin(stage)
        status, page = await german.returns(
            slack.installs.declines(german.consent), language="de-DE,en;q=0.5"
        )
        assert "Du hast bei Slack abgelehnt" in page
        assert slack.installs.client_secret not in caplog.text
        assert acme.team.bot_token not in caplog.text
    slack.door.requests[:] = [one for one in slack.requests if one.path != "oauth.v2.access"]
