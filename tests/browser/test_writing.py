"""The talk page in text, as a newcomer in the sandbox has it: from the link to the recap."""

import json
import re
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from playwright.async_api import expect

from tests.browser.people import open_house

pytestmark = pytest.mark.anyio


async def test_a_member_writes_with_a_character_and_reads_the_recap(house):
    mira = house.member()
    tab = await house.tab()
    await tab.opens(await house.link(mira))
    await tab.sees("Voice is not set up here")
    assert await tab.moved() < 0.01
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.hears("Mira")
    await tab.tells("My cat is called Fig.")
    await tab.presses("Hang up")
    await tab.sees("You hung up.")
    assert "Your call with Merlin" in await mira.is_told("Merlin will remember this")
    await tab.is_fine()


async def test_who_never_called_is_asked_first_and_their_answer_holds(house):
    tab = await house.tab()
    await tab.opens(await house.link_with_card())
    await tab.sees("Before your first call")
    await tab.presses("Call, don't remember")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.page.reload()
    assert "Fig" not in await tab.page.evaluate("JSON.stringify(sessionStorage)")
    await tab.is_fine()


async def test_a_link_that_one_browser_opened_is_closed_to_every_other(house):
    link = await house.link(house.member())
    first, second = await house.tab(), await house.tab()
    await first.opens(link)
    await second.opens(link)
    await first.presses("Call Merlin")
    await first.talks()
    await second.presses("Call Merlin")
    await second.sees("opened in another browser. Go on there, or ask for a new one")
    await second.opens(link)
    await second.sees("This link is in use")
    await second.is_fine()


async def test_a_link_that_ran_out_says_how_to_get_a_new_one(chromium, tmp_path):
    async with AsyncExitStack() as stack:
        house = await open_house(stack, chromium, tmp_path)
        link = await house.link(house.member())
        open_before = await house.tab()
        await open_before.opens(link)
        house.stage.clock.moved += timedelta(minutes=16)
        tab = await house.tab()
        await tab.opens(link)
        await tab.sees("/call makes one")
        await open_before.presses("Call Merlin")
        await open_before.sees("/call makes one")
        await open_before.is_fine()


async def test_somebody_else_takes_over_in_the_same_page_and_knows_nothing_of_it(house):
    mira = house.member()
    tab = await house.tab()
    link = await house.link(mira)
    await tab.opens(link)
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.presses("Someone else…")
    await tab.sees("it ends your call with Merlin")
    await tab.page.get_by_role("button", name="Desmond").click()
    await expect(tab.page.locator("#name")).to_have_text("Desmond")
    await tab.talks()
    await tab.hears("")
    assert tab.page.url != link
    assert "Fig" not in json.dumps(tab.wires[-1].sent)
    assert tab.wires[-1].sent[0]["dynamic_variables"]["character"] == "coach"
    assert "Fig" not in await tab.page.locator("#log").inner_text()
    assert "Your call with Merlin" in await mira.is_told("Merlin will remember this")
    await tab.presses("Hang up")
    await tab.sees("You hung up.")
    await tab.is_fine()


async def test_after_a_reload_the_talk_goes_on_where_it_stopped(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.page.reload()
    await tab.presses("Go on where we stopped")
    await tab.talks()
    await expect(tab.page.locator("#log .line.earlier").filter(has_text="Fig").first).to_be_visible()
    told = [message["text"] for message in tab.wires[-1].sent_of("contextual_update")]
    assert len(told) == 1
    assert "Member: “My cat is called Fig.”" in told[0]
    await tab.page.reload()
    await tab.presses("Go on where we stopped")
    await tab.talks()
    await expect(tab.page.locator("#log .line.user.earlier").filter(has_text="Fig")).to_be_visible()
    await tab.is_fine()


async def test_another_link_in_the_same_tab_knows_nothing_of_the_call_before(house):
    mira = house.member()
    tab = await house.tab()
    for way in ("hung up", "left"):
        await tab.opens(await house.link(mira))
        await expect(tab.button("Call Merlin")).to_be_visible()
        await tab.presses("Call Merlin")
        await tab.talks()
        await expect(tab.page.locator("#log .line.earlier")).to_have_count(0)
        await tab.tells("My cat is called Fig.")
        if way == "hung up":
            await tab.presses("Hang up")
    await tab.opens(await house.link(house.member("ben"), "coach"))
    await expect(tab.button("Call Desmond")).to_be_visible()
    await tab.presses("Call Desmond")
    await tab.talks()
    await tab.tells("Hello.")
    assert "Fig" not in json.dumps(tab.wires[-1].sent)
    await tab.is_fine()


async def test_a_talk_goes_on_also_when_its_call_is_over_already(house):
    mira = house.member()
    tab = await house.tab()
    await tab.opens(await house.link(mira))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.page.reload()
    await mira.is_told("Merlin will remember this")
    await tab.page.reload()
    await tab.sees("The page was loaded anew.")
    await tab.presses("Go on where we stopped")
    await tab.talks()
    await expect(tab.page.locator("#log .line.earlier").filter(has_text="Fig").first).to_be_visible()
    await tab.is_fine()


async def test_who_is_called_instead_after_a_reload_is_told_nothing_of_it(house):
    mira = house.member()
    tab = await house.tab()
    await tab.opens(await house.link(mira))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.page.reload()
    await mira.is_told("Merlin will remember this")
    await tab.page.reload()
    await tab.presses("Someone else…")
    await tab.page.get_by_role("button", name="Desmond").click()
    await tab.talks()
    await tab.tells("Hello.")
    assert "Fig" not in json.dumps(tab.wires[-1].sent)
    assert "Fig" not in await tab.page.locator("#log").inner_text()
    await tab.is_fine()


@pytest.mark.parametrize("way", ["hang up", "close"])
async def test_a_page_that_hangs_up_or_is_closed_says_so(chromium, tmp_path, way):
    async with AsyncExitStack() as stack:
        house = await open_house(stack, chromium, tmp_path, webhooks=False)
        mira = house.member()
        tab = await house.tab()
        await tab.opens(await house.link(mira))
        await tab.presses("Call Merlin")
        await tab.talks()
        await tab.tells("My cat is called Fig.")
        if way == "hang up":
            await tab.presses("Hang up")
        else:
            await tab.page.close(run_before_unload=True)
        assert "Your call with Merlin" in await mira.is_told("Merlin will remember this")


async def test_after_a_hang_up_the_same_character_is_called_again(house):
    mira = house.member()
    tab = await house.tab()
    await tab.opens(await house.link(mira))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.presses("Hang up")
    await mira.is_told("Merlin will remember this")
    await tab.presses("Call again")
    await tab.talks()
    assert "Fig" in tab.wires[-1].sent[0]["dynamic_variables"]["context"]
    await tab.is_fine()


async def test_an_allowance_that_is_used_up_is_said_with_when_there_is_more(chromium, tmp_path):
    async with AsyncExitStack() as stack:
        house = await open_house(stack, chromium, tmp_path, settings={"calls_per_day": 1})
        tab = await house.tab()
        await tab.opens(await house.link(house.member()))
        await tab.presses("Call Merlin")
        await tab.talks()
        await tab.presses("Hang up")
        await tab.presses("Call again")
        trouble = tab.page.locator("#ending-trouble")
        await expect(trouble).to_contain_text(re.compile("more|tomorrow", re.IGNORECASE))
        await tab.sees("Your call with Merlin is over.")
        await tab.is_fine()


async def test_a_character_that_hangs_up_is_said_to_have_done_so(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await house.stage.told(
        "faults", {"operation": "socket", "fault": "close", "status": 1000, "reason": "bye"}
    )
    await tab.says("Good night.")
    await tab.sees("Merlin hung up.")
    await tab.is_fine()


async def test_a_line_that_breaks_is_said_to_be_lost(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await house.stage.told(
        "faults", {"operation": "socket", "fault": "close", "status": 1011, "reason": "oh"}
    )
    await tab.says("Hello?")
    await tab.sees("The connection was lost.")
    await tab.is_fine()


async def test_an_agent_that_cannot_be_reached_leaves_the_link_good(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.page.route_web_socket("**/v1/convai/**", lambda socket: socket.close(code=1011))
    await tab.presses("Call Merlin")
    await tab.sees("Nobody picked up: the line to Merlin is out of order.")
    await tab.button("Try again").wait_for()
    await tab.is_fine()


async def test_the_page_keeps_the_time_and_says_when_it_is_nearly_up(house):
    tab = await house.tab()
    await tab.page.clock.install()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.page.clock.fast_forward("14:10")
    await tab.page.clock.run_for(1000)
    await expect(tab.page.locator("#news")).to_have_text("One minute is left.")
    await tab.page.clock.fast_forward("01:00")
    await tab.page.clock.run_for(1000)
    await tab.sees("The time was up.")
    await tab.is_fine()


async def test_a_page_that_does_not_come_in_full_says_so(house):
    context = await house.browser()
    await context.route("**/call.js", lambda route: route.abort())
    tab = await house.tab(context)
    await tab.opens(await house.link(house.member()))
    await tab.sees("This page did not come in full, so nothing was started. Load it again.")
    await expect(tab.page.get_by_role("button", name="Call Merlin")).to_have_count(0)


async def test_what_is_kept_can_be_read_before_a_call(house):
    tab = await house.tab()
    link = await house.link(house.member())
    await tab.opens(link)
    await tab.page.get_by_role("link", name="What is kept of your calls").click()
    await tab.sees("For how long")
    await tab.page.go_back()
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.is_fine()


async def test_when_all_lines_are_busy_the_link_stays_good(chromium, tmp_path):
    async with AsyncExitStack() as stack:
        house = await open_house(stack, chromium, tmp_path, settings={"calls_at_once": 1})
        first, second = await house.tab(), await house.tab()
        mira = house.member()
        await first.opens(await house.link(mira))
        await first.presses("Call Merlin")
        await first.talks()
        await first.tells("My cat is called Fig.")
        await second.opens(await house.link(house.member("ben")))
        await second.presses("Call Merlin")
        await second.sees(
            "All lines are busy at the moment. Your link stays good: try again in a few minutes."
        )
        await first.presses("Hang up")

        async def is_free() -> bool:
            await second.presses("Try again")
            await second.page.locator("#clock, #trouble").filter(visible=True).first.wait_for()
            return await second.page.locator("#clock").is_visible()

        await house.stage.until(is_free)
        await second.talks()
        await second.is_fine()
