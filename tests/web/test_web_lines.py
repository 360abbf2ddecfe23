"""How a page talks: in text, aloud over a WebSocket, or aloud in a room; each bound before the answer."""

import asyncio
import base64
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from web_house import House, open_agents

pytestmark = pytest.mark.anyio
ROOMS = "wss://rooms.example"


async def start(house: House, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with house.browser.post(
        f"{house.url}{path}/start", json=body, headers={"Origin": house.url}
    ) as answer:
        return answer.status, await answer.json()


async def test_who_talks_aloud_gets_a_conversation_that_is_not_in_text(house: House) -> None:
    status, answer = await start(house, await house.link(), line="socket")
    assert (status, answer["line"]) == (200, "socket")
    assert "text_only" not in answer["message"]["conversation_config_override"]["conversation"]
    assert answer["message"]["conversation_config_override"]["tts"]["voice_id"]


async def test_a_room_is_given_where_the_stack_has_any_and_is_bound_before_the_answer(house: House) -> None:
    path = await house.link()
    _, answer = await start(house, path, line="room")
    assert answer["line"] == "socket"
    house.url = await house.serve(terms=replace(house.installation.terms, room_origin=ROOMS))
    _, answer = await start(house, path, line="room")
    assert set(answer) == {"line", "token", "room_origin", "message", "max_seconds", "remembers"}
    assert (answer["line"], answer["room_origin"]) == ("room", ROOMS)
    claims = answer["token"].split(".")[1]
    room = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["video"]["room"]
    bound = await house.installation.store.fetch_binding("conv_" + room.rpartition("conv_")[2])
    assert bound is not None
    assert not bound.finished


async def test_a_token_that_is_refused_gives_way_to_a_websocket(house: House) -> None:
    class NoRooms:
        """They sign addresses and give no tokens."""

        fetch_allowed_overrides = house.installation.agents.fetch_allowed_overrides
        sign_url = house.installation.agents.sign_url

        async def fetch_token(self) -> None:
            await refusing.fetch_token()

    refusing = await house.stack.enter_async_context(
        open_agents(house.sandbox.url, "wrong", house.sandbox.agent_id, house.clock)
    )
    terms = replace(house.installation.terms, room_origin=ROOMS)
    house.url = await house.serve(agents=NoRooms(), terms=terms)
    status, answer = await start(house, await house.link(), line="room")
    assert (status, answer["line"]) == (200, "socket")
    assert "conversation_id=" in answer["signed_url"]


@pytest.mark.parametrize("line", ["phone", "", None, 1, ["text"]])
async def test_a_line_that_there_is_not_is_refused_and_nothing_is_started(house: House, line: Any) -> None:
    path = await house.link()
    assert (await start(house, path, line=line))[0] == 400
    stranger = await house.another_browser()
    assert (await house.start(path, browser=stranger))[0] == 200


async def test_the_page_knows_where_the_official_client_is_only_if_it_is_there(house: House) -> None:
    _, page = await house.see(await house.link())
    assert "Voice is not set up here" in page
    assert "/client/" not in page
    assert "rather write" not in page


async def go_on(
    house: House, path: str, browser: aiohttp.ClientSession | None = None, what: str = "next", **body: Any
) -> tuple[int, dict[str, Any]]:
    async with (browser or house.browser).post(
        f"{house.url}{path}/{what}", json=body, headers={"Origin": house.url}
    ) as answer:
        return answer.status, await answer.json()


async def test_the_next_call_is_this_browsers_from_the_start(house: House) -> None:
    path = await house.link()
    await house.start(path)
    status, answer = await go_on(house, path)
    assert status == 200
    assert (answer["slug"], answer["name"], answer["color"]) == ("wizard", "Merlin", "#5b3fd6")
    assert answer["path"].startswith("/t/")
    assert answer["path"] != path
    stranger = await house.another_browser()
    assert (await house.start(answer["path"], browser=stranger))[0] == 409
    assert (await house.start(answer["path"]))[0] == 200


async def test_nobody_else_goes_on_with_a_link(house: House) -> None:
    path = await house.link()
    assert (await go_on(house, path))[0] == 410, "nobody has opened it"
    await house.start(path)
    before = await house.everything_stored()
    stranger = await house.another_browser()
    for what in ("next", "cast"):
        assert (await go_on(house, path, stranger, what))[0] == 410
    assert await house.everything_stored() == before


async def test_a_page_goes_on_for_two_hours_and_not_longer(house: House) -> None:
    path = await house.link()
    await house.start(path)
    house.clock.pass_(hours=2)
    assert (await go_on(house, path, what="cast"))[0] == 200
    house.clock.pass_(seconds=1)
    assert (await go_on(house, path, what="cast"))[0] == 410
    status, answer = await go_on(house, path)
    assert status == 410
    assert "/call" in answer["error"]


@pytest.mark.parametrize("character", ["../wizard", "Merlin", 7, ["wizard"], "a" * 33])
async def test_what_is_no_characters_name_is_refused(house: House, character: Any) -> None:
    path = await house.link()
    await house.start(path)
    assert (await go_on(house, path, character=character))[0] == 400


async def test_a_character_that_is_not_there_is_missed_in_words(house: House, cast_folder: Path) -> None:
    path = await house.link()
    await house.start(path)
    status, answer = await go_on(house, path, character="nobody")
    assert status == 400
    assert "/characters shows who can" in answer["error"]
    (cast_folder / "wizard.md").unlink()
    await asyncio.to_thread(house.cast.refresh)
    status, answer = await go_on(house, path)
    assert status == 404
    assert "not in the cast" in answer["error"]


async def test_after_its_call_a_page_offers_its_browser_another_and_tells_others_that_it_is_over(
    house: House,
) -> None:
    path = await house.link()
    await house.start(path)
    await house.is_over(path)
    status, page = await house.see(path)
    assert status == 200
    assert "Call Merlin again" in page
    assert 'class="big start"' not in page
    status, page = await house.see(path, await house.another_browser())
    assert status == 410
    assert "This call is over" in page
