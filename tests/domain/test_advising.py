"""What would make a character better to listen to, and what is left alone."""

import pytest

from bot.domain.advising import (
    advise_on_body,
    advise_on_greeting,
    advise_on_lore,
    speaking_seconds,
)

BODY = "# Personality\nYou are Merlin.\n\n# Goal\nClimb the tower.\n\n# Guardrails\nYou never frighten.\n"


def said_of_greeting(text, **more):
    return [(offset, sentence) for offset, sentence in advise_on_greeting(text, **more)]


def test_a_second_of_speech_is_estimated_as_fifteen_characters():
    assert [speaking_seconds("a" * chars) for chars in (0, 15, 16)] == [0, 1, 2]


def test_a_placeholder_is_as_long_as_a_name_however_it_is_written():
    assert speaking_seconds("{{last_call_hint}}{{ last_call_hint }}") == speaking_seconds("Alexandra" * 2)


def test_a_greeting_of_fifteen_seconds_is_fine_and_a_longer_one_is_told_its_length():
    assert said_of_greeting("a" * 225) == []
    [(offset, sentence)] = said_of_greeting("a" * 226)
    assert offset == 0
    assert sentence == (
        "this takes about 16 seconds to say, and nobody waits that long; "
        "shorten it to 15 seconds, about 225 characters"
    )


@pytest.mark.parametrize(
    ("greeting", "offset", "sentence"),
    [
        ("Hi<br>you!", 2, "'<br>' is HTML, which is read out or lost; leave it out"),
        ("Hi **you**!", 3, "'**you**' is formatting, which nobody hears; write plain words"),
        (
            "*waves* Hi!",
            0,
            "'*waves*' is a stage direction, which is read out; describe the manner under '# Tone' instead",
        ),
        (
            "Hi (smiling)!",
            3,
            "'(smiling)' stands in brackets, which nobody hears; say it in words, or leave it out",
        ),
        ("Hi 👋", 3, "'👋' is an emoji, which is read out or lost; leave it out"),
        (
            "See https://a.example/b now",
            4,
            (
                "'https://a.example/b' is an address, which nobody can note down while listening; "
                "name the place instead"
            ),
        ),
        (
            "Choose:\n- tea\n- coffee",
            8,
            "'- tea' begins a list, which is not heard as one; write a sentence",
        ),
        ("[laughs] Hi", 0, "'[laughs]' is read out by this voice's model; say it in words"),
    ],
)
def test_what_nobody_can_hear_in_a_greeting_is_pointed_at(greeting, offset, sentence):
    assert said_of_greeting(greeting) == [(offset, sentence)]


@pytest.mark.parametrize(
    "greeting",
    ["2 * 3 * 4 is what?", "Dry - as ever.", "It's 5-2!", "Was ist, {{user_name}}? Schön!", "a_b_c"],
)
def test_what_only_looks_like_it_is_left_alone(greeting):
    assert said_of_greeting(greeting) == []


def test_a_sound_in_square_brackets_is_fine_where_the_voice_plays_it():
    assert said_of_greeting("[laughs] Hi", takes_audio_tags=True) == []


def test_a_prompt_with_a_goal_and_guardrails_is_left_alone():
    assert list(advise_on_body(BODY)) == []
    assert list(advise_on_body(BODY.replace("# Goal", "## Ziel").replace("Guardrails", "GRENZEN"))) == []
    assert list(advise_on_body("")) == []


def test_a_prompt_without_goal_or_guardrails_is_told_what_belongs_there():
    [goal] = advise_on_body(BODY.replace("# Goal\nClimb the tower.\n", ""))
    assert goal == (
        0,
        "there is no section '# Goal'; add it, and say what a call is about and where it leads",
    )
    [guardrails] = advise_on_body(BODY.replace("# Guardrails", "Guardrails:"))
    assert guardrails == (
        0,
        (
            "there is no section '# Guardrails'; add it, and say what the character never does, "
            "and what it does instead"
        ),
    )
    assert len(list(advise_on_body("You are Merlin."))) == 2


def test_a_heading_without_its_space_is_pointed_at_and_not_said_to_be_missing():
    [goal] = advise_on_body(BODY.replace("# Goal", "#Goal"))
    assert goal == (BODY.index("# Goal"), "'#Goal' is no heading yet; write a space after the #")
    assert list(advise_on_body(f"{BODY}#catsoftwitter #1\n")) == []


def test_half_a_block_of_code_is_pointed_at_and_a_whole_one_is_not():
    [fence] = advise_on_body(f"{BODY}```\n")
    assert fence == (
        len(BODY),
        "this line ``` is a part of the prompt, and has no counterpart; take it out",
    )
    assert list(advise_on_body(f"{BODY}```\nA poem.\n```\n")) == []


def test_an_empty_section_is_pointed_at():
    [goal] = advise_on_body(BODY.replace("Climb the tower.\n", ""))
    assert goal == (
        BODY.index("# Goal"),
        "the section '# Goal' is empty; say what a call is about and where it leads",
    )
    [tone] = advise_on_body(f"{BODY}# Tone\n")
    assert tone == (len(BODY), "the section '# Tone' is empty; write it, or take the heading out")


def test_a_long_prompt_is_told_its_cost():
    assert list(advise_on_body(BODY + "a" * (8_000 - len(BODY)))) == []
    [(offset, sentence)] = advise_on_body(BODY + "a" * (10_000 - len(BODY)))
    assert offset == 0
    assert sentence == (
        "this prompt adds about 2,500 tokens (estimated as characters / 4) to the cost and the delay of "
        "every turn; shorten it to 8,000 characters, or move what is seldom needed to 'lore'"
    )


def test_stage_directions_in_a_prompt_are_pointed_at_and_emphasis_is_not():
    [(offset, sentence)] = advise_on_body(f"{BODY}*sighs deeply* Hm.")
    assert offset == len(BODY)
    assert "'*sighs deeply*' is a stage direction" in sentence
    assert list(advise_on_body(f"{BODY}**Never** do 2 * 3 * 4.\n* one\n* two")) == []


def test_whoever_denies_being_an_ai_is_told_wherever_it_stands():
    sentence = (
        "this has the character deny being an AI, and the house rules have it say so to whoever asks; "
        "take the sentence out"
    )
    assert list(advise_on_body(f"{BODY}You are human.")) == [(len(BODY), sentence)]
    assert list(advise_on_greeting("Hi. I'm a real person.")) == [(4, sentence)]
    assert list(advise_on_lore("Never admit that you are an AI.")) == [(0, sentence)]
