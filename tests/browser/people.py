"""Members in a real browser: what they press, what they see, and what goes over the wire."""

import json
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, WebSocket, expect

from bot.calls.placing import Wish, place
from bot.domain.caller import Caller, parse_account
from tests.scenarios.stage import Member, Stage, open_stage

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--use-fake-device-for-media-stream", "--host-resolver-rules=MAP troupe.example 127.0.0.1",
]  # fmt: skip
"""The microphone beeps; who has no permission for it is not asked, and denied."""
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
expect.set_options(timeout=20_000)

WATCH = """
window.refused = []; window.shift = 0; window.sources = [];
window.EventSource = class extends EventSource {
  constructor(address) { super(address); sources.push(this); }
};
document.addEventListener("securitypolicyviolation", (event) => {
  refused.push(`${event.violatedDirective} ${event.blockedURI}`);
});
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) if (!one.hadRecentInput) shift += one.value;
}).observe({ type: "layout-shift", buffered: true });
"""
"""Notes what the page's own policy refuses, how much of it moved by itself, and to what it listens."""
LISTENING, DEAF = 1, 2
"""States of an EventSource. Source: HTML Standard, 9.2.2."""
ROOM_FOR_ALL = {"calls_at_once": 100, "minutes_per_month_total": 100_000}
"""One Troupe serves all tests of a file, each with members of its own."""


@dataclass
class Wire:
    """One WebSocket of a page, as the browser saw it."""

    url: str
    sent: list[dict[str, Any]] = field(default_factory=list)

    def sent_of(self, key: str) -> list[dict[str, Any]]:
        return [message for message in self.sent if message.get("type") == key or key in message]


@dataclass
class Tab:
    """One page in one browser, and all that it did."""

    page: Page
    wires: list[Wire] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    async def opens(self, link: str) -> None:
        """Open an address; the official client may still be on its way then."""
        await self.page.goto(link, wait_until="domcontentloaded")

    async def moved(self) -> float:
        """Return how much of the page moved by itself, once it has all come."""
        await self.page.wait_for_load_state("load")
        return float(await self.page.evaluate("window.shift"))

    def button(self, name: str) -> Any:
        return self.page.get_by_role("button", name=name, exact=True)

    async def presses(self, name: str) -> None:
        await self.button(name).click()

    async def sees(self, words: str) -> None:
        """Wait until these words stand somewhere where they can be seen."""
        await expect(self.page.get_by_text(words).filter(visible=True).first).to_be_visible()

    async def hears(self, words: str) -> None:
        """Wait until the character said these words."""
        await expect(self.page.locator("#log .line.agent .said").filter(has_text=words).first).to_be_visible()

    async def says(self, text: str) -> None:
        await self.page.locator("#words").fill(text)
        await self.presses("Send")

    async def tells(self, text: str) -> None:
        """Say something once the character greeted, and wait for the answer."""
        said = self.page.locator("#log .line.agent:not(.earlier) .said")
        await expect(said).to_have_count(1)
        await self.says(text)
        await expect(said).to_have_count(2)

    async def talks(self) -> None:
        """Wait until the call is on."""
        await expect(self.page.locator("#clock")).to_contain_text("·")

    async def listens(self, *states: int) -> None:
        """Wait until the page's sources of events are in these states, the first first."""
        await self.page.wait_for_function(
            "(wanted) => JSON.stringify(sources.map((one) => one.readyState)) === wanted",
            arg=json.dumps(states, separators=(",", ":")),
        )

    async def is_fine(self) -> None:
        """Nothing was refused by our own policy, and no script failed."""
        assert await self.page.evaluate("window.refused") == []
        assert self.errors == []

    def _watch(self, socket: WebSocket) -> None:
        wire = Wire(socket.url)
        self.wires.append(wire)
        socket.on("framesent", lambda data: wire.sent.append(json.loads(data)))


@dataclass
class House:
    """The running bot, and browsers for its members, who are called Mira1, Mira2 and so on."""

    stage: Stage
    chromium: Browser
    stack: AsyncExitStack
    count: "count[int]" = field(default_factory=lambda: count(1))

    def member(self, name: str = "mira") -> Member:
        return self.stage.member(f"{name}{next(self.count)}")

    async def link(self, member: Member, what: str = "wizard") -> str:
        await member.calls(what)
        return member.link()

    async def link_with_card(self, name: str = "ben") -> str:
        """Return a link for somebody who never called, as an operator makes it."""
        caller = Caller(parse_account(f"{name}{next(self.count)}"), name.capitalize())
        placed = await place(self.stage.app.house, caller, "wizard", Wish(), card_comes_later=True)
        assert placed is not None
        return placed.url

    async def browser(self, **options: Any) -> BrowserContext:
        """Open a browser of its own: its own cookies, its own permissions."""
        context = await self.chromium.new_context(**{"viewport": DESKTOP, **options})
        context.set_default_timeout(20_000)
        await context.add_init_script(WATCH)
        self.stack.push_async_callback(context.close)
        return context

    async def tab(self, context: BrowserContext | None = None, **options: Any) -> Tab:
        page = await (context or await self.browser(**options)).new_page()
        tab = Tab(page)
        page.on("websocket", tab._watch)
        page.on("pageerror", lambda error: tab.errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return tab


async def open_house(
    stack: AsyncExitStack, chromium: Browser, folder: Path, client: Path | None = None, **options: Any
) -> House:
    """Open a Troupe in ``folder``; ``client`` is the folder of the official client."""
    folders = {"talk_client_dir": client or folder / "no-client"}
    settings = {**folders, **ROOM_FOR_ALL, **options.pop("settings", {})}
    stage = await stack.enter_async_context(open_stage(folder, settings=settings, **options))
    return House(stage, chromium, stack)
