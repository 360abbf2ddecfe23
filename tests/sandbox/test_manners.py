"""Whom the stand-in takes somebody for, what it says before it knows, and when it hangs up."""

from dataclasses import replace

import pytest

from bot.sandbox.manners import CONFIRMED, GOODBYE, SORRY, manner_of
from bot.sandbox.records import Turn

from .client import Client, closed, initiation
from .test_phone import calls, next_ring, place
from .test_talker import SETTINGS

pytestmark = pytest.mark.anyio

ASKS = "Merlin here, an AI character from Tarn. This call is transcribed. Is this Mira?"
ASKING = replace(SETTINGS, first_message=ASKS, built_in=frozenset({"end_call"}))
CODE_PROMPT = (
    "You are a voice service.\n"
    "Read this code aloud, digit by digit, twice: 4 0 7 7 1 6. Then say goodbye and end the call."
)
CODE = "4 0 7 7 1 6"
READING = replace(SETTINGS, prompt=CODE_PROMPT, first_message="Hello!", built_in=frozenset({"end_call"}))


def verdict(text, settings=ASKING, turns=()):
    """Whether that makes somebody known, a stranger, or neither."""
    manner = manner_of(settings, turns, text)
    if manner.words == SORRY:
        return "stranger"
    return "known" if manner.veil is None else "unclear"


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "yeah, hi Merlin",
        "Oh hello, yes!",
        "Speaking.",
        "That's me.",
        "That’s me",
        "This is Mira.",
        "Mira speaking",
        "I'm mira",
        "It's me!",
        "Hello? Yes, it is.",
        "Yes, who is this?",
        "Of course. No need to ask.",
        "Yes, no problem.",
    ],
)
def test_who_says_yes_is_known(text):
    assert verdict(text) == "known"


@pytest.mark.parametrize(
    "text",
    [
        "No.",
        "no, that is not me",
        "Nope",
        "Wrong number!",
        "You have the wrong person.",
        "This isn't Mira.",
        "There is nobody of that name.",
        "Mira is not here, yes, call later.",
        "Mira? No, she is out.",
        "Not me.",
        "Uh, no.",
    ],
)
def test_who_says_no_is_a_stranger(text):
    manner = manner_of(ASKING, (), text)
    assert (manner.words, manner.ends) == (SORRY, True)


@pytest.mark.parametrize(
    "text",
    [
        "Hello?",
        "Yes?",
        "Who is speaking?",
        "Who is this?",
        "I am not sure.",
        "I am busy.",
        "What do you remember about me?",
        "Is it that you know me, right?",
        "I have no idea.",
        "",
    ],
)
def test_everything_else_is_no_answer(text):
    manner = manner_of(ASKING, (), text)
    assert manner.veil is not None
    assert manner.question == "Is this Mira?"
    assert not manner.ends


def test_once_known_a_no_is_only_a_no():
    turns = [Turn("t1", "agent", ASKS, 0, 0), Turn("t2", "user", "Yes.", 0, 0)]
    assert verdict("No.", turns=turns) == "known"
    assert verdict("No.", turns=turns[:1]) == "stranger"


def test_a_note_in_the_background_makes_nobody_known():
    note = Turn("t1", "user", "Yes.", 0, 0, context_id="ctx_1")
    assert verdict("Hello.", turns=[note]) == "unclear"


def test_who_is_asked_nothing_is_known():
    assert verdict("No.", SETTINGS) == "known"
    assert verdict("No.", replace(SETTINGS, first_message="Is this Mira? Well met!")) == "known"


def test_without_the_tool_it_cannot_hang_up():
    for text in ("No.", "Stop calling me."):
        manner = manner_of(replace(ASKING, built_in=frozenset()), (), text)
        assert manner.words
        assert not manner.ends


def test_in_a_chat_that_asks_nothing_the_wish_for_no_more_calls_ends_nothing():
    plain = replace(SETTINGS, built_in=frozenset({"end_call"}))
    assert not manner_of(plain, (), "Stop calling me.").words
    phone = replace(plain, variables={"system__call_sid": "CA1"})
    assert manner_of(phone, (), "Stop calling me.").words == CONFIRMED


@pytest.mark.parametrize("text", ["Hello?", "Who is this?", "No.", "Yes", "Goodbye.", ""])
def test_a_code_is_read_whatever_is_said(text):
    manner = manner_of(READING, (), text)
    assert manner.words.count(CODE) == 2
    assert not manner.ends


def test_a_code_in_the_first_message_is_read_as_well():
    spoken = replace(READING, prompt="", first_message="Your code is 4, 0, 7, 7, 1, 6.")
    assert manner_of(spoken, (), "Once more, please.").words.count(CODE) == 2
    told = [Turn("t1", "agent", spoken.first_message, 0, 0)]
    assert manner_of(spoken, told, "Thanks!").words == GOODBYE


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("Thank you, goodbye.", True),
        ("Okay.", True),
        ("Got it", True),
        ("Again, please. Thanks!", False),
        ("Sorry, okay, I could not hear.", False),
        ("Yes?", False),
        ("Pardon?", False),
        ("Hm.", False),
    ],
)
def test_after_the_code_it_says_goodbye_or_reads_it_again(text, ends):
    read = [Turn("t1", "agent", f"Your code is {CODE}. Once more: {CODE}.", 0, 0)]
    manner = manner_of(READING, read, text)
    assert manner.ends is ends
    assert (CODE in manner.words) is not ends


@pytest.mark.parametrize("prompt", ["Press 1 2 3 4.", "The postal code is 1 2 3 4.", "Read this code aloud:"])
def test_other_digits_in_a_prompt_are_no_code(prompt):
    assert not manner_of(replace(SETTINGS, prompt=prompt), (), "Hello").words


PHONE = {"first_message": ASKS, "context": "Mira keeps a cat named Fig.", "call_count": 41}


async def rung(client: Client, **more):
    """The detail's id and the line of a call that asks who is there."""
    placed = await place(client, **{**initiation(**PHONE), **more})
    return placed["conversation_id"], await (await next_ring(client)).answer()


async def detail_of(client, clock, conversation_id):
    detail = await client.finished(conversation_id, clock)
    collected = detail["analysis"]["data_collection_results"]
    return detail, {name: found["value"] for name, found in collected.items()}


async def test_nothing_is_told_before_a_yes_and_anything_after_it(client, clock):
    conversation_id, line = await rung(client)
    assert line.first_words == [ASKS]
    before = [
        *await line.say("Hello?"),
        *await line.say("What do you remember about me?"),
        *await line.say("Do you know my cat? Is the cat well?"),
        *await line.say("Who am I?"),
        *await line.say("Goodbye?"),
    ]
    assert len(before) == 5
    for words in before:
        assert words.endswith("Is this Mira?")
        assert "Fig" not in words
        assert "41" not in words
        assert "Mira" not in words.removesuffix("Is this Mira?")
    await line.say("Yes, it is.")
    assert "Fig" in (await line.say("What do you remember about me?"))[0]
    await line.hang_up()
    detail, _ = await detail_of(client, clock, conversation_id)
    used = [turn for turn in detail["transcript"] if turn["tool_calls"]]
    assert len(used) == 1
    said = [turn["message"] for turn in detail["transcript"] if turn["role"] == "user"]
    assert said.index("Yes, it is.") == 5


async def test_a_wrong_person_gets_an_apology_and_the_call_ends(client, clock):
    conversation_id, line = await rung(client)
    assert await line.say("No, that is not me.") == [SORRY]
    assert not line.open
    assert await line.say("Hello?") == []
    assert (await calls(client))["calls"][0]["state"] == "completed"
    detail, collected = await detail_of(client, clock, conversation_id)
    assert detail["metadata"]["termination_reason"] == "end_call tool was called."
    assert detail["metadata"]["phone_call"]["call_result"] == "answered"
    (call,) = [call for turn in detail["transcript"] for call in turn["tool_calls"]]
    (result,) = [one for turn in detail["transcript"] for one in turn["tool_results"]]
    assert (call["tool_name"], call["type"], result["is_error"]) == ("end_call", "system", False)
    assert collected["do_not_call"] is None


async def test_who_wants_no_more_calls_is_confirmed_and_the_call_ends(client, clock):
    conversation_id, line = await rung(client)
    assert await line.say("Take me off your list.") == [CONFIRMED]
    assert not line.open
    _, collected = await detail_of(client, clock, conversation_id)
    assert collected["do_not_call"] is True


async def test_a_verification_call_reads_its_code_and_says_goodbye(client, clock):
    override = {"agent": {"prompt": {"prompt": CODE_PROMPT}, "first_message": "Hello, this is your code."}}
    conversation_id, line = await rung(client, conversation_config_override=override)
    assert (await line.say("Hello?"))[0].count(CODE) == 2
    assert (await line.say("Again, please."))[0].count(CODE) == 2
    assert await line.say("Thank you.") == [GOODBYE]
    assert not line.open
    detail, collected = await detail_of(client, clock, conversation_id)
    assert detail["metadata"]["termination_reason"] == "end_call tool was called."
    assert collected == {"new_facts": None, "do_not_call": None}


async def test_stop_calling_is_collected_from_a_verification_call_too(client, clock):
    override = {"agent": {"prompt": {"prompt": CODE_PROMPT}, "first_message": "Hello, this is your code."}}
    conversation_id, line = await rung(client, conversation_config_override=override)
    assert await line.say("Stop calling me!") == [CONFIRMED]
    assert not line.open
    detail, collected = await detail_of(client, clock, conversation_id)
    assert collected["do_not_call"] is True
    assert CODE not in str(detail["transcript"])


async def test_without_the_end_call_tool_the_line_stays_open(open_client):
    agent = {"conversation_config": {"agent": {"prompt": {"built_in_tools": {"end_call": None}}}}}
    async with open_client(agent=agent) as client:
        _, line = await rung(client)
        assert await line.say("Wrong number.") == [SORRY]
        assert line.open


async def test_in_a_chat_the_last_words_come_before_the_close(client):
    async with client.conversation(dynamic_variables=initiation(**PHONE)["dynamic_variables"]) as talk:
        assert (await talk.answer()).endswith("Is this Mira?")
        assert await talk.say("No.") == SORRY
        assert await closed(talk.socket) == (1000, "end_call tool was called.")


async def test_silence_on_the_line_ends_the_call_without_a_word(open_client, clock):
    async with open_client(
        agent={"conversation_config": {"turn": {"silence_end_call_timeout": 20}}}
    ) as client:
        conversation_id, line = await rung(client)
        clock.move(seconds=15)
        await line.say("Hello?")
        clock.move(seconds=15)
        assert line.open
        said = len(await line.say("Hm."))
        clock.move(seconds=20)
        detail = await client.finished(conversation_id, clock)
        assert said == 1
        assert not line.open
        assert detail["metadata"]["termination_reason"] == "Call ended due to silence"
        assert detail["metadata"]["call_duration_secs"] == 50
        assert [turn["message"] for turn in detail["transcript"] if turn["role"] == "user"] == [
            "Hello?",
            "Hm.",
        ]


async def test_without_a_setting_silence_lasts_as_long_as_the_call(client, clock):
    conversation_id, line = await rung(client)
    clock.move(seconds=600)
    detail = await client.finished(conversation_id, clock)
    assert detail["metadata"]["termination_reason"] == "max_duration_exceeded"
    assert not line.open
