"""The talk page with a voice: the official client, as npm has it, and a microphone that is none."""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from tests.browser.packages import FOLDER
from tests.browser.people import Wire, open_house

pytestmark = pytest.mark.anyio
CLIENT = FOLDER
NO_SAMPLE_RATES = """
MediaDevices.prototype.getSupportedConstraints = () => ({});
"""
"""What Firefox says: then the official client computes the sample rate itself."""
IN_APP = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Instagram 330"
)


LEVEL = "document.getElementById('ring').style.getPropertyValue('--level')"
CUT_OFF = """
["state", "clock"].filter((id) => {
  const one = document.getElementById(id), { right, bottom } = one.getBoundingClientRect();
  const at = document.elementFromPoint(right - 1, bottom - 3);
  return one.scrollWidth > one.clientWidth || !(at === one || one.contains(at));
})
"""
"""What of the bar has not the room that it needs, or has something else before it."""
TWO_FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def sounds(house, wire: Wire):
    """Wait until a piece of sound went over the wire."""

    async def heard():
        return wire.sent_of("user_audio_chunk")

    return house.stage.until(heard)


async def is_loud(tab):
    return float(await tab.page.evaluate(LEVEL) or 0) > 0.05


async def test_a_voice_talk_goes_as_far_as_the_first_sound(house):
    tab = await house.tab(permissions=["microphone"])
    await tab.opens(await house.link(house.member()))
    await tab.sees("You talk, Merlin answers aloud.")
    assert await tab.moved() < 0.01
    await tab.presses("Call Merlin")
    await tab.talks()
    await expect(tab.page.locator("#state")).to_have_text("Listening")
    await tab.hears("Mira")
    (wire,) = tab.wires
    first = wire.sent[0]
    assert first["type"] == "conversation_initiation_client_data"
    assert "You are Merlin" in first["conversation_config_override"]["agent"]["prompt"]["prompt"]
    assert first["conversation_config_override"]["tts"]["voice_id"]
    assert "text_only" not in first["conversation_config_override"]["conversation"]
    assert first["dynamic_variables"]["user_name"].startswith("Mira")
    await sounds(house, wire)
    await tab.is_fine()


async def test_aloud_one_can_also_write_be_muted_and_hang_up(house):
    mira = house.member()
    tab = await house.tab(permissions=["microphone"])
    await tab.opens(await house.link(mira))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.presses("Mute")
    await tab.sees("You are muted")
    await expect(tab.button("Mute")).to_have_attribute("aria-pressed", "true")
    await tab.presses("Mute")
    await expect(tab.page.locator("#state")).to_have_text("Listening")
    await tab.presses("Hang up")
    await tab.sees("You hung up.")
    assert "Your call with Merlin" in await mira.is_told("Merlin will remember this")
    await tab.is_fine()


@pytest.mark.parametrize("width", [320, 660, 960, 1040, 1100, 1280])
async def test_state_and_clock_are_seen_whole_at_any_width(house, width):
    tab = await house.tab(permissions=["microphone"], viewport={"width": width, "height": 720})
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await expect(tab.page.locator("#state")).to_have_text("Listening")
    assert await tab.page.evaluate(CUT_OFF) == []


async def test_the_ring_moves_with_the_voice_unless_nothing_is_to_move(house):
    for motion, moves in (("no-preference", True), ("reduce", False)):
        tab = await house.tab(permissions=["microphone"], reduced_motion=motion)
        await tab.opens(await house.link(house.member()))
        await tab.presses("Call Merlin")
        await tab.talks()
        await sounds(house, tab.wires[-1])
        if moves:
            await house.stage.until(lambda tab=tab: is_loud(tab))
        else:
            await tab.page.evaluate(TWO_FRAMES)
            assert await tab.page.evaluate(LEVEL) == ""
        await tab.presses("Hang up")


async def test_a_browser_that_cannot_choose_a_sample_rate_is_heard_all_the_same(house):
    context = await house.browser(permissions=["microphone"])
    await context.add_init_script(NO_SAMPLE_RATES)
    tab = await house.tab(context)
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await sounds(house, tab.wires[-1])
    await tab.is_fine()


async def test_a_microphone_that_is_denied_is_no_end_of_it(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.sees("Your browser keeps the microphone from this page. Click the sign left of the address")
    assert tab.wires == [], "nothing was started, and nothing is used"
    await tab.presses("Write with Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    assert tab.wires[0].sent[0]["conversation_config_override"]["conversation"]["text_only"] is True
    await tab.is_fine()


async def test_who_would_rather_write_is_not_asked_for_a_microphone(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.page.get_by_label("I’d rather write than talk").check()
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.is_fine()


async def test_an_apps_own_browser_without_a_microphone_says_where_to_open_the_link(house):
    context = await house.browser(user_agent=IN_APP, permissions=["clipboard-read", "clipboard-write"])
    await context.add_init_script("delete Navigator.prototype.mediaDevices")
    tab = await house.tab(context)
    link = await house.link(house.member())
    await tab.opens(link)
    await tab.sees("This app’s own browser has no microphone.")
    await tab.presses("Copy the link")
    await tab.sees("Copied")
    assert await tab.page.evaluate("navigator.clipboard.readText()") == link
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.is_fine()


async def test_somebody_else_takes_over_aloud(house):
    tab = await house.tab(permissions=["microphone"])
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.presses("Someone else…")
    await tab.page.get_by_role("button", name="Desmond").click()
    await tab.talks()
    await expect(tab.page.locator("#name")).to_have_text("Desmond")
    assert tab.wires[-1].sent[0]["dynamic_variables"]["character"] == "coach"
    await sounds(house, tab.wires[-1])
    await tab.is_fine()


async def test_a_client_that_does_not_load_leaves_writing(house):
    context = await house.browser(permissions=["microphone"])
    await context.route("**/client/**", lambda route: route.abort())
    tab = await house.tab(context)
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.sees("could not be loaded")
    await tab.presses("Write with Merlin")
    await tab.talks()
    await tab.is_fine()


async def test_where_no_room_lets_it_in_the_talk_goes_over_a_websocket(chromium, tmp_path):
    async with AsyncExitStack() as stack:
        house = await open_house(stack, chromium, tmp_path, FOLDER, rooms=True)
        tab = await house.tab(permissions=["microphone"])
        await tab.opens(await house.link(house.member()))
        await tab.presses("Call Merlin")
        await tab.talks()
        await tab.hears("Mira")
        assert "/rtc" in tab.wires[0].url
        assert "conversation_signature" in tab.wires[-1].url
        await sounds(house, tab.wires[-1])
        await tab.is_fine()
        refused = {"operation": "get_token", "fault": "status", "status": 401, "times": 1}
        await house.stage.told("faults", refused)
        tab = await house.tab(permissions=["microphone"])
        await tab.opens(await house.link(house.member()))
        await tab.presses("Call Merlin")
        await tab.talks()
        (wire,) = tab.wires
        assert "conversation_signature" in wire.url, "without a token no room is tried"
        await sounds(house, wire)
        await tab.is_fine()
