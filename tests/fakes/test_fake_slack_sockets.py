"""How the fake Slack's sockets are opened, what they are handed, and how they are lost."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from tests.fakes.slack import open_fake_slack
from tests.fakes.slack.small_app import running_app
from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


async def test_a_socket_is_opened_with_the_apps_own_token(wire: Wire) -> None:
    for token, error in (
        ("", "not_authed"),
        ("xapp-1-other", "invalid_auth"),
        (wire.acme.bot_token, "not_allowed_token_type"),
    ):
        assert (await wire.calls("apps.connections.open", token=token)).error == error
    assert (await wire.calls("auth.test", token=wire.slack.app_token)).error == "not_allowed_token_type"
    opened = await wire.calls("apps.connections.open", token=wire.slack.app_token)
    async with wire.http.ws_connect(opened.body["url"]) as socket:
        hello = await socket.receive_json()
    assert (hello["type"], hello["connection_info"]["app_id"]) == ("hello", wire.slack.app_id)


async def test_an_address_opens_one_socket(wire: Wire) -> None:
    opened = await wire.calls("apps.connections.open", token=wire.slack.app_token)
    async with wire.http.ws_connect(opened.body["url"]):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await wire.http.ws_connect(opened.body["url"])
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await wire.http.ws_connect(wire.slack.url + "/link")


async def test_an_eleventh_socket_is_sent_away(wire: Wire) -> None:
    sockets = []
    for _ in range(11):
        opened = await wire.calls("apps.connections.open", token=wire.slack.app_token)
        sockets.append(await wire.http.ws_connect(opened.body["url"]))
    told = [await socket.receive_json() for socket in sockets]
    assert [frame.get("num_connections") for frame in told[:10]] == list(range(1, 11))
    assert told[10]["reason"] == "too_many_websockets"
    for socket in sockets:
        await socket.close()
    await wire.slack.is_gone()


async def test_each_envelope_goes_to_one_of_several_sockets(wire: Wire) -> None:
    async with wire.connects() as one, wire.connects() as other:
        asked = [await wire.mira.types(f"/ring {number}", waits=False) for number in range(2)]
        frames = [await ear.hears("slash_commands") for ear in (one, other)]
        assert [frame["payload"]["text"] for frame in frames] == ["0", "1"]
        await other.acks(frames[0])  # any socket may acknowledge
        assert await asked[0].acknowledges() == "bare"
        assert asked[1].acknowledged is None


async def test_what_is_no_acknowledgement_is_kept(wire: Wire) -> None:
    async with wire.connects() as ear:
        for text in ("{", "[]", '{"type": "x"}'):
            await ear.socket.send_str(text)
        await ear.acks({"envelope_id": "unknown"})
        await wire.slack.until(lambda: len(wire.slack.sockets.not_understood) == 3)


async def test_an_event_is_told_and_acknowledged(wire: Wire) -> None:
    async with wire.connects() as ear:
        written = await wire.mira.writes("Hello")
        frame = await ear.hears("events_api")
        assert (frame["retry_attempt"], frame["accepts_response_payload"]) == (0, False)
        event = frame["payload"]["event"]
        assert (event["type"], event["channel_type"], event["text"]) == ("message", "im", "Hello")
        assert (event["ts"], event["channel"]) == (written.message.ts, wire.mira.dm.id)
        await ear.acks(frame)
        (told,) = wire.slack.events
        await wire.slack.until(lambda: told.is_acked)
        assert told.id == frame["payload"]["event_id"]


async def test_an_event_is_told_up_to_four_times(wire: Wire) -> None:
    slack = wire.slack
    async with wire.connects() as ear:
        await wire.mira.writes("Hello")
        frames = [await ear.hears("events_api")]
        for retry, pause in ((1, 0), (2, 61), (3, 301)):
            slack.moves_clock(seconds=3.1)
            await slack.until(lambda: slack.events[0].tries[retry - 1].failure)  # noqa: B023
            slack.moves_clock(seconds=pause)
            frames.append(await ear.hears("events_api"))
            assert (frames[-1]["retry_attempt"], frames[-1]["retry_reason"]) == (retry, "http_timeout")
        slack.moves_clock(hours=1)
        await slack.until(lambda: slack.events[0].tries[-1].failure)
        assert len(slack.events[0].tries) == 4
        assert len({frame["payload"]["event_id"] for frame in frames}) == 1
        assert len({frame["envelope_id"] for frame in frames}) == 4


async def test_an_event_is_told_twice_or_once_more_on_request(wire: Wire) -> None:
    async with wire.connects() as ear:
        await wire.mira.writes("Hello", twice=True)
        frames = [await ear.hears("events_api") for _ in range(2)]
        wire.slack.repeats(wire.slack.events[0])
        frames.append(await ear.hears("events_api"))
        assert len({frame["payload"]["event_id"] for frame in frames}) == len(wire.slack.events) == 1
        for frame in frames:
            await ear.acks(frame)


async def test_only_what_the_app_may_hear_is_told(wire: Wire) -> None:
    slack, acme, mira = wire.slack, wire.acme, wire.mira
    await mira.writes("Hello all", where=wire.general)
    await mira.writes("@Troupe hello", where=wire.general)
    assert slack.events == []
    slack.settings.bot_events = ("message.im", "message.channels", "app_mention")
    await mira.writes("@Troupe hello", where=wire.general)
    assert slack.events == []
    acme.grants("channels:history", "app_mentions:read")
    await mira.writes("@Troupe hello", where=wire.general)
    assert [one.name for one in slack.events] == ["message.channels", "app_mention"]
    assert slack.events[1].payload["event"]["text"] == f"<@{acme.bot.id}> hello"
    await mira.writes("Hello", where=acme.adds_channel("elsewhere"))
    assert len(slack.events) == 2
    acme.scopes = ()
    await mira.writes("Hello")
    assert len(slack.events) == 2


async def test_own_messages_come_back_with_the_id_of_the_bot(wire: Wire) -> None:
    sent = await wire.calls("chat.postMessage", channel=wire.mira.id, text="Hello")
    where = {"channel": sent.body["channel"], "ts": sent.body["ts"]}
    await wire.calls("chat.update", **where, text="Hi")
    await wire.calls("chat.delete", **where)
    events = [one.payload["event"] for one in wire.slack.events]
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert (events[0]["bot_id"], events[0]["user"]) == (wire.acme.bot_id, wire.acme.bot.id)
    assert (events[1]["message"]["text"], events[1]["previous_message"]["text"]) == ("Hi", "Hello")
    assert events[2]["deleted_ts"] == sent.body["ts"]


async def test_tabs_files_and_leaving_are_told(wire: Wire) -> None:
    await wire.mira.visits("messages")
    await wire.mira.visits("home")
    await wire.mira.shares_file("past.json", b"{}", is_stub=True)
    wire.acme.uninstalls()
    await wire.mira.writes("Hello?")
    events = [one.payload["event"] for one in wire.slack.events]
    assert [event.get("tab") for event in events[:2]] == ["messages", "home"]
    assert events[2]["subtype"] == "file_share"
    assert events[2]["files"][0]["file_access"] == "check_file_info"
    assert [event["type"] for event in events[3:]] == ["tokens_revoked", "app_uninstalled"]
    assert (await wire.calls("auth.test")).error == "account_inactive"


async def test_the_real_client_does_not_hear_its_own_words(wire: Wire) -> None:
    async with running_app(wire.slack) as small:
        await wire.calls("chat.postMessage", channel=wire.mira.id, text="Mine")
        await wire.mira.writes("Hello")
        await wire.mira.is_told("You said: Hello")
        assert small.heard == ["Hello"]


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled", "too_many_websockets"])
async def test_the_real_client_connects_anew_when_it_is_asked_to(wire: Wire, reason: str) -> None:
    async with running_app(wire.slack):
        await wire.slack.asks_to_reconnect(reason)
        await wire.slack.until(lambda: wire.slack.sockets.opened == 2)
        await wire.slack.is_connected()
        assert (await wire.mira.types("/ring ada")).acknowledged == "bare"


async def test_the_real_client_connects_anew_when_the_line_is_torn(wire: Wire) -> None:
    async with running_app(wire.slack):
        await wire.slack.drops_sockets()
        await wire.slack.until(lambda: wire.slack.sockets.opened == 2)
        await wire.slack.is_connected()
        assert (await wire.mira.types("/ring ada")).acknowledged == "bare"


@pytest.mark.parametrize("text", ["{}", '{"type": "new"}', "words", '{"envelope_id": "e", "type": "x"}'])
async def test_the_real_client_survives_words_that_mean_nothing(wire: Wire, text: str) -> None:
    async with running_app(wire.slack):
        await wire.slack.sends_garbage(text)
        await wire.slack.sends_envelope({"type": "events_api", "envelope_id": "e-1", "payload": {}})
        assert (await wire.mira.types("/ring ada")).acknowledged == "bare"


async def test_the_real_client_takes_what_comes_on_two_sockets() -> None:
    async with open_fake_slack() as slack:
        mira = slack.adds_workspace("Acme").adds_person("Mira")
        async with running_app(slack, lines=2) as small:
            for number in range(4):
                await mira.types(f"/ring {number}")
            assert [line.handed for line in slack.sockets.lines] == [2, 2]
            assert small.heard == ["0", "1", "2", "3"]
