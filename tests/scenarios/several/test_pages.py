"""Two processes on one Postgres: a talk page that listens to one hears what is typed at the other."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from bot.calls.placing import Wish, place
from bot.calls.spots import KNOWN_FOR
from bot.domain.caller import Caller, parse_account
from bot.domain.permission import Spot
from tests.databases import keys_of
from tests.postgres_server import Server
from tests.scenarios.stage import Member, Stage, open_stage, open_troupe
from tests.scenarios.test_whispering import next_event

pytestmark = pytest.mark.anyio

MIRA = Caller(parse_account("mira"), "Mira")


@asynccontextmanager
async def open_two(folder: Path, server: Server) -> AsyncIterator[tuple[Stage, Stage]]:
    """Open two processes, of which each has a web server."""
    url = server.emptied_database()
    kept = {"database_url": url, "secret_key": keys_of(url)[0]}
    async with (
        open_stage(folder, settings=kept) as one,
        open_troupe(folder, one.sandbox, settings=kept) as other,
    ):
        yield one, other


def seen_from(stage: Stage, link: str) -> str:
    """Return a link as a balancer leads it to this process."""
    return f"{stage.app.url}/t/{link.rpartition('/')[2]}"


def sits_at(one: Stage, other: Stage) -> Member:
    """Let Mira sit down at a terminal of one process; the other can write to it as well."""
    mira = one.member("mira")
    other.app.posters.update(one.app.posters)
    return mira


async def next_with_id(stream: aiohttp.ClientResponse) -> tuple[str, str]:
    """Return the id of the next event of a page's stream, and its text."""
    found = ""
    async for raw in stream.content:
        field, _, value = raw.decode().strip().partition(": ")
        found = value if field == "id" else found
        if field == "data":
            return found, json.loads(value)["text"]
    raise AssertionError("the stream ended")


async def test_a_whisper_and_an_end_reach_the_page_wherever_it_listens(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other), one.browser() as browser:
        mira = sits_at(one, other)
        await mira.calls("wizard")
        link = seen_from(other, mira.link())
        talk = await browser.opens(link)
        assert "nothing can be whispered into that" in await mira.types("/whisper I am in a hurry")
        async with browser.http.get(f"{link}/events") as stream:
            assert "Merlin knows." in await mira.types("/whisper I am in a hurry")
            name, data = await next_event(stream)
            assert name == "update"
            assert "I am in a hurry" in data["text"]
            assert "The page that talks with Merlin hangs up." in await mira.types("/hangup")
            assert await next_event(stream) == ("hang_up", {"reason": "asked"})
            await browser.hangs_up(link, talk)
        await mira.is_told("Merlin will remember this")
        assert "Nobody is on the line." in await mira.types("/hangup")


async def test_a_page_that_a_balancer_leads_elsewhere_gets_what_it_missed_once(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other), one.browser() as browser:
        mira = sits_at(one, other)
        await mira.calls("wizard")
        here, there = seen_from(one, mira.link()), seen_from(other, mira.link())
        await browser.opens(here)
        async with browser.http.get(f"{here}/events") as stream:
            for text in ("first", "second"):
                assert "Merlin knows." in await mira.types(f"/whisper {text}")
            last_id, text = await next_with_id(stream)
            assert "first" in text
            back = {"Last-Event-ID": last_id}
            async with browser.http.get(f"{there}/events", headers=back) as again:
                last_id, text = await next_with_id(again)
                assert "second" in text
                assert "Merlin knows." in await mira.types("/whisper third")
                assert "third" in (await next_with_id(again))[1]
            assert "second" in (await next_event(stream))[1]["text"]
            assert await next_event(stream) == ("moved", {})
            assert (await stream.content.read()).strip() == b""


async def test_what_had_no_room_follows_at_the_process_where_the_page_listens(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other), one.browser() as browser:
        mira = sits_at(one, other)
        await mira.calls("wizard")
        await browser.opens(seen_from(one, mira.link()))
        person = await one.app.house.store.find_person(MIRA.account)
        assert person is not None
        (call,) = await one.app.house.store.fetch_running(person.id)
        await one.app.house.pages.begin(call, "What was said about this before: a cat.")
        async with browser.http.get(f"{seen_from(other, mira.link())}/events") as stream:
            assert "a cat." in (await next_event(stream))[1]["text"]


async def test_what_is_erased_at_one_process_is_over_at_the_other_at_once(
    tmp_path: Path, server: Server
) -> None:
    async with open_two(tmp_path, server) as (one, other), other.browser() as browser:
        mira = sits_at(one, other)
        await mira.calls("wizard")
        there = seen_from(other, mira.link())
        await browser.opens(there)
        async with browser.http.get(f"{there}/events") as stream:
            assert "Merlin knows." in await mira.types("/whisper I live in Quuxville")
            await next_event(stream)
            await mira.types("/forget everything")
            assert "Erased here: 1 call" in await mira.types("1")
            assert (await stream.content.read()).strip() == b"", "it ends, and says nothing more"
        async with browser.http.get(f"{there}/events") as gone:
            assert gone.status == 410


async def test_whoever_stands_in_a_role_goes_on_at_any_process(tmp_path: Path, server: Server) -> None:
    async with open_two(tmp_path, server) as (one, other):
        here, there = one.app.house, other.app.house
        spot = Spot("discord:1", frozenset({"discord-role:2"}), is_age_restricted=True)
        placed = [
            await place(here, replace(MIRA, spots=spots), "wizard", Wish(), card_comes_later=True)
            for spots in ((spot,), ())
        ]
        first, then = (each.call.id for each in placed if each)
        assert await there.spots.get(first, there.now()) == (spot,)
        await there.spots.pass_on(first, then)
        assert await here.spots.get(then, here.now()) == (spot,)
        assert await here.spots.get(then, here.now() + KNOWN_FOR) == ()
