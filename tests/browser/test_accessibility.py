"""axe-core finds nothing in any state of the page, in light and dark; and the keyboard does it all."""

import pytest
from playwright.async_api import expect

from tests.browser.packages import AXE, FOLDER
from tests.browser.people import DESKTOP, PHONE

pytestmark = pytest.mark.anyio
CLIENT = FOLDER
RULES = """axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
})"""


async def is_barred(tab) -> list[str]:
    """Return what axe finds in the page as it is now, once nothing moves any more."""
    await tab.page.evaluate(
        "Promise.all(document.getAnimations().map((one) => one.finished.catch(() => {})))"
    )
    if not await tab.page.evaluate("() => Boolean(window.axe)"):
        await tab.page.evaluate((FOLDER / AXE.name).read_text())
    found = await tab.page.evaluate(RULES)
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}"
        for one in found["violations"]
    ]


@pytest.mark.parametrize(
    ("scheme", "size"), [("light", PHONE), ("dark", DESKTOP)], ids=["light, phone", "dark, desktop"]
)
async def test_axe_finds_nothing(house, scheme, size):
    context = await house.browser(color_scheme=scheme, viewport=size, reduced_motion="reduce")
    tab = await house.tab(context)
    await tab.opens(await house.link_with_card())
    assert await is_barred(tab) == []
    await tab.presses("Call and remember")
    await tab.sees("Your browser keeps the microphone from this page.")
    assert await is_barred(tab) == []
    await context.grant_permissions(["microphone"])
    await tab.presses("Try again")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    await tab.presses("Mute")
    assert await is_barred(tab) == []
    await tab.presses("Someone else…")
    await tab.sees("it ends your call")
    await expect(tab.page.locator("#cast-list button")).to_have_count(4)
    assert await is_barred(tab) == []
    await tab.presses("Stay here")
    await tab.page.reload()
    await tab.button("Go on where we stopped").wait_for()
    assert await is_barred(tab) == []
    await tab.presses("Go on where we stopped")
    await tab.talks()
    await tab.presses("Hang up")
    await tab.sees("You hung up.")
    assert await is_barred(tab) == []
    await tab.page.route(
        "**/next", lambda route: route.fulfill(status=400, json={"error": "No calls are left."})
    )
    await tab.presses("Call again")
    await tab.sees("No calls are left.")
    assert await is_barred(tab) == []
    await tab.opens(tab.page.url.replace("/t/", "/t/never-"))
    await tab.sees("This link has run out")
    assert await is_barred(tab) == []
    await tab.opens(f"{house.stage.app.url}/privacy")
    assert await is_barred(tab) == []
    assert await tab.moved() < 0.01


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_where_one_writes(house, scheme):
    context = await house.browser(color_scheme=scheme, viewport=PHONE, reduced_motion="reduce")
    await context.add_init_script("delete Navigator.prototype.mediaDevices")
    tab = await house.tab(context)
    mira = house.member()
    await tab.opens(await house.link(mira))
    await tab.sees("This browser has no microphone for pages")
    assert await is_barred(tab) == []
    assert await tab.moved() < 0.01
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells("My cat is called Fig.")
    assert await is_barred(tab) == []
    await tab.presses("Hang up")
    await mira.is_told("Merlin will remember this")
    await tab.page.reload()
    await tab.sees("This call is over.")
    assert await is_barred(tab) == []


async def test_the_keyboard_alone_calls_writes_changes_character_and_hangs_up(house):
    tab = await house.tab(viewport={"width": 320, "height": 640})
    await tab.opens(await house.link(house.member()))
    press = tab.page.keyboard.press
    await press("Tab")
    await expect(tab.button("Call Merlin")).to_be_focused()
    await press("Tab")
    await press("Space")
    await press("Shift+Tab")
    await press("Enter")
    await tab.talks()
    await expect(tab.page.locator("#words")).to_be_focused()
    await tab.page.keyboard.type("My cat is called Fig.")
    await press("Enter")
    await expect(tab.page.locator("#log .line.agent .said")).to_have_count(2)
    await tab.button("Someone else…").focus()
    await press("Enter")
    await expect(tab.page.locator("#cast-list button")).to_have_count(4)
    await press("Escape")
    await expect(tab.button("Someone else…")).to_be_focused()
    await press("Tab")
    await expect(tab.button("Hang up")).to_be_focused()
    await press("Enter")
    await expect(tab.page.locator("#ending")).to_be_focused()
    assert await tab.page.evaluate("document.documentElement.scrollWidth") <= 320
