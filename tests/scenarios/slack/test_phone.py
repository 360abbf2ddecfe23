"""A telephone that is added, verified and rung from Slack, and what is told afterwards."""

from pathlib import Path

import pytest

from tests.scenarios.slack.stage import Office, open_slack, people_of
from tests.scenarios.telephone import MIRAS, open_exchange
from tests.scenarios.test_account import code_in

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_telephone_is_verified_rung_and_told_of_from_slack(tmp_path: Path, by_http: bool) -> None:
    async with open_slack() as slack:
        acme, mira, boss = people_of(slack)
        way = (
            {"slack_signing_secret": slack.signing_secret}
            if by_http
            else {"slack_app_token": slack.app_token}
        )
        address = slack.api_url.rstrip("/")
        async with open_exchange(
            tmp_path, slack_bot_token=acme.bot_token, slack_api_url=address, **way
        ) as stage:
            if by_http:
                slack.sends_to(f"{stage.app.url}/hooks/slack")
            await slack.is_connected()
            office = Office(stage, slack, acme, mira, boss)
            offered = await office.asks(mira, "account phone 01511 234 5678")
            assert "+49 ••• 678" in offered.text
            assert MIRAS[3:] not in offered.text
            await office.presses(mira, offered, offered.buttons[0])
            phone = await stage.ringing()
            await phone.answers()
            code = code_in(await phone.says("Yes, please."))
            await phone.hangs_up()
            await mira.is_told("If the code was read to you")
            verified = await office.asks(mira, f"account code {code}")
            assert "+49 ••• 678 is verified until" in verified.text

            calling = await office.calls(mira, "/ring wizard by phone about my cat")
            assert "Calling your phone (+49 ••• 678) now" in calling.text
            ring = await stage.ringing()
            assert "Is this Mira?" in await ring.answers()
            await stage.later(seconds=5)
            await mira.is_told("Your phone was answered: Merlin is on the line.")
            await ring.says("Yes, that is me.")
            await ring.says("My cat is called Fig.")
            cannot = await office.asks(mira, "hangup")
            assert "on the phone, which cannot be hung up from here" in cannot.text
            await stage.passes(seconds=70)
            await ring.hangs_up()
            recap = await mira.is_told("Your call with Merlin · 1 minute")
            assert "Fig" not in recap.text, "it is brief here"
            await (await mira.presses(recap, "Transcript")).opens("My cat is called Fig.")
            assert await stage.rung() == {MIRAS: 2}
            assert office.here.posts == []
            assert not any(MIRAS[3:] in str(one.body) for one in slack.requests)
    assert slack.unrouted == []
    assert [one for one in slack.refused if one.path != "usergroups.list"] == []


async def test_without_a_number_it_is_said_how_to_add_one(tmp_path: Path) -> None:
    async with open_slack() as slack:
        acme, mira, boss = people_of(slack)
        async with open_exchange(
            tmp_path,
            slack_bot_token=acme.bot_token,
            slack_api_url=slack.api_url.rstrip("/"),
            slack_app_token=slack.app_token,
        ) as stage:
            await slack.is_connected()
            office = Office(stage, slack, acme, mira, boss)
            await office.calls(mira)
            none = await office.asks(mira, "wizard by phone")
            assert "/ring account phone" in none.text, "there is no number yet"
            assert await stage.rung() == {}
