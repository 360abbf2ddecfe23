"""A Troupe that rings telephones, the sandbox that rings them, and people who pick up."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp

from bot.app import open_app
from bot.calls.accounts import propose_phone, request_code
from bot.calls.first_call import answer_card
from bot.calls.installation import Installation, find_person
from bot.calls.placing import Placed, Wish, place
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.call import Call, CallState
from bot.domain.caller import Caller, Person
from bot.domain.numbers import parse_number
from bot.domain.phone import CODE_LIFETIME, Phone, PhoneConsent
from bot.sandbox import Sandbox, open_sandbox
from tests.databases import database_in
from tests.ports import quiet_port
from tests.scenarios.stage import (
    PERSONAS,
    Member,
    MovedClock,
    Stage,
    let_it_recall,
)

MIRAS, TOMS, ANNAS = "+4915112345678", "+4915112345679", "+4915112345670"
TWILIO, SIP, EXOTEL = NUMBERS = ("phnum_sandbox", "phnum_sandbox_sip", "phnum_sandbox_exotel")
DIAL = "*_outbound_call"
PLENTY = {"calls_per_day": 100, "minutes_per_month": 1_000, "minutes_per_month_total": 9_000}
NOON = datetime(2027, 3, 10, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
"""No telephone in Germany is quiet then, and no month ends in the next days."""


@dataclass
class Exchange(Stage):
    """The stage with telephones. ``there`` is the sandbox's clock, which ``later`` leaves alone."""

    there: MovedClock

    async def ask_sandbox(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the sandbox, or tell it something where there is a body."""
        async with aiohttp.ClientSession() as http:
            way = http.get if body is None else partial(http.post, json=body)
            async with way(f"{self.sandbox.url}/sandbox/{path}") as answer:
                assert answer.status < 300, await answer.text()
                return dict(await answer.json())

    async def rung(self) -> dict[str, int]:
        """Return how often the carrier rang each number."""
        return dict((await self.ask_sandbox("calls"))["rung"])

    async def carrier_log(self, number: str = MIRAS) -> list[dict[str, Any]]:
        """Return what the carrier knows of each call to a number."""
        return [call for call in (await self.ask_sandbox("calls"))["calls"] if call["to_number"] == number]

    async def passes(self, **time: float) -> None:
        """Let time pass here and at ElevenLabs, and run what is due by then."""
        self.there.moved += timedelta(**time)
        self.sandbox.clock_moved()
        await self.later(**time)

    async def goes_wrong(self, operation: str, fault: str, **more: Any) -> None:
        """Let something go wrong the next time."""
        await self.told("faults", {"operation": operation, "fault": fault, **more})

    async def all_is_well(self) -> None:
        """Let nothing go wrong any more."""
        async with aiohttp.ClientSession() as http, http.delete(f"{self.sandbox.url}/sandbox/faults"):
            pass

    async def newcomer(self, name: str, number: str = "", *, remember: bool = True) -> Member:
        """Let somebody sit down who answered the first-call card, and verified a number if there is one."""
        member = self.member(name)
        await answer_card(self.app.house, caller_of(member), remember=remember)
        if number:
            await self.verifies(member, number)
        return member

    async def person(self, member: Member) -> Person:
        """Return who somebody is."""
        return await find_person(self.app.house, caller_of(member))

    async def verifies(self, member: Member, number: str) -> Phone:
        """Add a number and verify it, as if a code had been read there."""
        return await verify(self.app.house, caller_of(member), number)

    async def adds(self, member: Member, number: str) -> Phone:
        """Add a number that is not verified yet."""
        return await add(self.app.house, caller_of(member), number)

    async def asks(
        self, member: Member, character: str = "wizard", topic: str = "", at: datetime | None = None
    ) -> Placed:
        """Ask to be rung, now or at a time."""
        wish = Wish(topic, "phone", at)
        placed = await place(self.app.house, caller_of(member), character, wish)
        assert placed is not None
        self.app.followup.nudge()
        return placed

    async def asks_for_code(self, member: Member, number: str) -> Call:
        """Agree to be rung at a number, and ask for the code that verifies it."""
        house, caller = self.app.house, caller_of(member)
        offer = await propose_phone(house, caller, number)
        asked = await request_code(house, caller, number, offer.version)
        self.app.followup.nudge()
        call = await house.store.fetch_call(asked.call_id)
        assert call is not None
        return call

    async def state_of(self, call: Call) -> CallState:
        """Return where a call stands."""
        found = await self.app.house.store.fetch_call(call.id)
        assert found is not None
        return found.state

    async def comes_to(self, call: Call, *states: CallState) -> None:
        """Wait until a call stands there."""

        async def is_there() -> bool:
            return await self.state_of(call) in states

        await self.until(is_there)

    async def ringing(self, number: str = MIRAS) -> "Telephone":
        """Wait until a telephone rings."""
        found: list[str] = []

        async def rings() -> bool:
            log = await self.carrier_log(number)
            found[:] = [call["call_sid"] for call in log if call["state"] == "ringing"]
            return bool(found)

        await self.until(rings)
        return Telephone(self, found[-1], number)

    async def tells(self, member: Member, words: str) -> str:
        """Wait until a member was told these words, however the lines break; return what was new."""

        async def is_told() -> bool:
            return words in plain(member.seen[member.read_so_far :])

        await self.until(is_told)
        told = plain(member.seen[member.read_so_far :])
        member.read_so_far = len(member.seen)
        return told

    async def left(self, member: Member) -> tuple[int, int]:
        """Return the calls of today and the minutes of this month that somebody has left."""
        house, person = self.app.house, await self.person(member)
        allowance = await house.store.fetch_allowance(person.id, "", house.terms.limits, house.now())
        return allowance.calls_left, allowance.minutes_left

    async def said_to(self, number: str = MIRAS) -> str:
        """Return all that the agent ever said to a number."""
        words = []
        for call in await self.carrier_log(number):
            _, conversation = await self.fetches(call["conversation_id"])
            words += [turn["message"] or "" for turn in conversation["transcript"] if turn["role"] == "agent"]
        return "\n".join(words)


@dataclass
class Telephone:
    """A telephone that rang."""

    exchange: Exchange
    call_sid: str
    number: str
    heard: str = ""

    async def answers(self) -> str:
        """Pick up and return the first words."""
        self.heard = "\n".join((await self._do("answer"))["words"])
        return self.heard

    async def says(self, text: str) -> str:
        """Say something and return the answer."""
        words = "\n".join((await self._do("say", {"text": text}))["words"])
        self.heard += f"\n{words}"
        return words

    async def talks(self, *lines: str) -> None:
        """Pick up, say yes and these words, and hang up after ten seconds."""
        await self.answers()
        for line in ("Yes, that is me.", *lines):
            await self.says(line)
        await self.hangs_up(after_seconds=10)

    async def hangs_up(self, after_seconds: float = 0) -> None:
        self.exchange.there.moved += timedelta(seconds=after_seconds)
        self.exchange.sandbox.clock_moved()
        await self._do("hang-up")

    async def declines(self) -> None:
        await self._do("decline")

    async def lets_a_machine_answer(self) -> None:
        await self._do("voicemail")

    async def conversation(self) -> dict[str, Any]:
        """Return the conversation as ElevenLabs has it."""
        (call,) = [
            one for one in await self.exchange.carrier_log(self.number) if one["call_sid"] == self.call_sid
        ]
        _, conversation = await self.exchange.fetches(call["conversation_id"])
        return conversation

    async def _do(self, deed: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return await self.exchange.ask_sandbox(f"calls/{self.call_sid}/{deed}", body or {})


async def add(house: Installation, caller: Caller, number: str) -> Phone:
    """Add a number that is not verified yet to what somebody has."""
    person, parsed = await find_person(house, caller), parse_number(number, house.terms.phone_regions)
    phone = Phone(house.new_id(), person.id, parsed.e164, parsed.region, house.now())
    await house.store.add_phone(phone, PhoneConsent("1", "Ring me.", house.now()))
    return phone


async def verify(house: Installation, caller: Caller, number: str) -> Phone:
    """Add a number and verify it, as if a code had been read there."""
    phone = await add(house, caller, number)
    await house.store.set_code(phone.id, "123456", house.now() + CODE_LIFETIME)
    assert await house.store.check_code(phone.person_id, "123456", house.now()) == "verified"
    return phone


def plain(shown: str) -> str:
    """Return what a terminal showed in one line, without frames."""
    return " ".join(re.sub("[│╭╮╰╯─]", " ", shown).split())


def caller_of(member: Member) -> Caller:
    """Return who sits at a terminal."""
    return member.front._caller


def two_clocks(at: datetime = NOON) -> tuple[MovedClock, MovedClock]:
    """Two clocks that begin at the same moment: ours and the sandbox's."""
    moved = at - datetime.now(UTC)
    return MovedClock(moved), MovedClock(moved)


@asynccontextmanager
async def open_exchange(
    folder: Path,
    *,
    phone_number_id: str = TWILIO,
    hosted: bool = False,
    webhooks: bool = True,
    personas: Path = PERSONAS,
    clocks: tuple[MovedClock, MovedClock] | None = None,
    agent: dict[str, Any] | None = None,
    **settings: Any,
) -> AsyncIterator[Exchange]:
    """Open a sandbox and a Troupe that rings telephones in Germany, at noon."""
    ours, there = clocks or two_clocks()
    async with (
        open_sandbox(
            listen="127.0.0.1:0",
            file=folder / "sandbox.db",
            public_agent=hosted,
            clock=there,
            agent=agent,
        ) as sandbox,
        open_troupe(
            sandbox,
            folder,
            (ours, there),
            phone_number_id=phone_number_id,
            hosted=hosted,
            webhooks=webhooks,
            personas=personas,
            **settings,
        ) as exchange,
    ):
        yield exchange


@asynccontextmanager
async def open_troupe(
    sandbox: Sandbox,
    folder: Path,
    clocks: tuple[MovedClock, MovedClock],
    *,
    phone_number_id: str = TWILIO,
    hosted: bool = False,
    webhooks: bool = True,
    personas: Path = PERSONAS,
    takes_calls: bool = False,
    recalls: bool = False,
    **settings: Any,
) -> AsyncIterator[Exchange]:
    """Open a Troupe beside a sandbox that goes on when it ends; it may be opened again.

    With ``takes_calls`` the sandbox asks it what calls start with that come in, with ``recalls`` what was
    said before.
    """
    chosen = Settings(
        _env_file=None,
        database_url=database_in(folder),
        personas_dir=personas,
        **{"phone_countries": "DE", **PLENTY, **settings},
    )
    provider = sandbox_provider(
        sandbox.url, sandbox.webhook_secret, "ours" * takes_calls, recall_secret="ours" * recalls
    )
    port = quiet_port()
    async with open_app(
        chosen,
        replace(provider, phone_number_id=phone_number_id, answer_seconds=2.0),
        listen=f"127.0.0.1:{port}",
        public_url="" if hosted else f"http://127.0.0.1:{port}",
        clock=clocks[0],
    ) as app:
        sandbox.deliver_webhooks_to(f"{app.url}/hooks/elevenlabs" if webhooks else None)
        if takes_calls:
            await sandbox.ask_about_inbound(
                f"{app.url}/hooks/elevenlabs/initiation", {"X-Troupe-Secret": "ours"}
            )
        if recalls:
            await let_it_recall(sandbox, app.url)
        yield Exchange(app, sandbox, clocks[0], clocks[1])
