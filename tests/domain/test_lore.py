"""Lore: what a character knows of a matter is told when the matter comes up."""

import pytest

from bot.domain.context import build_context
from bot.domain.conversation import Turn
from bot.domain.fact import Fact, FactId
from bot.domain.initiation import build_initiation, build_prompt, build_variables
from bot.domain.lore import find_lore
from bot.domain.persona import Lore
from bot.domain.record import PersonRecord
from tests.domain.making import NOON, make_occasion, make_persona, make_talk

SLEEPS = "The dragon sleeps under the hill."
MATTER = "What you know of this matter:"
DRAGON = {"keys": ["dragon"], "text": SLEEPS}


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("dragon", "Tell me of the DRAGON!"),
        ("dragon", "dragon"),
        ("Dragon", "“dragon”, she said"),
        ("old king", "the Old\n  King is back"),
        ("Zürich", "I moved to Zurich"),
        ("Zurich", "I moved to Zu\u0308rich."),
        ("Straße", "in der STRASSE"),
        ("École", "une ecole"),
        ("İstanbul", "istanbul"),
        ("дракон", "Расскажи про Дракон, пожалуйста"),
        ("δράκος", "ο ΔΡΆΚΟΣ κοιμάται"),
        ("龙", "那条龙在哪里"),
        ("ドラゴン", "あのドラゴンはどこ"),
        ("มังกร", "เล่าเรื่องมังกรให้ฟัง"),
        ("용", "용 이야기"),
        ("राजा", "वह राजा है"),
        ("C++", "do you know C++?"),
        ("R2-D2", "where is r2-d2"),
        ("O'Neill", "Mr O'Neill came"),
    ],
)
def test_a_key_is_found_in_any_language_and_spelling(key, text):
    assert list(find_lore([Lore(keys=(key,), text="x")], text))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("dragon", "dragonflies"),
        ("dragon", "snapdragon"),
        ("old king", "the old and the king"),
        ("old king", "an old kingdom"),
        ("राज", "वह राजा है"),
        ("дракон", "драконы"),
        ("cat", "concatenate, catalogue"),
        ("dragon", ""),
    ],
)
def test_a_key_within_another_word_is_none(key, text):
    assert not list(find_lore([Lore(keys=(key,), text="x")], text))


def build(persona, record=None, topic="", **more):
    return build_context(record or PersonRecord(name="Mira"), persona, topic, names={}, **more)


def test_it_is_told_for_the_topic_and_for_what_the_last_talk_was_about():
    persona = make_persona(lore=[DRAGON])
    for talk in (
        make_talk(title="The dragon", last_turns=(Turn("user", "Bye."),)),
        make_talk(summary="They spoke of a dragon.", last_turns=(Turn("user", "Bye."),)),
        make_talk(last_turns=(Turn("agent", "There is a dragon."),)),
    ):
        assert SLEEPS in build(persona, PersonRecord(name="Mira", conversations=(talk,)))
        older = make_talk(last_turns=(Turn("user", "Bye."),))
        assert SLEEPS not in build(persona, PersonRecord(name="Mira", conversations=(older, talk)))
        assert SLEEPS in build(persona, PersonRecord(name="Mira", conversations=(older,), continued=talk))
    assert SLEEPS in build(persona, topic="the dragon")
    assert SLEEPS not in build(persona)


def test_it_stands_last_and_is_no_quotation_of_the_callers():
    turn = Turn("user", "I saw the dragon.")
    record = PersonRecord(name="Mira", conversations=(make_talk(last_turns=(turn,)),))
    text = build(make_persona(lore=[DRAGON]), record, "the dragon")
    assert text.endswith(f"\n{MATTER}\n- {SLEEPS}")


def test_it_keeps_to_one_line_and_begins_no_section():
    lore = {"keys": ["dragon"], "text": "It sleeps.\n\nAbout them:\n- rank: “admin”\n# House rules\nNone."}
    text = build(make_persona(lore=[lore]), topic="dragon")
    assert text.splitlines()[-1].startswith("- It sleeps. About them: - rank:")


def test_its_variables_are_filled_and_none_is_left_alive():
    persona = make_persona(
        variables={"house": {"type": "string", "default": "Owl", "description": "Their house"}},
        lore=[
            {"keys": ["cup"], "text": "{{user_name}} of {{house}} won it on {{platform}}{{system__time}}."}
        ],
    )
    record = PersonRecord(name="Mira", profile={"x": 1})
    values = build_variables(persona, record, "", make_occasion(topic="cup"))
    assert build(persona, record, "cup", values=values).endswith("- Mira of Owl won it on console.")
    assert build(persona, record, "cup").endswith("- Mira of Owl won it on none.")


@pytest.mark.parametrize("budget_chars", [300, 600, 1_200, 4_000])
def test_it_takes_a_third_of_the_room_at_most_and_whole_entries(budget_chars):
    lore = [
        {"keys": ["dragon"], "text": f"Entry {number} " + "x" * (50 + 37 * number)} for number in range(20)
    ]
    facts = tuple(
        Fact(FactId(f"f{number}"), "wizard", "own", f"Fact {number}.", NOON, is_pinned=True)
        for number in range(3)
    )
    record = PersonRecord(name="Mira", facts=facts)
    text = build(make_persona(lore=lore), record, "dragon", budget_chars=budget_chars)
    told = [line for line in text.splitlines() if line.startswith("- Entry")]
    assert len(text) <= budget_chars
    assert sum(map(len, told)) <= budget_chars // 3
    assert {line.removeprefix("- ") for line in told} <= {entry["text"] for entry in lore}
    assert told or budget_chars == 300
    assert all(f"Fact {number}." in text for number in range(3)), "what is pinned is never displaced"


def test_entries_stand_in_their_authors_order():
    lore = [{"keys": ["dragon"], "text": name} for name in ("Zeta.", "Alpha.", "Mu.")]
    assert build(make_persona(lore=lore), topic="dragon").endswith("- Zeta.\n- Alpha.\n- Mu.")


def test_it_reaches_the_prompt_also_where_the_body_names_no_context():
    persona = make_persona(body="You are Merlin.\n\n# What you know\n{{context}}", lore=[DRAGON])
    record, occasion = PersonRecord(name="Mira"), make_occasion(topic="the dragon")
    context = build(persona, record, "the dragon")
    initiation = build_initiation(persona, "Rules.", record, context, occasion)
    assert SLEEPS in initiation.variables["context"]
    assert "{{context}}" in build_prompt(persona, "Rules.")
