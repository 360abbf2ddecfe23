"""What cannot wait is told in the operator's Slack channel: once, and once more when it is over."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain.alert import Cause
from tests.fakes.slack import Channel, FakeSlack, open_fake_slack
from tests.scenarios.alerts import ENOUGH, LOW, OVER_MEANWHILE, SPENT, happens_meanwhile, look_after
from tests.scenarios.slack.sharing import Tenant, found, install, open_shared
from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack, people_of
from tests.scenarios.stage import PERSONAS

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def opened(
    folder: Path,
    *,
    slack: FakeSlack,
    team: str = "",
    is_there: bool = True,
    settings: dict[str, Any] | None = None,
    **more: Any,
) -> AsyncIterator[tuple[Office, Channel]]:
    """Open an office in whose channel #general the operator is told what cannot wait."""
    acme, _, _ = people_of(slack)
    general = acme.channels["general"]
    if is_there:
        acme.invites_bot("general")
    chosen = {"alerts": f"slack:{team or acme.id}/{general.id}", **LAVISH, **(settings or {})}
    async with open_office(folder, slack=slack, settings=chosen, **more) as office:
        yield office, general


def told(channel: Channel) -> list[str]:
    """Return what is read there, without what keeps Slack from taking it for markup."""
    return [post.text.replace("\u200b", "") for post in channel.posts]


async def test_credit_that_runs_out_is_told_once_and_that_there_is_enough_again(tmp_path: Path) -> None:
    async with open_slack() as slack:
        for spent, count in ((SPENT, 1), (SPENT, 1), ({"used": 1_000}, 2), ({"used": 1_000}, 2)):
            async with opened(tmp_path, slack=slack) as (office, channel):
                await office.stage.told("credit", spent)
                for _ in range(2):
                    await look_after(office.stage)
                assert len(told(channel)) == count
        low, enough = told(channel)
    assert LOW in low
    assert "raise the plan" in low
    assert ENOUGH in enough


async def test_what_could_not_be_posted_is_posted_once_slack_is_there_again(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with opened(tmp_path, slack=slack) as (office, channel):
            house = office.stage.app.house
            slack.fails(r"chat\.postMessage", status=503, times=100)
            boards = [str(board) for board in house.terms.alert_boards]
            assert await house.store.settle_cause(Cause("credit", f"{LOW}."), boards, house.now())
            office.stage.app.followup.nudge()
            await slack.until(lambda: slack.calls("chat.postMessage"))
            assert told(channel) == []
        slack.recovers()
        async with opened(tmp_path, slack=slack) as (office, channel):
            await office.stage.told("credit", SPENT)
            await slack.until(lambda: channel.posts)
            await look_after(office.stage)
            (text,) = told(channel)
    assert LOW in text


async def test_what_is_over_before_it_could_be_posted_is_posted_with_what_it_was(tmp_path: Path) -> None:
    async with open_slack() as slack:
        async with opened(tmp_path, slack=slack) as (office, channel):
            slack.fails(r"chat\.postMessage", status=503, times=100)
            await happens_meanwhile(office.stage)
            assert told(channel) == []
        slack.recovers()
        async with opened(tmp_path, slack=slack) as (office, channel):
            await look_after(office.stage)
            assert {text.removeprefix("*Troupe*\n") for text in told(channel)} == OVER_MEANWHILE


async def test_a_file_whose_name_and_mistake_are_markup_calls_nobody(tmp_path: Path) -> None:
    personas = Path(shutil.copytree(PERSONAS, tmp_path / "personas"))
    async with open_slack() as slack, opened(tmp_path, slack=slack, personas=personas) as (office, channel):
        loud = f"<!channel> <@{office.mira.id}> <https://evil.example|click>"
        (personas / ".new").write_text(f"---\n{loud}: *x*\n---\nA body.\n")
        (personas / ".new").rename(personas / "<!channel> &lt;!here&gt;.md")
        [post] = await slack.until(lambda: channel.posts)
        assert "!channel" in post.text
        assert slack.mentions_everybody == []
        assert slack.mentions == []
        assert slack.links == []


@pytest.mark.parametrize(
    ("team", "is_there", "refusals", "reason"),
    [
        ("", False, ("not_in_channel",), "I am not in that channel, so invite me there."),
        ("T0RIVAL", True, (), "I am in the workspace T"),
    ],
)
async def test_a_channel_that_cannot_be_posted_in_is_named_in_the_log(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    team: str,
    is_there: bool,
    refusals: tuple[str, ...],
    reason: str,
) -> None:
    async with (
        open_slack() as slack,
        opened(tmp_path, slack=slack, team=team, is_there=is_there, refusals=refusals) as (office, channel),
    ):
        await office.stage.told("credit", SPENT)
        await look_after(office.stage)
        assert told(channel) == []
    assert f"An alert was not posted at slack:{team or office.acme.id}/{channel.id} (ALERTS): {reason}" in (
        caplog.text
    )
    assert caplog.text.count(LOW) == 1


async def test_each_workspaces_channel_is_told_with_its_own_token_and_one_that_left_is_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_fake_slack() as slack:
        acme, globex = found(slack, "Acme"), found(slack, "Globex")
        boards = ",".join(f"slack:{one.team.id}/{one.here.id}" for one in (acme, globex))
        async with open_shared(tmp_path, slack, settings={"alerts": boards}) as stage:
            for tenant in (acme, globex):
                await install(stage, slack, tenant.team)
            await stage.told("credit", SPENT)
            await look_after(stage)
            assert [LOW in text for one in (acme, globex) for text in told(one.here)] == [True, True]
            await leaves(acme, stage)
            await stage.told("credit", {"used": 1_000})
            await look_after(stage)
        assert len(told(acme.here)) == 1
        assert ENOUGH in told(globex.here)[1]
    left = f"slack:{acme.team.id}/{acme.here.id}"
    assert (
        f"An alert was not posted at {left} (ALERTS): that workspace has not installed Troupe." in caplog.text
    )


async def leaves(tenant: Tenant, stage: Any) -> None:
    """Take the app away, and wait until that is known."""
    tenant.team.uninstalls()

    async def is_forgotten() -> bool:
        return tenant.team.id not in [one.id for one in await stage.app.house.store.fetch_workspaces()]

    await stage.until(is_forgotten)
