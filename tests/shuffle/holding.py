"""Calls placed by the real use cases, and their conversations held in the sandbox's own code.

Every conversation has a clock of its own there, so that minutes pass in it in no time.
"""

import asyncio
import base64
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from bot.calls.chatting import open_chat
from bot.calls.dialing import dial
from bot.calls.first_call import answer_card
from bot.calls.installation import Installation, find_person
from bot.calls.opening import open_call
from bot.calls.placing import Placed, Wish, place
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.allowance import UNLIMITED
from bot.domain.caller import Caller, parse_account
from bot.domain.phone import CODE_LIFETIME, Phone, PhoneConsent
from bot.domain.talk import Said
from bot.house import open_cast, open_installation
from bot.sandbox import Sandbox, open_sandbox
from bot.sandbox.clock import Time
from bot.sandbox.refusals import StartError
from bot.sandbox.state import new_id
from bot.sandbox.talks import Origin, Talks
from tests.shuffle.clock import Clock
from tests.shuffle.plan import ON_THE_PHONE, Kind, Memory, PlannedCall, PlannedPerson

PERSONAS = Path(__file__).parents[2] / "personas"
PUBLIC_URL = "http://127.0.0.1:9"
"""Where talk links of the preparation would lead; nobody follows them."""
AT_ONCE = 8
Via = Literal["link", "chat", "phone"]


@dataclass(frozen=True, slots=True)
class Start:
    """What every run begins with: both files' folder, what each call's page knows, and the events."""

    folder: Path
    events: dict[str, bytes]
    """The sandbox's own event of each conversation that has one, by conversation id, as they ended."""
    pages: dict[str, tuple[str, str]]
    """Token and cookie of the page that a conversation was held on."""
    words: dict[str, list[tuple[str, ...]]]
    """What was said in each call, by the call's reference: its conversations' lines, both sides."""
    accounts: dict[str, int]
    """How many calls each account made that came to a conversation."""


def settings_for(folder: Path, **more: Any) -> Settings:
    """Return settings that keep everything in a folder."""
    return Settings(  # type: ignore[call-arg]
        _env_file=None,
        database_url=f"sqlite:///{folder}/troupe.db",
        personas_dir=PERSONAS,
        phone_countries="DE",
        **more,
    )


def without_limits(house: Installation) -> Installation:
    """Return an installation where everybody may call as much as they like, and all at once."""
    return replace(house, terms=replace(house.terms, limits=UNLIMITED))


async def prepare(people: list[PlannedPerson], folder: Path) -> Start:
    """Have everything that was planned asked for and said; nothing of it has come home afterwards."""
    clock = Clock()
    pages: dict[str, tuple[str, str]] = {}
    async with open_sandbox(listen="127.0.0.1:0", file=folder / "sandbox.db", clock=clock) as sandbox:
        settings = settings_for(folder)
        provider = replace(sandbox_provider(sandbox.url), phone_number_id=sandbox.phone_number_id)
        cast = await open_cast(settings)
        async with (
            open_installation(settings, provider, cast, PUBLIC_URL, clock) as with_page,
            open_installation(settings, provider, cast, "", clock) as hosted,
        ):
            stage = Stage(sandbox, clock, without_limits(with_page), without_limits(hosted), pages)
            slots = asyncio.Semaphore(AT_ONCE)

            async def one(person: PlannedPerson) -> None:
                async with slots:
                    await stage.lives(person)

            async with asyncio.TaskGroup() as tasks:
                for person in people:
                    tasks.create_task(one(person))
            await stage.all_analysed()
    return Start(
        folder, _events(folder / "sandbox.db"), pages, _words(folder / "sandbox.db"), dict(stage.accounts)
    )


@dataclass
class Stage:
    """The sandbox, and two installations over one database: one with talk pages, one without."""

    sandbox: Sandbox
    clock: Clock
    with_page: Installation
    hosted: Installation
    pages: dict[str, tuple[str, str]]
    accounts: dict[str, int] = field(default_factory=dict)
    numbers: int = 0

    async def lives(self, person: PlannedPerson) -> None:
        """Let somebody make all their calls."""
        account = parse_account(person.name.replace(" ", "").lower())
        caller = Caller(account, person.name)
        await answer_card(self.with_page, caller, remember=person.memory is not Memory.NO)
        for call in person.calls:
            await self.calls(caller, call)
        if person.memory is Memory.NO_AFTERWARDS:
            await answer_card(self.with_page, caller, remember=False)
        self.accounts[str(account)] = len(person.calls)

    async def calls(self, caller: Caller, call: PlannedCall) -> None:
        """Place one call and hold its conversations."""
        if call.kind is Kind.CHAT:
            placed = await self._place(self.with_page, caller, call, "chat")
            await self._chat(caller, placed, call)
        elif call.kind in ON_THE_PHONE:
            await self._verifies_a_phone(caller)
            placed = await self._place(self.with_page, caller, call, "phone")
            await self._ring(placed, call)
        elif call.kind is Kind.HOSTED:
            placed = await self._place(self.hosted, caller, call)
            packed = parse_qs(urlsplit(placed.url).query)["vars"][0]
            variables = json.loads(base64.b64decode(packed))
            await self._hold({"dynamic_variables": variables}, new_id("conv"), "public", call)
        else:
            placed = await self._place(self.with_page, caller, call)
            await self._talk_on_page(placed, call)

    async def _place(
        self, house: Installation, caller: Caller, call: PlannedCall, via: Via = "link"
    ) -> Placed:
        placed = await place(house, caller, call.character, Wish(call.topic, via))
        assert placed is not None
        return placed

    async def _talk_on_page(self, placed: Placed, call: PlannedCall) -> None:
        token, cookie = placed.url.rpartition("/")[2], self.with_page.new_token()
        later = 0
        for number in range(len(call.lines)):
            opened = await open_call(self.with_page, token, cookie)
            assert opened is not None
            conversation_id = parse_qs(urlsplit(opened.signed_url).query)["conversation_id"][0]
            self.pages[conversation_id] = token, cookie
            message = {name: value for name, value in opened.message.items() if name != "type"}
            if call.kind is Kind.REFUSED or (call.kind is Kind.TWICE_UNHEARD and number == 1):
                message["dynamic_variables"] = {"call_ref": placed.call.ref}
            later += 1 + await self._hold(message, conversation_id, "signed_url", call, number, later)

    async def _hold(
        self,
        message: Mapping[str, Any],
        conversation_id: str,
        authorization: str,
        call: PlannedCall,
        number: int = 0,
        later: int = 0,
    ) -> int:
        """Hold one conversation, ``later`` seconds from now; return how many seconds it took."""
        room = self.sandbox.phone._talks
        clock = Time(self.clock)
        clock.offset_seconds = later
        talks = Talks(room.workspace, room.state, clock, room._tasks, room.faults, room._client)
        try:
            talk = await talks.begin(dict(message), Origin(conversation_id, "js_sdk", authorization))
        except StartError:
            return 0
        await talk.greet()
        lines = call.lines[number]
        for pause, line in zip(call.pauses, lines, strict=False):
            clock.advance(pause)
            await talk.hear(line)
        clock.advance(call.pauses[-1])
        await talk.finish("Client disconnected: 1000")
        clock.advance(1)
        return int(clock.offset_seconds) - later

    async def _chat(self, caller: Caller, placed: Placed, call: PlannedCall) -> None:
        async with open_chat(self.with_page, caller, placed.call.id) as chat:
            lines = [*call.lines[0]]
            async for event in chat.talk.events():
                if not isinstance(event, Said):
                    continue
                if not lines:
                    break
                await chat.talk.say(lines.pop(0))

    async def _verifies_a_phone(self, caller: Caller) -> None:
        """Add a number of their own, with the code that was read to them."""
        person = await find_person(self.with_page, caller)
        now, store = self.clock(), self.with_page.store
        self.numbers += 1
        number = f"+4915123{self.numbers:06}"
        phone = Phone(self.with_page.new_id(), person.id, number, "DE", now)
        await store.add_phone(phone, PhoneConsent("1", "You may ring me.", now))
        await store.set_code(phone.id, "123456", now + CODE_LIFETIME)
        assert await store.check_code(person.id, "123456", now) == "verified"

    async def _ring(self, placed: Placed, call: PlannedCall) -> None:
        """Have it rung by the use case that rings, and answer it, or not, at the carrier's end."""
        await dial(self.with_page, placed.call.id)
        (bound,) = await self.with_page.store.fetch_bindings(placed.call.id)
        phone = self.sandbox.phone
        ring = next(one for one in phone._ringing.values() if one.conversation_id == bound.conversation_id)
        if call.kind is Kind.BUSY:
            await ring.decline()
        elif call.kind is Kind.UNANSWERED:
            await phone.miss(ring, "no-answer")
        elif call.kind is Kind.VOICEMAIL:
            await ring.answer_by_machine()
        else:
            line = await ring.answer()
            for text in call.lines[0]:
                await line.say(text)
            await line.hang_up()

    async def all_analysed(self) -> None:
        """Wait until every conversation is over and told of."""
        state = self.sandbox.phone._state
        for status in ("in-progress", "processing"):
            while await state.conversations(status=status):  # noqa: ASYNC110  nobody tells
                await asyncio.sleep(0.05)


def _events(sandbox_file: Path) -> dict[str, bytes]:
    """Take the events out of the sandbox's outbox: who delivers them is another matter."""
    with closing(sqlite3.connect(sandbox_file)) as database, database:
        rows = database.execute("SELECT conversation_id, body FROM webhooks ORDER BY webhook_id").fetchall()
        database.execute("DELETE FROM webhooks")
    return {conversation_id: body.encode() for conversation_id, body in rows}


def _words(sandbox_file: Path) -> dict[str, list[tuple[str, ...]]]:
    """Return what was said, from the sandbox's own file; neither a tool nor a NUL is said."""
    said: dict[str, list[str]] = {}
    refs: dict[str, str] = {}
    with closing(sqlite3.connect(sandbox_file)) as database:
        for conversation_id, document in database.execute(
            "SELECT conversation_id, document FROM conversations ORDER BY position"
        ):
            variables = json.loads(document)["client_data"].get("dynamic_variables") or {}
            refs[conversation_id] = variables["call_ref"]
            said[conversation_id] = []
        for conversation_id, document in database.execute(
            "SELECT conversation_id, document FROM turns ORDER BY position"
        ):
            words = json.loads(document)["message"].replace("\0", "").strip()
            said[conversation_id] += [words] if words else []
    of_calls: dict[str, list[tuple[str, ...]]] = {}
    for conversation_id, lines in said.items():
        of_calls.setdefault(refs[conversation_id], []).append(tuple(lines))
    return of_calls
