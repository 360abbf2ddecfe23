"""Where the fake Discord lets a bot write, and what it tells of servers and people."""

import pytest

from tests.fakes.discord import FakeDiscord, Inn, Person
from tests.fakes.wire import Wire

pytestmark = pytest.mark.anyio

HELLO = {"content": "Hello"}


async def writes(wire: Wire, channel_id: str) -> tuple[int, int]:
    answer = await wire.asks("POST", f"/channels/{channel_id}/messages", HELLO)
    return answer.status, answer.code if answer.status >= 400 else 0


async def test_a_dm_channel_is_opened_and_stays_the_same(wire: Wire, mira: Person) -> None:
    opened = await wire.asks("POST", "/users/@me/channels", {"recipient_id": int(mira.id)})
    again = await wire.asks("POST", "/users/@me/channels", {"recipient_id": mira.id})
    assert opened.body == again.body
    assert (opened.body["id"], opened.body["type"]) == (mira.dm.id, 1)
    assert opened.body["recipients"][0]["global_name"] == "Mira"
    assert await writes(wire, opened.body["id"]) == (200, 0)
    assert (await mira.is_told("Hello")).text == "Hello"
    nobody = await wire.asks("POST", "/users/@me/channels", {"recipient_id": "1"})
    assert (nobody.status, nobody.code) == (400, 50033)


@pytest.mark.parametrize("code", [50007, 50278, 40003, 20009])
async def test_closed_dms_are_refused_with_their_code(wire: Wire, mira: Person, code: int) -> None:
    mira.closes_dms(code)
    assert await writes(wire, mira.dm.id) == (403, code)
    opened = await wire.asks("POST", "/users/@me/channels", {"recipient_id": mira.id})
    assert opened.status == (403 if code in (50278, 40003) else 200)
    mira.opens_dms()
    assert await writes(wire, mira.dm.id) == (200, 0)
    assert [shown.text for shown in mira.dms] == ["Hello"]


async def test_who_shares_no_server_gets_no_dm_unless_they_installed_the_app(
    wire: Wire, inn: Inn, mira: Person
) -> None:
    inn.loses(mira)
    assert await writes(wire, mira.dm.id) == (403, 50278)
    mira.installs_app()
    assert await writes(wire, mira.dm.id) == (200, 0)
    mira.uninstalls_app()
    assert await writes(wire, mira.dm.id) == (403, 50278)


async def test_channels_refuse_the_bot(wire: Wire, discord: FakeDiscord, inn: Inn, mira: Person) -> None:
    tavern, cellar = inn.channels["tavern"], inn.channels["cellar"]
    night = inn.adds_thread("tavern", "night")
    for channel in (tavern, night):
        assert await writes(wire, channel.id) == (200, 0)
    tavern.refuses_bot = True
    cellar.hides_from_bot = True
    for channel, code in ((tavern, 50013), (night, 50013), (cellar, 50001)):
        assert await writes(wire, channel.id) == (403, code)
        assert (await wire.asks("POST", f"/channels/{channel.id}/typing")).code == code
    assert (await wire.asks("GET", f"/channels/{cellar.id}")).code == 50001
    assert await writes(wire, "1") == (404, 10003)
    ben = discord.adds_person("Ben")
    assert await writes(wire, discord.adds_private_channel(mira, ben).id) == (403, 50001)
    inn.removes_bot()
    assert await writes(wire, tavern.id) == (403, 50001)
    assert discord.invalid_requests == 9


async def test_typing_is_seen(wire: Wire, mira: Person) -> None:
    assert (await wire.asks("POST", f"/channels/{mira.dm.id}/typing")).status == 204
    assert mira.sees_typing == 1


async def test_only_own_messages_are_edited_and_deleted(wire: Wire, inn: Inn, mira: Person) -> None:
    written = await mira.writes("Mine")
    there = await mira.writes("Mine too", where=inn.channels["tavern"])
    for shown, code in ((written, 50003), (there, 50013)):
        path = f"/channels/{shown.message.channel.id}/messages/{shown.message.id}"
        assert (await wire.asks("GET", path)).status == 200
        edit = await wire.asks("PATCH", path, HELLO)
        assert (edit.status, edit.code) == (403, 50005)
        assert (await wire.asks("DELETE", path)).code == code
    path = f"/channels/{mira.dm.id}/messages"
    own = (await wire.asks("POST", path, HELLO)).body["id"]
    assert (await wire.asks("PATCH", f"{path}/{own}", {"content": "Good evening"})).status == 200
    assert mira.dms[0].text == "Good evening"
    assert (await wire.asks("DELETE", f"{path}/{own}")).status == 204
    assert mira.dms == []
    assert (await wire.asks("GET", f"{path}/{own}")).code == 10008
    assert (await wire.asks("PATCH", f"{path}/{own}", HELLO)).code == 10008


async def test_messages_are_listed_the_newest_first(wire: Wire, inn: Inn, mira: Person) -> None:
    path = f"/channels/{mira.dm.id}/messages"
    written = await mira.writes("One")
    reply = HELLO | {"message_reference": {"message_id": written.message.id}}
    answer = (await wire.asks("POST", path, reply)).body
    assert answer["message_reference"]["message_id"] == written.message.id
    assert [one["content"] for one in (await wire.asks("GET", path)).body] == ["Hello", "One"]
    assert len((await wire.asks("GET", f"{path}?limit=1")).body) == 1
    before = await wire.asks("GET", f"{path}?before={answer['id']}")
    after = await wire.asks("GET", f"{path}?after={written.message.id}")
    assert [[one["content"] for one in found.body] for found in (before, after)] == [["One"], ["Hello"]]


async def test_servers_members_and_roles_are_told(
    wire: Wire, discord: FakeDiscord, inn: Inn, mira: Person
) -> None:
    ben = discord.adds_person("Ben")
    inn.admits(ben, roles=("Knights",), nick="Sir Ben")
    member = await wire.asks("GET", f"/guilds/{inn.id}/members/{ben.id}")
    assert member.body["nick"] == "Sir Ben"
    assert member.body["roles"] == [inn.roles["Knights"].id]
    inn.loses(ben)
    gone = await wire.asks("GET", f"/guilds/{inn.id}/members/{ben.id}")
    assert (gone.status, gone.code) == (404, 10007)
    assert (await wire.asks("GET", f"/guilds/{inn.id}/members/1")).code == 10013
    names = [one["name"] for one in (await wire.asks("GET", f"/guilds/{inn.id}/roles")).body]
    assert names == ["@everyone", "Knights"]
    assert (await wire.asks("GET", f"/guilds/{inn.id}")).body["name"] == "The Inn"
    assert (await wire.asks("GET", "/guilds/1")).code == 10004
    elsewhere = discord.adds_server("Elsewhere", with_bot=False)
    assert (await wire.asks("GET", f"/guilds/{elsewhere.id}")).code == 50001
    assert (await wire.asks("GET", f"/users/{mira.id}")).body["global_name"] == "Mira"
    channel = (await wire.asks("GET", f"/channels/{inn.channels['tavern'].id}")).body
    assert (channel["name"], channel["nsfw"]) == ("tavern", False)


async def test_the_application_is_told_as_it_is_set(wire: Wire, discord: FakeDiscord) -> None:
    discord.application["bot_public"] = False
    discord.application["interactions_endpoint_url"] = "https://x.example"
    told = (await wire.asks("GET", "/oauth2/applications/@me")).body
    assert (told["bot_public"], told["interactions_endpoint_url"]) == (False, "https://x.example")
    assert (await wire.asks("GET", "/users/@me")).body["id"] == discord.application_id
    assert (await wire.asks("GET", "/gateway/bot")).body["url"] == discord.gateway_url


async def test_a_wrong_token_is_refused_and_an_unknown_route_is_noted(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    for path in ("/users/@me", f"/channels/{mira.dm.id}", "/gateway/bot"):
        assert (await wire.asks("GET", path, token="x")).status == 401
    assert discord.unrouted == []
    assert (await wire.asks("GET", "/voice/regions")).status == 404
    assert (await wire.asks("DELETE", "/users/@me")).status == 405
    assert [one.path for one in discord.unrouted] == ["/voice/regions", "/users/@me"]


async def test_an_app_installed_by_a_person_works_where_the_bot_is_not(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    elsewhere = discord.adds_server("Elsewhere", with_bot=False)
    elsewhere.admits(mira)
    hall = elsewhere.channels["general"]
    await wire.registers({"name": "call", "description": "Call"})
    with pytest.raises(AssertionError, match="the bot is not here"):
        await mira.types("call", where=hall)
    async with wire.identified() as ear:
        await discord.is_ready()
        asked = await mira.types("call", where=hall, as_user_install=True, waits=False)
        told = await ear.hears("INTERACTION_CREATE")
        assert told["authorizing_integration_owners"] == {"1": mira.id}
        assert (told["context"], told["guild"]["id"]) == (0, elsewhere.id)
        await wire.calls_back(asked, 4, HELLO)
        for _ in range(5):
            assert (await wire.follows_up(asked, HELLO)).status == 200
        sixth = await wire.follows_up(asked, HELLO)
        assert (sixth.status, sixth.code) == (400, 40094)
        assert not asked.answers[0].is_private
        elsewhere.admits(mira, uses_external_apps=False)
        hidden = await mira.types("call", where=hall, waits=False)
        await wire.calls_back(hidden, 4, HELLO)
        assert hidden.answers[0].is_private


async def test_an_app_installed_by_a_person_works_among_friends(
    wire: Wire, discord: FakeDiscord, mira: Person
) -> None:
    friends = discord.adds_private_channel(mira, discord.adds_person("Ben"), discord.adds_person("Ada"))
    await wire.registers({"name": "call", "description": "Call"})
    async with wire.identified() as ear:
        await discord.is_ready()
        asked = await mira.types("call", where=friends, as_user_install=True, waits=False)
        assert (await ear.hears("INTERACTION_CREATE"))["context"] == 2
        await wire.calls_back(asked, 4, HELLO)
        assert [shown.text for shown in friends.posts] == ["Hello"]


async def test_an_interaction_tells_where_it_comes_from(
    wire: Wire, discord: FakeDiscord, inn: Inn, mira: Person
) -> None:
    await wire.registers({"name": "call", "description": "Call"})
    inn.admits(mira, manages=True)
    mira.locale = "de"
    night = inn.adds_thread("tavern", "night")
    inn.channels["tavern"].refuses_bot = True
    async with wire.identified() as ear:
        await discord.is_ready()
        await mira.types("call", where=night, waits=False)
        there = await ear.hears("INTERACTION_CREATE")
        await mira.types("call", waits=False)
        here = await ear.hears("INTERACTION_CREATE")
    assert there["channel"]["parent_id"] == inn.channels["tavern"].id
    assert int(there["member"]["permissions"]) & 1 << 5
    assert not int(there["app_permissions"]) & 1 << 11
    assert (there["locale"], there["guild_locale"], there["context"]) == ("de", "en-US", 0)
    assert there["authorizing_integration_owners"] == {"0": inn.id}
    assert (here["context"], here["user"]["id"], "member" in here) == (1, mira.id, False)
    assert here["authorizing_integration_owners"] == {"0": "0"}
    assert here["attachment_size_limit"] == 10 * 1024 * 1024


async def test_a_bot_opens_a_thread_and_takes_somebody_in(wire: Wire, inn: Inn, mira: Person) -> None:
    tavern = inn.channels["tavern"]
    path = f"/channels/{tavern.id}/threads"
    opened = await wire.asks("POST", path, {"name": "x" * 100, "type": 12, "auto_archive_duration": 1440})
    assert (opened.status, opened.body["parent_id"]) == (201, tavern.id)
    thread = inn.channels["x" * 100]
    admitted = await wire.asks("PUT", f"/channels/{thread.id}/thread-members/{mira.id}")
    assert (admitted.status, thread.recipients) == (204, (mira,))
    assert await writes(wire, thread.id) == (200, 0)
    assert (await wire.asks("PUT", f"/channels/{thread.id}/thread-members/1")).code == 10007
    for wrong, field in (
        ({"name": "x" * 101}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x", "auto_archive_duration": 61}, "auto_archive_duration"),
        ({"name": "x", "type": 0}, "type"),
    ):
        assert (await wire.asks("POST", path, wrong)).faults == [field]
    assert (await wire.asks("POST", f"/channels/{mira.dm.id}/threads", {"name": "x"})).code == 50024
    tavern.refuses_bot = True
    assert (await wire.asks("POST", path, {"name": "x"})).code == 50013
