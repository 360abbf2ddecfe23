"""Tokens that run out: the next is there in time, one process asks for it, and what fails is told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.fronts.slack.renewing import Renewals
from bot.fronts.slack.tokens import open_client
from tests.fakes.slack import FakeSlack, open_fake_slack
from tests.fakes.slack.server import Request
from tests.scenarios.slack.sharing import Tenant, found, install, open_shared
from tests.scenarios.stage import Stage

pytestmark = pytest.mark.anyio

HERE = "/slack/install."


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with open_fake_slack() as opened:
        opened.installs.rotates = True
        yield opened


def renewals(slack: FakeSlack) -> list[Request]:
    """Return how often the next token was asked for."""
    return [one for one in slack.calls("oauth.v2.access") if one.body.get("grant_type") == "refresh_token"]


async def passes(stage: Stage, slack: FakeSlack, **time: float) -> None:
    """Let time pass for tokens here and there, and what is due be done."""
    slack.installs.rotation.ages(**time)
    await stage.later(**time)
    await stage.rests()


async def alerts(stage: Stage) -> tuple[str, ...]:
    """Return what the operator was told, and is so."""
    return await stage.app.house.store.fetch_raised("slack ")


async def is_installed(stage: Stage, tenant: Tenant) -> bool:
    return await stage.app.house.store.fetch_workspace(tenant.team.id) is not None


def with_credentials(slack: FakeSlack, stage: Stage, secret: str = "") -> Renewals:
    """Return another process that keeps the tokens of the same installations good."""
    installs = slack.installs
    client = open_client(None, slack.api_url.rstrip("/"))
    return Renewals(stage.app.house, client, installs.client_id, secret or installs.client_secret, "there")


async def test_an_app_whose_tokens_rotate_goes_on_for_days(tmp_path: Path, slack: FakeSlack) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        assert "Troupe is installed in Acme" in await install(stage, slack, acme.team)
        first = acme.team.bot_token
        for _ in range(5):
            await passes(stage, slack, hours=10, minutes=30)
        assert len(renewals(slack)) == 5
        assert first in slack.world.ended
        await acme.calls(stage, "My cat is called Fig.")
        await acme.mira.is_told("Your call with Merlin")
        assert slack.refused == []
        assert await alerts(stage) == ()


async def test_a_token_that_ran_out_while_troupe_was_stopped_is_renewed_by_whoever_asks_first(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        stage.app.followup.stop()
        slack.installs.rotation.ages(hours=30)
        stage.clock.moved += timedelta(hours=30)
        shown = await acme.asks("wizard")
        assert "Merlin" in shown.text
        assert len(renewals(slack)) == 1
        assert slack.refused == []


async def test_of_several_processes_one_asks_for_the_next_token_and_all_have_it(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        stage.app.followup.stop()
        slack.installs.rotation.ages(hours=12)
        stage.clock.moved += timedelta(hours=12)
        installed = await stage.app.house.store.fetch_workspace(acme.team.id)
        assert installed is not None
        slack.delays("oauth.v2.access", 0.3, times=99)
        several = [with_credentials(slack, stage) for _ in range(4)]
        fresh = await asyncio.gather(*(one.fresh(installed) for one in several for _ in range(5)))
        assert {one.token for one in fresh} == {acme.team.bot_token}
        assert len(renewals(slack)) == 1


async def test_an_answer_that_got_lost_is_asked_for_again_while_it_still_can_be(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        slack.fails("oauth.v2.access", status=0, times=4, takes_effect=True)
        await passes(stage, slack, hours=10, minutes=1)

        async def is_renewed() -> bool:
            there = await stage.app.house.store.fetch_workspace(acme.team.id)
            return there is not None and there.token == acme.team.bot_token

        await stage.until(is_renewed)
        assert "Merlin" in (await acme.asks("wizard")).text
        assert await alerts(stage) == ()


async def test_whoever_stops_waiting_loses_no_token(tmp_path: Path, slack: FakeSlack) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        stage.app.followup.stop()
        stage.clock.moved += timedelta(hours=12)
        first = acme.team.bot_token
        slack.delays("oauth.v2.access", 0.3)
        ours = with_credentials(slack, stage)
        asking = asyncio.create_task(ours.renew(acme.team.id, timedelta()))
        await slack.until(lambda: renewals(slack))
        asking.cancel()
        await ours.aclose()
        there = await stage.app.house.store.fetch_workspace(acme.team.id)
        assert there is not None
        assert there.token not in ("", first)
        assert there.token == acme.team.bot_token


async def test_where_slack_gives_no_next_token_the_operator_is_told_once_and_the_present_one_is_used_up(
    tmp_path: Path, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        await install(stage, slack, globex.team)
        slack.installs.rotation.revokes(acme.team)
        await passes(stage, slack, hours=10, minutes=1)
        await passes(stage, slack, minutes=30)
        told = [one.getMessage() for one in caplog.records if "gives no next token" in one.getMessage()]
        assert len(told) == 1, told
        assert told[0].startswith(
            f"Slack gives no next token for Acme ({acme.team.id}) (invalid_refresh_token)"
        )
        assert told[0].endswith(f"let them install the app again at {stage.app.url}{HERE}")
        assert await alerts(stage) == (f"slack token {acme.team.id}",)
        assert "Merlin" in (await acme.asks("wizard")).text
        await passes(stage, slack, hours=2)

        async def is_forgotten() -> bool:
            return not await is_installed(stage, acme)

        await stage.until(is_forgotten)
        assert "not installed in this workspace" in (await acme.asks("wizard")).text
        assert "Merlin" in (await globex.asks("wizard")).text
        await install(stage, slack, acme.team)
        assert "Merlin" in (await acme.asks("wizard")).text
        assert await alerts(stage) == ()
        secrets = (acme.team.bot_token, globex.team.bot_token, "xoxe-", slack.installs.client_secret)
        assert not [one for one in secrets if one in caplog.text]


async def test_a_client_secret_that_is_wrong_is_told_once_and_costs_no_installation(
    tmp_path: Path, slack: FakeSlack, caplog: pytest.LogCaptureFixture
) -> None:
    acme, globex = found(slack, "Acme"), found(slack, "Globex")
    async with open_shared(tmp_path, slack) as stage:
        for tenant in (acme, globex):
            await install(stage, slack, tenant.team)
        slack.installs.client_secret = "made anew under Basic Information"
        await passes(stage, slack, hours=13)
        await passes(stage, slack, hours=1)
        [told] = [one.getMessage() for one in caplog.records if "gives no more tokens" in one.getMessage()]
        assert "(bad_client_secret)" in told
        assert "correct SLACK_CLIENT_ID and SLACK_CLIENT_SECRET" in told
        assert await is_installed(stage, acme)
        assert await is_installed(stage, globex)
        right = with_credentials(slack, stage, slack.installs.client_secret)
        for tenant in (acme, globex):
            await right.renew(tenant.team.id, timedelta())
        assert await alerts(stage) == ()
        assert "Merlin" in (await acme.asks("wizard")).text


async def test_one_token_that_is_revoked_leaves_the_installation_and_taking_the_app_away_ends_it(
    tmp_path: Path, slack: FakeSlack
) -> None:
    acme = found(slack, "Acme")
    async with open_shared(tmp_path, slack) as stage:
        await install(stage, slack, acme.team)
        revoked = acme.team.bot_token
        await open_client(revoked, slack.api_url.rstrip("/")).auth_revoke()
        event = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [acme.team.bot.id]}}
        slack.world.announce(acme.team, event, "tokens_revoked")
        await slack.until(lambda: acme.team.bot_token != revoked)
        assert "Merlin" in (await acme.asks("wizard")).text
        acme.team.uninstalls()

        async def is_forgotten() -> bool:
            return not await is_installed(stage, acme)

        await stage.until(is_forgotten)
        assert "not installed in this workspace" in (await acme.asks("wizard")).text
