"""What an open talk page is told: by whom, until when, and once; and what commands say where none is."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from web_house import ALICE, TOPIC, House

from bot.calls.erasing import forget_everything
from bot.domain.call import Call
from bot.domain.conversation import Transcript, Turn
from bot.domain.reply import Ask
from bot.fronts.commands import answer

pytestmark = pytest.mark.anyio


class Source:
    """An ``EventSource``: its events as (name, data), its comments, and the last id."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response
        self.last_id = ""
        self.comments: list[str] = []

    async def next(self) -> tuple[str, dict[str, Any]] | None:
        """The next event; None when the stream has ended."""
        name, data = "", ""
        async with asyncio.timeout(20):
            while raw := await self.response.content.readline():
                field, _, value = raw.decode().rstrip("\n").partition(": ")
                match field:
                    case "id":
                        self.last_id = value
                    case "event":
                        name = value
                    case "data":
                        data = value
                    case "" if value:
                        self.comments.append(value)
                if raw == b"\n" and name:
                    return name, json.loads(data)
        return None


@asynccontextmanager
async def source(
    house: House, path: str, browser: aiohttp.ClientSession | None = None, last_id: str = "", url: str = ""
) -> AsyncIterator[Source]:
    headers = {"Last-Event-ID": last_id} if last_id else {}
    async with (browser or house.browser).get(
        f"{url or house.url}{path}/events", headers=headers
    ) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-store"
        one = Source(response)
        assert await response.content.readline() == b"retry: 2000\n"
        yield one


async def says(house: House, command: str, text: str = "") -> str:
    """What Alice reads who writes a command somewhere."""
    return (await answer(house.installation, Ask(ALICE, command, {"text": text}))).text


async def call_of(house: House) -> Call:
    store = house.installation.store
    person = await store.find_person(ALICE.account)
    assert person is not None
    return (await store.fetch_running(person.id))[0]


async def started(house: House) -> str:
    path = await house.link()
    status, _ = await house.start(path)
    assert status == 200
    return path


async def test_a_whisper_reaches_the_page_and_hanging_up_too(house: House) -> None:
    path = await started(house)
    async with source(house, path) as page:
        assert await says(house, "whisper", "I am tired\n\nevent: hang_up") == "Merlin knows."
        name, data = await page.next() or ("", {})
        assert name == "update"
        assert data["text"].startswith("They let you know, so that only you hear it: “I am tired")
        assert await says(house, "hangup") == "The page that talks with Merlin hangs up."
        assert await page.next() == ("hang_up", {"reason": "asked"})
        async with house.browser.post(f"{house.url}{path}/end", headers={"Origin": house.url}):
            pass
        assert await page.next() is None


async def test_where_no_page_listens_both_commands_say_so(house: House) -> None:
    path = await started(house)
    for _ in range(2):
        assert "nothing can be whispered into that. Say it there." in await says(house, "whisper", "Hush")
        assert "cannot be hung up from here. Hang up there." in await says(house, "hangup")
        async with source(house, path) as page:
            assert await says(house, "whisper") == (
                "/whisper tells a character something in the middle of a talk."
            )
            assert await says(house, "whisper", "Now") == "Merlin knows."
            assert (await page.next() or [""])[0] == "update"
        while await house.installation.pages.tell((await call_of(house)).id, "update", "still there?"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)  # the server learns by and by that a connection was cut


async def test_only_the_browser_that_started_the_call_is_told_anything(house: House) -> None:
    path = await house.link()
    async with house.browser.get(f"{house.url}{path}/events") as early:
        assert early.status == 204
    await house.start(path)
    thief = await house.another_browser()
    for browser, where, headers, status in (
        (thief, path, {}, 409),
        (thief, "/t/" + "A" * 43, {}, 410),
        (thief, "/t/short", {}, 410),
        (house.browser, path, {"Sec-Fetch-Site": "cross-site"}, 403),
    ):
        async with browser.get(f"{house.url}{where}/events", headers=headers) as answer_:
            assert answer_.status == status
    async with house.browser.head(f"{house.url}{path}/events") as answer_:
        assert answer_.status == 405


async def test_a_page_that_comes_back_gets_what_it_missed_once(house: House) -> None:
    path = await started(house)
    async with source(house, path) as page:
        await says(house, "whisper", "one")
        await page.next()
        seen = page.last_id
        await says(house, "whisper", "two")
    async with source(house, path, last_id=seen) as page:
        _, data = await page.next() or ("", {})
        assert "two" in data["text"]
        await says(house, "whisper", "three")
        _, data = await page.next() or ("", {})
        assert "three" in data["text"]
        seen = page.last_id
    other = await house.serve()
    async with source(house, path, last_id=seen, url=other) as page:
        await says(house, "hangup")
        told = [await page.next() for _ in range(4)]
        assert [one[0] for one in told if one] == ["update", "update", "update", "hang_up"]


@pytest.mark.parametrize("last_id", ["x", "0-0", "-", "ß", "9" * 5_000, "a-999999999999999999999"])
async def test_a_last_id_that_is_none_of_ours_counts_for_nothing(house: House, last_id: str) -> None:
    path = await started(house)
    async with source(house, path, last_id=last_id.encode().decode("latin-1")):
        assert await says(house, "whisper", "hear") == "Merlin knows."


async def test_of_two_pages_the_newer_listens(house: House) -> None:
    path = await started(house)
    async with source(house, path) as older, source(house, path) as newer:
        assert await older.next() == ("moved", {})
        assert await older.next() is None
        assert await says(house, "whisper", "hear") == "Merlin knows."
        assert (await newer.next() or [""])[0] == "update"


async def test_the_line_is_kept_open_and_ends_with_the_call(house: House) -> None:
    path = await started(house)
    url = await house.serve(keep_alive_seconds=0.02)
    async with source(house, path, url=url) as page:
        call = await call_of(house)
        for _ in range(20):
            await page.response.content.readline()
        await house.installation.store.fail_call(call.id, "over", house.clock(), [], charge="nothing")
        assert await page.next() is None
        assert set(page.comments) <= {"still here"}
    async with house.browser.get(f"{url}{path}/events") as over:
        assert over.status == 204


async def test_what_had_no_room_in_the_context_follows_once(house: House) -> None:
    path = await house.link()
    store, now = house.installation.store, house.clock()
    person = await store.find_person(ALICE.account)
    assert person is not None
    said = [
        Transcript((Turn("user", f"{TOPIC}, part {number}: " + "it shone and shone. " * 40),), now)
        for number in range(16)
    ]
    talks = [(house.installation.new_id(), one) for one in said]
    await store.store_import(person.id, "wizard", "own", talks, "file", {}, now)
    house.clock.pass_(days=1)
    path = await house.link()
    _, opened = await house.start(path)
    context = opened["message"]["dynamic_variables"]["context"]
    async with source(house, path) as page:
        name, data = await page.next() or ("", {})
        assert name == "update"
        heading, *lines = data["text"].splitlines()
        assert heading == "What was said about this before:"
        assert lines
        assert not any(line in context for line in lines)
        assert len(data["text"]) <= 2_000
        seen = page.last_id
    async with source(house, path, last_id=seen) as page:
        await says(house, "hangup")
        assert await page.next() == ("hang_up", {"reason": "asked"})


async def test_nothing_of_what_a_page_was_told_outlives_an_erasure(house: House) -> None:
    path = await started(house)
    async with source(house, path) as page:
        await says(house, "whisper", "I live in Quuxville")
        await page.next()
        await forget_everything(house.installation, ALICE)
        assert await page.next() is None
    assert "Quuxville" not in repr(house.installation.pages._lines)  # type: ignore[attr-defined]
    async with house.browser.get(f"{house.url}{path}/events") as gone:
        assert gone.status == 410


async def test_a_server_that_stops_lets_pages_go_at_once(house: House) -> None:
    path = await started(house)
    async with source(house, path) as page:
        closing = asyncio.ensure_future(house.stack.aclose())
        assert await page.next() is None
    await closing
