"""With whatever references anybody finds, nobody hears in mid-call what is not theirs.

``WEB_FORGERIES=500`` in the environment plays so many games instead of a few.
"""

import asyncio
import json
import os
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from web_house import ALICE, WIZARD, House, open_house, write_cast

from bot.calls import answering, erasing, linking
from bot.calls.first_call import answer_card
from bot.calls.looking_up import ENOUGH, MOST_LOOK_UPS
from bot.calls.placing import Wish, place
from bot.domain.caller import Account, Caller
from bot.domain.conversation import Transcript, Turn
from bot.domain.inbound import InboundRing
from bot.domain.phone import Phone, PhoneConsent

GAMES = int(os.environ.get("WEB_FORGERIES", "15"))
SECRETS = ("the new secret of ours", "the old secret of ours")
BOB = Caller(Account("discord", "app", "90000000000000001"), "Bob Baboon")
TWIN = Caller(replace(ALICE.account, tenant="another-app"), "Alice Aardvark")
EVE = Caller(Account("slack", "T1", "U1"), "Eve Eland")
PEOPLE = (ALICE, BOB, TWIN, EVE)
"""Alice, somebody else, who has Alice's id and name in another tenant, and who may be Alice elsewhere."""
SLUGS = ("wizard", "captain")
CANARIES = {
    (caller, slug): f"canary-{number}-of-{slug}-9d1f"
    for number, caller in enumerate(PEOPLE)
    for slug in SLUGS
}
ALICES = "+4915112345678"
LONGEST = timedelta(minutes=6)
"""The characters' five minutes, and one of grace."""
QUERY = "What did I say about the canary?"


@dataclass
class Placed:
    """A call: whose, with whom, its reference, and whether anything may be heard in it."""

    caller: Caller
    slug: str
    ref: str
    began_at: datetime
    is_open: bool = True
    asked: int = 0


class Forgers(RuleBasedStateMachine):
    """People who call, hang up, link, part and forget, and somebody who asks with all that they find."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.told: set[tuple[Caller, str]] = set()
        self.sure: set[tuple[Caller, str]] = set()
        self.remembered: set[Caller] = set()
        self.are_one = False
        self.calls: list[Placed] = []
        self.mute: list[str] = []
        self.house, self.url = self.run(self._open())

    async def _open(self) -> tuple[House, str]:
        folder = Path(self.folder.name)
        cast = write_cast(folder / "personas")
        (cast / "captain.md").write_text(WIZARD.replace("Merlin", "Bilge"))
        house = await open_house(self.stack, folder, cast)
        terms = replace(house.installation.terms, phone_regions=frozenset({"DE"}), answer_seconds=30.0)
        house.installation = replace(house.installation, terms=terms)
        for caller in PEOPLE:
            await self._tell(house, caller)
        store, now = house.installation.store, house.clock()
        alice = await store.find_person(ALICE.account)
        assert alice is not None
        await store.add_phone(Phone("p1", alice.id, ALICES, "DE", now), PhoneConsent("1", "Yes.", now))
        await store.set_code("p1", "123456", now.replace(year=now.year + 1))
        assert await store.check_code(alice.id, "123456", now) == "verified"
        assert await store.set_inbound_context(alice.id, is_on=True)
        return house, await house.serve(recall_secrets=SECRETS)

    async def _tell(self, house: House, caller: Caller) -> None:
        """Let somebody be remembered, and have told each character a canary of its own."""
        await answer_card(house.installation, caller, remember=True)
        self.remembered.add(caller)
        store, now = house.installation.store, house.clock()
        person = await store.find_person(caller.account)
        assert person is not None
        for slug in SLUGS:
            turns = (Turn("user", f"My bird is called {CANARIES[caller, slug]}."), Turn("agent", "I see."))
            talk_id = house.installation.new_id()
            talk = [(talk_id, Transcript(turns, now))]
            await store.store_import(person.id, slug, "own", talk, talk_id, {}, now)
            self.told.add((caller, slug))
            self.sure.add((caller, slug))

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(caller=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS))
    def call(self, caller: Caller, slug: str) -> None:
        self.calls.append(self.run(self._call(caller, slug)))

    async def _call(self, caller: Caller, slug: str) -> Placed:
        house = self.house
        placed = await place(house.installation, caller, slug, Wish(), card_comes_later=True)
        assert placed is not None
        path = "/t/" + placed.url.rpartition("/")[2]
        status, answer = await house.start(path, remember=True, browser=await house.another_browser())
        assert status == 200, answer
        self.remembered.add(caller)
        ref = str(answer["message"]["dynamic_variables"]["call_ref"])
        return Placed(caller, slug, ref, house.clock.now)

    @rule(caller=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS))
    def talk_over_a_hosted_link(self, caller: Caller, slug: str) -> None:
        self.mute.append(self.run(self._host(caller, slug)))

    async def _host(self, caller: Caller, slug: str) -> str:
        house = self.house.installation
        hosted = replace(house, terms=replace(house.terms, public_url=""))
        placed = await place(hosted, caller, slug, Wish(), card_comes_later=True)
        assert placed is not None
        store: Any = house.store
        row = (house.now().isoformat(), placed.call.id)
        live = "UPDATE calls SET state = 'live', busy_until = '2999', opened_at = ? WHERE id = ?"
        await store.writer.write(lambda database: database.execute(live, row))
        return str(placed.call.ref)

    @rule(number=st.sampled_from([ALICES, "+4915112345679", ""]), mark=st.integers(0, 10**6))
    def ring(self, number: str, mark: int) -> None:
        ring = InboundRing(number, f"conv_{mark}")
        started = self.run(answering.answer(self.house.installation, ring)).as_message()
        self.mute.append(started["dynamic_variables"]["call_ref"])

    @rule(minutes=st.sampled_from([1, 4, 7]))
    def wait(self, minutes: int) -> None:
        self.house.clock.pass_(minutes=minutes)

    @precondition(lambda self: self.calls)
    @rule(data=st.data())
    def hang_up(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self.calls))
        call.is_open = False
        self.run(self._hang_up(call))

    async def _hang_up(self, call: Placed) -> None:
        store = self.house.installation.store
        found = await store.fetch_call_by_ref(call.ref)
        if found is not None:
            await store.fail_call(found.id, "over", self.house.clock(), [], charge="nothing")

    @precondition(lambda self: not self.are_one)
    @rule()
    def become_one(self) -> None:
        self.run(self._link())
        self.are_one = True

    async def _link(self) -> None:
        house = self.house.installation
        if (await linking.see_linked(house, ALICE)).accounts:
            await linking.share_memory(house, ALICE, is_on=True)
            return
        code = await linking.make_code(house, ALICE)
        await linking.link(house, EVE, code, shares_memory=True)

    @precondition(lambda self: self.are_one)
    @rule(for_good=st.booleans())
    def part(self, for_good: bool) -> None:
        self.run(self._part(for_good))
        self.are_one = False

    async def _part(self, for_good: bool) -> None:
        house = self.house.installation
        if for_good:
            await linking.unlink(house, EVE, linking.THIS_ONE)
        else:
            await linking.share_memory(house, EVE, is_on=False)

    @rule(caller=st.sampled_from(PEOPLE), slug=st.sampled_from(SLUGS))
    def forget_a_character(self, caller: Caller, slug: str) -> None:
        self.run(erasing.forget_character(self.house.installation, caller, slug))
        self._is_forgotten(caller, (slug,))

    @rule(caller=st.sampled_from([BOB, TWIN]))
    def forget_everything(self, caller: Caller) -> None:
        self.run(erasing.forget_everything(self.house.installation, caller))
        self._is_forgotten(caller, SLUGS)
        self.remembered.discard(caller)

    def _is_forgotten(self, caller: Caller, slugs: tuple[str, ...]) -> None:
        self.told -= {(caller, slug) for slug in slugs}
        self.sure -= {(one, slug) for one in self._one_memory(caller) for slug in slugs}
        for call in self.calls:
            if call.caller == caller and call.slug in slugs:
                call.is_open = False

    def _one_memory(self, caller: Caller) -> set[Caller]:
        return {ALICE, EVE} if self.are_one and caller in {ALICE, EVE} else {caller}

    @invariant()
    def whoever_is_on_the_line_hears_their_own_and_nobody_else_s(self) -> None:
        for call in self.calls[-3:]:
            status, memory, heard = self.run(self._ask(call.ref))
            assert status == 200
            call.asked += 1
            goes_on = call.is_open and self.house.clock.now - call.began_at < LONGEST
            may_hear = {(one, call.slug) for one in self._one_memory(call.caller)} & self.told
            assert heard <= (may_hear if goes_on and memory != ENOUGH else set())
            if goes_on and memory != ENOUGH:
                assert heard >= {(call.caller, call.slug)} & self.sure
            assert (memory == ENOUGH) <= (call.asked > MOST_LOOK_UPS)

    @invariant()
    def where_nobody_is_known_nobody_hears_anything(self) -> None:
        for ref in self.mute[-3:]:
            assert self.run(self._ask(ref))[1:] == ("nothing yet", set())

    @invariant()
    def what_only_looks_like_a_reference_opens_nothing(self) -> None:
        for ref in [call.ref for call in self.calls[-1:]]:
            ids = self.run(self._id_of(ref)), self.run(self._person())
            for forged in (*ids, ref[:-1], ref[:-2] + ref[-1] + ref[-2], ref.upper(), ref[::-1]):
                if all(forged != call.ref for call in self.calls):
                    assert self.run(self._ask(forged)) == (200, "nothing yet", set())

    @precondition(lambda self: self.calls)
    @rule(query=st.sampled_from([*CANARIES.values(), "", "%", "* OR canary"]))
    def ask_for_what_others_told(self, query: str) -> None:
        call = self.calls[-1]
        call.asked += 1
        heard = self.run(self._ask(call.ref, query=query))[2]
        assert heard <= {(one, call.slug) for one in self._one_memory(call.caller)}

    @precondition(lambda self: self.calls)
    @rule(secret=st.sampled_from([SECRETS[0].upper(), SECRETS[0][:-1], f"{SECRETS[1]}x", "", None]))
    def ask_without_the_secret(self, secret: str | None) -> None:
        assert self.run(self._ask(self.calls[-1].ref, secret)) == (401, "", set())

    async def _id_of(self, ref: str) -> str:
        found = await self.house.installation.store.fetch_call_by_ref(ref)
        return str(found.id) if found else "1" * 32

    async def _person(self) -> str:
        person = await self.house.installation.store.find_person(BOB.account)
        return str(person.id) if person else "2" * 32

    async def _ask(
        self, ref: str, secret: str | None = SECRETS[0], query: str = QUERY
    ) -> tuple[int, str, set[tuple[Caller, str]]]:
        """Ask, with everybody's ids sent along; status, answer, and whose canaries are in any byte of it."""
        refs = [*self.mute, *(one.ref for one in self.calls)][-20:]
        others = {"user_id": await self._person(), "call_refs": refs}
        body = {"call_ref": ref, "query": query, "character": "captain", **others}
        headers = {} if secret is None else {"X-Troupe-Secret": secret}
        address = f"{self.url}/tools/recall"
        async with self.house.browser.post(address, json=body, headers=headers) as answer:
            outbound = repr(answer.headers).encode() + await answer.read()
            memory = json.loads(await answer.read()).get("memory", "")
            heard = {whose for whose, canary in CANARIES.items() if canary.encode() in outbound}
            return answer.status, memory, heard


Forgers.TestCase.settings = settings(
    max_examples=GAMES, stateful_step_count=14, suppress_health_check=list(HealthCheck)
)
TestForgers = Forgers.TestCase
