"""Links that can be forwarded: what stands in their address, read as the platform documents it."""

import json
import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.context import build_context
from bot.domain.errors import OperatorError
from bot.domain.fact import Fact, FactId
from bot.domain.hosted import HOSTED_LINK_CHARS, HostedLink, build_hosted_link
from bot.domain.initiation import build_variables
from bot.domain.record import PersonRecord
from bot.domain.variables import STANDARD_VARIABLES
from tests.domain.hostile_texts import HOSTILE
from tests.domain.making import NOON, make_occasion, make_persona, make_talk

MERLIN = make_persona()
STRANGER = PersonRecord(name="Mira")
FRIEND = PersonRecord(
    name="Mira",
    call_count=2,
    last_talk_at=NOON - timedelta(days=3),
    conversations=(make_talk(title="The missing cat", summary="Fig ran away."),),
)
TALK_TO = "https://elevenlabs.io/app/talk-to"
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

wild = st.text(max_size=120) | st.sampled_from([text for texts in HOSTILE.values() for text in texts])
wild |= st.text(st.sampled_from("🧙‍♀️👩🏽‍🚀\u202e\u200fأهلاשלום“”\"'\\{}<>&%+=/ aé\x00\n"), max_size=120)


def atob(text: str) -> str:
    """Decode as a browser's ``atob`` does, with nothing of Python's base64: standard alphabet, padded."""
    assert len(text) % 4 == 0
    assert re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text), text
    bits = "".join(f"{ALPHABET.index(char):06b}" for char in text.rstrip("="))
    return "".join(chr(int(bits[at : at + 8], 2)) for at in range(0, len(bits) - len(bits) % 8, 8))


def read_link(link: str) -> dict:
    """Read a link as the platform's page does: percent-decoded once, ``atob``, ``JSON.parse``."""
    found = re.fullmatch(r"https://elevenlabs\.io/app/talk-to\?agent_id=([A-Za-z0-9_]+)&vars=([^&#?]+)", link)
    assert found, link
    assert re.fullmatch(r"(?:[A-Za-z0-9]|%2B|%2F|%3D)+", found[2]), "encoded once, and nothing left bare"
    decoded = re.sub(r"%([0-9A-F]{2})", lambda one: chr(int(one[1], 16)), found[2])
    text = atob(decoded)
    assert text.isascii()
    return json.loads(text)


def link_for(persona=MERLIN, record=STRANGER, *, hint=True, bring=None, **occasion) -> HostedLink:
    given_ = {"call_ref": "f" * 32, "cast_as": persona.slug, "user_name": record.name, **occasion}
    variables = build_variables(persona, record, "", make_occasion(**given_))
    return build_hosted_link(TALK_TO, "agent_1", persona, variables, hint=hint, bring=bring)


def within(record, persona=MERLIN, topic=""):
    """Return what builds the context in so many characters."""
    return lambda chars: build_context(record, persona, topic, names={}, budget_chars=chars)


def facts(*texts: str) -> tuple[Fact, ...]:
    return tuple(Fact(FactId(f"f{at}"), "wizard", "own", text, NOON) for at, text in enumerate(texts))


def test_a_link_carries_name_reference_and_hint_and_is_neutral_otherwise():
    told = read_link(link_for(record=FRIEND, topic="my divorce").url)
    assert set(told) == set(STANDARD_VARIABLES)
    assert (told["user_name"], told["cast_as"], told["call_ref"]) == ("Mira", "wizard", "f" * 32)
    assert told["last_call_hint"] == "Last time we spoke about “The missing cat”."
    assert told["first_message"] == "Well met, Mira!"
    for private in ("context", "last_call_summary", "topic", "call_count", "is_returning"):
        assert told[private] == STANDARD_VARIABLES[private], private


def test_a_link_without_hint_says_nothing_of_the_past():
    assert "missing cat" not in json.dumps(read_link(link_for(record=FRIEND, hint=False).url))


@given(name=wild, title=wild, crisis_line=wild, defaults=st.lists(wild, max_size=6))
def test_a_link_is_never_longer_than_it_may_be_and_reads_as_it_was_written(
    name, title, crisis_line, defaults
):
    declared = {
        f"v{number}": {"type": "string", "default": re.sub(r"[{}]", "", text)[:500], "description": "V"}
        for number, text in enumerate(defaults)
    }
    persona = make_persona(variables=declared)
    record = PersonRecord(name=name, last_talk_at=NOON, conversations=(make_talk(title=title),))
    try:
        link = link_for(persona, record, crisis_line=crisis_line[:60])
    except OperatorError:
        assert len(json.dumps(crisis_line[:60])) > 400, "only what may never be cut is too long"
        return
    told = read_link(link.url)
    assert len(link.url) <= HOSTED_LINK_CHARS
    assert set(told) == {*STANDARD_VARIABLES, *declared}
    assert (told["call_ref"], told["cast_as"], told["crisis_line"]) == ("f" * 32, "wizard", crisis_line[:60])
    assert not any(isinstance(value, dict | list | None.__class__) for value in told.values())


@given(name=wild, texts=st.lists(wild, max_size=12), topic=wild)
def test_a_link_that_brings_the_memory_is_short_enough_and_has_whole_items_alone(name, texts, topic):
    record = PersonRecord(name=name, last_talk_at=NOON, call_count=1, facts=facts(*texts))
    bring = within(record, topic=topic)
    link = link_for(record=record, topic=topic, bring=bring)
    assert len(link.url) <= HOSTED_LINK_CHARS
    told = read_link(link.url)
    assert told["call_ref"] == "f" * 32
    if link.context:
        assert told["context"] == link.context
        whole = bring(100_000).splitlines()
        assert [line for line in link.context.splitlines() if line not in whole] == []


def test_as_much_of_the_memory_goes_along_as_fits():
    record = PersonRecord(name="Mira", last_talk_at=NOON, call_count=2, facts=facts(*["bees " * 20] * 40))
    link = link_for(record=record, bring=within(record))
    assert HOSTED_LINK_CHARS - 250 < len(link.url) <= HOSTED_LINK_CHARS
    assert link.context.count("bees bees") >= 1
    told = read_link(link.url)
    assert (told["is_returning"], told["call_count"]) == (True, 2)
    assert told["first_message"].startswith("Ah, Mira, back again!")


def test_what_is_too_long_has_its_hint_shortened_and_not_dropped_and_nothing_else():
    title = "the long road home and all the dragons that live beside it in winter"
    record = PersonRecord(name="Mira", last_talk_at=NOON, conversations=(make_talk(title=title),))
    seen = set()
    for chars in range(0, 500, 7):
        declared = {
            name: {"type": "string", "default": "x" * size, "description": "V"}
            for name, size in (("v", chars), ("w", 300))
        }
        told = read_link(link_for(make_persona(variables=declared), record).url)
        if told["v"] != "x" * chars:
            assert told["last_call_hint"] == "", "nothing else is cut while there is a hint"
            continue
        assert told["user_name"] == "Mira"
        seen.add(told["last_call_hint"])
    shortened = {hint for hint in seen if hint and title not in hint}
    assert len(shortened) > 3, "it gets shorter bit by bit"
    assert all(re.fullmatch(r"Last time we spoke about “.{4,}…”\.", hint) for hint in shortened), shortened


def test_what_brings_the_talk_home_and_what_helps_in_danger_are_never_cut():
    seen = set()
    for count in range(1, 33):
        declared = {
            f"{'v' * 40}_{number}": {"type": "string", "default": "d" * 60, "description": "V"}
            for number in range(count)
        }
        try:
            told = read_link(link_for(make_persona(variables=declared), FRIEND, crisis_line="1" * 60).url)
        except OperatorError:
            break
        assert (told["call_ref"], told["cast_as"], told["character"]) == ("f" * 32, "wizard", "wizard")
        assert told["crisis_line"] == "1" * 60
        texts = {name: value for name, value in told.items() if isinstance(value, str)}
        others = texts.keys() - {"call_ref", "crisis_line"}
        seen.add(max(len(texts[name]) for name in others) < len(told["call_ref"]))
    assert seen == {False, True}, "until everything else is shorter than the reference"


def test_a_link_tells_nothing_of_the_profile_not_even_in_its_greeting():
    declared = {"profile_diagnosis": {"type": "string", "default": "none", "description": "Health"}}
    persona = make_persona(variables=declared, greeting="Hi {{user_name}}, how is {{profile_diagnosis}}?")
    record = PersonRecord(name="Mira", profile={"diagnosis": "measles"})
    told = read_link(link_for(persona, record).url)
    assert told["first_message"] == "Hi Mira, how is none?"
    assert "measles" not in json.dumps(told)


def test_a_persona_that_fits_into_no_link_is_refused_in_words():
    declared = {
        f"{'v' * 60}_{number}": {"type": "number", "default": 0, "description": "V"} for number in range(32)
    }
    with pytest.raises(OperatorError, match="too long"):
        link_for(make_persona(variables=declared))
