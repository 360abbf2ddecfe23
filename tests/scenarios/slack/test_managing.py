"""What the admins of a workspace decide, and that nobody else does."""

from pathlib import Path

import pytest

from tests.fakes.slack.shown import Shown
from tests.scenarios.slack.stage import LAVISH, open_office, open_slack, people_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_admins_manage_and_others_are_refused(tmp_path: Path, by_http: bool) -> None:
    async with open_office(tmp_path, by_http=by_http, settings=LAVISH) as office:
        mira, boss = office.mira, office.boss
        for line in ("status", "pause", "resume", "cost", "reload", "allow wizard nobody", "post wizard",
                     "here", "block @Boss", "allowance @Mira minutes 1000"):  # fmt: skip
            refused = await office.asks(mira, f"admin {line}")
            assert "/ring admin is for those who manage Troupe here; you are not one of them." in refused.text
        paused = await office.asks(boss, "admin pause")
        assert "Calls are paused on all fronts." in paused.text
        assert "paused" in (await office.calls(mira)).text.lower()
        await office.presses(boss, paused, "Let calls begin again")
        assert "Merlin is ready" in (await office.calls(mira)).text
        status = await office.asks(boss, "admin status")
        assert "credits" in (await office.presses(boss, status, "What calls cost")).text


async def test_a_character_is_kept_to_a_channel_a_group_and_a_workspace(tmp_path: Path) -> None:
    async with open_slack() as slack:
        acme, _, _ = people_of(slack)
        acme.grants("usergroups:read")
        ben = acme.adds_person("Ben")
        acme.adds_group("wizards", ben)
        async with open_office(tmp_path, settings=LAVISH, slack=slack) as office:
            mira, boss, random = office.mira, office.boss, acme.channels["random"]
            await office.calls(mira)
            await office.calls(ben)
            kept = await office.asks(boss, "admin allow wizard #random")
            assert "Merlin can be called only in #random." in kept.text
            assert "<#" in kept.raw
            assert kept.buttons == ["Leave out #random", "Everybody here"]
            assert "Merlin is ready" not in (await office.asks(mira, "wizard")).text
            assert "Merlin is ready" in (await office.asks(mira, "wizard", random)).text
            inside = await (await mira.types("/ring", where=random)).opens()
            outside = await (await mira.types("/ring", where=office.here)).opens()
            assert await mira.searches(inside, "character", "merlin") == [("Merlin", "wizard")]
            assert await mira.searches(outside, "character", "merlin") == []
            await office.asks(boss, "admin allow wizard everybody")
            kept = await office.asks(boss, "admin allow wizard @wizards")
            assert "@wizards" in kept.text
            assert "Merlin is ready" in (await office.asks(ben, "wizard")).text
            assert "Merlin is ready" not in (await office.asks(mira, "wizard")).text
            modal = await (await mira.types("/ring", where=office.here)).opens()
            assert await mira.searches(modal, "character", "merlin") == []
            nobody = await office.asks(boss, "admin allow wizard nobody")
            assert "Merlin cannot be called" in nobody.text
            assert "Merlin is ready" not in (await office.asks(ben, "wizard")).text
            everybody = await office.presses(boss, nobody, "Everybody here")
            assert everybody.message is nobody.message
            assert "Merlin is ready" in (await office.asks(mira, "wizard")).text


async def test_what_slack_has_not_is_not_offered_and_what_the_app_decides_is_told(tmp_path: Path) -> None:
    listed = LAVISH | {"discord_servers": "100000000000000000"}
    async with open_office(tmp_path, settings=listed) as office:
        boss = office.boss
        shown = await office.asks(boss, "admin allow wizard")
        assert shown.buttons == ["Nobody here"], "no channel is age-restricted here"
        assert "Troupe is let in here already." in (await office.asks(boss, "admin here")).text
        off = await office.asks(boss, "admin here off")
        assert off.text.endswith("the app is installed here. Remove the app to switch it off.")
        whom = await office.asks(boss, "admin block")
        assert whom.text == "Whom? Write /ring admin block @mira for an account, or +49 1512 3456789."
        assert "Merlin is ready" in (await office.calls(office.mira)).text


async def test_a_character_is_posted_for_everybody_who_presses(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH, refusals=("not_in_channel",)) as office:
        mira, boss = office.mira, office.boss
        refused = await office.asks(boss, "admin post wizard")
        assert "I am not in that channel: invite me there first" in refused.text
        office.acme.invites_bot("general")
        assert "Posted" in (await office.asks(boss, "admin post wizard")).text
        (post,) = office.here.posts
        card = await office.presses(mira, post, "Call Merlin")
        assert card.is_private
        assert "Before your first call" in card.text
        assert card.message.viewer is mira
        assert office.here.posts[0].text == post.text


@pytest.mark.parametrize("told_as", ["their own", "ours"])
async def test_who_is_of_another_workspace_calls_nobody_in_a_shared_channel(
    tmp_path: Path, told_as: str
) -> None:
    async with open_office(tmp_path, settings=LAVISH, refusals=("user_not_found",)) as office:
        slack, acme, boss = office.slack, office.acme, office.boss
        await office.calls(boss)
        acme.invites_bot("general")
        await office.asks(boss, "admin post wizard")
        (post,) = office.here.posts
        rick = slack.adds_workspace("Rival").adds_person("Rick", admin=True)
        acme.people[rick.id] = rick
        office.here.admits(rick)
        _, button = post.element("Call Merlin")
        act = slack.client.action(rick, post, {**button, "block_id": "card"})
        if told_as == "ours":
            act.payload["team"] = {"id": acme.id, "domain": "acme"}
        slack.client.send(act)
        await slack.until(lambda: act.messages)
        assert "Only members of the workspace that Troupe is installed in" in Shown(act.messages[0]).text
        typed = slack.client.command(rick, office.here, "/ring admin pause")
        if told_as == "ours":
            typed.payload["team_id"] = acme.id
        slack.client.send(typed)
        await slack.until(lambda: typed.messages)
        assert "Only members of the workspace" in Shown(typed.messages[0]).text
        await rick.visits("home")
        assert "Merlin is ready" in (await office.calls(boss)).text
        assert not slack.calls("views.publish")


async def test_a_line_is_shared_where_it_was_asked_for(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        office.acme.invites_bot("general")
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")
        which = await office.presses(mira, recap, "Share a line")
        preview = await (await mira.picks(which, "Choose", "Mind the third step")).answer()
        assert "will see:" in preview.text
        assert office.here.posts == []
        posted = await office.presses(mira, preview, "Post it")
        assert posted.message is preview.message
        (post,) = office.here.posts
        assert "“Mind the third step, Mira, it bites.”" in post.text
        assert "Fig" not in post.text


async def test_a_name_that_slack_made_no_mention_of_blocks_nobody(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, boss, house = office.mira, office.boss, office.stage.app.house
        picks = "Type @ and pick the person from the list that Slack shows."
        for line in ("block @nobody-here", "unblock @nobody-here", "allowance @nobody-here calls 0"):
            refused = await office.asks(boss, f"admin {line}")
            assert refused.text == f"Who is “@nobody-here”? {picks}", line
        assert picks not in (await office.asks(mira, "admin block @nobody-here")).text
        chef = office.acme.adds_person("Chef", admin=True, locale="de-DE")
        german = await office.asks(chef, "admin block @nobody-here")
        assert "Wer ist „@nobody-here“? Tippe @ und wähle die Person" in german.text
        assert await house.store.fetch_blocked() == ()
        assert "can place no calls any more" in (await office.asks(boss, "admin block @Mira")).text
        assert "cannot place calls here" in (await office.asks(mira, "account")).text
