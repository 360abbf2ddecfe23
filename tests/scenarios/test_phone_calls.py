"""A telephone rings once, somebody picks up or does not, and the member is told how it went."""

import hashlib
import hmac
import json
import re
from datetime import timedelta

import aiohttp
import pytest

from bot.calls.finishing import FAILURE_LOOKS
from bot.domain.call import CallState
from bot.domain.errors import NumberNotAllowed
from tests.scenarios.telephone import DIAL, MIRAS, NUMBERS, SIP, TWILIO, open_exchange

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_telephone_rings_once_is_answered_and_remembered(tmp_path, number):
    async with open_exchange(tmp_path, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        calls, minutes = await stage.left(mira)
        placed = await stage.asks(mira)
        assert placed.number == "+49 ••• 678"
        phone = await stage.ringing()
        assert await phone.answers() == (
            "Merlin here, an AI character from this community. This call is transcribed. Is this Mira?"
        )
        await stage.later(seconds=5)
        await mira.is_told("Your phone was answered: Merlin is on the line.")
        await phone.says("Yes, that is me.")
        await phone.says("I have a cat named Fig.")
        await stage.passes(seconds=70)
        await phone.hangs_up()
        await mira.is_told("Merlin will remember this")
        assert await stage.rung() == {MIRAS: 1}
        assert await stage.left(mira) == (calls - 1, minutes - 2)
        month = f"{stage.clock():%Y-%m}"
        assert await stage.app.house.store.fetch_total_cost(month) > 0
        await stage.asks(mira)
        again = await stage.ringing()
        assert "Fig" not in await again.answers()
        assert "Fig" in await again.says("Yes. What do you remember about me?")
        await again.hangs_up()
        await stage.comes_to(placed.call, CallState.DONE)


async def test_whoever_is_busy_is_told_so_and_may_be_rung_again(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        calls, minutes = await stage.left(mira)
        await stage.asks(mira)
        await (await stage.ringing()).declines()
        await mira.is_told("The call with Merlin failed: the line was busy.")
        await stage.until(lambda: holds(stage.left(mira), (calls - 1, minutes)))
        await stage.asks(mira)
        await (await stage.ringing()).talks("I have a cat named Fig.")
        await mira.is_told("Merlin will remember this")
        assert await stage.rung() == {MIRAS: 2}


async def test_whoever_wants_no_recaps_is_told_what_failed_all_the_same(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        assert "no recap" in await mira.types("/account recaps none")
        await stage.asks(mira)
        await (await stage.ringing()).declines()
        await mira.is_told("The call with Merlin failed: the line was busy.")


@pytest.mark.parametrize("number", [TWILIO, SIP])
async def test_whoever_does_not_pick_up_is_told_so(tmp_path, number):
    async with open_exchange(tmp_path, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        await stage.asks(mira)
        await stage.ringing()
        await stage.passes(seconds=46)
        await mira.is_told("The call with Merlin failed: nobody answered.")
        await stage.until(lambda: holds(stage.left(mira), (99, minutes)))
        assert await stage.rung() == {MIRAS: 1}


@pytest.mark.parametrize("number", NUMBERS)
async def test_a_voicemail_box_hears_nothing(tmp_path, number):
    async with open_exchange(tmp_path, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        await (await stage.ringing()).lets_a_machine_answer()
        await mira.is_told("The call with Merlin failed: a voicemail box answered.")
        assert await stage.said_to() == ""


async def test_a_voicemail_box_that_nobody_notices_hears_nothing_that_is_remembered(tmp_path):
    async with open_exchange(tmp_path, phone_number_id=SIP) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        await (await stage.ringing()).talks("My cat Zeppelina has fleas.")
        await mira.is_told("Merlin will remember this")
        await stage.goes_wrong("voicemail", "undetected")
        await stage.asks(mira)
        machine = await stage.ringing()
        await machine.lets_a_machine_answer()
        await mira.is_told("The call with Merlin failed: nobody said anything.")
        heard = "\n".join(turn["message"] for turn in (await machine.conversation())["transcript"])
        assert heard.endswith("Is this Mira?")
        assert "Zeppelina" not in heard


async def test_somebody_who_says_nothing_is_no_talk(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await stage.passes(seconds=20)
        await phone.hangs_up()
        await mira.is_told("The call with Merlin failed: nobody said anything.")
        assert "this conversation" not in await mira.types("/memory wizard")


@pytest.mark.parametrize("words", ["No, wrong number.", "No, that is not me.", "Mira is not here."])
async def test_whoever_is_somebody_else_hears_nothing_of_the_member(tmp_path, words):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira, topic="Zeppelina's fleas")
        await (await stage.ringing()).talks("My cat Zeppelina has fleas.", "I have a boat named Orpheus.")
        await mira.is_told("Merlin will remember this")
        assert "Zeppelina" in await mira.types("/memory wizard")
        await stage.asks(mira, topic="Zeppelina's fleas")
        phone = await stage.ringing()
        await phone.answers()
        await phone.says("What do you remember about me?")
        await phone.says("Who is calling? What is this about?")
        await phone.says(words)
        assert "Zeppelina" not in phone.heard
        assert "Orpheus" not in phone.heard
        assert "cat" not in phone.heard
        heard = (await phone.conversation())["transcript"]
        assert "Zeppelina" not in "\n".join(turn["message"] or "" for turn in heard)


async def test_what_somebody_says_who_did_not_say_yes_waits_for_the_member(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await phone.says("No, that is not me. My parrot is called Orpheus.")
        await stage.later(seconds=5)
        told = await mira.is_told("Was this you?")
        assert "answered your phone to Merlin" in told
        number = next(line.split()[0] for line in told.splitlines() if "No, erase it" in line)
        assert "Erased here" in await mira.types(number)
        assert "Orpheus" not in await mira.types("/history wizard")


async def test_what_somebody_says_who_did_not_say_yes_is_told_to_nobody_meanwhile(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await phone.says("Who is this? My parrot is called Orpheus.")
        await phone.hangs_up(after_seconds=10)
        await mira.is_told("Was this you?")
        assert "Orpheus" not in await mira.types("/memory wizard")


async def test_whoever_says_stop_calling_is_not_called_again_whatever_is_forgotten(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        later = await stage.asks(mira, at=stage.clock() + timedelta(hours=3))
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        assert "will not be called again" in await phone.says("Stop calling me!")
        await mira.is_told("Merlin did not ring you: somebody at that number asked not to be called.")
        assert await stage.state_of(later.call) is CallState.EXPIRED
        with pytest.raises(NumberNotAllowed, match="asked not to be called"):
            await stage.asks(mira)
        clocks = (stage.clock, stage.there)
    async with open_exchange(tmp_path, clocks=clocks) as stage:
        mira = await stage.newcomer("mira")
        with pytest.raises(NumberNotAllowed, match="asked not to be called"):
            await stage.asks(mira)
        assert "Erased here" in await mira.types("/forget everything") + await mira.types("1")
        mira = await stage.newcomer("mira")
        with pytest.raises(NumberNotAllowed, match="cannot be used here"):
            await stage.adds(mira, MIRAS)
        tom = await stage.newcomer("tom")
        with pytest.raises(NumberNotAllowed, match="cannot be used here"):
            await stage.adds(tom, MIRAS)
        await stage.passes(hours=4)
        assert await stage.rung() == {MIRAS: 1}


async def test_stop_calling_is_heeded_although_the_member_forgot_everything_meanwhile(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await mira.types("/forget everything")
        await mira.types("1")
        await phone.says("Stop calling me!")
        await stage.passes(minutes=2)
        store = stage.app.house.store

        async def is_listed() -> bool:
            return await store.is_not_to_be_called(MIRAS)

        await stage.until(is_listed)


async def test_a_code_leaves_the_link_alone_that_was_asked_for_before(tmp_path):
    async with open_exchange(tmp_path) as stage, stage.browser() as browser:
        mira = await stage.newcomer("mira")
        await mira.types("/call wizard")
        link = mira.link()
        await stage.asks_for_code(mira, MIRAS)
        await browser.opens(link)


async def test_a_code_is_read_to_whoever_wants_it_and_nothing_of_it_is_kept(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira")
        before = await stage.left(mira)
        call = await stage.asks_for_code(mira, MIRAS)
        phone = await stage.ringing()
        first = await phone.answers()
        assert first.startswith("Hello, this is an AI voice calling for this community.")
        assert not re.search("[0-9]", first)
        assert "Mira" not in first
        code = "".join(re.findall("[0-9]", await phone.says("Yes, please.")))[:6]
        await phone.says("Thanks, bye!")
        await mira.is_told("If the code was read to you,")
        house, person = stage.app.house, await stage.person(mira)
        assert await house.store.check_code(person.id, code, house.now()) == "verified"
        assert await stage.left(mira) == before
        found = (await stage.carrier_log())[0]["conversation_id"]
        await stage.until(lambda: stage.is_erased_there(found))
        assert await stage.state_of(call) is CallState.DONE
        assert "Merlin" not in await mira.types("/history")
        await stage.asks(mira)
        await stage.ringing()


async def test_whoever_says_stop_calling_to_a_code_gets_no_code_and_no_calls(tmp_path):
    async with open_exchange(tmp_path) as stage:
        tom = await stage.newcomer("tom")
        call = await stage.asks_for_code(tom, MIRAS)
        phone = await stage.ringing()
        await phone.answers()
        assert not re.search("[0-9]", await phone.says("Who are you? Never call me again!"))
        await stage.comes_to(call, CallState.DONE)
        await stage.until(lambda: stage.app.house.store.is_not_to_be_called(MIRAS))
        told = await stage.tells(tom, "asked not to be called, so it is not rung any more.")
        assert "Its code is good for nothing" in told
        assert "waits for its code" not in await tom.types("/account")
        with pytest.raises(NumberNotAllowed, match="cannot be used here"):
            await stage.asks_for_code(tom, MIRAS)
        assert await stage.rung() == {MIRAS: 1}


async def test_a_conversation_that_cannot_start_is_told_with_its_own_reason(tmp_path):
    async with open_exchange(tmp_path) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        await stage.asks(mira)
        phone = await stage.ringing()
        await forbids(stage, "voice_id")
        assert not await phone.answers()
        await stage.later(seconds=5)
        await mira.is_told("The call with Merlin failed: Override for field 'voice_id' is not allowed")
        assert (await stage.left(mira))[1] == minutes


@pytest.mark.parametrize("events", ["before", "twice", "lose"])
@pytest.mark.parametrize("number", [TWILIO, SIP])
async def test_a_failure_is_told_once_however_its_event_comes(tmp_path, events, number):
    async with open_exchange(tmp_path, phone_number_id=number) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        await stage.goes_wrong("call", "busy")
        if events == "before":
            await stage.goes_wrong(DIAL, "delay", when="after", seconds=0.7)
        else:
            await stage.goes_wrong("webhook", events)
        placed = await stage.asks(mira)
        await stage.until(lambda: holds(stage.rung(), {MIRAS: 1}))
        if events == "lose":
            await stage.comes_to(placed.call, CallState.LIVE)
            await stage.later(seconds=5)
        await mira.is_told("The call with Merlin failed: the line was busy.")
        await stage.comes_to(placed.call, CallState.FAILED)
        await stage.later(minutes=40)
        assert mira.seen.count("The call with Merlin failed") == 1
        assert await stage.left(mira) == (99, minutes)
        assert await stage.rung() == {MIRAS: 1}


async def test_a_failure_before_the_dials_answer_waits_for_it_where_the_conversation_says_nothing(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        await stage.goes_wrong(DIAL, "delay", when="after", seconds=0.7)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        conversation = await phone.conversation()
        assert await sends_failure(stage, conversation["conversation_id"], "unknown", "404") == 200
        await stage.comes_to(placed.call, CallState.LIVE)
        await stage.later(seconds=6)
        await mira.is_told("The call with Merlin failed: the number is not in service.")


@pytest.mark.parametrize("reason", ["unknown", "a_reason_of_tomorrow"])
async def test_a_reason_that_nobody_knows_is_told_as_no_connection(tmp_path, reason):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await stage.comes_to(placed.call, CallState.LIVE)
        conversation = await phone.conversation()
        assert await sends_failure(stage, conversation["conversation_id"], reason) == 200
        await mira.is_told("The call with Merlin failed: the call could not be connected.")


async def test_failures_of_others_are_looked_into_for_a_while_at_most(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        await stage.goes_wrong("get_conversation", "delay", seconds=0, times=None)
        assert await sends_failure(stage, "conv_of_somebody_else", "busy", agent_id="agent_of_another") == 200
        assert await sends_failure(stage, "conv_of_nobody", "busy") == 200
        for _ in range(FAILURE_LOOKS + 2):
            await stage.later(minutes=2)
        (counted,) = (await stage.ask_sandbox("faults"))["faults"]
        assert counted["happened"] == FAILURE_LOOKS


async def test_everything_comes_home_although_no_event_ever_comes(tmp_path):
    async with open_exchange(tmp_path, webhooks=False) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await stage.comes_to(placed.call, CallState.LIVE)
        await stage.later(seconds=5)
        await mira.is_told("Your phone was answered")
        await phone.says("Yes, that is me.")
        await phone.hangs_up()
        await stage.until(lambda: is_done(phone))
        await stage.later(seconds=21)
        await mira.is_told("Merlin will remember this")


async def test_a_call_that_never_ends_is_given_up_and_comes_home_if_it_ends_after_all(tmp_path):
    async with open_exchange(tmp_path, webhooks=False, minutes_per_call=2) as stage:
        mira = await stage.newcomer("mira", MIRAS)
        _, minutes = await stage.left(mira)
        placed = await stage.asks(mira)
        phone = await stage.ringing()
        await phone.answers()
        await phone.says("Yes, that is me.")
        await stage.comes_to(placed.call, CallState.LIVE)
        for _ in range(12):
            await stage.later(minutes=1)
        assert await stage.state_of(placed.call) is CallState.LIVE
        await stage.later(minutes=3)
        await mira.is_told("The call with Merlin failed: its end never came.")
        assert await stage.left(mira) == (99, minutes - 2)
        await phone.hangs_up(after_seconds=10)
        await stage.until(lambda: is_done(phone))
        await stage.later(days=1)
        await mira.is_told("Merlin will remember this")
        assert (await stage.left(mira))[1] == minutes - 1


async def holds(coming, value) -> bool:
    return await coming == value


async def is_done(phone) -> bool:
    return (await phone.conversation())["status"] in {"done", "failed"}


async def forbids(stage, field: str) -> None:
    """Switch an override of a voice off at ElevenLabs, after Troupe has looked."""
    overrides = {"conversation_config_override": {"tts": {field: False}}}
    async with (
        aiohttp.ClientSession(headers={"xi-api-key": stage.sandbox.api_key}) as http,
        http.patch(
            f"{stage.sandbox.url}/v1/convai/agents/{stage.sandbox.agent_id}",
            json={"platform_settings": {"overrides": overrides}},
        ) as answer,
    ):
        assert answer.status == 200, await answer.text()


async def sends_failure(
    stage, conversation_id: str, reason: str, sip_status: str = "", *, agent_id: str = "agent_sandbox"
) -> int:
    """Send a ``call_initiation_failure`` as ElevenLabs signs it."""
    metadata = {"type": "sip", "body": {"sip_status_code": int(sip_status)}} if sip_status else {}
    data = {
        "agent_id": agent_id,
        "conversation_id": conversation_id,
        "failure_reason": reason,
        "metadata": metadata,
    }
    event = {"type": "call_initiation_failure", "event_timestamp": 1, "data": data}
    body, at = json.dumps(event).encode(), int(stage.clock().timestamp())
    digest = hmac.new(
        stage.sandbox.webhook_secret.encode(), f"{at}.".encode() + body, hashlib.sha256
    ).hexdigest()
    headers = {"ElevenLabs-Signature": f"t={at},v0={digest}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{stage.app.url}/hooks/elevenlabs", data=body, headers=headers) as answer,
    ):
        return answer.status
