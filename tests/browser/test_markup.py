"""Ten thousand pieces of markup in every field that is shown: Chromium finds no element more than without."""

import json
from types import SimpleNamespace

import pytest

from bot.web.answers import Trouble, render
from bot.web.privacy import parts
from tests.browser.markup import markup

pytestmark = pytest.mark.anyio
PER_PAGE = 20
"""So many strings stand in one field at once."""
CLIENT_FILES = dict.fromkeys(("library", "microphone", "player", "samplerate"), "/client/0/x.js")

SHAPE = """
window.shape = (from) => [...from.querySelectorAll("*")].map((one) =>
  [one.localName, ...[...one.attributes].map(({ name }) => name).sort()].join(" ")).join("\\n");
null;
"""
PARSED = """(written) => {
  const [[, harmless], ...pages] = JSON.parse(written);
  const look = (page) => new DOMParser().parseFromString(page, "text/html");
  const links = (from) => [...from.querySelectorAll("[href], [src]")].map((one) =>
    (one.getAttribute("href") ?? one.getAttribute("src")).replace(/^\\/pictures\\/.*/s, "/pictures/"));
  const plain = [shape(look(harmless)), ...links(look(harmless))].join("\\n");
  return pages.filter(([text, page]) => {
    const read = look(page);
    const all = [shape(read), ...links(read)].join("\\n");
    return all !== plain || !read.documentElement.textContent.includes(text);
  }).map(([text]) => text).slice(0, 3);
}"""


def as_parsed(text: str) -> str:
    """Return a text as it stands in a page. Source: HTML Standard, 13.2.3.5 and 13.2.6.4.7."""
    return text.replace("\r\n", "\n").replace("\x00", "")


def talk(text: str, **more) -> str:
    fields = dict.fromkeys(("name", "tagline", "author", "language", "color", "slug"), text)
    persona = SimpleNamespace(**fields, max_minutes=text)
    values = {"card": text, "asks": True, "is_over": False, "client": {}, "rooms": False, **more}
    return render("talk.html", persona=persona, ink=text, **values)


def privacy(text: str, terms) -> str:
    told = [(heading, [*paragraphs, text]) for heading, paragraphs in parts(terms)]
    return render("privacy.html", community=text, parts=[*told, (text, [text])])


async def test_no_page_of_ours_has_more_in_it_than_with_harmless_words(house):
    strings, terms = markup(), house.stage.app.house.terms
    texts = [" ".join(strings[at : at + PER_PAGE]) for at in range(0, len(strings), PER_PAGE)]
    pages = {
        "talk": lambda text: talk(text, client=CLIENT_FILES, rooms=True),
        "notice": lambda text: render("notice.html", trouble=Trouble(400, text, text, again=True)),
        "privacy": lambda text: privacy(text, terms),
        "talk without the card": lambda text: talk(text, card=""),
        "talk that is over": lambda text: talk(text, is_over=True),
    }
    tab = await house.tab()
    await tab.opens(f"{house.stage.app.url}/privacy")
    await tab.page.evaluate(SHAPE)
    for name, page in pages.items():
        some = texts[: len(texts) // 10] if "talk " in name else texts  # of fields that are in "talk" too
        written = [(as_parsed(text), page(text)) for text in ("harmless", *some)]
        assert (name, await tab.page.evaluate(PARSED, json.dumps(written))) == (name, [])


THROUGH_EVERY_FIELD = """async (written) => {
  const strings = JSON.parse(written);
  const load = (name) => import(document.getElementById("page").src.replace("talk.js", name));
  const [page, captions, door, call, calling, cast] = await Promise.all(
    ["page.js", "captions.js", "door.js", "call.js", "calling.js", "cast.js"].map(load));
  const log = document.getElementById("log"), list = document.getElementById("cast-list");
  const attributes = new Set(["alt", "src", "width", "height", "class", "dir", "data-event", "aria-hidden"]);
  const tags = new Set(["p", "span", "b", "small", "li", "button", "img", "i"]);
  const traits = ["name", "slug", "tagline", "author", "language", "color", "ink"];
  const odd = [], head = shape(document.head);
  page.root.style.display = "none"; // nothing of it has to be laid out ten thousand times
  for (let at = 0; at < strings.length; at += 100) {
    const some = strings.slice(at, at + 100);
    for (const text of some) { // all at once: nothing asks for the layout in between
      calling.dress(Object.fromEntries(traits.map((key) => [key, text])));
      if (document.getElementById("tagline").textContent !== text) odd.push(["tagline", text]);
    }
    for (const text of some) {
      const said = page.plain(text);
      log.replaceChildren();
      captions.bubble("agent", text, text);
      captions.bubble("user", text);
      if (log.firstChild.lastChild.textContent !== said) odd.push(["agent", text]);
      if (log.lastChild.lastChild.textContent !== said) odd.push(["user", text]);
      captions.correct({ corrected_agent_response: `${text} corrected`, event_id: text });
      if (log.firstChild.lastChild.textContent !== `${said} corrected`) odd.push(["corrected", text]);
      page.state(text, "listening");
      page.news(text);
      door.tell({ text, copy: true }, [[text, () => {}]]);
      call.showEnd(text, text);
      for (const one of document.querySelectorAll("#log *, #ways *")) {
        if (!tags.has(one.localName)) odd.push([one.localName, text]);
        for (const { name } of one.attributes) if (!attributes.has(name)) odd.push([name, text]);
      }
    }
    const all = some.join(" "); // each has a picture to load
    list.append(cast.offer({ slug: "wizard", name: all, tagline: all }, () => {}));
    if (list.textContent !== page.plain(all) + page.plain(all)) odd.push(["cast", all]);
    for (const one of list.querySelectorAll("*")) {
      if (!tags.has(one.localName)) odd.push([one.localName, at]);
      for (const { name } of one.attributes) if (!attributes.has(name)) odd.push([name, at]);
    }
    list.replaceChildren();
    for (const one of document.querySelectorAll("*")) {
      for (const { name, value } of one.attributes) {
        const leadsOut = /^(href|src)$/.test(name) && !value.startsWith("/");
        if (/^on/i.test(name) || leadsOut) odd.push([name, value]);
      }
    }
  }
  if (shape(document.head) !== head) odd.push(["head", ""]);
  return { odd: odd.slice(0, 5), scripts: document.scripts.length, hit: window.hit ?? 0 };
}"""


async def test_what_comes_in_while_the_page_is_open_stays_text(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.page.evaluate(SHAPE)
    seen = await tab.page.evaluate(THROUGH_EVERY_FIELD, json.dumps(markup()))
    assert seen == {"odd": [], "scripts": 2, "hit": 0}
    await tab.is_fine()


async def test_markup_that_is_whispered_goes_to_the_character_as_it_is_and_into_no_page(house):
    tab = await house.tab()
    await tab.opens(await house.link(house.member()))
    await tab.presses("Call Merlin")
    await tab.talks()
    await tab.listens(1)
    await tab.hears("")
    await tab.page.evaluate(SHAPE)
    before = await tab.page.evaluate("shape(document)")
    installation, strings = house.stage.app.house, markup(500, seed=9)
    (call_id,) = (one for one, line in installation.pages._lines.items() if line.listener)
    for text in strings:
        assert await installation.pages.tell(call_id, "update", text)

    async def all_came() -> bool:
        return len(tab.wires[-1].sent_of("contextual_update")) == len(strings)

    await house.stage.until(all_came)
    assert [one["text"] for one in tab.wires[-1].sent_of("contextual_update")] == strings
    assert await tab.page.evaluate("shape(document)") == before
    await tab.is_fine()
