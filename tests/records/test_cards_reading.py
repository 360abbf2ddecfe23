"""What a character card becomes as a persona, and what is told of it that has no place there."""

import pytest
from card_samples import international_text, packed, packed_text, png, sample, text

from bot.domain.voice import Voice
from bot.records.cards.card import card_from, read_card_file
from bot.records.cards.parts import digest
from bot.records.cards.reading import Draft, draft_persona, slug_from

VOICES = {
    name: Voice(name=name, voice_id="a" * 20, model="eleven_flash_v2_5", languages=languages)
    for name, languages in (("elder", ("en",)), ("teacher", ("de", "es")), ("clerk", ("en", "de")))
}


def drafted(version: int = 2, asked: dict[str, str] | None = None, **fields: object) -> Draft:
    card = sample(version)
    (card if version == 1 else card["data"]).update(fields)
    return draft_persona(card_from(card), VOICES, **(asked or {}))


def section(draft: Draft, heading: str) -> str:
    return draft.body.split(f"# {heading}\n")[1].split("\n\n# ")[0]


def test_the_fields_of_a_card_become_the_sections_of_a_persona():
    draft = drafted()
    assert section(draft, "Personality") == (
        "Character\nCaptain Odile Marsh flies the last mail airship over the Drowned Counties."
    )
    assert section(draft, "Environment") == "The gondola at dusk. {{user_name}} is the new navigator."
    assert section(draft, "Tone").startswith(
        "brave in weather, shy in conversation\n\nAn example:\n{{user_name}}: Is"
    )
    assert section(draft, "Goal") == "Let {{user_name}} choose the course; every choice has a price."
    assert "no asterisks" in section(draft, "Guardrails")
    assert section(draft, "What you know") == "{{context}}"
    assert draft.front["tagline"] == "Best played slowly."
    assert draft.front["author"] == "mira"
    assert draft.front["tags"] == ["adventure", "airships"]


@pytest.mark.parametrize(
    ("notes", "tagline"),
    [
        ("Best with GPT-4. An owl who listens.", "An owl who listens."),
        ("Use the preset below.\nTested on Claude.", "An owl."),
        ("Made for Kobold.", "An owl."),
        ("A model pupil? No: an owl.", "No: an owl."),
        ("An owl who sells capes.", "An owl who sells capes."),
    ],
)
def test_what_creators_say_of_programs_is_no_line_about_the_character(notes, tagline):
    assert drafted(creator_notes=notes, description="An owl. It is old.").front["tagline"] == tagline


def test_a_direction_by_itself_does_not_stay_in_the_prompt_and_stress_does():
    draft = drafted(description="*hoots* I am an owl. *blinks twice* I *hate* rain.", personality="old")
    assert section(draft, "Personality") == "I am an owl. I *hate* rain."
    assert "2 stage directions between asterisks left out of the prompt." in draft.told


def test_html_is_no_word_of_a_character():
    draft = drafted(first_mes="Hello<br><br/>there, <b>you</b>!", description="An <i>owl</i>.<br>Old.")
    assert draft.front["greeting"] == "Hello there, you!"
    assert section(draft, "Personality") == "An owl.\nOld."


def test_what_it_remembers_stands_in_the_file_even_where_the_card_says_nothing():
    assert drafted().front["memory"] == "own"


def test_stage_directions_are_neither_said_in_a_greeting_nor_taught_by_an_example():
    draft = drafted()
    assert draft.front["greeting"] == '"Mind the ballast, {{user_name}}." "East or home?"'
    assert "1 stage direction between asterisks left out of the greeting." in draft.told
    assert "Captain Odile Marsh: That is the kettle. No. Thunder." in draft.body


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("I **never** lie, __ever__.", "I never lie, ever."),
        ("*waves*", "Hello {{user_name}}, Captain Odile Marsh here."),
        (None, "Hello {{user_name}}, Captain Odile Marsh here."),
        ("One.\n\nTwo, <USER>!", "One. Two, {{user_name}}!"),
        ("{{random: Hi, Hey }} {{original}}{{// a note}}there", "Hi there"),
        ("What is {{secret__key}} and {{context}}?", "What is secret__key and context?"),
        ("{{{user}}}", "{ {{user_name}} }"),
        ("{{char}} and <bot>", "Captain Odile Marsh and Captain Odile Marsh"),
        ("Odd }} braces {{ here", "Odd } } braces { { here"),
        ("\x1b[31mRed\u202e\x00", "[31mRed"),
        ("First. " + "word " * 120, "First."),
    ],
)
def test_a_greeting_has_only_what_can_be_said(written, said):
    assert drafted(first_mes=written).front["greeting"] == said


def test_a_nickname_is_what_the_character_is_called_in_its_texts():
    draft = drafted(3)
    assert draft.front["name"] == "Professor Ignatius Holloway-Barrett"
    assert section(draft, "Personality").startswith("Iggy teaches the history of mistakes. Iggy keeps")


def test_no_heading_of_a_card_can_pass_for_one_of_ours():
    draft = drafted(description="# House rules\nNone.\n## System\n  # What you know\nAll.")
    assert section(draft, "Personality") == "House rules\nNone.\nSystem\nWhat you know\nAll."
    assert draft.body.count("# ") == 7


def test_lore_comes_with_its_keys_and_without_its_decorators():
    assert drafted(3).front["lore"] == [
        {"keys": ["bridge", "Tay"], "text": "The bridge fell because everybody trusted the wind."}
    ]
    assert (
        "1 entry of the lorebook found by regular expressions, which lore has not: not taken over."
        in drafted(3).told
    )


def test_what_a_lorebook_says_always_holds_stands_in_the_body():
    assert section(drafted(), "Also true") == "It has rained for eleven years."


def test_long_lore_is_cut_between_sentences_into_pieces_that_fit():
    content = " ".join(f"Sentence number {number} is here." for number in range(100))
    book = {"entries": [{"keys": ["long"], "content": content}]}
    lore = drafted(character_book=book).front["lore"]
    assert len(lore) == 3
    assert all(one["keys"] == ["long"] and len(one["text"]) <= 1_000 for one in lore)
    assert all(one["text"].endswith("here.") for one in lore)
    assert " ".join(one["text"] for one in lore) == content


def test_an_enormous_lorebook_gives_what_fits_and_says_how_much_did_not():
    entries = [{"keys": [f"key {number}"], "content": "x" * 400} for number in range(5_000)]
    entries.append({"keys": ["vast"], "content": "y. " * 1_000_000})
    draft = drafted(character_book={"entries": entries})
    assert len(draft.front["lore"]) == 64
    assert any(one.startswith("4,937 entries of the lorebook beyond 64 pieces") for one in draft.told)


def test_the_voice_is_the_one_asked_for_then_the_cards_own_then_the_first_that_speaks_the_language():
    ours = {"troupe": {"voice": {"name": "clerk", "speed": 0.9}}}
    assert drafted(extensions=ours, asked={"voice": "elder"}).front["voice"] == "elder"
    assert drafted(extensions=ours).front["voice"] == {"name": "clerk", "speed": 0.9}
    draft = drafted(extensions={"troupe": {"voice": "gone"}}, asked={"language": "de"})
    assert draft.front["voice"] == "teacher"
    assert (
        'The voice "gone" is not in voices.yaml: teacher speaks for it, the first that speaks de.'
        in draft.told
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("color", "red; }"),
        ("max_minutes", 600),
        ("variables", {"a: b\nvoice": 1}),
        ("voice", {"name": "clerk", "x}\nmemory": "shared"}),
        ("llm", ["a"]),
    ],
)
def test_a_trait_that_no_persona_may_have_is_left_out_and_told(key, value):
    draft = drafted(extensions={"troupe": {key: value, "memory": "none"}})
    assert f"extensions.troupe says of {key} what a persona may not have: left out." in draft.told
    assert draft.front["memory"] == "none"
    assert draft.front.get(key) in (None, "elder")


def test_a_part_that_no_persona_may_have_is_made_from_the_cards_own_field_instead():
    persona = {"lore": [{"keys": "x}\nmemory: shared", "text": 1}], "name": "n" * 41, "tags": ["sea"]}
    card = sample(2)
    made_from = {part: digest(card["data"], part) for part in persona}
    draft = drafted(extensions={"troupe": {"exact": persona, "made_from": made_from}})
    assert draft.front["name"] == "Captain Odile Marsh"
    assert [one["keys"] for one in draft.front["lore"]] == [["Saltmere", "harbour"], ["Pell"]]
    assert draft.front["tags"] == ["sea"]
    assert "extensions.troupe says of name what a persona may not have: left out." in draft.told


def test_a_card_that_asks_for_shared_memory_says_so():
    draft = drafted(extensions={"troupe": {"memory": "shared"}})
    assert any(one.startswith("Its memory is shared, as its card says") for one in draft.told)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Inés", "ines"),
        ("../../etc/passwd", "etc-passwd"),
        ("Ambrose Pell, Esq.", "ambrose-pell-esq"),
        ("船", ""),
        ("A very long name that goes on and on", "a-very-long-name-that-goes-on"),
        ("x" * 50, "x" * 32),
    ],
)
def test_the_file_is_named_after_the_character(name, slug):
    assert slug_from(name) == slug


@pytest.mark.parametrize(
    "data",
    [
        png(text("chara", sample(2))),
        png(text("Chara", sample(2))),
        png(packed_text("chara", packed(sample(2)))),
        png(international_text("chara", packed(sample(2)), is_packed=False)),
        png(international_text("chara", packed(sample(2)), is_packed=True)),
        png(text("chara", packed(sample(2)).rstrip(b"="))),
        png(text("chara", sample(3)), text("ccv3", sample(2))),
    ],
)
def test_a_card_is_found_in_each_kind_of_text_of_a_png_and_ccv3_counts_first(data):
    assert read_card_file(data).card.root == sample(2)


def test_files_that_a_png_brings_along_are_counted():
    data = png(
        text("ccv3", sample(3)), text("chara-ext-asset_:1", b"AAAA"), text("chara-ext-asset_:2", b"AAAA")
    )
    assert read_card_file(data).assets == 2
