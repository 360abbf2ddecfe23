"""What characters look up in mid-call: for ElevenLabs alone, and of the call's own person alone."""

import asyncio
import json
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from web_house import ALICE, House, open_house, write_cast

from bot.calls.first_call import answer_card
from bot.calls.looking_up import ENOUGH, MOST_LOOK_UPS
from bot.domain.caller import Account, Caller
from bot.domain.conversation import Transcript, Turn

HOOK = "/tools/recall"
SECRETS = ("the new secret of ours", "the old secret of ours")
BOB = Caller(Account("discord", "app", "90000000000000001"), "Bob Baboon")
CANARIES = {ALICE: "canary-of-alice-9d1f", BOB: "canary-of-bob-77ac"}
LONGEST = timedelta(minutes=6)
"""Merlin's five minutes, and one of grace."""
QUERY = "What did I say about the canary?"


async def remember(house: House, caller: Caller) -> None:
    """Let somebody have told Merlin their canary long ago."""
    await answer_card(house.installation, caller, remember=True)
    store, now = house.installation.store, house.clock()
    person = await store.find_person(caller.account)
    assert person is not None
    said = Transcript(
        (Turn("user", f"My canary is called {CANARIES[caller]}."), Turn("agent", "I see.")), now
    )
    talk_id = house.installation.new_id()
    await store.store_import(person.id, "wizard", "own", [(talk_id, said)], talk_id, {}, now)


async def ref_of(house: House, path: str) -> str:
    """Start the call behind a link, and return the reference that goes to ElevenLabs."""
    browser = await house.another_browser()
    status, answer = await house.start(path, browser=browser)
    assert status == 200, answer
    return str(answer["message"]["dynamic_variables"]["call_ref"])


async def ask(
    house: House, url: str, body: Any, secret: str | None = SECRETS[0]
) -> tuple[int, dict[str, Any], bytes]:
    """Ask, and return status, answer and every byte of it, headers too."""
    headers = {} if secret is None else {"X-Troupe-Secret": secret}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with house.browser.post(url + HOOK, data=raw, headers=headers) as answer:
        outbound = repr(answer.headers).encode() + await answer.read()
        return answer.status, await answer.json(), outbound


@pytest.mark.anyio
async def test_the_person_of_the_call_is_answered_whatever_else_is_sent_along(house: House) -> None:
    for caller in CANARIES:
        await remember(house, caller)
    url = await house.serve(recall_secrets=SECRETS)
    ref = await ref_of(house, await house.link(ALICE))
    bob = await house.installation.store.find_person(BOB.account)
    assert bob is not None
    body = {"call_ref": ref, "query": QUERY, "user": bob.id, "user_id": bob.id, "character": "captain"}
    for secret in SECRETS:
        status, answer, outbound = await ask(house, url, body, secret)
        assert status == 200
        assert CANARIES[ALICE] in answer["memory"]
        assert CANARIES[BOB].encode() not in outbound


@pytest.mark.anyio
async def test_without_the_secret_nothing_is_said_and_without_any_there_is_no_such_address(
    house: House,
) -> None:
    await remember(house, ALICE)
    url = await house.serve(recall_secrets=SECRETS)
    body = {"call_ref": await ref_of(house, await house.link()), "query": QUERY}
    for secret in (None, "", SECRETS[0][:-1], SECRETS[0] + "x", "ß"):
        status, _, outbound = await ask(house, url, body, secret)
        assert status == 401
        assert CANARIES[ALICE].encode() not in outbound
    assert (await ask(house, house.url, body))[0] == 404


@pytest.mark.anyio
@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 3_000, b'{"call_ref": 1, "query": "a"}',
        b'{"call_ref": "a", "query": null}', b'{"call_ref": "a", "query": ["a"]}', b'{"query": "a"}',
        b'{"call_ref": "../x", "query": "a"}', b'{"call_ref": "", "query": "a"}',
        b'{"call_ref": "' + b"a" * 65 + b'", "query": "a"}', b'{"call_ref": "\\ud800", "query": "a"}',
        b"9" * 4_000,
    ],
)  # fmt: skip
async def test_what_is_no_question_is_refused_at_once(house: House, body: bytes) -> None:
    url = await house.serve(recall_secrets=SECRETS)
    assert (await ask(house, url, body))[0] == 400


@pytest.mark.anyio
async def test_a_question_may_hold_any_text_and_is_cut_off_where_it_is_huge(house: House) -> None:
    await remember(house, ALICE)
    url = await house.serve(recall_secrets=SECRETS)
    ref = await ref_of(house, await house.link())
    for query in ("", "\ud800 \x00 ' \" -- %", 'NEAR("a* OR', "🦜" * 300):
        status, answer, _ = await ask(house, url, {"call_ref": ref, "query": query})
        assert status == 200
        assert len(answer["memory"]) <= 2_000
    assert (await ask(house, url, {"call_ref": ref, "query": "a" * 5_000}))[0] == 413


@pytest.mark.anyio
async def test_a_question_that_cannot_be_counted_is_answered(house: House) -> None:
    await remember(house, ALICE)
    url = await house.serve(recall_secrets=SECRETS)
    ref = await ref_of(house, await house.link())
    await house.stop_storing()
    status, answer, _ = await ask(house, url, {"call_ref": ref, "query": QUERY})
    assert (status, CANARIES[ALICE] in answer["memory"]) == (200, True)


@dataclass
class Placed:
    """A call that was asked for: whose, with which link and reference, and whether it goes on."""

    caller: Caller
    ref: str
    began_at: datetime
    is_open: bool = True
    answers: int = 0


class Forgers(RuleBasedStateMachine):
    """Two people who call, hang up and let calls run out, and somebody who asks with all that they find."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.stack = AsyncExitStack()
        self.house, self.url = self.run(self.open())
        self.calls: list[Placed] = []

    async def open(self) -> tuple[House, str]:
        folder = Path(self.folder.name)
        house = await open_house(self.stack, folder, write_cast(folder / "personas"))
        for caller in CANARIES:
            await remember(house, caller)
        return house, await house.serve(recall_secrets=SECRETS)

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()
        self.folder.cleanup()

    @rule(caller=st.sampled_from([ALICE, BOB]))
    def call(self, caller: Caller) -> None:
        path = self.run(self.house.link(caller, remember=None))
        self.calls.append(Placed(caller, self.run(ref_of(self.house, path)), self.house.clock.now))

    @rule(minutes=st.sampled_from([1, 4, 7]))
    def wait(self, minutes: int) -> None:
        self.house.clock.pass_(minutes=minutes)

    @rule(data=st.data())
    def close(self, data: st.DataObject) -> None:
        if self.calls:
            call = data.draw(st.sampled_from(self.calls))
            call.is_open = False
            self.run(self._close(call))

    async def _close(self, call: Placed) -> None:
        store = self.house.installation.store
        found = await store.fetch_call_by_ref(call.ref)
        assert found is not None
        await store.fail_call(found.id, "over", self.house.clock(), [], charge="nothing")

    @invariant()
    def whoever_is_on_the_line_hears_their_own_and_nobody_else_anything(self) -> None:
        for call in self.calls[-3:]:
            status, answer, outbound = self.run(
                ask(self.house, self.url, {"call_ref": call.ref, "query": QUERY})
            )
            assert status == 200
            heard = {caller for caller, canary in CANARIES.items() if canary.encode() in outbound}
            goes_on = call.is_open and self.house.clock.now - call.began_at < LONGEST
            assert heard == ({call.caller} if goes_on and answer["memory"] != ENOUGH else set())
            call.answers += 1
            assert (answer["memory"] == ENOUGH) <= (call.answers > MOST_LOOK_UPS)

    @rule(
        data=st.data(),
        secret=st.sampled_from([SECRETS[0], SECRETS[1], SECRETS[0].upper(), "", None]),
        forgery=st.sampled_from(["cut", "swapped", "upper", "made up", "an id", "none"]),
        query=st.sampled_from([QUERY, CANARIES[BOB], CANARIES[ALICE], "", "%"]),
    )
    def forge(self, data: st.DataObject, secret: str | None, forgery: str, query: str) -> None:
        call = data.draw(st.sampled_from(self.calls)) if self.calls else None
        ref = call.ref if call else "0" * 32
        forged = {
            "cut": ref[:-1],
            "swapped": ref[:-2] + ref[-1] + ref[-2],
            "upper": ref.upper() if ref.upper() != ref else "A" * 32,
            "made up": data.draw(st.text("0123456789abcdef", min_size=32, max_size=32)),
            "an id": self.run(self._id_of(call)) if call else "1" * 32,
        }.get(forgery, ref)
        is_theirs = any(one.ref == forged for one in self.calls)
        body = {"call_ref": forged, "query": query, "refs": [one.ref for one in self.calls]}
        status, _, outbound = self.run(ask(self.house, self.url, body, None if is_theirs else secret))
        assert status == (200 if secret in SECRETS and not is_theirs else 401)
        assert not any(canary.encode() in outbound for canary in CANARIES.values())

    async def _id_of(self, call: Placed) -> str:
        found = await self.house.installation.store.fetch_call_by_ref(call.ref)
        assert found is not None
        return str(found.id)


Forgers.TestCase.settings = settings(
    max_examples=25, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)
TestForgers = Forgers.TestCase
