"""The talk page in a real Chromium, aloud: on a desktop, and on a phone in dark with the cast opened."""

import struct
import zlib
from base64 import b64decode, b64encode
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import async_playwright

from tests.browser.packages import FOLDER, find_chromium
from tests.browser.people import FLAGS, House, Tab, open_house

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
DESKTOP, PHONE = {"width": 1100, "height": 720}, {"width": 390, "height": 720}
SIZES = {"talk-page-desktop.png": DESKTOP, "talk-page-phone.png": PHONE, "talk-page-cast.png": PHONE}
FEWER_COLORS = """
async (address) => {
  const seen = await createImageBitmap(await (await fetch(address)).blob());
  const canvas = Object.assign(document.createElement("canvas"), { width: seen.width, height: seen.height });
  const paper = canvas.getContext("2d");
  paper.drawImage(seen, 0, 0);
  const all = paper.getImageData(0, 0, seen.width, seen.height);
  all.data.forEach((value, at) => { all.data[at] = Math.min(255, Math.round(value / 5) * 5); });
  const reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(new Blob([all.data])); });
  return [seen.width, seen.height, reader.result.split(",")[1]];
}
"""
"""Takes a picture's finest shades away, which nobody sees and which are half of its size."""
SAID = "My cat is called Fig and loves the moon."


async def take(folder: Path) -> None:
    """Call Merlin twice, and take a picture of each page in the middle of the talk."""
    async with AsyncExitStack() as stack:
        playwright = await stack.enter_async_context(async_playwright())
        chromium = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        stack.push_async_callback(chromium.close)
        house = await open_house(stack, chromium, folder, FOLDER)
        desktop = await _talk(house, "mira", viewport=DESKTOP)
        await _shoot(desktop, "talk-page-desktop.png")
        phone = await _talk(house, "ben", viewport=PHONE, color_scheme="dark")
        await _shoot(phone, "talk-page-phone.png")
        other = await _talk(house, "alice", viewport=PHONE)
        await other.presses("Someone else…")
        await other.sees("Who is next?")
        await other.sees("Stay here")
        await _shoot(other, "talk-page-cast.png")


async def _talk(house: House, name: str, **options: object) -> Tab:
    tab = await house.tab(permissions=["microphone"], **options)
    member = house.stage.member(name)
    await member.calls("wizard")
    await tab.opens(member.link())
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.tells(SAID)
    return tab


async def _shoot(tab: Tab, name: str) -> None:
    """Write the page as it is seen, in a few colours less."""
    seen = await tab.page.screenshot(animations="disabled", caret="hide")
    desk = await tab.page.context.new_page()
    address = f"data:image/png;base64,{b64encode(seen).decode()}"
    width, height, dots = await desk.evaluate(FEWER_COLORS, address)
    await desk.close()
    (PICTURES / name).write_bytes(_png(width, height, b64decode(dots)))


def _png(width: int, height: int, dots: bytes) -> bytes:
    """Return a PNG of dots of red, green, blue and opacity, which is left out. Source: RFC 2083."""
    rgb = bytearray(width * height * 3)
    for color in range(3):
        rgb[color::3] = dots[color::4]
    rows = (b"\0" + rgb[at : at + width * 3] for at in range(0, len(rgb), width * 3))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)
