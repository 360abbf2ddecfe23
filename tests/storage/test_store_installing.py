"""Slack workspaces that installed our app: whose token speaks where, and that nobody else reads it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.caller import Account, PersonId
from bot.domain.workspace import Installed
from bot.ports import Store
from storage import open_store

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
ACME = Installed("T1", "Acme", "xoxb-acme-secret", "UBOT", "B1", frozenset({"commands", "im:write"}), NOW)
LABS = replace(ACME, id="T2", name="Acme Labs", token="xoxb-labs", enterprise="E1")
ORG = replace(ACME, id="E1", name="Acme Group", token="xoxb-org", enterprise="E1")


async def speaks(store: Store, team: str, enterprise: str = "", *, is_org_wide: bool = False) -> str:
    found = await store.find_workspace(team, enterprise, is_org_wide=is_org_wide)
    return found.id if found else ""


async def test_what_was_installed_is_found_by_its_team_with_all_that_was_told(store: Store) -> None:
    await store.keep_workspace(ACME)
    assert await store.find_workspace("T1") == ACME
    assert await store.find_workspace("T2") is None
    assert await store.fetch_workspaces() == [ACME]


async def test_an_installation_for_the_organisation_speaks_in_its_teams_and_nowhere_else(
    store: Store,
) -> None:
    await store.keep_workspace(ORG)
    assert await speaks(store, "T7", "E1") == "E1"
    assert await speaks(store, "T7", "E2") == ""
    assert await speaks(store, "T7") == ""
    assert await speaks(store, "") == ""
    await store.note_team("T7", "E1")
    assert await speaks(store, "T7") == "E1"
    await store.note_team("T7", "E2")
    assert await speaks(store, "T7") == ""


async def test_a_teams_own_installation_comes_before_the_organisations_unless_slack_names_that(
    store: Store,
) -> None:
    await store.keep_workspace(ORG)
    await store.keep_workspace(LABS)
    assert await speaks(store, "T2") == "T2"
    assert await speaks(store, "T2", "E1", is_org_wide=True) == "E1"
    assert await store.forget_workspace("T2") == frozenset()
    assert await speaks(store, "T2") == "E1"
    assert await store.forget_workspace("E1") == {"T2"}
    assert await speaks(store, "T2") == ""


async def test_teams_that_an_organisation_closes_are_left_unless_they_have_it_by_themselves(
    store: Store,
) -> None:
    await store.keep_workspace(ORG)
    await store.keep_workspace(LABS)
    for team in ("T7", "T8"):
        await store.note_team(team, "E1")
        account = Account("slack", team, "U1")
        await store.find_or_add_person(account, "Mira", PersonId(f"p-{team}"), NOW)
        await store.keep_channel(account, "D1")
    assert await store.forget_teams("E2", ["T7"]) == frozenset()
    assert await store.forget_teams("E1", ["T2", "T7", "T9"]) == {"T7"}
    assert [await speaks(store, team) for team in ("T2", "T7", "T8")] == ["T2", "", "E1"]
    boxes = [await store.fetch_mailbox(Account("slack", team, "U1")) for team in ("T7", "T8")]
    assert [one.channel_id for one in boxes] == ["", "D1"]
    assert await store.forget_workspace("E1") == {"T8"}
    await store.keep_workspace(ORG)
    assert await speaks(store, "T8") == ""


async def test_installing_again_takes_the_place_of_what_was_there(store: Store) -> None:
    await store.keep_workspace(ACME)
    await store.keep_workspace(replace(ACME, token="xoxb-new"))
    assert [one.token for one in await store.fetch_workspaces()] == ["xoxb-new"]


SOON = replace(ACME, refresh_token="xoxe-1-first", expires_at=NOW + timedelta(hours=12))


async def renewals(store: Store, at: datetime) -> list[str]:
    """Return the installations whose tokens are to be renewed by then."""
    return [one.subject for one in await store.claim_jobs(at, at + timedelta(minutes=3), 8)]


async def test_a_token_that_runs_out_is_kept_with_what_gives_the_next_and_renewed_two_hours_before(
    store: Store,
) -> None:
    await store.keep_workspace(SOON)
    await store.keep_workspace(LABS)
    assert await store.fetch_workspace("T1") == SOON
    assert await renewals(store, NOW + timedelta(hours=9, minutes=59)) == []
    assert await renewals(store, NOW + timedelta(hours=10)) == ["T1"]


async def test_next_tokens_take_the_place_of_those_that_gave_them_and_of_no_others(store: Store) -> None:
    await store.keep_workspace(SOON)
    later = replace(
        SOON, token="xoxe.xoxb-2", refresh_token="xoxe-1-second", expires_at=NOW + timedelta(days=1)
    )
    assert await store.keep_renewed(later, "xoxe-1-first")
    assert await store.fetch_workspace("T1") == later
    other = replace(later, token="xoxe.xoxb-3", refresh_token="xoxe-1-third")
    assert not await store.keep_renewed(other, "xoxe-1-first")
    assert await store.find_workspace("T1") == later
    assert not await store.keep_renewed(replace(other, id="T9"), "xoxe-1-first")


async def test_a_renewal_that_is_under_way_leads_to_the_next_one(store: Store) -> None:
    await store.keep_workspace(SOON)
    at = NOW + timedelta(hours=10)
    (job,) = await store.claim_jobs(at, at + timedelta(minutes=3), 8)
    later = replace(SOON, token="2", refresh_token="xoxe-1-second", expires_at=at + timedelta(hours=12))
    assert await store.keep_renewed(later, "xoxe-1-first")
    await store.finish_job(job)
    assert await renewals(store, at + timedelta(hours=9)) == []
    assert await renewals(store, at + timedelta(hours=10)) == ["T1"]


async def test_what_was_taken_away_or_rotates_no_more_is_not_renewed(store: Store) -> None:
    await store.keep_workspace(SOON)
    await store.keep_workspace(replace(SOON, id="T3"))
    await store.forget_workspace("T1")
    await store.keep_workspace(replace(ACME, id="T3"))
    assert await renewals(store, NOW + timedelta(days=1)) == []


async def test_only_the_token_that_was_meant_is_forgotten(store: Store) -> None:
    await store.keep_workspace(ACME)
    assert await store.forget_workspace("T1", token="xoxb-older") == frozenset()
    assert await store.forget_workspace("T1", until=NOW) == frozenset()
    assert await speaks(store, "T1") == "T1"
    soon = NOW + timedelta(seconds=1)
    assert await store.forget_workspace("T1", token=ACME.token, until=soon) == {"T1"}
    assert await store.forget_workspace("T1") == frozenset()


async def test_members_keep_everything_but_the_bots_channel_to_them(store: Store) -> None:
    await store.keep_workspace(ACME)
    mira, other = Account("slack", "T1", "U1"), Account("slack", "T2", "U1")
    for account, person in ((mira, "p1"), (other, "p2")):
        await store.find_or_add_person(account, "Mira", PersonId(person), NOW)
        await store.keep_channel(account, "D1")
        await store.keep_locale(account, "de-DE")
    await store.note_refused(mira, NOW)
    await store.forget_workspace("T1")
    left = await store.fetch_mailbox(mira)
    assert (left.channel_id, left.refused_at, left.locale) == ("", None, "de-DE")
    assert (await store.fetch_mailbox(other)).channel_id == "D1"
    assert await store.find_person(mira) is not None


async def test_a_state_is_taken_once_and_not_after_it_ran_out(store: Store) -> None:
    soon = NOW + timedelta(minutes=10)
    await store.keep_state("hash", NOW, soon)
    assert not await store.take_state("another", NOW)
    assert not await store.take_state("hash", soon)
    assert await store.take_state("hash", NOW)
    assert not await store.take_state("hash", NOW)


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[tuple[Store, Path]]:
    async with open_store(f"sqlite:///{tmp_path}/troupe.db") as store:
        yield store, tmp_path


async def test_no_token_stands_in_the_file_as_it_is(kept: tuple[Store, Path]) -> None:
    store, folder = kept
    await store.keep_workspace(SOON)
    assert await speaks(store, "T1") == "T1"
    for secret in (SOON.token, SOON.refresh_token):
        assert not any(secret.encode() in file.read_bytes() for file in folder.iterdir())
        assert secret not in repr(SOON)
