"""What the pages show: the character, escaped, with its picture; all of it small and our own."""

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_house import WIZARD, House

from bot.domain.picture import MAX_PICTURE_BYTES
from bot.web.page_files import FILES, FIRST, MODULES, STYLE, address_of
from bot.web.pictures import DARK_INK, LIGHT_INK, ink_on

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40
WEBP = b"RIFF\x24\0\0\0WEBP" + b"\0" * 40
SCRIPTS = {address for address in FILES if address.endswith(".js")}
MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "</title><script>x()</script>",
    "<a href=javascript:alert(1)>",
    "{% raw %} {# x #}",
)


class Page(HTMLParser):
    """Every element of a page, and everything that could run in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def live(self) -> list[str]:
        scripts = [
            tag
            for tag, attributes in self.elements
            if tag in {"script", "iframe", "object", "style", "base"} and attributes.get("src") not in SCRIPTS
        ]
        handlers = [
            f"{name}={value}"
            for _, attributes in self.elements
            for name, value in attributes.items()
            if name.startswith("on") or name == "style" or (name in {"href", "src"} and ":" in (value or ""))
        ]
        return scripts + handlers


def refresh(house: House, folder: Path, wizard: str) -> None:
    (folder / "wizard.md").write_text(wizard)
    house.cast.refresh()


@pytest.mark.anyio
@pytest.mark.parametrize("markup", MARKUP)
async def test_markup_in_a_character_stays_text(house: House, cast_folder: Path, markup: str) -> None:
    quoted = "'" + markup.replace("'", "''") + "'"
    wizard = WIZARD.replace("name: Merlin", f"name: {quoted[:40] if len(quoted) <= 40 else 'Merlin'}")
    wizard = wizard.replace("tagline: Court wizard, fond of riddles", f"tagline: {quoted}")
    wizard = wizard.replace('author: "@mira"', f"author: {quoted}")
    refresh(house, cast_folder, wizard)
    persona = house.cast.get("wizard")
    assert persona.tagline == persona.author == markup
    for remember in (None, True):
        _, text = await house.see(await house.link(remember=remember))
        page = Page(text)
        assert page.live == []
        assert [tag for tag, _ in page.elements].count("script") == 2
        assert markup in page.texts
    _, emblem = await house.see("/pictures/wizard")
    assert {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(emblem).iter()} == {
        "svg",
        "rect",
        "circle",
        "text",
    }


@pytest.mark.anyio
async def test_the_page_needs_nothing_but_our_own_files(house: House) -> None:
    _, text = await house.see(await house.link())
    page = Page(text)
    loaded = {one["src"] for _, one in page.elements if "src" in one}
    loaded |= {one["href"] for tag, one in page.elements if tag == "link"}
    assert loaded == {*FILES, "/pictures/wizard"}
    assert page.live == []
    total = len(text.encode())
    for address in loaded:
        status, body = await house.see(str(address))
        assert status == 200
        total += len(body.encode())
    assert total < 60_000, "what is ours has to come quickly on a telephone"


@pytest.mark.anyio
async def test_all_modules_come_at_once_and_the_colour_before_anything_is_painted(house: House) -> None:
    _, text = await house.see(await house.link())
    page = Page(text)
    named = [one["href"] for tag, one in page.elements if tag == "link" and one["rel"] == "modulepreload"]
    assert tuple(named) == MODULES
    for address in SCRIPTS:
        _, script = await house.see(address)
        for module in re.findall(r'from "\./(.+?)"', script):
            assert address_of(module) in MODULES
    order = [one.get("src") or one.get("href") for tag, one in page.elements if tag in {"script", "link"}]
    assert order.index(FIRST) < order.index(STYLE)
    (first,) = [one for tag, one in page.elements if tag == "script" and one["src"] == FIRST]
    assert set(first) == {"src"}, "the parser waits for it"


@pytest.mark.anyio
@pytest.mark.parametrize("address", sorted(SCRIPTS))
async def test_no_script_parses_what_people_say_as_markup(house: House, address: str) -> None:
    _, script = await house.see(address)
    for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc"):
        assert word not in script


@pytest.mark.anyio
async def test_the_script_tells_of_activity_well_within_the_minute_after_which_they_hang_up(
    house: House,
) -> None:
    _, script = await house.see(address_of("lines.js"))
    beat = re.search(r'setInterval\(\(\) => send\(\{ type: "user_activity" \}\), (\w+) \* 1000\)', script)
    assert beat is not None
    seconds = re.search(rf"const {beat[1]} = (\d+);", script)
    assert seconds is not None
    assert int(seconds[1]) <= 30
    assert "clearInterval(staying)" in script


@pytest.mark.anyio
async def test_what_people_write_cannot_turn_the_page_around(house: House) -> None:
    script = "".join([(await house.see(address))[1] for address in sorted(SCRIPTS)])
    stripped = re.search(r"const TURNS = /\[(.*?)\]/gu;", script)
    assert stripped is not None
    assert stripped[1].encode().decode("unicode_escape") == "\u202a-\u202e\u2066-\u2069"
    for assignment in re.findall(r"(?:said|\.said\"\)|element)\.textContent = (.*);", script):
        assert assignment == "plain(text)"
    assert script.count("textContent = plain(text)") == 2
    _, page = await house.see(await house.link())
    box = dict(Page(page).elements)["textarea"]
    assert box["dir"] == "auto"
    assert box["aria-describedby"] == "limit"


@pytest.mark.anyio
async def test_without_javascript_the_page_says_that_it_needs_it(house: House) -> None:
    _, text = await house.see(await house.link())
    noscript = re.search(r"<noscript>(.*?)</noscript>", text, re.DOTALL)
    assert noscript is not None
    assert "needs JavaScript" in noscript[1]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "data", "kind"), [("m.png", PNG, "image/png"), ("m.webp", WEBP, "image/webp")]
)
async def test_a_picture_is_served_as_what_it_is(
    house: House, cast_folder: Path, name: str, data: bytes, kind: str
) -> None:
    (cast_folder / name).write_bytes(data)
    refresh(house, cast_folder, WIZARD.replace("color:", f"picture: {name}\ncolor:"))
    url = await house.serve()
    async with house.browser.get(f"{url}/pictures/wizard") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == kind
        assert await answer.read() == data


@pytest.mark.anyio
async def test_a_picture_that_turned_bad_gives_way_to_the_emblem(
    house: House, cast_folder: Path, tmp_path: Path
) -> None:
    picture = cast_folder / "m.png"
    picture.write_bytes(PNG)
    refresh(house, cast_folder, WIZARD.replace("color:", "picture: m.png\ncolor:"))
    url = await house.serve()
    outside = tmp_path / "private.png"
    outside.write_bytes(PNG)

    def is_gone() -> None:
        picture.unlink()

    def is_large() -> None:
        picture.write_bytes(PNG + b"\0" * MAX_PICTURE_BYTES)

    def is_a_page() -> None:
        picture.write_bytes(b"<html><script>alert(1)</script>")

    def leads_outside() -> None:
        picture.unlink()
        picture.symlink_to(outside)

    for turn_bad in (is_gone, is_large, is_a_page, leads_outside):
        turn_bad()
        async with house.browser.get(f"{url}/pictures/wizard") as answer:
            assert (answer.status, answer.content_type) == (200, "image/svg+xml"), turn_bad.__name__
            assert ">M</text>" in await answer.text()


@pytest.mark.anyio
@pytest.mark.parametrize("slug", ["nobody", "Merlin", "WIZARD", "..%2fwizard", "wizard.md", "%00", "a" * 33])
async def test_a_picture_of_nobody_is_not_there(house: House, slug: str) -> None:
    status, page = await house.see(f"/pictures/{slug}")
    assert status == 404
    assert slug not in page


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True))
def test_ink_can_be_read_on_any_colour(color: str) -> None:
    def luminance(one: str) -> float:
        linear = [
            value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
            for value in (int(one[at : at + 2], 16) / 255 for at in (1, 3, 5))
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    brighter, darker = sorted((luminance(color), luminance(ink_on(color))), reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5
    assert ink_on(color) in {DARK_INK, LIGHT_INK}
