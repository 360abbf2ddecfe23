"""What the fake Slack lets be posted, edited and deleted, and where."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.fakes.slack.wire import Wire, open_wire

pytestmark = pytest.mark.anyio

BLOCKS = [{"type": "section", "text": {"type": "mrkdwn", "text": "Hello"}}]


@pytest.fixture
async def wire(anyio_backend: str) -> AsyncIterator[Wire]:
    async with open_wire() as opened:
        yield opened


TAKEN = {
    "40,000 letters": {"text": "x" * 40_000},
    "text and blocks": {"text": "x", "blocks": BLOCKS},
    "no unfurling": {"text": "x", "unfurl_links": False, "unfurl_media": False},
    "metadata": {"text": "x", "metadata": {"event_type": "call", "event_payload": {"id": "1"}}},
    "a workspace that is named": {"text": "x", "team_id": "T1"},
}

REFUSED = {
    "nothing": ({}, "no_text"),
    "blanks": ({"text": " \n"}, "no_text"),
    "blocks without text": ({"blocks": BLOCKS}, "no_text"),
    "40,001 letters": ({"text": "x" * 40_001}, "msg_too_long"),
    "a number": ({"text": 5}, "invalid_arguments"),
    "an argument nobody knows": ({"text": "x", "colour": "red"}, "invalid_arguments"),
    "attachments": ({"text": "x", "attachments": [{"text": "x"}]}, "invalid_arguments"),
    "metadata of no type": ({"text": "x", "metadata": {"event_payload": {}}}, "invalid_arguments"),
    "a thread that is not there": ({"text": "x", "thread_ts": "1.000001"}, "cannot_reply_to_message"),
}


@pytest.mark.parametrize("body", TAKEN.values(), ids=TAKEN)
async def test_a_message_is_taken(wire: Wire, body: dict[str, Any]) -> None:
    answer = await wire.says(**body)
    assert answer.ok, answer.body
    assert answer.body["message"]["bot_id"] == wire.acme.bot_id
    assert len(wire.general.posts) == 1


@pytest.mark.parametrize(("body", "error"), REFUSED.values(), ids=REFUSED)
async def test_a_message_is_refused(wire: Wire, body: dict[str, Any], error: str) -> None:
    assert (await wire.says(**body)).error == error
    assert wire.general.posts == []


async def test_a_message_is_edited_and_keeps_its_blocks(wire: Wire) -> None:
    ts = (await wire.says(text="x", blocks=BLOCKS)).body["ts"]
    where = {"channel": wire.general.id, "ts": ts}
    assert (await wire.calls("chat.update", **where, text="y" * 4000)).ok
    (shown,) = wire.general.posts
    assert (shown.text, shown.notification) == ("Hello", "y" * 4000)
    assert (await wire.calls("chat.update", **where, text="z", blocks=[])).ok
    assert shown.text == "z"
    assert (await wire.calls("chat.update", **where, text="y" * 4001)).error == "msg_too_long"
    assert (await wire.calls("chat.update", **where, blocks=BLOCKS)).error == "no_text"
    assert (await wire.calls("chat.delete", **where)).ok
    assert wire.general.posts == []
    for method, more in (("chat.update", {"text": "x"}), ("chat.delete", {})):
        assert (await wire.calls(method, **where, **more)).error == "message_not_found"


async def test_only_own_messages_are_edited_and_deleted(wire: Wire) -> None:
    written = await wire.mira.writes("Mine", where=wire.general)
    where = {"channel": wire.general.id, "ts": written.message.ts}
    assert (await wire.calls("chat.update", **where, text="x")).error == "cant_update_message"
    assert (await wire.calls("chat.delete", **where)).error == "cant_delete_message"


async def test_a_whisper_is_seen_by_one_and_cannot_be_edited(wire: Wire) -> None:
    where = {"channel": wire.general.id, "user": wire.mira.id}
    answer = await wire.calls("chat.postEphemeral", **where, text="Psst")
    (shown,) = wire.mira.whispers
    assert (shown.text, shown.is_private, wire.general.posts) == ("Psst", True, [])
    assert (await wire.mira.is_told("Psst")) == shown
    there = {"channel": wire.general.id, "ts": answer.body["message_ts"]}
    assert (await wire.calls("chat.update", **there, text="x")).error == "message_not_found"
    assert (await wire.calls("chat.delete", **there)).error == "message_not_found"
    ben = wire.acme.adds_person("Ben")
    with pytest.raises(AssertionError, match="Ben does not see"):
        await ben.presses(shown, "x")


async def test_a_whisper_needs_both_to_be_there(wire: Wire) -> None:
    acme = wire.acme
    guest = acme.adds_person("Gus", guest=True)
    acme.adds_channel("open")
    acme.adds_channel("closed", private=True, members=(wire.mira,))
    for channel, person, error in (
        ("general", guest.id, "user_not_in_channel"),
        ("general", "U1", "user_not_in_channel"),
        ("open", wire.mira.id, "not_in_channel"),
        ("closed", wire.mira.id, "channel_not_found"),
    ):
        where = {"channel": acme.channels[channel].id, "user": person}
        assert (await wire.calls("chat.postEphemeral", **where, text="x")).error == error
    acme.grants("chat:write.public")
    where = {"channel": acme.channels["open"].id, "user": wire.mira.id}
    assert (await wire.calls("chat.postEphemeral", **where, text="x")).error == "not_in_channel"
    assert (await wire.calls("chat.postEphemeral", channel="x", text="x")).error == "invalid_arguments"


async def test_the_bot_posts_where_it_was_let_in(wire: Wire) -> None:
    acme = wire.acme
    channels = {
        "open": acme.adds_channel("open"),
        "closed": acme.adds_channel("closed", private=True),
        "elsewhere": wire.slack.adds_workspace("Other").channels["general"],
        "quiet": acme.adds_channel("quiet", with_bot=True),
    }
    channels["quiet"].refusal = "restricted_action"
    errors = {}
    for name, channel in channels.items():
        errors[name] = (await wire.calls("chat.postMessage", channel=channel.id, text="x")).error
    assert errors == {
        "open": "not_in_channel",
        "closed": "channel_not_found",
        "elsewhere": "channel_not_found",
        "quiet": "restricted_action",
    }
    acme.grants("chat:write.public")
    assert (await wire.calls("chat.postMessage", channel=channels["open"].id, text="x")).ok
    acme.invites_bot("closed")
    assert (await wire.calls("chat.postMessage", channel=channels["closed"].id, text="x")).ok


async def test_direct_messages_go_by_channel_or_by_person(wire: Wire) -> None:
    mira = wire.mira
    for channel in (mira.id, mira.dm.id):
        answer = await wire.calls("chat.postMessage", channel=channel, text="Hello")
        assert answer.body["channel"] == mira.dm.id
    assert [shown.text for shown in mira.dms] == ["Hello", "Hello"]
    mira.closes_dms()
    assert (await wire.calls("chat.postMessage", channel=mira.id, text="x")).error == "user_not_visible"
    mira.opens_dms()
    wire.slack.settings.messages_tab = False
    assert (await wire.calls("chat.postMessage", channel=mira.id, text="x")).error == "messages_tab_disabled"
    wire.slack.settings.messages_tab = True
    mira.leaves()
    assert (await wire.calls("chat.postMessage", channel=mira.id, text="x")).error == "user_disabled"


async def test_what_would_notify_everybody_is_noted(wire: Wire) -> None:
    harmless = ["<@U1>", "<https://x.example|here>", "&lt;!channel&gt;", "<!date^1^{date}|then>"]
    for text in harmless:
        await wire.says(text=text)
    plain = {"type": "header", "text": {"type": "plain_text", "text": "<!here>"}}
    await wire.says(text="x", blocks=[plain])
    assert wire.slack.mentions_everybody == []
    noisy = ["<!channel>", "<!here|here>", "<!everyone>", "<!subteam^S1|@knights>"]
    for text in noisy:
        await wire.says(text=text)
    for block in (
        {"type": "section", "text": {"type": "mrkdwn", "text": "<!here>"}},
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "<!here>"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!here>"}]},
        {"type": "markdown", "text": "<!here>"},
    ):
        await wire.says(text="x", blocks=[block])
    assert len(wire.slack.mentions_everybody) == 8
    assert wire.slack.mentions == ["<@U1>"]


async def test_addresses_are_crawled_unless_that_is_forbidden(wire: Wire) -> None:
    link = "https://troupe.example/j/secret"
    await wire.says(text="x", unfurl_links=True)
    await wire.says(text=link, unfurl_links=False, unfurl_media=False)
    await wire.calls("chat.postEphemeral", channel=wire.general.id, user=wire.mira.id, text=link)
    button = {"type": "button", "text": {"type": "plain_text", "text": "x"}, "url": link}
    await wire.says(text="x", blocks=[{"type": "actions", "elements": [button]}])
    assert wire.slack.crawled == []
    await wire.says(text=link)
    await wire.says(text=f"<{link}|here>", unfurl_links=False)
    await wire.calls("chat.update", channel=wire.general.id, ts=wire.general.posts[0].message.ts, text=link)
    assert len(wire.slack.crawled) == 3


async def test_a_text_is_shown_as_a_client_shows_it(wire: Wire) -> None:
    mira = wire.mira
    signs = f"<@{mira.id}> in <#{wire.general.id}> <!here> <!date^1^x|then>"
    await wire.says(text=f"&lt;3 <https://x.example/a?b&amp;c|this> {signs}")
    shown = wire.general.posts[0]
    assert shown.text == "<3 this @Mira in #general @here then"
    assert shown.link("this") == "https://x.example/a?b&c"
    await wire.says(
        text="x", blocks=[{"type": "header", "text": {"type": "plain_text", "text": "a &amp; b"}}]
    )
    assert wire.general.posts[1].text == "a &amp; b"


async def test_a_thread_holds_its_replies(wire: Wire) -> None:
    written = await wire.mira.writes("Hello", where=wire.general)
    await wire.says(text="There", thread_ts=written.message.ts)
    assert [shown.text for shown in written.replies] == ["There"]
