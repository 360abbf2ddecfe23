"""The fake Slack's side of an installation: codes, credentials, addresses, tokens that end, organisations."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, open_fake_slack

pytestmark = pytest.mark.anyio

BACK = "https://talk.example.com/slack/oauth_redirect"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with open_fake_slack() as opened:
        yield opened


def consent(slack: FakeSlack, where, back: str = BACK) -> str:
    """Return the code that somebody's yes gives."""
    asked = f"client_id={slack.installs.client_id}&scope=commands,chat:write&state=s&redirect_uri={back}"
    there = slack.installs.consents(f"{slack.url}/oauth/v2/authorize?{asked}", where)
    return there.partition("code=")[2].partition("&")[0]


async def access(slack: FakeSlack, **more: str) -> dict:
    form = {
        "client_id": slack.installs.client_id,
        "client_secret": slack.installs.client_secret,
        "redirect_uri": BACK,
        **more,
    }
    return (await AsyncWebClient(base_url=slack.api_url).api_call("oauth.v2.access", data=form)).data


async def test_a_code_is_good_once_for_the_app_that_asked_and_the_address_that_it_named(slack) -> None:
    acme = slack.adds_workspace("Acme", is_installed=False)
    for more, error in (
        ({"client_id": "0"}, "invalid_client_id"),
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"redirect_uri": "https://elsewhere.example.com"}, "bad_redirect_uri"),
        ({"code": "guessed"}, "invalid_code"),
    ):
        with pytest.raises(SlackApiError, match=error):
            await access(slack, **{"code": consent(slack, acme), **more})
    code = consent(slack, acme)
    told = await access(slack, code=code)
    assert told["team"] == {"id": acme.id, "name": "Acme"}
    assert told["scope"] == "commands,chat:write"
    assert told["access_token"] == acme.bot_token
    with pytest.raises(SlackApiError, match="invalid_code"):
        await access(slack, code=code)


async def test_a_token_that_was_taken_back_is_dead_and_the_next_is_another(slack) -> None:
    acme = slack.adds_workspace("Acme", is_installed=False)
    first = (await access(slack, code=consent(slack, acme)))["access_token"]
    client = AsyncWebClient(token=first, base_url=slack.api_url)
    await client.auth_revoke()
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
    second = (await access(slack, code=consent(slack, acme)))["access_token"]
    assert second != first
    with pytest.raises(SlackApiError, match="account_inactive"):
        await client.auth_test()
    with pytest.raises(SlackApiError, match="bad_client_secret"):
        await AsyncWebClient(token=second, base_url=slack.api_url).apps_uninstall(
            client_id=slack.installs.client_id, client_secret="guessed"
        )


async def test_an_organisations_token_names_the_workspace_and_knows_no_other(slack) -> None:
    group, other = slack.adds_enterprise("Group"), slack.adds_workspace("Globex")
    labs = slack.adds_workspace("Labs", is_installed=False, enterprise=group)
    told = await access(slack, code=consent(slack, group))
    assert (told["team"], told["is_enterprise_install"]) == (None, True)
    assert told["enterprise"] == {"id": group.id, "name": "Group"}
    for team, error in (("", "missing_argument"), (other.id, "team_not_found")):
        client = AsyncWebClient(token=group.bot_token, base_url=slack.api_url, team_id=team or None)
        with pytest.raises(SlackApiError, match=error):
            await client.chat_postMessage(channel="C1", text="x")
    client = AsyncWebClient(token=group.bot_token, base_url=slack.api_url, team_id=labs.id)
    labs.invites_bot("general")
    await client.chat_postMessage(channel=labs.channels["general"].id, text="Hello")
    assert [one.text for one in labs.channels["general"].posts] == ["Hello"]


async def test_an_organisations_workspaces_are_listed_page_by_page_without_those_that_are_closed(
    slack,
) -> None:
    group = slack.adds_enterprise("Group")
    names = ("Labs", "Plant", "Closed")
    labs, plant, closed = (slack.adds_workspace(one, is_installed=False, enterprise=group) for one in names)
    closed.is_closed = True
    await access(slack, code=consent(slack, group))
    client = AsyncWebClient(token=group.bot_token, base_url=slack.api_url)
    first = await client.auth_teams_list(limit=1)
    assert first["teams"] == [{"id": labs.id, "name": "Labs"}]
    rest = await client.auth_teams_list(limit=1, cursor=first["response_metadata"]["next_cursor"])
    assert rest["teams"] == [{"id": plant.id, "name": "Plant"}]
    assert rest["response_metadata"]["next_cursor"] == ""
    there = AsyncWebClient(token=group.bot_token, base_url=slack.api_url, team_id=closed.id)
    with pytest.raises(SlackApiError, match="team_not_found"):
        await there.users_info(user="U1")


async def refresh(slack: FakeSlack, token: str) -> dict:
    form = {
        "client_id": slack.installs.client_id,
        "client_secret": slack.installs.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": token,
    }
    return (await AsyncWebClient(base_url=slack.api_url).api_call("oauth.v2.access", data=form)).data


async def error_of(slack: FakeSlack, token: str) -> str:
    """Return why a token is none."""
    try:
        await AsyncWebClient(token=token, base_url=slack.api_url).auth_test()
    except SlackApiError as error:
        return error.response["error"]
    return ""


async def test_a_token_that_rotates_runs_out_and_what_gives_the_next_is_good_once(slack) -> None:
    slack.installs.rotates = True
    acme = slack.adds_workspace("Acme", is_installed=False)
    first = await access(slack, code=consent(slack, acme))
    assert first["expires_in"] == 43_200
    slack.installs.rotation.ages(hours=10)
    second = await refresh(slack, first["refresh_token"])
    assert await error_of(slack, first["access_token"]) == ""
    slack.installs.rotation.ages(hours=2)
    assert await error_of(slack, first["access_token"]) == "token_expired"
    assert await error_of(slack, second["access_token"]) == ""
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await refresh(slack, first["refresh_token"])
    third = await refresh(slack, second["refresh_token"])
    again = await refresh(slack, second["refresh_token"])
    assert await error_of(slack, second["access_token"]) == "token_revoked"
    assert [await error_of(slack, one["access_token"]) for one in (third, again)] == ["", ""]
    slack.world.removes(acme)
    with pytest.raises(SlackApiError, match="invalid_refresh_token"):
        await refresh(slack, again["refresh_token"])


async def test_where_tokens_rotate_to_revoke_one_takes_nothing_else_away(slack) -> None:
    slack.installs.rotates = True
    acme = slack.adds_workspace("Acme", is_installed=False)
    first = await access(slack, code=consent(slack, acme))
    await AsyncWebClient(token=first["access_token"], base_url=slack.api_url).auth_revoke()
    assert await error_of(slack, first["access_token"]) == "token_revoked"
    second = await refresh(slack, first["refresh_token"])
    assert await error_of(slack, second["access_token"]) == ""
