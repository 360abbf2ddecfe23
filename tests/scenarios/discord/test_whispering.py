"""From Discord into a talk that goes on elsewhere: a whisper, an end, or why neither is possible."""

from pathlib import Path

import aiohttp
import pytest

from tests.scenarios.discord.stage import LAVISH, TOKEN, Tavern, open_discord, open_tavern, people_of
from tests.scenarios.telephone import MIRAS, open_exchange
from tests.scenarios.test_account import code_in
from tests.scenarios.test_hosted_links import talk_over
from tests.scenarios.test_whispering import next_event

pytestmark = pytest.mark.anyio


async def test_a_whisper_reaches_the_character_on_the_page_and_the_page_hangs_up(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern, tavern.stage.browser() as browser:
        mira = tavern.mira
        assert "Nobody is on the line." in (await tavern.asks(mira, "whisper", text="Hush")).text
        link = (await tavern.calls(mira)).link("Talk with")
        talk = await browser.opens(link)
        deaf = await tavern.asks(mira, "whisper", text="I am in a hurry")
        assert "on the talk page, and nothing can be whispered into that. Say it there." in deaf.text
        async with browser.http.get(f"{link}/events") as stream:
            told = await tavern.asks(mira, "whisper", text="I am in a hurry")
            assert (told.text, told.is_private) == ("Merlin knows.", True)
            name, data = await next_event(stream)
            assert name == "update"
            await talk.socket.send_json({"type": "contextual_update", "text": data["text"]})
            assert "just handed a note: “They let you know" in await talk.says("Good evening.")
            assert "The page that talks with Merlin hangs up." in (await tavern.asks(mira, "hangup")).text
            assert await next_event(stream) == ("hang_up", {"reason": "asked"})
            await browser.hangs_up(link, talk)
        await mira.is_told("Merlin will remember this")
        assert "Nobody is on the line." in (await tavern.asks(mira, "hangup")).text
        assert not any("in a hurry" in str(one.body) for one in tavern.sent_to(mira))
        await counts_answers(tavern)


async def counts_answers(tavern: Tavern) -> None:
    """See that what was answered is counted, by its command and how long it took."""
    async with aiohttp.ClientSession() as http, http.get(f"{tavern.stage.app.url}/metrics") as answer:
        told = await answer.text()
    assert 'troupe_command_seconds_count{command="whisper",front="discord"} 3.0' in told
    assert 'troupe_command_seconds_count{command="hangup",front="discord"} 2.0' in told
    assert 'troupe_acknowledge_seconds_count{front="discord"}' in told
    assert 'troupe_front_connected{front="discord"} 1.0' in told


async def test_somebody_else_s_page_hears_nothing(tmp_path: Path) -> None:
    async with open_tavern(tmp_path, settings=LAVISH) as tavern, tavern.stage.browser() as browser:
        ben = tavern.joins("Ben")
        link = (await tavern.calls(tavern.mira)).link("Talk with")
        talk = await browser.opens(link)
        async with browser.http.get(f"{link}/events") as stream:
            assert "Nobody is on the line." in (await tavern.asks(ben, "whisper", text="Hush")).text
            assert "Nobody is on the line." in (await tavern.asks(ben, "hangup")).text
            await tavern.asks(tavern.mira, "whisper", text="It is me")
            assert "It is me" in (await next_event(stream))[1]["text"]
        await browser.hangs_up(link, talk)


async def test_a_page_of_elevenlabs_takes_no_whisper_and_ends_by_itself(tmp_path: Path) -> None:
    async with (
        open_tavern(tmp_path, hosted=True, settings=LAVISH) as tavern,
        tavern.stage.browser() as browser,
    ):
        mira = tavern.mira
        talk = await talk_over(tavern.stage, browser, (await tavern.calls(mira)).link("Talk with"))
        assert (await tavern.asks(mira, "whisper", text="I am in a hurry")).text == (
            "Merlin may be on a page of ElevenLabs', and nothing can be whispered into that. Say it there. "
            "The call ends by itself 15 minutes after it began at the latest."
        )
        assert (await tavern.asks(mira, "hangup")).text == (
            "Merlin may be on a page of ElevenLabs', which cannot be hung up from here. Hang up there. "
            "The call ends by itself 15 minutes after it began at the latest."
        )
        await talk.says("My cat is called Fig.")
        await talk.socket.close()
        await mira.is_told("Was this you?")
        assert "Nobody is on the line." in (await tavern.asks(mira, "hangup")).text


async def test_a_telephone_takes_no_whisper_and_ends_by_itself(tmp_path: Path) -> None:
    async with open_discord() as discord:
        inn, mira, boss = people_of(discord)
        chosen = {
            "discord_token": TOKEN,
            "discord_api_url": discord.api_url,
            "discord_gateway_url": discord.gateway_url,
            "discord_servers": str(inn.id),
        }
        async with open_exchange(tmp_path, **chosen) as stage:
            await discord.is_ready()
            tavern = Tavern(stage, discord, inn, mira, boss)
            offered = await tavern.asks(mira, "account", phone=MIRAS)
            await tavern.presses(mira, offered, offered.buttons[0])
            phone = await stage.ringing()
            await phone.answers()
            code = code_in(await phone.says("Yes, please."))
            await phone.hangs_up()
            await mira.is_told("If the code was read to you")
            await tavern.asks(mira, "account", code=code)
            await tavern.calls(mira, via="phone")
            ring = await stage.ringing()
            await ring.answers()
            for command, options in (("whisper", {"text": "Hush"}), ("hangup", {})):
                said = (await tavern.asks(mira, command, **options)).text
                assert "Merlin is on the phone, " in said
                assert "The call ends by itself at " in said
            await ring.hangs_up()
