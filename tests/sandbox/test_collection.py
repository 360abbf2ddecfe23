"""What data collection takes from a conversation."""

import pytest

from bot.sandbox.agent import DATA_COLLECTION
from bot.sandbox.collection import collect
from bot.sandbox.records import Conversation, Turn


def found(*said, **more):
    turns = tuple(Turn(f"t{place}", "user", text, 0, 0) for place, text in enumerate(said))
    conversation = Conversation("conv_1", "agent_sandbox", "done", 0, "unknown", "public", {}, turns=turns)
    results = collect(conversation, DATA_COLLECTION, **more)
    return results["new_facts"]["value"], results["do_not_call"]["value"]


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("I have a dog called Rex.", "I have a dog called Rex"),
        ("Well. I’ve got two sisters!", "I’ve got two sisters"),
        ("My aunt lives in Tarn; she sings.", "My aunt lives in Tarn, she sings"),
        ("I'm allergic to nuts", "I'm allergic to nuts"),
        ("I am 34.", "I am 34"),
        ("Call me Zoë.", "Call me Zoë"),
        ("I have to go.", None),
        ("I have been there.", None),
        ("I am fine.", None),
        ("Call me back later.", None),
        ("Do you know where I live?", None),
        ("What a day!", None),
    ],
)
def test_lasting_things_that_callers_say_of_themselves_are_facts(said, facts):
    assert found(said)[0] == facts


def test_facts_are_separated_by_semicolons_and_told_once():
    assert found("I have a cat. I love riddles.", "I have a cat.")[0] == "I have a cat; I love riddles"


@pytest.mark.parametrize(
    ("said", "wish"),
    [
        ("Please stop calling me.", True),
        ("Never call again!", True),
        ("Don’t ever call this number.", True),
        ("Do not call me.", True),
        ("Take me off your list", True),
        ("You can call again.", None),
        ("I never called you.", None),
    ],
)
def test_who_wants_no_more_calls_is_heard(said, wish):
    assert found("Hello.", said)[1] is wish
    assert found(said, found_nothing=True) == (None, None)


def test_what_the_agent_says_is_no_fact():
    turn = Turn("t1", "agent", "I have a tower.", 0, 0)
    conversation = Conversation("conv_1", "a", "done", 0, "unknown", "public", {}, turns=(turn,))
    assert collect(conversation, DATA_COLLECTION)["new_facts"]["value"] is None
