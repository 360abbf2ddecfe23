"""When Slack is slow, busy or away: nobody is left without a word, and nothing is done twice."""

import hashlib
import hmac
import logging
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.scenarios.slack.stage import LAVISH, open_office, open_slack

pytestmark = pytest.mark.anyio


async def test_requests_wait_as_long_as_slack_says(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        await office.calls(mira)
        await slack.until(lambda: len(mira.dms) == 1)
        slack.fails("/response/.*", "ratelimited", retry_after=1)
        slack.fails("chat.postMessage", "ratelimited", retry_after=1)
        asked = await mira.types("/ring wizard", where=office.here)
        assert asked.acknowledged_after is not None
        assert asked.acknowledged_after < 1
        assert "Merlin is ready" in (await asked.answer(timeout=20)).text
        await slack.until(lambda: len(mira.dms) == 2)
        posts = slack.calls("chat.postMessage")
        busy = next(at for at, one in enumerate(posts) if one.status == 429)
        assert (posts[busy + 1].at - posts[busy].at).total_seconds() >= 1
        assert len(mira.dms) == 2


async def test_where_no_window_opens_the_answer_comes_otherwise(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")
        slack.fails("views.open", "expired_trigger_id")
        gallery = await office.asks(mira, "")
        assert "Page 1 of 2" in gallery.text
        slack.fails("views.open", "expired_trigger_id")
        await mira.uses_shortcut("open_call")
        await mira.is_told("Page 1 of 2")
        slack.fails("views.open", "expired_trigger_id")
        transcript = await office.presses(mira, recap, "Transcript")
        assert transcript.is_private
        assert "My cat is called Fig." in transcript.text
        memory = await office.asks(mira, "memory wizard")
        slack.fails("views.open", "expired_trigger_id")
        told = await office.presses(mira, memory, "Add something")
        assert "Try again in a few minutes." in told.text
        modal = await (await mira.presses(memory, "Add something")).opens("What shall be remembered?")
        await mira.closes(modal)


async def test_an_answer_that_comes_too_late_for_its_address_comes_otherwise(tmp_path: Path) -> None:
    refusals = ("not_in_channel", "channel_not_found")
    async with open_office(tmp_path, settings=LAVISH, refusals=refusals) as office:
        mira, slack, random = office.mira, office.slack, office.acme.channels["random"]
        office.acme.channels["general"].admits(office.acme.bot)
        await office.calls(mira)
        typed = await mira.types("/ring", where=office.here)
        modal = await typed.opens()
        outside = await (await mira.types("/ring", where=random)).opens()
        memory = await office.asks(mira, "memory wizard")
        form = await (await mira.presses(memory, "Add something")).opens()
        elsewhere = await office.asks(mira, "memory wizard", random)
        other = await (await mira.presses(elsewhere, "Add something")).opens()
        slack.moves_clock(minutes=31)
        await office.stage.later(minutes=31)
        told = len(mira.dms)
        await mira.submits(modal, character="Captain")
        await slack.until(lambda: any("Captain Nan Tregarth is ready" in one.text for one in mira.whispers))
        await mira.submits(form, text="I am allergic to nuts.")
        added = await mira.is_told("I am allergic to nuts.")
        assert (added.is_private, added.message.channel) == (True, office.here)
        assert not [one for one in slack.requests if one.path.startswith("/response/") and one.error]
        await mira.submits(other, text="I am allergic to fish.")
        await mira.is_told("Try again in a few minutes.")
        assert not any("nuts" in shown.text or "fish" in shown.text for shown in mira.dms)
        await mira.submits(outside, character="Merlin")
        await slack.until(lambda: sum("Merlin is ready" in shown.text for shown in mira.dms[told:]) == 2)


async def test_no_answer_takes_more_room_than_slack_gives(tmp_path: Path) -> None:
    refusals = ("user_not_visible",)
    async with open_office(tmp_path, settings=LAVISH, refusals=refusals) as office:
        mira, slack = office.mira, office.slack
        mira.closes_dms()
        for number in range(6):
            await office.talks(await office.calls(mira), f"I found key number {number}.")
        await office.stage.later(minutes=1)
        shown = await mira.types("/ring help", where=office.here)
        await shown.answer()
        await office.asks(mira, "account")
        assert not [one for one in slack.requests if one.error == "used_url"]
        assert len(shown.answers) <= 5


async def test_an_error_of_ours_becomes_a_sentence_also_in_a_window(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira = office.mira
        await office.talks(await office.calls(mira), "My cat is called Fig.")
        recap = await mira.is_told("Your call with Merlin")
        _, button = recap.element("Transcript")
        sure = await office.presses(mira, recap, "Forget this call")
        await office.presses(mira, sure, "Erase it")
        await office.becomes(recap, "This was erased")
        forged = await mira.presses(recap, action_id=button["action_id"], value=button["value"], forged=True)
        await forged.opens("You have no call ")
        assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_a_line_that_is_torn_or_closed_is_built_up_again(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        await office.calls(mira)
        await slack.asks_to_reconnect()
        await slack.until(lambda: slack.sockets.opened >= 2, timeout=20)
        await slack.is_connected()
        assert "What you can do" in (await office.asks(mira, "help")).text
        await slack.sends_garbage("{not json")
        assert "What you can do" in (await office.asks(mira, "help")).text


async def test_slack_that_is_down_is_waited_for(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        ready = await office.calls(mira)
        await mira.is_told("Merlin is ready")
        slack.fails("chat.postMessage", status=503, times=4)
        await office.talks(ready, "My cat is called Fig.")
        await slack.until(lambda: sum(one.status == 503 for one in slack.requests) >= 2, timeout=20)
        await office.stage.rests()
        await office.stage.later(minutes=10)
        await office.stage.later(minutes=30)
        await mira.is_told("Your call with Merlin")
        assert sum("Your call with" in shown.text for shown in mira.dms) == 1


async def test_what_is_not_signed_by_slack_is_refused(tmp_path: Path) -> None:
    async with open_office(tmp_path, by_http=True, settings=LAVISH) as office:
        mira, slack = office.mira, office.slack
        for how in ("wrong secret", "stale", "unsigned"):
            slack.forges(how)
            asked = await mira.types("/ring wizard", where=office.here)
            assert asked.acknowledged is None, how
            assert asked.failure, how
            assert asked.answers == []
        taken = await mira.types("/ring help", where=office.here)
        await taken.answer()
        assert await slack.replays(taken.act.deliveries[0]) == 200
        await office.asks(mira, "help")
        assert len(taken.answers) == 1, "what an eavesdropper repeats is taken once"


async def test_what_is_not_signed_is_not_read_and_fills_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with open_office(tmp_path, by_http=True, settings=LAVISH) as office:
        form, data = "application/x-www-form-urlencoded", "application/json"
        now = str(int(office.slack.clock().timestamp()))
        for kind, body in (
            (data, b"[]"), (data, b"null"), (data, b"{"), (data, b"[" * 100_000), (data, b"\xff\xfe"),
            (form, b"payload=%7B"), (form, b"payload=[]"), (form, b""), ("text/html", b"<p>"),
        ):  # fmt: skip
            for at, signature in (
                ("", ""), (now, ""), (now, "v0=00"), (now, "v0=é"), ("abc", "v0=00"), ("9" * 400, "v0=00"),
                ("-1", "v0=00"), ("١٢٣", "v0=00"),
            ):  # fmt: skip
                signed = {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": signature}
                status, _ = await office.slack.posting.posts(body, {"Content-Type": kind, **signed})
                assert status == 401, (kind, body[:20], at, signature)
        assert not [one for one in caplog.records if one.levelno >= logging.ERROR]


async def test_where_nothing_can_be_kept_that_is_said(tmp_path: Path) -> None:
    async with open_office(tmp_path, settings=LAVISH) as office:
        mira, writer = office.mira, office.stage.app.house.store.writer
        await office.calls(mira)
        memory = await office.asks(mira, "memory wizard")
        await writer.read(lambda database: database.conn.execute("PRAGMA query_only = 1").fetchall())
        asked = await mira.types("/ring wizard", where=office.here)
        assert asked.failure is None
        assert "That was not done, and nothing was charged" in (await asked.answer()).text
        assert "What you can do" in (await office.asks(mira, "help")).text
        assert "Whom you want to call" in (await (await mira.types("/ring", where=office.here)).opens()).text
        stopped = await office.presses(mira, memory, "Stop remembering me")
        assert "That was not done" in stopped.text
        await writer.read(lambda database: database.conn.execute("PRAGMA query_only = 0").fetchall())
        assert "Merlin is ready" in (await office.calls(mira)).text


async def test_over_a_socket_no_request_is_taken_whoever_signs_it(tmp_path: Path) -> None:
    async with open_slack() as slack:
        kept = LAVISH | {"slack_signing_secret": slack.signing_secret}
        async with open_office(tmp_path, settings=kept, slack=slack) as office:
            slack.posting.url = f"{office.stage.app.url}/hooks/slack"
            at = str(int(slack.clock().timestamp()))
            asked = {
                "command": "/ring",
                "text": "admin pause",
                "user_id": office.boss.id,
                "team_id": office.acme.id,
                "channel_id": office.here.id,
                "trigger_id": "forged",
                "response_url": "http://127.0.0.1:1/response",
            }
            body = urlencode(asked)
            for secret in ("unused", "secret", " ", slack.app_token, slack.signing_secret):
                digest = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
                signed = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "X-Slack-Request-Timestamp": at,
                    "X-Slack-Signature": f"v0={digest}",
                }
                assert (await slack.posting.posts(body.encode(), signed))[0] == 404, secret
            assert "Merlin is ready" in (await office.calls(office.mira)).text
