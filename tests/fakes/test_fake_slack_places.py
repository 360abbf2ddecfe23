"""What the fake Slack tells of workspaces, people, channels and files, and to whom."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.scopes import METHODS
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


async def test_a_token_is_asked_for_and_looked_at(wire: Wire) -> None:
    assert (await wire.calls("auth.test", token="")).error == "not_authed"
    assert (await wire.calls("auth.test", token="xoxb-other")).error == "invalid_auth"
    told = (await wire.calls("auth.test")).body
    assert (told["team_id"], told["user_id"]) == (wire.acme.id, wire.acme.bot.id)
    wire.acme.revokes_token()
    assert (await wire.calls("auth.test")).error == "token_revoked"


async def test_a_body_that_is_no_json_is_refused(wire: Wire) -> None:
    headers = {"Authorization": f"Bearer {wire.acme.bot_token}", "Content-Type": "application/json"}
    async with wire.http.post(f"{wire.slack.api_url}auth.test", data="{", headers=headers) as answer:
        assert (await answer.json())["error"] == "invalid_json"
    assert (await wire.calls("chat.delete", channel="C1", ts="1", text="x")).error == "invalid_arguments"
    assert (await wire.calls("views.update", view={})).error == "invalid_arguments"
    assert (await wire.calls("files.info", file="F1")).error == "file_not_found"


async def test_an_unknown_method_is_noted(wire: Wire) -> None:
    answer = await wire.calls("conversations.archive", channel="C1")
    assert (answer.status, answer.error) == (200, "unknown_method")
    async with wire.http.get(f"{wire.slack.url}/elsewhere") as nowhere:
        assert nowhere.status == 404
    assert [one.path for one in wire.slack.unrouted] == ["conversations.archive", "/elsewhere"]


@pytest.mark.parametrize("method", [method for method, scope in METHODS.items() if scope])
async def test_a_missing_right_is_named(wire: Wire, method: str) -> None:
    wire.acme.scopes = tuple(one for one in wire.acme.scopes if one != METHODS[method])
    answer = await wire.calls(method, user=wire.mira.id, users=wire.mira.id)
    assert answer.error == "missing_scope"
    assert answer.body["needed"] == METHODS[method]
    assert answer.body["provided"] == ",".join(wire.acme.scopes)


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members"])
async def test_channels_are_told_by_their_kind(wire: Wire, method: str) -> None:
    acme, mira = wire.acme, wire.mira
    closed = acme.adds_channel("closed", private=True, members=(mira,), with_bot=True)
    for channel, scope in ((wire.general, "channels:read"), (closed, "groups:read"), (mira.dm, "im:read")):
        told = (await wire.calls(method, channel=channel.id)).body
        if method == "conversations.info":
            assert (told["channel"]["id"], told["channel"]["is_member"]) == (channel.id, True)
        else:
            assert set(told["members"]) == {mira.id, acme.bot.id}
        acme.scopes = tuple(one for one in acme.scopes if one != scope)
        assert (await wire.calls(method, channel=channel.id)).body["needed"] == scope
    assert (await wire.calls(method, channel="C1")).error == "channel_not_found"
    hidden = acme.adds_channel("hidden", private=True, members=(mira,))
    assert (await wire.calls(method, channel=hidden.id)).error == "channel_not_found"


async def test_direct_messages_are_opened_and_stay_the_same(wire: Wire) -> None:
    mira = wire.mira
    for _ in range(2):
        opened = await wire.calls("conversations.open", users=mira.id)
        assert opened.body["channel"]["id"] == mira.dm.id
    assert (await wire.calls("conversations.open", channel=mira.dm.id)).ok
    errors = {}
    for users in ("U1", wire.acme.bot.id, ""):
        errors[users] = (await wire.calls("conversations.open", users=users)).error
    assert list(errors.values()) == ["user_not_found", "cannot_dm_bot", "invalid_arguments"]
    mira.leaves()
    assert (await wire.calls("conversations.open", users=mira.id)).error == "user_disabled"


async def test_several_are_brought_together_with_the_right_to(wire: Wire) -> None:
    people = [wire.mira, *(wire.acme.adds_person(f"P{number}") for number in range(8))]

    def ids(count: int) -> str:
        return ",".join(one.id for one in people[:count])

    assert (await wire.calls("conversations.open", users=ids(8))).body["needed"] == "mpim:write"
    wire.acme.grants("mpim:write")
    opened = await wire.calls("conversations.open", users=ids(8))
    assert (await wire.calls("conversations.open", users=ids(8))).body == opened.body
    assert (await wire.calls("conversations.open", users=ids(9))).error == "too_many_users"
    sent = await wire.calls("chat.postMessage", channel=opened.body["channel"]["id"], text="All")
    assert sent.ok


async def test_people_are_told(wire: Wire) -> None:
    ada = wire.acme.adds_person("Ada", owner=True, guest=False, phone="+49", email="ada@x.example", tz="UTC")
    told = (await wire.calls("users.info", user=ada.id)).body["user"]
    assert (told["real_name"], told["tz"], told["is_admin"], told["is_owner"]) == ("Ada", "UTC", True, True)
    assert (told["profile"]["phone"], told["profile"]["display_name"]) == ("+49", "")
    assert "email" not in told["profile"]
    assert "locale" not in told
    wire.acme.grants("users:read.email")
    told = (await wire.calls("users.info", user=ada.id, include_locale=True)).body["user"]
    assert (told["profile"]["email"], told["locale"]) == ("ada@x.example", "en-US")
    assert (await wire.calls("users.info", user="U1")).error == "user_not_found"
    guest = wire.acme.adds_person("Gus", guest=True)
    told = (await wire.calls("users.info", user=guest.id)).body["user"]
    assert (told["is_restricted"], told["is_admin"]) == (True, False)
    assert guest not in wire.general.members


async def test_people_are_listed_page_by_page(wire: Wire) -> None:
    for number in range(4):
        wire.acme.adds_person(f"P{number}")
    found, cursor = [], ""
    while True:
        page = (await wire.calls("users.list", limit=4, cursor=cursor)).body
        found += [one["name"] for one in page["members"]]
        cursor = page["response_metadata"]["next_cursor"]
        if not cursor:
            break
    assert found == ["mira", "p0", "p1", "p2", "p3", "troupe"]
    assert (await wire.calls("users.list", cursor="x")).error == "invalid_cursor"
    assert (await wire.calls("users.list", limit=1001)).error == "invalid_limit"


async def test_groups_and_workspaces_are_told(wire: Wire) -> None:
    knights = wire.acme.adds_group("knights", wire.mira)
    wire.acme.adds_group("old").is_disabled = True
    told = (await wire.calls("usergroups.list", include_users=True)).body["usergroups"]
    assert [(one["handle"], one["users"]) for one in told] == [("knights", [wire.mira.id])]
    told = (await wire.calls("usergroups.list", include_disabled=True)).body["usergroups"]
    assert [one["handle"] for one in told] == ["knights", "old"]
    assert (await wire.calls("usergroups.users.list", usergroup=knights.id)).body["users"] == [wire.mira.id]
    assert (await wire.calls("usergroups.users.list", usergroup="S1")).error == "no_such_subteam"
    assert (await wire.calls("team.info")).body["team"]["name"] == "Acme"


async def test_the_same_id_is_somebody_else_in_another_workspace(wire: Wire) -> None:
    other = wire.slack.adds_workspace("Other", scopes=wire.acme.scopes)
    ben = other.adds_person("Ben", id=wire.mira.id)
    names = [
        (await wire.calls("users.info", token=team.bot_token, user=ben.id)).body["user"]["name"]
        for team in (wire.acme, other)
    ]
    assert names == ["mira", "ben"]
    await wire.calls("chat.postMessage", token=other.bot_token, channel=ben.id, text="Hello")
    assert ([one.text for one in ben.dms], wire.mira.dms) == (["Hello"], [])


async def test_files_go_out_in_three_steps(wire: Wire) -> None:
    client = AsyncWebClient(token=wire.acme.bot_token, base_url=wire.slack.api_url)
    await client.files_upload_v2(
        channel=wire.mira.dm.id, filename="past.json", content="{}", initial_comment="Yours"
    )
    (shown,) = wire.mira.dms
    assert (shown.text, shown.files) == ("Yours", {"past.json": b"{}"})
    assert [one.path for one in wire.slack.requests if "/upload/" in one.path] != []
    assert wire.slack.refused == []


async def starts_upload(wire: Wire, content: bytes, length: int) -> str:
    begun = (await wire.calls("files.getUploadURLExternal", filename="a.txt", length=length)).body
    async with wire.http.post(begun["upload_url"], data=content) as answer:
        assert answer.status == 200
    return str(begun["file_id"])


async def test_files_that_are_not_whole_are_refused(wire: Wire) -> None:
    done = await starts_upload(wire, b"{}", 2)
    short = await starts_upload(wire, b"{", 2)

    async def completes(file_id: str, **more: Any) -> str:
        return (await wire.calls("files.completeUploadExternal", files=[{"id": file_id}], **more)).error

    assert await completes(short) == "file_update_failed"
    assert await completes("F1") == "file_not_found"
    assert await completes(done, channel_id=wire.mira.id) == "channel_not_found"
    assert await completes(done) == ""
    assert await completes(done) == "file_not_found"
    for length in (0, "x"):
        told = await wire.calls("files.getUploadURLExternal", filename="a", length=length)
        assert told.error == "invalid_arguments"
    async with wire.http.post(f"{wire.slack.url}/upload/F1", data=b"x") as answer:
        assert answer.status == 404


async def fetched(wire: Wire, url: str, token: str) -> tuple[int, str, bytes]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with wire.http.get(url, headers=headers) as answer:
        return answer.status, answer.content_type, await answer.read()


async def test_a_file_is_given_to_the_right_token_and_a_login_page_to_any_other(wire: Wire) -> None:
    shared = await wire.mira.shares_file("past.json", b"{}", text="My past")
    told = (await wire.calls("files.info", file=shared.message.files[0].id)).body["file"]
    assert (told["name"], told["size"], told["mimetype"]) == ("past.json", 2, "application/json")
    url, token = told["url_private"], wire.acme.bot_token
    assert await fetched(wire, url, token) == (200, "application/json", b"{}")
    other = wire.slack.adds_workspace("Other")
    for wrong in ("", "xoxb-other", other.bot_token):
        status, kind, page = await fetched(wire, url, wrong)
        assert (status, kind) == (200, "text/html")
        assert b"Sign in" in page
    wire.acme.scopes = ("chat:write",)
    assert (await fetched(wire, url, token))[1] == "text/html"
    assert (await wire.calls("files.info", file="F1")).error == "missing_scope"


async def test_a_file_is_told_of_falsely(wire: Wire) -> None:
    evil = "http://127.0.0.1:1/evil.json"
    await wire.mira.shares_file("past.json", b"{}", size=10**9, mimetype="image/png", url=evil)
    (told,) = wire.slack.events[-1].payload["event"]["files"]
    assert (told["size"], told["mimetype"], told["url_private"]) == (10**9, "image/png", evil)


async def test_nobody_writes_in_another_workspace(wire: Wire) -> None:
    other = wire.slack.adds_workspace("Other")
    with pytest.raises(AssertionError, match="is not in general"):
        await wire.mira.writes("Hello", where=other.channels["general"])
