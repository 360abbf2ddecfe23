"""What ElevenLabs asks when somebody rings: always answered, fast and complete, and to nobody else."""

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from web_house import ALICE, House

from bot.calls.first_call import answer_card
from bot.calls.installation import ANSWER_SECONDS
from bot.domain.errors import NotStored, ProviderUnavailable
from bot.domain.phone import Phone, PhoneConsent
from bot.domain.variables import STANDARD_VARIABLES

pytestmark = pytest.mark.anyio

HOOK = "/hooks/elevenlabs/initiation"
SECRETS = ("first secret", "second")
ALICES, STRANGERS = "+4915112345678", "+4915112345679"
VARIED = """\
---
name: Bilge
tagline: Ship's captain
author: "@mira"
voice: plain
greeting: "Ahoy!"
memory: none
variables:
  ship: {type: string, default: The Spoon, description: Their ship}
  guns: {type: number, default: 12, description: How many}
---
You are Bilge of {{ship}}, with {{guns}} guns.
"""
ASKED = {
    "caller_id": STRANGERS,
    "called_number": "+15005550006",
    "agent_id": "agent_sandbox",
    "call_sid": "CA123",
    "conversation_id": "conv_in",
}


class Hook:
    """The address, with a secret and without."""

    def __init__(self, house: House, url: str) -> None:
        self.house = house
        self.url = url

    async def ask(self, body: Any = ASKED, secret: str | None = SECRETS[0]) -> tuple[int, dict[str, Any]]:
        headers = {} if secret is None else {"X-Troupe-Secret": secret}
        raw = json.dumps(body).encode() if isinstance(body, dict) else body
        async with self.house.browser.post(f"{self.url}{HOOK}", data=raw, headers=headers) as answer:
            return answer.status, await answer.json()

    async def answer(self, **changes: Any) -> dict[str, Any]:
        status, message = await self.ask({**ASKED, **changes})
        assert status == 200
        assert_complete(message)
        return message


def assert_complete(message: dict[str, Any]) -> None:
    assert message["type"] == "conversation_initiation_client_data"
    variables = message["dynamic_variables"]
    assert {*STANDARD_VARIABLES, "ship", "guns"} <= variables.keys()
    assert None not in variables.values()
    assert variables["first_message"].endswith(
        "here, an AI character from the Guild. This call is transcribed. Who is this?"
    )


def assert_neutral(message: dict[str, Any]) -> None:
    assert_complete(message)
    assert "user_id" not in message
    assert message["dynamic_variables"]["user_name"] == "friend"
    assert message["dynamic_variables"]["context"] == STANDARD_VARIABLES["context"]


@pytest.fixture
async def hook(house: House, cast_folder: Path) -> Hook:
    (cast_folder / "bilge.md").write_text(VARIED)
    house.cast.refresh()
    terms = replace(
        house.installation.terms,
        phone_regions=frozenset({"DE"}),
        inbound_character="wizard",
        answer_seconds=30.0,
    )
    house.installation = replace(house.installation, terms=terms)
    return Hook(house, await house.serve(inbound_secrets=SECRETS))


async def verify(house: House) -> None:
    """Let Alice have a number, be remembered, and want to be on her own calls."""
    await answer_card(house.installation, ALICE, remember=True)
    store, now = house.installation.store, house.clock()
    person = await store.find_person(ALICE.account)
    assert person is not None
    await store.add_phone(Phone("p1", person.id, ALICES, "DE", now), PhoneConsent("1", "Yes.", now))
    await store.set_code("p1", "123456", now.replace(year=now.year + 1))
    assert await store.check_code(person.id, "123456", now) == "verified"


async def test_a_stranger_gets_the_character_with_nobody_s_memory(hook: Hook) -> None:
    message = await hook.answer()
    assert_neutral(message)
    assert message["dynamic_variables"]["character_name"] == "Merlin"
    override = message["conversation_config_override"]
    assert override["conversation"] == {"max_duration_seconds": 180}
    assert "Never say a name before the caller has" in override["agent"]["prompt"]["prompt"]
    assert override["agent"]["prompt"]["prompt"].startswith("# House rules")
    jobs = await hook.house.installation.store.claim_jobs(
        hook.house.clock().replace(year=2027), hook.house.clock(), 9
    )
    assert [(job.kind, job.subject) for job in jobs] == [("stranger", "conv_in")]


async def test_a_verified_number_gets_its_owner_s_call_and_no_name_first(hook: Hook) -> None:
    await verify(hook.house)
    message = await hook.answer(caller_id=ALICES)
    again = await hook.answer(caller_id=ALICES)
    assert again["dynamic_variables"]["call_ref"] == message["dynamic_variables"]["call_ref"]
    assert "Alice" not in json.dumps(message)
    binding = await hook.house.installation.store.fetch_binding("conv_in")
    assert binding is not None
    assert (binding.call.person_id, binding.call.is_inbound) == (message["user_id"], True)


async def test_a_call_without_its_conversation_s_id_is_looked_for_by_its_reference(hook: Hook) -> None:
    await verify(hook.house)
    known = await hook.answer(caller_id=ALICES, conversation_id=None)
    stranger = await hook.answer(conversation_id="")
    store = hook.house.installation.store
    call = await store.fetch_call_by_ref(known["dynamic_variables"]["call_ref"])
    assert call is not None
    assert await store.fetch_bindings(call.id) == ()
    end = hook.house.clock().replace(year=2027)
    jobs = {(job.kind, job.subject) for job in await store.claim_jobs(end, end, 9)}
    assert jobs == {
        ("look_up", call.id),
        ("erase_found", stranger["dynamic_variables"]["call_ref"]),
    }


async def test_without_the_secret_nobody_is_told_anything(hook: Hook) -> None:
    before = await hook.house.everything_stored()
    refusals = set()
    for secret in (None, "", "wrong", "first secret, second", "FIRST SECRET"):
        for body in (ASKED, b"[" * 10_000, b"x" * 500_000):
            with suppress(ConnectionError):
                status, told = await hook.ask(body, secret)
                refusals.add((status, json.dumps(told)))
    assert [status for status, _ in refusals] == [401]
    assert await hook.house.everything_stored() == before


async def test_both_secrets_of_a_rotation_are_accepted(hook: Hook) -> None:
    assert [(await hook.ask(ASKED, secret))[0] for secret in SECRETS] == [200, 200]


@pytest.mark.parametrize("secrets", [(), ("",)])
async def test_without_a_secret_there_is_no_such_address(house: House, secrets: tuple[str, ...]) -> None:
    hook = Hook(house, await house.serve(inbound_secrets=secrets))
    for secret in (None, ""):
        status, told = await hook.ask(ASKED, secret)
        assert status == 404
    async with house.browser.post(f"{house.url}/hooks/nothing", data=b"") as other:
        assert told == await other.json()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"\xff\xfe",
        b"null",
        b"[" * 15_000,
        b'{"caller_id": "' + b"9" * 20_000 + b'"}',
        b"x" * 500_000,
        json.dumps({"agent_id": "agent_sandbox", "caller_id": ALICES, "padding": "x" * 20_000}).encode(),
        json.dumps({"agent_id": "agent_sandbox", "caller_id": {"a": 1}, "conversation_id": ["x"]}).encode(),
        json.dumps({"agent_id": "agent_sandbox", "caller_id": "+49{{user_name}}"}).encode(),
        json.dumps({"agent_id": "agent_sandbox", "caller_id": "\u0000", "conversation_id": "../x"}).encode(),
        json.dumps({"agent_id": 7, "caller_id": "9" * 40, "conversation_id": "c" * 200}).encode(),
        json.dumps({"agent_id": "agent_sandbox", "conversation_id": "\ud800"}).encode(),
    ],
    ids=range(13),
)
async def test_whatever_is_sent_with_the_secret_is_answered_completely(hook: Hook, body: bytes) -> None:
    await verify(hook.house)
    status, message = await hook.ask(body)
    assert status == 200
    assert_neutral(message)


async def test_a_body_that_never_ends_is_not_waited_for(hook: Hook) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b'{"caller_id": "'
        await asyncio.sleep(20)
        yield b'"}'

    headers = {"X-Troupe-Secret": SECRETS[0]}
    async with asyncio.timeout(10):
        async with hook.house.browser.post(f"{hook.url}{HOOK}", data=body(), headers=headers) as answer:
            assert answer.status == 200
            assert_neutral(await answer.json())


async def test_another_agent_of_the_workspace_gets_variables_only(hook: Hook) -> None:
    await verify(hook.house)
    before = await hook.house.everything_stored()
    message = await hook.answer(agent_id="agent_other", caller_id=ALICES)
    assert_neutral(message)
    assert message["conversation_config_override"] == {}
    assert await hook.house.everything_stored() == before


async def test_a_store_that_cannot_write_is_not_waited_for(hook: Hook) -> None:
    await verify(hook.house)
    await hook.answer()
    await hook.house.stop_storing()
    message = await hook.answer(caller_id=ALICES, conversation_id="conv_2")
    assert_neutral(message)
    assert message["conversation_config_override"]["conversation"] == {"max_duration_seconds": 180}
    await hook.house.stop_storing(until_now=True)


async def test_a_store_that_hangs_is_not_waited_for(house: House, hook: Hook) -> None:
    await verify(house)
    as_usual = replace(house.installation.terms, answer_seconds=ANSWER_SECONDS)
    hook = Hook(house, await house.serve(inbound_secrets=SECRETS, terms=as_usual))
    store: Any = hook.house.installation.store
    hold = asyncio.ensure_future(store.writer.read(lambda _: time.sleep(2)))
    await asyncio.sleep(0.05)
    begun = asyncio.get_running_loop().time()
    message = await hook.answer(caller_id=ALICES)
    answered_after = asyncio.get_running_loop().time() - begun
    assert not hold.done(), f"answered after {answered_after:.1f} s, when the store did again"
    assert_neutral(message)
    await hold


@pytest.mark.parametrize("trouble", ["slow", "down", "broken"])
async def test_elevenlabs_is_not_waited_for(house: House, hook: Hook, trouble: str) -> None:
    class Troubled:
        """The real client, but for the one thing that it is asked here."""

        def __init__(self) -> None:
            self.known = False

        def __getattr__(self, name: str) -> Any:
            return getattr(house.installation.agents, name)

        async def fetch_allowed_overrides(self) -> frozenset[str]:
            if trouble == "slow":
                await asyncio.sleep(30)
            if trouble == "down":
                raise ProviderUnavailable("get agent", "it is down")
            raise RuntimeError("+4915112345678")

    hook = Hook(house, await house.serve(inbound_secrets=SECRETS, agents=Troubled()))
    async with asyncio.timeout(10):
        message = await hook.answer()
        assert_neutral(message)
        assert message["conversation_config_override"] == {}
        await house.installation.agents.fetch_allowed_overrides()
        message = await hook.answer(conversation_id="conv_2")
        assert_neutral(message)
        assert message["conversation_config_override"]["tts"]["voice_id"] == "JBFqnCBsd6RMkjVDRZzb"
        await verify(house)
        message = await hook.answer(conversation_id="conv_3", caller_id=ALICES)
    assert_complete(message)
    assert ("user_id" in message) == (trouble != "broken")


async def test_calls_that_come_in_are_counted_by_what_they_got(hook: Hook) -> None:
    await verify(hook.house)
    await hook.answer()
    await hook.answer(caller_id=ALICES, conversation_id="conv_2")
    await hook.house.stop_storing()
    await hook.answer(conversation_id="conv_3")
    async with hook.house.browser.get(f"{hook.url}/metrics") as answer:
        told = await answer.text()
    for kind in ("stranger", "known", "neutral"):
        assert f'troupe_calls_inbound_total{{answer="{kind}"}} 1.0' in told


async def test_no_log_line_holds_a_number_a_name_or_a_secret(
    hook: Hook, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    await verify(hook.house)
    await hook.answer(caller_id=ALICES)
    await hook.ask(ASKED, "wrong secret")
    await hook.ask(b'{"caller_id": "+4915112345678', SECRETS[0])

    def fail(*_: Any) -> None:
        raise NotStored("Nothing was changed: the disk is full.")

    store: Any = hook.house.installation.store
    monkeypatch.setattr(store.writer, "write", fail)
    assert_neutral(await hook.answer(conversation_id="conv_2", caller_id=ALICES))
    for secret in ("15112345678", "15112345679", "Alice", "Aardvark", *SECRETS, "wrong secret"):
        assert secret not in caplog.text
    assert "neutral answer" in caplog.text
