"""Somebody else, or the same again, in the page of a call: with the permissions and limits of any call."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from web_house import ALICE, WIZARD, House

from bot.calls import finishing, running
from bot.calls.first_call import answer_card
from bot.calls.placing import Wish, place
from bot.domain.allowance import Limits
from bot.domain.call import CallState
from bot.domain.caller import Account, Caller
from bot.domain.permission import Rule, Spot

pytestmark = pytest.mark.anyio
PLACE, CHANNEL, ROLE = "discord:9", "discord-channel:5", "discord-role:7"
BEN = Caller(Account("discord", "app", "123"), "Ben", place=PLACE, channel=CHANNEL)
TERMINAL = Caller(Account("console", "default", "mira"), "Mira")


@pytest.fixture
async def house(house: House, cast_folder: Path) -> House:
    """The wizard and two more; members of one server call them."""
    for slug in ("captain", "tutor"):
        (cast_folder / f"{slug}.md").write_text(WIZARD.replace("Merlin", slug.capitalize()))
    await asyncio.to_thread(house.cast.refresh)
    await house.installation.store.admit_place(PLACE, "The Guild", house.clock())
    return house


async def ask(house: House, path: str, what: str, **body: Any) -> tuple[int, dict[str, Any]]:
    async with house.browser.post(
        f"{house.url}{path}/{what}", json=body, headers={"Origin": house.url}
    ) as answer:
        return answer.status, await answer.json()


async def offered(house: House, path: str) -> list[str]:
    status, answer = await ask(house, path, "cast")
    assert status == 200, answer
    return [one["slug"] for one in answer["cast"]]


async def opened(house: House, caller: Caller) -> str:
    path = await house.link(caller)
    assert (await house.start(path))[0] == 200
    return path


async def test_somebody_else_is_called_for_the_same_person_and_knows_only_their_own(house: House) -> None:
    path = await opened(house, ALICE)
    assert await offered(house, path) == ["captain", "tutor"]
    status, answer = await ask(house, path, "next", character="captain")
    assert (status, answer["name"]) == (200, "Captain")
    _, started = await house.start(answer["path"])
    variables = started["message"]["dynamic_variables"]
    assert (variables["user_name"], variables["character"]) == (ALICE.name, "captain")
    assert "spoon" not in str(started["message"]), "what the wizard was asked about is the wizard's"


async def test_the_same_again_is_about_the_same(house: House) -> None:
    path = await opened(house, ALICE)
    _, answer = await ask(house, path, "next")
    _, started = await house.start(answer["path"])
    assert "spoon" in started["message"]["dynamic_variables"]["topic"]


LIMITS = {
    "off": Rule(PLACE, "captain", is_off=True),
    "roles": Rule(PLACE, "captain", roles=frozenset({ROLE})),
    "channels": Rule(PLACE, "captain", channels=frozenset({CHANNEL})),
    "adults": Rule(PLACE, "captain", age_restricted_only=True),
}
NOWHERE_NEAR = Spot(PLACE, frozenset({"discord-role:8"}), frozenset({"discord-channel:6"}))
WITH_ALL = Spot(PLACE, frozenset({ROLE}), frozenset({"discord-channel:4", CHANNEL}), is_age_restricted=True)


@pytest.mark.parametrize("limit", LIMITS)
async def test_who_may_be_called_where_a_call_was_asked_for_may_be_called_from_its_page(
    house: House, limit: str
) -> None:
    await house.installation.store.set_rule(LIMITS[limit])
    for spot in (NOWHERE_NEAR, WITH_ALL):
        path = await opened(house, replace(BEN, channel="discord-channel:6", spots=(spot,)))
        may = spot is WITH_ALL and limit != "off"
        assert await offered(house, path) == (["captain", "tutor"] if may else ["tutor"])
        status, answer = await ask(house, path, "next", character="captain")
        assert status == (200 if may else 400)
        assert may or "/characters" in answer["error"]


@pytest.mark.parametrize("limit", LIMITS)
async def test_in_direct_messages_one_server_that_allows_it_is_enough(house: House, limit: str) -> None:
    other = "discord:10"
    await house.installation.store.admit_place(other, "Another", house.clock())
    for place_ in (PLACE, other):
        await house.installation.store.set_rule(replace(LIMITS[limit], place=place_))
    spots = (Spot(PLACE, frozenset({ROLE})), Spot(other))
    path = await opened(house, replace(BEN, place="", channel="", spots=spots))
    assert await offered(house, path) == (["captain", "tutor"] if limit == "roles" else ["tutor"])
    await house.installation.store.dismiss_place(PLACE)
    assert await offered(house, path) == ["tutor"]
    await house.installation.store.dismiss_place(other)
    assert await offered(house, path) == []


@pytest.mark.parametrize("limit", ["off", "roles", "adults"])
@pytest.mark.parametrize("caller", [BEN, replace(BEN, place="", channel="")], ids=["server", "messages"])
async def test_where_nobody_knows_how_they_stood_who_is_limited_is_left_to_call(
    house: House, limit: str, caller: Caller
) -> None:
    await house.installation.store.set_rule(LIMITS[limit])
    path = await opened(house, caller)
    assert await offered(house, path) == ["tutor"]
    assert (await ask(house, path, "next", character="captain"))[0] == 400
    assert (await ask(house, path, "next", character="tutor"))[0] == 200


async def test_roles_are_known_for_as_long_as_they_were_looked_at_however_often_one_goes_on(
    house: House,
) -> None:
    await house.installation.store.set_rule(LIMITS["roles"])
    path = await opened(house, replace(BEN, spots=(WITH_ALL,)))
    for _ in range(3):
        status, answer = await ask(house, path, "next", character="captain")
        assert status == 200
        path = answer["path"]
        assert (await house.start(path))[0] == 200
        house.clock.pass_(minutes=39)
    house.clock.pass_(minutes=4)
    status, answer = await ask(house, path, "next")
    assert status == 400
    assert "/call captain" in answer["error"]
    assert (await ask(house, path, "next", character="tutor"))[0] == 200


async def test_a_page_is_no_way_to_find_out_who_is_there(house: House, cast_folder: Path) -> None:
    answers = set()
    (cast_folder / "secret.md").write_text(WIZARD.replace("Merlin", "Zebedee"))
    await asyncio.to_thread(house.cast.refresh)
    for rule in LIMITS.values():
        await house.installation.store.set_rule(replace(rule, slug="secret"))
        path = await opened(house, replace(BEN, spots=(NOWHERE_NEAR,)))
        for slug in ("secret", "nobody"):
            status, answer = await ask(house, path, "next", character=slug)
            answers.add((status, json.dumps(answer)))
        assert "Zebedee" not in json.dumps((await ask(house, path, "cast"))[1])
    assert len(answers) == 1
    assert not any(word in str(answers) for word in ("Zebedee", "secret", "nobody"))


async def test_in_the_terminal_nobody_is_limited(house: House) -> None:
    await house.installation.store.set_rule(Rule(PLACE, "captain", is_off=True))
    assert await offered(house, await opened(house, TERMINAL)) == ["captain", "tutor"]


async def test_who_is_switched_off_meanwhile_or_whose_server_is_let_in_no_more_is_not_called_again(
    house: House,
) -> None:
    ben = replace(BEN, spots=(NOWHERE_NEAR,))
    path = await opened(house, ben)
    for rule in (Rule(PLACE, "wizard", roles=frozenset({ROLE})), Rule(PLACE, "wizard", is_off=True)):
        await house.installation.store.set_rule(rule)
        status, answer = await ask(house, path, "next")
        assert status == 400
        assert "/call wizard" in answer["error"]
    await house.installation.store.set_rule(Rule(PLACE, "wizard"))
    assert (await ask(house, path, "next"))[0] == 200
    path = await opened(house, ben)
    await house.installation.store.dismiss_place(PLACE)
    assert (await ask(house, path, "next"))[0] == 400
    assert await offered(house, path) == []


async def test_going_on_counts_as_a_call_and_says_when_none_is_left(house: House) -> None:
    terms = replace(house.installation.terms, limits=Limits(calls_per_day=2, minutes_per_month=1000))
    house.url = await house.serve(terms=terms)
    path = await opened(house, ALICE)
    status, first = await ask(house, path, "next", character="captain")
    assert status == 200
    assert (await house.start(first["path"]))[0] == 200
    status, answer = await ask(house, first["path"], "next")
    assert status == 400
    assert "calls" in answer["error"]


async def test_who_was_blocked_meanwhile_goes_on_with_nobody(house: House) -> None:
    path = await opened(house, BEN)
    await house.installation.store.block(BEN.account, house.clock())
    status, answer = await ask(house, path, "next")
    assert status == 503
    assert "cannot place calls here" in answer["error"]


async def test_who_is_not_to_be_remembered_is_not_by_the_next_either(house: House) -> None:
    path = await house.link(ALICE, remember=False)
    assert (await house.start(path))[1]["remembers"] is False
    for character in ("captain", "wizard", ""):
        _, answer = await ask(house, path, "next", character=character)
        path = answer["path"]
        _, started = await house.start(path)
        assert started["remembers"] is False


async def test_what_started_fresh_goes_on_fresh(house: House) -> None:
    await answer_card(house.installation, ALICE, remember=True)
    placed = await place(house.installation, ALICE, "wizard", Wish(continues="fresh"))
    assert placed is not None
    path = "/t/" + placed.url.rpartition("/")[2]
    _, started = await house.start(path)
    assert started["remembers"] is False
    _, answer = await ask(house, path, "next", character="captain")
    _, started = await house.start(answer["path"])
    assert started["remembers"] is False


async def comes_home(house: House, started: dict[str, Any]) -> None:
    """Bring a conversation home whose line was closed a moment ago."""
    conversation_id = parse_qs(urlsplit(started["signed_url"]).query)["conversation_id"][0]
    async with asyncio.timeout(20):
        while await finishing.fetch(house.installation, conversation_id, 1):
            house.clock.pass_(seconds=1)
            await asyncio.sleep(0.01)


async def test_a_page_that_was_loaded_anew_goes_on_when_what_was_said_before_has_come_home(
    house: House,
) -> None:
    path = await house.link()
    _, first = await house.start(path)
    async with house.browser.ws_connect(first["signed_url"]) as socket:
        await socket.send_json(first["message"])
        await socket.send_json({"type": "user_message", "text": "My cat is called Fig."})
        while (await socket.receive_json())["type"] != "agent_response":
            pass
    _, second = await house.start(path)
    await comes_home(house, first)
    ref = second["message"]["dynamic_variables"]["call_ref"]
    store, now = house.installation.store, house.clock()
    on_line = await store.fetch_call_on_line(ref, now)
    assert on_line is not None
    assert on_line.call.state is CallState.DONE
    assert await running.see_running(house.installation, ALICE) is None, "no page listens yet"
    async with house.browser.get(f"{house.url}{path}/events") as page:
        assert page.status == 200
        await page.content.readline()
        found = await running.see_running(house.installation, ALICE)
        assert found is not None
        assert await house.installation.pages.tell(found.call.id, "update", "They are tired.")
    async with house.browser.ws_connect(second["signed_url"]) as socket:
        await socket.send_json(second["message"])
        await socket.receive_json()
    await comes_home(house, second)
    assert await store.fetch_call_on_line(ref, now) is None
    async with house.browser.get(f"{house.url}{path}/events") as page:
        assert page.status == 204
