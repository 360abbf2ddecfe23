"""A card that is imported and exported comes back as it was; a persona that is exported comes back too."""

import json
import string
import tempfile
from copy import deepcopy
from pathlib import Path

import pytest
from card_samples import sample
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.cast import read_cast
from bot.cast.admin_files import read_voices
from bot.cast.persona_file import read_persona
from bot.cast.writing import persona_text
from bot.domain.persona import Persona
from bot.records.cards.card import Card, card_from, read_card_file
from bot.records.cards.parts import parts_of
from bot.records.cards.reading import draft_persona
from bot.records.cards.strict import as_bytes
from bot.records.cards.writing import Origin, origin_from, write_card

PERSONAS = Path(__file__).parents[2] / "personas"
VOICES = read_voices(PERSONAS).by_name
CAST = read_cast(PERSONAS)


def read_text(text: str) -> tuple[Persona | None, list[str]]:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "someone.md"
        path.write_bytes(text.encode(errors="surrogatepass"))
        found = read_persona(path, Path(name), VOICES, voices_are_known=True)
    return found.persona, [one.reason for one in found.findings]


def imported(card: Card) -> tuple[Persona, Origin]:
    draft = draft_persona(card, VOICES)
    persona, wrong = read_text(persona_text(draft.front, draft.body))
    assert persona is not None, wrong
    origin = Origin(card, parts_of(persona))
    return persona, origin_from(as_bytes(origin.as_json()))


def edited(persona: Persona, **changes: object) -> Persona:
    return Persona.model_validate({**persona.model_dump(), **changes})


def without_ours(root: dict) -> dict:
    root = deepcopy(root)
    del root["data"]["extensions"]["troupe"]
    return root


@pytest.mark.parametrize("version", [2, 3])
def test_a_card_that_nobody_edited_comes_back_as_it_was_beside_our_own_extension(version):
    card = sample(version)
    persona, origin = imported(card_from(card))
    back = without_ours(json.loads(as_bytes(write_card(persona, origin, version))))
    assert back == card
    assert list(back["data"]) == list(card["data"]), "in the order of the file too"


def test_a_flat_card_comes_back_as_version_2_with_every_word_and_unknown_field():
    card = sample(1)
    persona, origin = imported(card_from(card))
    back = without_ours(write_card(persona, origin, 2))
    assert back["spec"] == "chara_card_v2"
    assert back["spec_version"] == "2.0"
    fields = ("name", "description", "personality", "scenario", "first_mes", "mes_example")
    assert {key: back["data"][key] for key in fields} == {key: card[key] for key in fields}
    assert {key: back[key] for key in ("create_date", "talkativeness", "metadata")} == {
        key: card[key] for key in ("create_date", "talkativeness", "metadata")
    }
    assert back["data"]["alternate_greetings"] == []


def test_what_a_later_troupe_wrote_into_its_extension_and_half_a_character_come_back_too():
    card = sample(2)
    card["data"]["extensions"] |= {"troupe": {"mood": [1]}, "half": "\ud83d"}
    persona, origin = imported(card_from(card))
    extensions = json.loads(as_bytes(write_card(persona, origin, 2)))["data"]["extensions"]
    assert extensions["troupe"]["mood"] == [1]
    assert extensions["half"] == "\ud83d"


def test_what_was_edited_in_the_persona_file_wins_and_all_else_stays():
    card = sample(2)
    persona, origin = imported(card_from(card))
    changed = edited(persona, greeting="Ahoy, {{user_name}}!")
    back = without_ours(write_card(changed, origin, 2))
    assert back["data"].pop("first_mes") == "Ahoy, {{user}}!"
    del card["data"]["first_mes"]
    assert back == card


def test_a_changed_section_of_the_body_changes_its_own_fields_alone():
    card = sample(2)
    persona, origin = imported(card_from(card))
    changed = edited(persona, body=persona.body.replace("The gondola at dusk.", "The gondola at dawn."))
    data = write_card(changed, origin, 2)["data"]
    assert data["scenario"].startswith("The gondola at dawn. {{user}} is the new navigator.")
    same = ("description", "personality", "mes_example", "system_prompt", "first_mes")
    assert {key: data[key] for key in same} == {key: card["data"][key] for key in same}
    tone = edited(persona, body=persona.body.replace("brave in weather", "brave in fog"))
    data = write_card(tone, origin, 2)["data"]
    assert "brave in fog" in data["personality"]
    assert data["mes_example"] == "", "the examples stand under the tone that was edited"


def test_a_name_that_also_stands_outside_the_data_changes_there_too():
    persona, origin = imported(card_from(sample(2)))
    back = write_card(edited(persona, name="Odile"), origin, 2)
    assert back["name"] == back["data"]["name"] == "Odile"


def test_lore_that_was_edited_changes_its_entry_and_leaves_the_others_as_they_were():
    card = sample(2)
    persona, origin = imported(card_from(card))
    lore = [one.model_dump() for one in persona.lore]
    lore[1] = {"keys": ("Pell",), "text": "Pell forgave her."}
    book = write_card(edited(persona, lore=lore), origin, 2)["data"]["character_book"]
    old = card["data"]["character_book"]
    assert {key: book[key] for key in book if key != "entries"} == {
        key: old[key] for key in old if key != "entries"
    }
    assert book["entries"][:-1] == [old["entries"][0], old["entries"][2], old["entries"][3]]
    assert book["entries"][-1] == {
        "keys": ["Pell"],
        "content": "Pell forgave her.",
        "extensions": {},
        "enabled": True,
        "insertion_order": 100,
    }


def test_a_card_of_version_2_becomes_one_of_version_3_with_what_that_needs():
    persona, origin = imported(card_from(sample(2)))
    data = write_card(persona, origin, 3)["data"]
    assert data["group_only_greetings"] == []
    assert all(entry["use_regex"] is False for entry in data["character_book"]["entries"])


def test_a_field_that_somebody_edited_elsewhere_counts_more_than_what_we_wrote_beside_it():
    wizard = next(one for one in CAST.personas.values() if one.slug == "wizard")
    card = write_card(wizard, None, 3)
    card["data"]["first_mes"] = "Who knocks, {{user}}?"
    persona, _ = imported(card_from(card))
    assert persona.greeting == "Who knocks, {{user_name}}?"
    assert persona.body == wizard.body
    assert persona.greeting_returning == wizard.greeting_returning


DIFFERENT = {"picture", "slug", "version", "source"}


@pytest.mark.parametrize("slug", sorted(CAST.personas))
@pytest.mark.parametrize("version", [2, 3])
def test_every_persona_of_ours_comes_back_from_a_card(slug, version):
    persona = CAST.personas[slug]
    back, _ = imported(read_card_file(as_bytes(write_card(persona, None, version))).card)
    assert back.model_dump(exclude=DIFFERENT) == persona.model_dump(exclude=DIFFERENT)


def test_a_card_of_ours_has_what_other_programs_show_and_no_house_rules():
    card = write_card(CAST.personas["tutor"], None, 3)
    data = card["data"]
    assert data["name"] == "Inés"
    assert "{{user}}" in data["first_mes"]
    assert data["description"].startswith("You are Inés")
    assert data["creator_notes"] == CAST.personas["tutor"].tagline
    texts = json.dumps({key: value for key, value in data.items() if key != "extensions"})
    assert "{{context}}" not in texts
    assert "{{user_name}}" not in texts
    assert "{{profile_level}}" not in texts
    assert "House rules" not in json.dumps(card)
    assert data["extensions"]["troupe"]["voice"]["name"] == "bright-teacher"


MACROS = st.sampled_from(
    [
        "{{char}}",
        "{{user}}",
        "{{User }}",
        "<BOT>",
        "{{random:a,b}}",
        "{{time}}",
        "{{",
        "}}",
        "{",
        "}",
        "*",
        "**",
        "# ",
        "---\n",
        "\n",
        "{{context}}",
        "{{secret__key}}",
        "{{user_name}}",
        "<START>",
        "@@depth 4\n",
        '"',
        ": ",
    ]
)
WORDS = st.lists(MACROS | st.text(max_size=12), max_size=12).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ENTRY = st.fixed_dictionaries(
    {
        "keys": st.lists(WORDS, max_size=3),
        "content": WORDS,
        "extensions": st.dictionaries(st.text(max_size=5), JSON, max_size=2),
        "enabled": st.booleans(),
        "insertion_order": st.integers(-5, 500),
        "use_regex": st.booleans(),
    },
    optional={"constant": st.booleans(), "id": JSON, "secondary_keys": JSON, "selective": JSON, "x": JSON},
)
BOOK = st.fixed_dictionaries({"entries": st.lists(ENTRY | JSON, max_size=4)}, optional={"name": JSON})
NAME = WORDS.filter(str.strip)
DATA = st.fixed_dictionaries(
    {
        "name": NAME,
        **dict.fromkeys(("description", "personality", "scenario", "first_mes", "mes_example"), WORDS | JSON),
        **dict.fromkeys(("creator_notes", "system_prompt", "creator", "character_version"), WORDS | JSON),
        "post_history_instructions": WORDS,
        **dict.fromkeys(
            ("tags", "alternate_greetings", "group_only_greetings"), st.lists(WORDS, max_size=3) | JSON
        ),
        "extensions": st.dictionaries(
            st.text(max_size=5).filter(lambda key: key != "troupe"), JSON, max_size=2
        ),
    },
    optional={"character_book": BOOK | JSON, "nickname": JSON, "assets": JSON, "source": JSON},
)


@settings(max_examples=150)
@given(
    version=st.sampled_from([2, 3]),
    data=DATA,
    more=st.dictionaries(st.text(max_size=6), JSON, max_size=3),
    root=st.dictionaries(st.text(max_size=6), JSON, max_size=3),
)
def test_whatever_stands_in_a_card_it_becomes_a_persona_and_comes_back(version, data, more, root):
    card = {
        **root,
        "spec": f"chara_card_v{version}",
        "spec_version": f"{version}.0",
        "data": {**more, **data},
    }
    before = deepcopy(card)
    persona, origin = imported(card_from(card))
    assert card == before
    back = json.loads(as_bytes(write_card(persona, origin, version)))
    if not (version == 3 and isinstance(data.get("character_book"), dict)):
        assert without_ours(back) == card
    again, second = imported(read_card_file(as_bytes(back)).card)
    assert again.model_dump(exclude=DIFFERENT) == persona.model_dump(exclude=DIFFERENT)
    assert json.loads(as_bytes(write_card(again, second, version))) == back


PLAIN = st.text(string.ascii_letters + "äß船 .,!?:'\"#*-@&\\", min_size=1, max_size=30).filter(str.strip)
SPOKEN = st.lists(
    PLAIN | st.sampled_from(["{{user_name}}", "{{last_call_hint}}", "\n"]), min_size=1, max_size=5
).map("".join)
HEADINGS = [
    "# Personality\n",
    "# Tone\n",
    "# Goal\n",
    "# Guardrails\n",
    "# Environment\n",
    "# Else\n",
    "{{context}}\n",
]
VALUE = st.one_of(
    st.tuples(st.just("string"), PLAIN),
    st.tuples(st.just("number"), st.integers(-(10**15), 10**15) | st.floats(-1e15, 1e15)),
    st.tuples(st.just("boolean"), st.booleans()),
)
FRONT = st.fixed_dictionaries(
    {
        "name": PLAIN,
        "tagline": PLAIN,
        "author": PLAIN,
        "voice": st.sampled_from(
            ["old-storyteller", {"name": "old-storyteller", "speed": 0.95, "stability": 0.0}]
        ),
        "greeting": SPOKEN,
    },
    optional={
        "greeting_returning": SPOKEN,
        "memory": st.sampled_from(["own", "shared", "none"]),
        "max_minutes": st.integers(1, 60),
        "color": st.just("#00ff7f"),
        "llm": st.just("gpt-4.1"),
        "tags": st.lists(st.text(string.ascii_letters + "'#", min_size=1, max_size=20), max_size=8),
        "lore": st.lists(
            st.fixed_dictionaries({"keys": st.lists(PLAIN, min_size=1, max_size=3), "text": SPOKEN}),
            max_size=4,
        ),
        "variables": st.dictionaries(
            st.from_regex(r"profile_[a-z]{1,6}", fullmatch=True),
            st.tuples(VALUE, PLAIN).map(
                lambda one: {"type": one[0][0], "default": one[0][1], "description": one[1]}
            ),
            max_size=2,
        ),
    },
)


@settings(max_examples=100)
@given(
    front=FRONT,
    body=st.lists(st.sampled_from(HEADINGS) | SPOKEN, min_size=1, max_size=9).map("".join),
    version=st.sampled_from([2, 3]),
)
def test_any_persona_comes_back_from_a_card(front, body, version):
    persona, wrong = read_text(persona_text(front, body))
    assume(not any("empty" in one or "second time" in one for one in wrong))
    assert persona is not None, wrong
    back, _ = imported(read_card_file(as_bytes(write_card(persona, None, version))).card)
    assert back.model_dump(exclude=DIFFERENT) == persona.model_dump(exclude=DIFFERENT)
