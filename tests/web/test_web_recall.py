"""What characters look up in mid-call: for ElevenLabs alone, and of the call's own person alone."""

import json
from datetime import timedelta
from typing import Any

import pytest
from web_house import ALICE, House

from bot.calls.first_call import answer_card
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
