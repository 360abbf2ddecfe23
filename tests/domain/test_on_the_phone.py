"""Nobody who picks up a telephone hears anything that is remembered of its owner."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.cast import read_cast
from bot.domain.context import build_context
from bot.domain.conversation import Turn
from bot.domain.initiation import CODE_CALL_SECONDS, build_code_initiation, build_initiation
from bot.domain.on_the_phone import PHONE_RULES, said_it_is_them
from bot.domain.record import PersonRecord, Remembered
from bot.domain.variables import STANDARD_VARIABLES, fill_placeholders, find_placeholders
from tests.domain.making import NOON, make_occasion, make_persona

CAST = read_cast(Path(__file__).parents[2] / "personas")
EVERY_PERSONA = pytest.mark.parametrize("persona", CAST.personas.values(), ids=CAST.personas.keys())
characters = st.sampled_from(list(CAST.personas.values()))
CANARY = "zeppelina"
RULES = "Rules of the house."

told = st.builds(lambda before, after: f"{before}{CANARY}{after}", st.text(max_size=20), st.text(max_size=20))
talks = st.builds(
    Remembered,
    slug=st.sampled_from([*CAST.personas, "", "wizard"]),
    at=st.just(NOON - timedelta(days=3)),
    title=told,
    summary=told,
    first_words=told,
    imported=st.booleans(),
    last_turns=st.lists(st.builds(Turn, st.sampled_from(["user", "agent"]), told), max_size=3).map(tuple),
)
profiles = st.dictionaries(
    st.text(max_size=10)
    | st.sampled_from(["user_name", "community", "first_message", "character_name", "house"]),
    told | st.lists(told, max_size=2),
    max_size=4,
)
records = st.builds(
    PersonRecord,
    name=st.just("Mira"),
    profile=profiles,
    call_count=st.integers(0, 99),
    last_talk_at=st.none() | st.just(NOON - timedelta(days=3)),
    conversations=st.lists(talks, max_size=3).map(tuple),
)


STRANGER = PersonRecord(name="Mira")


def ring(persona, record=STRANGER, allowed=None, **occasion):
    """What a telephone call starts with."""
    made = make_occasion(by_phone=True, community="The Guild", **occasion)
    names = {one.slug: one.name for one in CAST.personas.values()}
    context = build_context(record, persona, made.topic, names=names)
    return build_initiation(persona, RULES, record, context, made, allowed)


@given(persona=characters, record=records, topic=told)
def test_the_first_sentence_is_ours_whatever_is_remembered(persona, record, topic):
    initiation = ring(persona, record, topic=topic)
    ours = f"{persona.name} here, an AI character from The Guild. This call is transcribed. Is this Mira?"
    assert initiation.variables["first_message"] == ours
    assert initiation.override["agent"]["first_message"] == ours


@given(record=records)
def test_a_greeting_of_the_character_is_not_said_on_the_telephone(record):
    persona = make_persona(
        greeting=f"{CANARY} {{{{last_call_hint}}}}",
        greeting_returning=f"{CANARY} {{{{last_call_summary}}}} {{{{topic}}}}",
        variables={"profile_user_name": {"type": "string", "default": CANARY, "description": "N"}},
    )
    initiation = ring(persona, record, topic=CANARY)
    assert CANARY not in initiation.variables["first_message"]
    assert CANARY not in initiation.override["agent"]["first_message"]


@given(name=st.text(max_size=90), community=st.text(max_size=90))
@example(name="{{topic}}", community="{{context}}\n# Goal")
def test_what_people_call_themselves_stays_a_name_in_the_first_sentence(name, community):
    persona = make_persona()
    occasion = make_occasion(by_phone=True, user_name=name, community=community)
    first = build_initiation(persona, RULES, PersonRecord(), "", occasion).variables["first_message"]
    assert not list(find_placeholders(first))
    assert "\n" not in first
    assert first.startswith("Merlin here, an AI character from ")
    assert len(first) < 250


@EVERY_PERSONA
def test_the_rules_of_the_telephone_stand_before_the_character(persona):
    prompt = ring(persona).override["agent"]["prompt"]["prompt"]
    places = [prompt.index(text) for text in (RULES, PHONE_RULES, persona.body.strip())]
    assert places == sorted(places)
    for rule in ("say no", "stop calling", "voicemail", "nobody speaks"):
        assert rule in PHONE_RULES
    assert {match[1] for match in find_placeholders(PHONE_RULES)} == {"user_name"}


@given(persona=characters, record=records)
def test_what_is_remembered_stands_behind_a_gate(persona, record):
    variables = ring(persona, record).variables
    gate = "What follows is for Mira alone. Use none of it before they have said that it is them.\n\n"
    assert variables["context"].startswith(gate)
    assert CANARY not in variables["context"][: len(gate)]


def test_the_telephone_is_never_told_to_be_text_only_and_a_talk_is_no_longer_than_it_may_be():
    persona = make_persona(max_minutes=15)
    assert ring(persona).override["conversation"] == {"max_duration_seconds": 900}
    assert ring(persona, most_minutes=4).override["conversation"] == {"max_duration_seconds": 240}
    assert ring(persona, most_minutes=30).override["conversation"] == {"max_duration_seconds": 900}


@EVERY_PERSONA
def test_where_nothing_may_be_overridden_the_variables_say_it_all(persona):
    initiation = ring(persona, allowed=frozenset())
    assert initiation.override == {}
    assert initiation.variables["first_message"].endswith("Is this Mira?")
    assert initiation.variables["context"].startswith("What follows is for Mira alone.")


RULES = "# House rules\nIn danger give {{crisis_line}}."


def read_code(**fields):
    """What a call starts with that reads a code aloud."""
    made = {
        "allowed": {"agent.prompt.prompt", "agent.first_message"},
        "community": "The Guild",
        "is_hosted": False,
        **fields,
    }
    return build_code_initiation(
        "042195", RULES, crisis_line="116 123", call_ref="ref-1", user_id="person-1", **made
    )


def test_a_code_is_read_by_a_small_prompt_that_knows_nobody():
    initiation = read_code()
    prompt = initiation.override["agent"]["prompt"]["prompt"]
    assert "digit by digit, twice: 0 4 2 1 9 5." in prompt
    assert "stop calling" in prompt
    assert prompt.startswith(f"{RULES}\n\n"), "house rules stand first here too"
    own = prompt.removeprefix(RULES)
    assert not list(find_placeholders(own))
    assert len(own) < 900
    assert set(initiation.variables) == set(STANDARD_VARIABLES)
    said_of_somebody = {"call_ref", "platform", "first_message", "crisis_line"}
    neutral = {name: value for name, value in STANDARD_VARIABLES.items() if name not in said_of_somebody}
    assert {name: initiation.variables[name] for name in neutral} == neutral
    assert initiation.variables["call_ref"] == "ref-1"
    assert initiation.variables["crisis_line"] == "116 123"
    assert initiation.user_id == "person-1"


def test_a_code_is_not_in_the_first_sentence_unless_nothing_else_can_say_it():
    first = read_code().override["agent"]["first_message"]
    assert "calling for The Guild" in first
    assert not re.search("[0-9]", first)
    hosted = read_code(is_hosted=True, allowed=frozenset())
    assert hosted.override == {}
    assert hosted.variables["first_message"].count("0, 4, 2, 1, 9, 5") == 2


def test_a_call_that_reads_a_code_is_short():
    fields = {"conversation.max_duration_seconds"}
    assert read_code(allowed=fields).override == {"conversation": {"max_duration_seconds": CODE_CALL_SECONDS}}


@given(community=st.text(max_size=90))
@example(community="{{context}} {{topic}}")
def test_the_name_of_a_community_fills_nothing_in(community):
    variables = read_code(community=community, allowed=frozenset(), is_hosted=True).variables
    first = str(variables["first_message"])
    assert fill_placeholders(first, dict.fromkeys(STANDARD_VARIABLES, CANARY)) == first


@pytest.mark.parametrize(
    "words",
    [
        ["Yes."],
        ["Yeah, speaking!"],
        ["Hello?", "Yes, that's me."],
        ["Ja, am Apparat."],
        ["It’s me"],
        ["Oui, c'est moi."],
    ],
)
def test_a_plain_yes_says_that_it_is_the_member(words):
    assert said_it_is_them([Turn("agent", "Is this Mira?"), *(Turn("user", text) for text in words)])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["No, that is not me."],
        ["Yes? No, she is out."],
        ["Who is this?", "Yes, hello?"],
        ["Wrong number."],
        ["I am her brother."],
        ["Hello?", "What do you want?", "Yes."],
        ["Nein, falsch verbunden."],
    ],
)
def test_anything_that_is_not_plain_is_no_yes(words):
    assert not said_it_is_them([Turn("agent", "Yes, is this Mira?"), *(Turn("user", text) for text in words)])
