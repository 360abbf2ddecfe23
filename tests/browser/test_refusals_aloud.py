"""What is in the way of talking aloud, in words, each with a way out."""

import pytest

from tests.browser.packages import FOLDER

pytestmark = pytest.mark.anyio
CLIENT = FOLDER
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
APPLE_KIT, GOOGLE_KIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)", "AppleWebKit/537.36 (KHTML, like Gecko)"
APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8{}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0"
SAFARI, CHROME = "Version/17.5 Mobile/15E148 Safari/604.1", "Chrome/126.0.0.0 Mobile Safari/537.36"
INSTAGRAM = f"{APPLE} Mobile/15E148 Instagram 330.0"
APPS = (
    INSTAGRAM,
    f"{APPLE} Mobile/15E148 [FBAN/FBIOS;FBAV/460.0]",
    f"{APPLE} Mobile/15E148 musical_ly_34.7.0 TikTok",
    f"{APPLE} Mobile/15E148 Safari Line/14.8.0",
    f"{APPLE} Mobile/15E148 MicroMessenger/8.0.49",
    f"{APPLE} Mobile/15E148 LinkedInApp/9.29",
    f"{APPLE} GSA/320.0 Mobile/15E148 Safari/604.1",
    f"{ANDROID.format('; wv')} {CHROME}",
    f"{ANDROID.format('; wv')} {CHROME} Snapchat/12.91",
    f"{MAC} {GOOGLE_KIT} Slack/4.38 Chrome/124.0 Electron/30.0 Safari/537.36",
    f"{MAC} {GOOGLE_KIT} discord/0.0.306 Chrome/124.0 Electron/30.0 Safari/537.36",
    f"{MAC} {APPLE_KIT} [Pinterest/iOS]",
)
HOW_TO_ALLOW = {
    f"{APPLE} {SAFARI}": "Website Settings",
    f"{ANDROID.format('')} {CHROME}": "Permissions",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "crossed-out microphone",
    f"{MAC} {APPLE_KIT} Version/17.5 Safari/605.1.15": "Settings for This Website",
    f"{MAC} {GOOGLE_KIT} Chrome/126.0.0.0 Safari/537.36": "Click the sign",
}
WORDS = 'import(document.getElementById("page").src.replace("talk.js", "words.js"))'
DENIED = """
const real = MediaDevices.prototype.getUserMedia;
MediaDevices.prototype.getUserMedia = function (what) {
  return window.denied ? Promise.reject(new DOMException("", window.denied)) : real.call(this, what);
};
window.denied = "Error";
"""
"""What a browser answers where nothing can be heard. Source: Media Capture and Streams, 10.2."""
NO_SOUND = {
    "NotFoundError": "No microphone was found. Plug one in and try again",
    "NotReadableError": "Another program has the microphone. Close it and try again",
    "NotAllowedError": "Your browser keeps the microphone from this page.",
    "TypeError": "The microphone could not be switched on. Try again",
}


async def test_browsers_inside_apps_are_told_from_others_and_each_says_how_to_allow(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    agents = [*APPS, *HOW_TO_ALLOW]
    found = await tab.page.evaluate(f"async (all) => all.map((await {WORDS}).isInApp)", agents)
    assert dict(zip(agents, found, strict=True)) == {one: one in APPS for one in agents}
    for agent, how in HOW_TO_ALLOW.items():
        assert how in await tab.page.evaluate(f"async (agent) => (await {WORDS}).howToAllow(agent)", agent)


async def test_a_microphone_that_cannot_be_had_is_asked_for_again_or_done_without(house):
    context = await house.browser(permissions=["microphone"])
    await context.add_init_script(DENIED)
    tab = await house.tab(context)
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    for error, words in NO_SOUND.items():
        await tab.page.evaluate("(error) => { window.denied = error; }", error)
        await tab.presses("Try again")
        await tab.sees(words)
        await tab.button("Write with Merlin").wait_for()
    assert tab.wires == []
    await tab.page.evaluate("() => { window.denied = ''; }")
    await tab.presses("Try again")
    await tab.talks()
    assert tab.wires[0].sent[0]["conversation_config_override"]["tts"]["voice_id"]
    await tab.is_fine()


async def test_an_app_that_keeps_its_microphone_says_where_to_open_the_link(house):
    tab = await house.tab(user_agent=INSTAGRAM)
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.sees("This app’s own browser has no microphone.")
    await tab.button("Copy the link").wait_for()
    await tab.presses("Write with Merlin")
    await tab.talks()
    await tab.is_fine()


async def test_an_address_without_https_says_why_there_is_no_voice_and_talks_in_text(house):
    tab = await house.tab(permissions=["microphone"])
    link = await house.link(house.member())
    await tab.opens(link.replace("127.0.0.1", "troupe.example"))
    await tab.sees(
        "A browser gives the microphone only to addresses that begin with https://, so here you write."
    )
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.is_fine()


async def test_an_agent_that_cannot_be_reached_aloud_leaves_the_link_good(house):
    tab = await house.tab(permissions=["microphone"])
    await tab.opens(await house.link(house.member()))
    await tab.page.route_web_socket("**/v1/convai/**", lambda socket: socket.close(code=1011))
    await tab.presses("Call Merlin")
    await tab.sees("Nobody picked up: the line to Merlin is out of order.")
    await tab.button("Try again").wait_for()
    await tab.is_fine()


@pytest.mark.parametrize(
    ("code", "words"),
    [(1000, "Merlin hung up."), (1011, "The connection was lost.")],
    ids=["by them", "lost"],
)
async def test_an_end_that_was_not_the_members_is_said_to_be_whose_it_was(house, code, words):
    tab = await house.tab(permissions=["microphone"])
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await house.stage.told("faults", {"operation": "socket", "fault": "close", "status": code, "reason": "x"})
    await tab.says("Good night.")
    await tab.sees(words)
    await tab.button("Call again").wait_for()
    await tab.is_fine()
