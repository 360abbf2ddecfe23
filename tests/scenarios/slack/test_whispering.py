"""From Slack into a talk that goes on elsewhere: a whisper, an end, or why neither is possible."""

import re
from pathlib import Path

import aiohttp
import pytest

from tests.scenarios.slack.stage import LAVISH, Office, open_office, open_slack, people_of
from tests.scenarios.telephone import open_exchange
from tests.scenarios.test_account import code_in
from tests.scenarios.test_hosted_links import talk_over
from tests.scenarios.test_whispering import next_event

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_a_whisper_reaches_the_character_on_the_page_and_the_page_hangs_up(
    tmp_path: Path, by_http: bool
) -> None:
    async with (
        open_office(tmp_path, by_http=by_http, settings=LAVISH) as office,
        office.stage.browser() as browser,
    ):
        mira = office.mira
        assert "Nobody is on the line." in (await office.asks(mira, "whisper Hush")).text
        link = (await office.calls(mira)).link("Talk with")
        talk = await browser.opens(link)
        deaf = await office.asks(mira, "whisper I am in a hurry")
        assert "on the talk page, and nothing can be whispered into that. Say it there." in deaf.text
        async with browser.http.get(f"{link}/events") as stream:
            assert (await office.asks(mira, "whisper I am in a hurry")).text == "Merlin knows."
            name, data = await next_event(stream)
            assert name == "update"
            await talk.socket.send_json({"type": "contextual_update", "text": data["text"]})
            assert "just handed a note: “They let you know" in await talk.says("Good evening.")
            assert "The page that talks with Merlin hangs up." in (await office.asks(mira, "hangup")).text
            assert await next_event(stream) == ("hang_up", {"reason": "asked"})
            await browser.hangs_up(link, talk)
        await mira.is_told("Merlin will remember this")
        assert "Nobody is on the line." in (await office.asks(mira, "hangup")).text
        await counts_answers(office)


async def counts_answers(office: Office) -> None:
    """See that what was answered is counted, by its command and how long it took."""
    async with aiohttp.ClientSession() as http, http.get(f"{office.stage.app.url}/metrics") as answer:
        told = await answer.text()
    assert 'troupe_command_seconds_count{command="whisper",front="slack"} 3.0' in told
    assert 'troupe_command_seconds_count{command="hangup",front="slack"} 2.0' in told
    (acknowledged,) = re.findall(r'troupe_acknowledge_seconds_count{front="slack"} (\d+)', told)
    assert int(acknowledged) >= 5
    assert 'troupe_front_connected{front="slack"} 1.0' in told


async def test_a_page_of_elevenlabs_takes_no_whisper_and_ends_by_itself(tmp_path: Path) -> None:
    async with (
        open_office(tmp_path, hosted=True, settings=LAVISH) as office,
        office.stage.browser() as browser,
    ):
        mira = office.mira
        talk = await talk_over(office.stage, browser, (await office.calls(mira)).link("Talk with"))
        assert (await office.asks(mira, "whisper I am in a hurry")).text == (
            "Merlin may be on a page of ElevenLabs', and nothing can be whispered into that. Say it there. "
            "The call ends by itself 15 minutes after it began at the latest."
        )
        assert (await office.asks(mira, "hangup")).text == (
            "Merlin may be on a page of ElevenLabs', which cannot be hung up from here. Hang up there. "
            "The call ends by itself 15 minutes after it began at the latest."
        )
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        await mira.is_told("Was this you?")
        assert "Nobody is on the line." in (await office.asks(mira, "hangup")).text


async def test_a_telephone_takes_no_whisper_and_ends_by_itself(tmp_path: Path) -> None:
    async with open_slack() as slack:
        acme, mira, boss = people_of(slack)
        chosen = {
            "slack_bot_token": acme.bot_token,
            "slack_app_token": slack.app_token,
            "slack_api_url": slack.api_url.rstrip("/"),
        }
        async with open_exchange(tmp_path, **chosen) as stage:
            await slack.is_connected()
            office = Office(stage, slack, acme, mira, boss)
            offered = await office.asks(mira, "account phone 01511 234 5678")
            await office.presses(mira, offered, offered.buttons[0])
            phone = await stage.ringing()
            await phone.answers()
            code = code_in(await phone.says("Yes, please."))
            await phone.hangs_up()
            await mira.is_told("If the code was read to you")
            await office.asks(mira, f"account code {code}")
            await office.calls(mira, "/ring wizard by phone")
            ring = await stage.ringing()
            await ring.answers()
            for line in ("whisper Hush", "hangup"):
                said = (await office.asks(mira, line)).text
                assert "Merlin is on the phone, " in said
                assert "The call ends by itself at " in said
            await ring.hangs_up()
