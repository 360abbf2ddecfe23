"""`troupe run` on Slack as a process of its own: started, used, killed, stopped, started again."""

from pathlib import Path

import aiohttp
import pytest

from tests.fakes.slack import Person, Shown
from tests.ports import quiet_port
from tests.scenarios.slack.process import running_bot
from tests.scenarios.slack.stage import open_slack, people_of
from tests.scenarios.stage import Browser

pytestmark = pytest.mark.anyio

CONNECTED = "Slack is connected; its command is /ring."
MANY = {"CALLS_PER_DAY": "100", "MINUTES_PER_MONTH": "1000"}


async def talks(shown: Shown, *words: str) -> None:
    """Open a link in a browser, say these words, and hang up."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        await Browser(http).talks(shown.link("Talk with"), *words)


async def asks(person: Person, line: str) -> Shown:
    """Type our command, and return the answer."""
    return await (await person.types(f"/ring {line}")).answer()


@pytest.mark.parametrize("by_http", [False, True], ids=["socket", "http"])
async def test_the_bot_is_used_killed_and_started_again(tmp_path: Path, by_http: bool) -> None:
    port = quiet_port()
    async with open_slack() as slack:
        _, mira, _ = people_of(slack)
        async with running_bot(tmp_path, slack, by_http=by_http, port=port, **MANY) as bot:
            await bot.shows(CONNECTED)
            await slack.is_connected()
            card = await asks(mira, "wizard")
            assert "Your workspace owners may be able to export direct messages." in card.text
            ready = await (await mira.presses(card, "Call and remember")).answer()
            await talks(ready, "My cat is called Fig.")
            recap = await mira.is_told("Your call with Merlin", timeout=30)
            again = await (await mira.presses(recap, "Call Merlin again")).answer()
            assert "Merlin remembers you." in again.text
            form = await (await mira.types("/ring")).opens("Whom you want to call")
            await bot.kill()
        assert "Traceback" not in bot.seen

        async with running_bot(tmp_path, slack, by_http=by_http, port=port, **MANY) as bot:
            await bot.shows(CONNECTED)
            await slack.is_connected()
            window = await (await mira.presses(recap, "Transcript")).opens("My cat is called Fig.")
            assert "Mira: My cat is called Fig." in window.text
            await mira.submits(form, character="Captain", via="write with me here")
            root = await mira.is_told("Write in this thread", timeout=30)
            await slack.until(lambda: any("You are connected with" in one.text for one in root.replies))
            await asks(mira, "wizard by chat")
            other = await mira.is_told("Calling Merlin", timeout=30)
            await slack.until(lambda: any("You are connected with" in one.text for one in other.replies))
            await bot.kill()

        async with running_bot(tmp_path, slack, by_http=by_http, port=port, **MANY) as bot:
            for thread, name in ((root, "Captain Nan Tregarth"), (other, "Merlin")):
                words = f"Troupe was restarted, and your talk with {name}"
                broke_off = await mira.is_told(words, timeout=30)
                assert broke_off.buttons == [f"Call {name} again"]
                assert broke_off.message.thread_ts == thread.message.ts
            await slack.is_connected()
            assert await bot.is_told_to_stop() == 0
        assert "Traceback" not in bot.seen
        for private in (mira.id, "Fig", ready.link("Talk with"), slack.app_token, slack.signing_secret):
            assert private not in bot.seen, private
        assert slack.unrouted == []
        assert [one for one in slack.refused if one.path != "usergroups.list"] == []


@pytest.mark.parametrize(
    ("setting", "wrong", "reason"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-nobody", "(invalid_auth): copy it anew under OAuth & Permissions."),
        ("SLACK_APP_TOKEN", "xapp-nobody", "(invalid_auth): make one under Basic Information"),
    ],
)
async def test_a_token_that_is_none_stops_the_start_with_one_sentence(
    tmp_path: Path, setting: str, wrong: str, reason: str
) -> None:
    async with open_slack() as slack:
        async with running_bot(tmp_path, slack, **{setting: wrong}) as bot:
            assert await bot.ends() == 2
        said = [line for line in bot.seen.splitlines() if not line.startswith(("INFO:", "WARNING:"))]
        assert len(said) == 1, bot.seen
        assert f"Slack does not take {setting} {reason}" in said[0]
        assert wrong not in bot.seen
