"""Every command, every reply and every button, with the most hostile words that there are."""

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from discord import app_commands

from bot.calls.facts import add_fact
from bot.domain.hosted import HOSTED_LINK_CHARS
from bot.domain.phone import CODE_LIFETIME
from bot.domain.record import Reading
from bot.fronts import account, calling, commands, managing, memory
from bot.fronts.discord import client, slash
from bot.fronts.forms import FORMS
from bot.fronts.languages.catalogue import catalogue_for
from bot.sandbox import open_sandbox
from tests.fakes.discord import Shown
from tests.fakes.discord.shown import components_of
from tests.fronts.discord.extremes import SLUGS, VARIANTS, conversation, founds_server, writes_personas
from tests.fronts.discord.reading import read
from tests.fronts.discord.walking import Walk, leaves
from tests.fronts.discord.watching import Watch, check_requests, check_whole
from tests.scenarios import stage
from tests.scenarios.discord.stage import LAVISH, Tavern, open_discord, open_tavern
from tests.scenarios.telephone import ANNAS, MIRAS, Exchange, two_clocks

pytestmark = pytest.mark.anyio

BRING = "Bring my memory, it will stand in the link"
INNER = {"account": account._DOORS, "memory": memory._DOORS, "troupe": managing._DOORS}
"""Commands that do several things, by what ``do`` says."""
SETTINGS = {**LAVISH, "community_name": VARIANTS[4][:80], "phone_countries": "DE", "minutes_per_call": 60}
FILES = {"past ](x) @everyone.json": conversation(), "`.json": b"{", "e.json": b"[]"}
KNOWN = {
    "character": [SLUGS[0], SLUGS[3]],
    "what": ["everything", SLUGS[1]],
    "phone": [MIRAS],
    "number": [ANNAS],
    "code": ["123456"],
    "at": ["tomorrow 12:00"],
    "search": ["t"],
}


@pytest.fixture(autouse=True)
def servers_come_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "READY_SECONDS", 0.05)


@asynccontextmanager
async def open_madhouse(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    locale: str = "en-US",
    *,
    admitted: bool = True,
    refuses: tuple[int, ...] = (),
    hosted: bool = False,
) -> AsyncIterator[tuple[Tavern, Exchange]]:
    """Open a tavern with telephones, at noon, in which every name and every character is hostile."""
    settings = {**SETTINGS, "hosted_context": "full"} if hosted else SETTINGS
    ours, there = two_clocks()
    monkeypatch.setattr(stage, "MovedClock", lambda: ours)
    monkeypatch.setattr(stage, "open_sandbox", partial(open_sandbox, clock=there))
    personas = writes_personas(folder / "personas")
    async with open_discord(refuses=refuses) as discord:
        founds_server(discord, locale)
        async with open_tavern(
            folder, discord=discord, admitted=admitted, personas=personas, settings=settings, hosted=hosted
        ) as tavern:
            assert len(tavern.stage.app.house.cast.all()) == len(SLUGS)
            yield tavern, Exchange(tavern.stage.app, tavern.stage.sandbox, ours, there)


@pytest.mark.parametrize("locale", ["en-US", "de"])
async def test_everything_that_can_be_reached_is_harmless_and_whole(tmp_path, monkeypatch, caplog, locale):
    async with open_madhouse(tmp_path, monkeypatch, locale) as (tavern, phones):
        watch = Watch(monkeypatch)
        walk = Walk(tavern, tavern.boss, tavern.here, FILES, dict(KNOWN))
        await has_a_past(walk, phones, watch)
        await walk.goes()
        assert check_requests(tavern.discord)["angle"] > 50, "our own commands can be pressed"
        for reply, message in watch.made:
            check_whole(reply, message, locale)
        assert walk.kinds.keys() - walk.pressed == set()
        assert walk.used == every_option()
        assert walk.forms == set(FORMS)
        left = every_door() - {door_of(*one) for one in watch.walked}
        assert left == {calling.bring}, "which needs a hosted link"
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.parametrize("locale", ["en-US", "de"])
async def test_a_memory_that_is_brought_into_a_hosted_link_is_harmless_and_whole(
    tmp_path, monkeypatch, caplog, locale
):
    async with open_madhouse(tmp_path, monkeypatch, locale, hosted=True) as (tavern, _):
        watch = Watch(monkeypatch)
        walk = Walk(tavern, tavern.boss, tavern.here, FILES, dict(KNOWN))
        (card,) = (await walk.types("call", character=SLUGS[0])).answers
        await walk.presses(card, "Call and remember")
        for text in VARIANTS:
            caller = tavern.caller(tavern.boss)
            await add_fact(tavern.stage.app.house, caller, SLUGS[0], text.strip()[:300] or "x")
        (ready,) = (await walk.types("call", character=SLUGS[0], topic=VARIANTS[0][:300])).answers
        (brought,) = (await walk.presses(ready, BRING)).answers
        (link,) = re.findall(r"https?://[^)>\s]*vars=[^)>\s]*", brought.text)
        assert len(link) <= HOSTED_LINK_CHARS
        live = check_requests(tavern.discord, links=f"{tavern.stage.sandbox.url}/app/talk-to?")
        assert live["link"] > 0
        for reply, message in watch.made:
            check_whole(reply, message, locale)
        assert calling.bring in {door_of(*one) for one in watch.walked}
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


@pytest.mark.parametrize("closed", [False, True])
async def test_a_member_in_direct_messages_sees_nothing_live_either(tmp_path, monkeypatch, caplog, closed):
    refuses = (50007,) if closed else ()
    async with open_madhouse(tmp_path, monkeypatch, refuses=refuses) as (tavern, _):
        watch = Watch(monkeypatch)
        mira = tavern.mira
        if closed:
            mira.closes_dms(50007)
        walk = Walk(tavern, mira, mira.dm, FILES, dict(KNOWN))
        await walk.goes()
        check_requests(tavern.discord, refuses=refuses)
        for reply, message in watch.made:
            check_whole(reply, message, "en-US")
        assert {line for line, _ in walk.used} == {one.name for one in slash.COMMANDS} - {"troupe"}
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_server_that_was_not_let_in_sees_nothing_live_either(tmp_path, monkeypatch, caplog):
    async with open_madhouse(tmp_path, monkeypatch, admitted=False) as (tavern, _):
        watch = Watch(monkeypatch)
        for person in (tavern.mira, tavern.boss):
            await tavern.answer(await person.types("account", where=tavern.here))
            walk = Walk(tavern, person, tavern.here, FILES, dict(KNOWN))
            if person is tavern.mira:
                tavern.inn.admits(person, manages=True)
            await walk.goes()
        check_requests(tavern.discord)
        for reply, message in watch.made:
            check_whole(reply, message, "en-US")
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_chat_shows_what_is_said_and_nothing_of_it_is_live(tmp_path, monkeypatch, caplog):
    async with open_madhouse(tmp_path, monkeypatch) as (tavern, _):
        mira, here = tavern.mira, tavern.here
        walk = Walk(tavern, mira, here, FILES, dict(KNOWN))
        card = (await walk.types("call", character=SLUGS[0], via="chat", topic=VARIANTS[0][:300])).answers[0]
        await walk.presses(card, "Call and remember")
        await mira.is_told("You are connected with")
        for text in VARIANTS:
            said = len(mira.dms)
            await mira.writes(text[:2_000])
            await tavern.discord.until(lambda said=said: len(mira.dms) > said)
            await walk.types("whisper", text=text[:300])
        await mira.writes("", attachments=[(f"{VARIANTS[4][:80]}.txt", b"x")])
        for file in ("", VARIANTS[4][:50]):
            await mira.writes(file, attachments=[("x.txt", b"x")])
        (question,) = (await walk.types("call", character=SLUGS[1], topic=VARIANTS[0][:300])).answers
        await walk.presses(question, "Hang up and call")
        await walk.types("hangup")
        live = check_requests(tavern.discord)
        spoken = [read(shown.text).shown for shown in mira.dms if shown.text.startswith("**")]
        assert live["style"] == 4 * len(spoken) >= 4 * len(VARIANTS)
        assert any("@everyone @here @EVERYONE" in words for words in spoken)
        assert [one.getMessage() for one in caplog.records if one.levelname == "ERROR"] == []


async def test_what_is_offered_while_somebody_types_is_harmless(tmp_path, monkeypatch):
    async with open_madhouse(tmp_path, monkeypatch) as (tavern, _):
        completed = {
            (line, option["name"])
            for line, options in leaves(tavern.discord.commands, 0)
            for option in options
            if option.get("autocomplete")
        }
        assert len(completed) > 5
        for line, name in completed:
            for typed in ("", "w", "@", *VARIANTS):
                needed = {"file": tavern.discord.uploads("a.json", b"{}")} if line == "import" else {}
                offered = await tavern.boss.completes(line, name, typed, where=tavern.here, **needed)
                known = {*SLUGS, "everything", "fresh"}
                assert all(value in known for _, value in offered), (line, name, typed)
        check_requests(tavern.discord)


def every_option() -> set[tuple[str, str]]:
    """Return every command that can be typed, with each of its options and without any."""
    found = set()
    for command in slash.COMMANDS:
        for one in command.walk_commands() if isinstance(command, app_commands.Group) else [command]:
            found |= {(one.qualified_name, "")}
            found |= {(one.qualified_name, option.display_name) for option in one.parameters}
    return found


def every_door() -> set[object]:
    """Return every function that an Ask can lead to, by its command or by the command and its ``do``."""
    doors = {name: door for name, door in commands.DOORS.items() if name not in INNER}
    return {*doors.values(), *(door for inner in INNER.values() for door in inner.values())}


def door_of(command: str, do: str) -> object:
    """Return the function that an Ask leads to."""
    return INNER[command].get(do) if command in INNER else commands.DOORS[command]


def test_every_command_with_inner_doors_is_known_to_this_test():
    rooms = {name: sys.modules[door.__module__] for name, door in commands.DOORS.items()}
    with_doors = {
        name for name, room in rooms.items() if hasattr(room, "_DOORS") and room.__name__.endswith(name)
    }
    managing_ = {name for name, door in commands.DOORS.items() if door is managing.troupe}
    assert with_doors | managing_ == set(INNER)


async def has_a_past(walk: Walk, phones: Exchange, watch: Watch) -> None:
    """Let somebody have everything that can be looked at: consent, a telephone, talks, an import, facts."""
    tavern, person = walk.tavern, walk.person
    cards = [(await walk.types("call", character=SLUGS[at])).answers[0] for at in range(4)]
    (ready,) = (await walk.presses(cards[0], "Call and remember")).answers
    async with tavern.stage.browser() as browser:
        words = [one.encode(errors="replace").decode()[:900] for one in VARIANTS]
        await browser.talks(next(url for url in links(ready) if "/t/" in url), *words)
    await tavern.discord.until(lambda: watch.has_said("will remember this"))
    await has_a_telephone(walk, phones, watch)
    await has_another_account(walk, watch)
    file = tavern.discord.uploads("past.json", conversation())
    (preview,) = (await walk.types("import", file=file, character=SLUGS[0])).answers
    await walk.presses(preview, "Save it")
    (memory_,) = (await walk.types("memory", character=SLUGS[0])).answers
    modal = (await person.presses(memory_, catalogue_for(person.locale).say("Add something"))).modal
    for text in ("I live in Bern.", "I moved to Basel."):  # the newer replaces the older
        await walk.follows(await person.submits(modal, text=text))
    (memory_,) = (await walk.types("memory", character=SLUGS[0])).answers
    (newer,) = (await walk.presses(memory_, "More about 1: I moved to Basel.")).answers
    await walk.presses(newer, "Bring back: I live in Bern.")
    for number in range(11):
        text = f"{number} {VARIANTS[number % len(VARIANTS)]}"
        await walk.follows(await person.submits(modal, text=text[:300]))
    house = tavern.stage.app.house
    one = await house.store.find_person(tavern.caller(person).account)
    facts = await house.store.fetch_facts(one.id, Reading(SLUGS[0], "own"))
    for fact in facts[:3]:
        await house.store.pin_fact(one.id, fact.id, pinned=True)
        await house.store.spread_fact(one.id, fact.id, for_everyone=True)
    ids = [talk.id[:8] for talk in await house.store.fetch_history(one.id, "", 10)]
    walk.known |= {"call": ids, "forget what": [*KNOWN["what"], *ids]}


def links(shown: Shown) -> list[str]:
    """Return where the buttons lead that link."""
    return [part["url"] for part in components_of(shown.message.components) if "url" in part]


async def has_a_telephone(walk: Walk, phones: Exchange, watch: Watch) -> None:
    """Verify a telephone, and answer it without saying who one is: that talk waits for its owner's word."""
    tavern, person = walk.tavern, walk.person
    (question,) = (await walk.types("account", phone=MIRAS)).answers
    await walk.presses(question, "It is mine: call it now")
    await (await phones.ringing()).declines()
    await tavern.discord.until(lambda: watch.has_said("The call with your code failed"))
    store, caller = tavern.stage.app.house.store, tavern.caller(person)
    found = await store.find_person(caller.account)
    (phone,) = await store.fetch_phones(found.id)
    await store.set_code(phone.id, "123456", tavern.stage.clock() + CODE_LIFETIME)
    await walk.types("account", code="123456")
    await walk.types("call", character=SLUGS[2], via="phone", topic=VARIANTS[0][:300])
    telephone = await phones.ringing()
    await telephone.answers()
    await telephone.says("Who is there?")
    await telephone.hangs_up()
    await tavern.discord.until(lambda: watch.has_said("Was this you?"))


async def has_another_account(walk: Walk, watch: Watch) -> None:
    """Link somebody with their account at the terminal."""
    (account_,) = (await walk.types("account")).answers
    await walk.presses(account_, "Link another account")
    said = " ".join(text for reply, _ in watch.made for card in reply.cards for text in (card.text,))
    terminal = walk.tavern.stage.member("console:ben")
    await terminal.types(f"/account link {re.findall(r'Your code is (.*?): give it', said)[-1]}")
    assert "Linked with" in await terminal.types("1")
