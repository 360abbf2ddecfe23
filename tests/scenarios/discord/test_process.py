"""`troupe run` on Discord as a process of its own: started, used, killed, stopped, started again."""

import json
from pathlib import Path

import aiohttp
import pytest

from tests.fakes.discord import Channel, Person, Shown
from tests.ports import quiet_port
from tests.scenarios.discord.process import BotProcess, running_bot
from tests.scenarios.discord.stage import TOKEN, open_discord, people_of
from tests.scenarios.stage import Browser

pytestmark = pytest.mark.anyio

MANY = {"CALLS_PER_DAY": "100", "MINUTES_PER_MONTH": "1000"}


async def talks(link: str, *words: str) -> None:
    """Open a link in a browser, say these words, and hang up."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await Browser(http).talks(link, *words)


async def calls(person: Person, where: Channel, **options: str) -> Shown:
    """Type ``/call wizard``, agree to be remembered if that is asked, and return the answer."""
    shown = await (await person.types("call", where=where, character="wizard", **options)).answer()
    if "Call and remember" in shown.buttons:
        shown = await (await person.presses(shown, "Call and remember")).answer()
    return shown


async def test_the_bot_is_used_killed_and_started_again(tmp_path: Path) -> None:
    port = quiet_port()
    async with open_discord() as discord:
        inn, mira, _ = people_of(discord)
        tavern = inn.channels["tavern"]
        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            await bot.shows("Discord is connected as Troupe, in 1 server.")
            assert discord.syncs == 1
            assert discord.gateway.identifies[0]["intents"] == 1 | 1 << 12, "no privileged one"
            names = {command["name"] for command in discord.commands}
            assert names >= {"call", "characters", "history", "memory", "import", "forget", "help", "troupe"}
            ready = await calls(mira, tavern)
            await talks(ready.link("Talk with Merlin"), "My cat is called Fig.")
            recap = await mira.is_told("Merlin will remember this", timeout=30)
            assert "Fig" in recap.text
            ready = await (await mira.presses(recap, "Call Merlin again")).answer()
            assert "Merlin remembers you." in ready.text
            await bot.kill()
        assert TOKEN not in bot.seen
        assert "Traceback" not in bot.seen

        pressed = await mira.presses(recap, "Transcript", waits=False)
        assert pressed.acknowledged is None, "nobody is there to answer"
        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            await bot.shows("Discord is connected as Troupe, in 1 server.")
            assert discord.syncs == 1, "the same commands are not synced again"
            transcript = await (await mira.presses(recap, "Transcript")).answer()
            assert "Mira: My cat is called Fig." in transcript.text
            await talks(ready.link("Talk with Merlin"), "And she hates Mondays.")
            await mira.is_told("hates Mondays", timeout=30)

            chat = await calls(mira, mira.dm, via="chat")
            assert "Calling Merlin" in chat.text
            await mira.is_told("You are connected with Merlin")
            await mira.writes("I found a silver key.")
            await mira.is_told("silver key")
            await bot.kill()

        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            broke_off = await mira.is_told("Troupe was restarted, and your talk with Merlin ended with it.")
            assert broke_off.buttons == ["Call Merlin again"]
            chat = await (await mira.presses(broke_off, "Call Merlin again")).answer()
            await mira.is_told("You are connected with Merlin")
            assert await bot.is_told_to_stop() == 0
            assert "Stopping: finishing what is in hand." in bot.seen
            await mira.is_told("Troupe is being restarted, so our talk ends here.")
        assert sum("was restarted" in shown.text for shown in mira.dms) == 1
        assert "Traceback" not in bot.seen
        assert not discord.is_connected
        for private in (mira.id, "Fig", "silver", ready.link("Talk with")):
            assert private not in bot.seen, private


async def test_what_was_told_just_before_a_kill_is_not_told_again(tmp_path: Path) -> None:
    async with open_discord() as discord:
        inn, mira, _ = people_of(discord)
        port = quiet_port()
        messages = f"/channels/{mira.dm.id}/messages"

        async def is_told_and_kills(bot: BotProcess, words: str) -> None:
            """Kill the bot once a message is there, of which it never hears."""
            await mira.is_told(words, timeout=30)
            await bot.kill()

        async def is_asked_again(words: str) -> None:
            """Wait until the next bot has asked for the same message; it still stands there once."""

            def has_come_again() -> bool:
                posts = [one for one in discord.requests if one.method == "POST" and messages in one.path]
                return sum(words in json.dumps(one.body) and one.status == 200 for one in posts) > 0

            await discord.until(has_come_again, timeout=30)
            assert sum(words in shown.text for shown in mira.dms) == 1

        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            await bot.shows("Discord is connected as Troupe")
            ready = await calls(mira, inn.channels["tavern"])
            await mira.is_told("From ")
            discord.fails("POST", messages, 0, takes_effect=True)
            await talks(ready.link("Talk with Merlin"), "My cat is called Fig.")
            await is_told_and_kills(bot, "Merlin will remember this")
        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            await bot.shows("Discord is connected as Troupe")
            await is_asked_again("Merlin will remember this")
            await calls(mira, mira.dm, via="chat")
            await mira.is_told("You are connected with Merlin")
            await bot.kill()
        discord.fails("POST", messages, 0, takes_effect=True)
        async with running_bot(tmp_path, discord, port=port, **MANY) as bot:
            await is_told_and_kills(bot, "Troupe was restarted")
        async with running_bot(tmp_path, discord, port=port, **MANY):
            await is_asked_again("Troupe was restarted")


async def test_changed_commands_are_synced(tmp_path: Path) -> None:
    async with open_discord() as discord:
        people_of(discord)
        async with running_bot(tmp_path, discord) as bot:
            await discord.is_ready(timeout=30)
            assert await bot.is_told_to_stop() == 0
        assert discord.syncs == 1
        async with running_bot(tmp_path, discord, DISCORD_USER_INSTALL="true"):
            await discord.is_ready(timeout=30)
            assert discord.syncs == 2
            assert discord.commands[0]["integration_types"] == [0, 1]


async def test_a_token_that_is_none_stops_the_start_with_one_sentence(tmp_path: Path) -> None:
    async with open_discord() as discord:
        async with running_bot(tmp_path, discord, token=TOKEN[:-1] + "x") as bot:
            assert await bot.ends() == 2
        said = [line for line in bot.seen.splitlines() if not line.startswith(("INFO:", "WARNING:"))]
        assert len(said) == 1, bot.seen
        assert "Discord does not know DISCORD_TOKEN: copy it anew" in said[0]
        assert TOKEN[:-1] not in bot.seen
        discord.requests.clear()
