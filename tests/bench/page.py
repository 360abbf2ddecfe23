"""The talk page: its bytes, and the time from the click to the first frame of the conversation.

The same Chromium on the same machine opens the same conversations from an empty page that has the signed
address in hand already: what ours takes longer is what our page and its server take.
"""

import asyncio
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Page, async_playwright

from bot.cli.npm import missing
from bot.web.kept_files import pack
from bot.web.page_files import FILES, STYLE
from bot.web.talk_client import LIBRARY, MICROPHONE, PLAYER, SERVED
from tests.bench.measuring import show
from tests.browser.packages import FOLDER, find_chromium
from tests.browser.people import FLAGS, House, open_house

ROUNDS = 15
MOST_BYTES = 60_000
WATCH = """
let pressed = 0;
document.addEventListener("click", () => { pressed = performance.now(); }, true);
const { send } = WebSocket.prototype;
WebSocket.prototype.send = function (data) {
  if (typeof data === "string" && data.includes("conversation_initiation_client_data")) {
    window.took ??= performance.now() - pressed;
  }
  return send.call(this, data);
};
"""
EMPTY = """(library) => new Promise((loaded) => {
  document.body.innerHTML = "<button>Call</button>";
  if (!library) return loaded();
  const script = document.createElement("script");
  script.onload = () => loaded();
  script.src = library;
  document.head.append(script);
})"""
OPEN_IN_TEXT = """(answer) => document.querySelector("button").addEventListener("click", () => {
  const socket = new WebSocket(answer.signed_url, "convai");
  socket.addEventListener("open", () => socket.send(JSON.stringify(answer.message)));
})"""
OPEN_ALOUD = """([answer, rawAudioProcessor, audioConcatProcessor]) => {
  const { user_id: userId, dynamic_variables: dynamicVariables } = answer.message;
  const workletPaths = { rawAudioProcessor, audioConcatProcessor };
  const where = { signedUrl: answer.signed_url, connectionType: "websocket" };
  document.querySelector("button").addEventListener("click", () =>
    ElevenLabsClient.Conversation.startSession({ ...where, userId, dynamicVariables, workletPaths }));
}"""


def run() -> None:
    """Print bytes and milliseconds, or what is missing for that."""
    if find_chromium() is None or missing(SERVED, FOLDER):
        print("The talk page was not measured: it needs Chromium, and make browser-packages.")
        return
    asyncio.run(_run())


async def _run() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack, async_playwright() as playwright:
            chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            stack.push_async_callback(chromium.close)
            house = await open_house(stack, chromium, Path(folder), FOLDER)
            await _show_bytes(house)
            rows = [
                ("in text, our page", *_times([await _ours(house, aloud=False) for _ in range(ROUNDS)])),
                (
                    "in text, an empty page",
                    *_times([await _bare(house, aloud=False) for _ in range(ROUNDS)]),
                ),
                ("aloud, our page", *_times([await _ours(house, aloud=True) for _ in range(ROUNDS)])),
                (
                    "aloud, the official client alone",
                    *_times([await _bare(house, aloud=True) for _ in range(ROUNDS)]),
                ),
            ]
            title = f"From the click to the initiation frame on loopback, {ROUNDS} of each"
            show(title, ("what", "ms p50", "ms least", "ms most"), rows)


async def _show_bytes(house: House) -> None:
    async with house.stage.browser() as browser, browser.http.get(await _link(house)) as answer:
        page = await answer.read()
    ours = [
        ("markup", len(page), len(page)),
        ("styles", *_sizes({STYLE: FILES[STYLE]})),
        ("scripts", *_sizes({address: body for address, body in FILES.items() if address != STYLE})),
    ]
    whole = ("all that is ours", sum(one[1] for one in ours), sum(one[2] for one in ours))
    client = ("the official client", *_sizes({LIBRARY.name: (FOLDER / LIBRARY.name).read_bytes()}))
    rows = [(name, f"{size:,}", f"{sent:,}", "") for name, size, sent in [*ours, whole, client]]
    rows[len(ours)] = (*rows[len(ours)][:3], f"under {MOST_BYTES:,}")
    show("The talk page, in bytes", ("what", "unpacked", "as sent", "aim"), rows)


def _sizes(files: Mapping[str, bytes]) -> tuple[int, int]:
    return sum(map(len, files.values())), sum(len(pack(body)) for body in files.values())


def _times(milliseconds: list[float]) -> list[str]:
    return [f"{one(milliseconds):.1f}" for one in (statistics.median, min, max)]


async def _link(house: House) -> str:
    return await house.link(house.member())


async def _ours(house: House, *, aloud: bool) -> float:
    context = await house.chromium.new_context(permissions=["microphone"])
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await page.goto(await _link(house), wait_until="networkidle")
    if not aloud:
        await page.get_by_label("I’d rather write than talk").check()
    return await _press(page, "Call Merlin")


async def _bare(house: House, *, aloud: bool) -> float:
    link = await _link(house)
    async with house.stage.browser() as browser:
        answer = await browser.presses(link)
    context = await house.chromium.new_context(permissions=["microphone"])
    await context.add_init_script(WATCH)
    page = await context.new_page()
    await page.goto(f"{house.stage.app.url}/privacy")
    await page.evaluate(EMPTY, LIBRARY.address if aloud else "")
    if aloud:
        await page.evaluate(OPEN_ALOUD, [answer, MICROPHONE.address, PLAYER.address])
    else:
        await page.evaluate(OPEN_IN_TEXT, answer)
    return await _press(page, "Call")


async def _press(page: Page, name: str) -> float:
    await page.get_by_role("button", name=name, exact=True).click()
    took = await page.wait_for_function("() => window.took")
    milliseconds = float(await took.json_value())
    await page.context.close()
    return milliseconds
