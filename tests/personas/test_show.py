"""`troupe personas show`: a character as members meet it, and what its model reads, as it is typed."""

import json

import pytest

from tests.program import troupe


def show(tmp_path, *arguments, **settings):
    return troupe(tmp_path, "personas", "show", *arguments, **settings)


def show_json(tmp_path, *arguments, **settings):
    done = show(tmp_path, *arguments, "--json", **settings)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_card_says_what_members_meet_and_what_each_turn_costs(tmp_path):
    done = show(tmp_path, "wizard")
    assert (done.returncode, done.stderr) == (0, "")
    for words in (
        "Court wizard with a tower full of riddles",
        "old-storyteller, stability 0.45, speed 0.95",
        "Merlin remembers what members said to Merlin. No other character reads it.",
        "read again in every turn (estimated as characters / 4)",
        "Mind the third step, Robin, it bites.",
        "Last time we spoke about “The bench by the river”.",
    ):
        assert words in done.stdout, words


def test_the_prompt_has_the_house_rules_first_and_every_value_in_its_place(tmp_path):
    told = show_json(tmp_path, "wizard", CRISIS_LINE="116 123")
    new, returning = told["told"]
    assert [one["who"] for one in told["told"]] == ["a new member", "a returning member"]
    for one in (new, returning):
        assert one["prompt"].startswith("# House rules")
        assert one["context"] in one["prompt"]
        assert "116 123" in one["prompt"]
        assert "{{" not in one["prompt"]
        assert one["tokens_per_turn"] == -(-len(one["prompt"]) // 4)
    assert "Nothing is known about this person yet." in new["prompt"]
    assert "I am allergic to nuts." in returning["prompt"]
    assert told["memory"]["reach"] == "own"
    assert told["voice"] == {
        "name": "old-storyteller", "stability": 0.45, "speed": 0.95, "model": "eleven_flash_v2"
    }  # fmt: skip


def test_a_first_call_alone_and_a_telephone_can_be_asked_for(tmp_path):
    (first,) = show_json(tmp_path, "merlin", "--first")["told"]
    assert first["who"] == "a new member"
    _, by_phone = show_json(tmp_path, "wizard", "--phone", COMMUNITY_NAME="Elm Street")["told"]
    assert by_phone["first_message"].startswith("Merlin here, an AI character from Elm Street.")
    assert "# On the telephone" in by_phone["prompt"]


def test_a_topic_brings_the_lore_that_it_mentions(tmp_path):
    assert "lake in a teapot" not in show(tmp_path, "wizard").stdout
    assert "lake in a teapot" in show(tmp_path, "wizard", "--topic", "the lake").stdout


def test_what_lore_names_is_filled_in_as_in_a_call(tmp_path, cast):
    lore = "memory: own\nlore:\n  - {keys: [owl], text: 'The owl knows {{user_name}}.'}"
    cast.change("wizard.md", "memory: own", lore)
    told = show_json(tmp_path, "wizard", "--topic", "the owl", "--dir", str(cast.folder))["told"]
    assert all("The owl knows Robin." in one["prompt"] for one in told)


def test_a_character_that_remembers_nothing_greets_whoever_returns_like_a_stranger(tmp_path, cast):
    cast.change("wizard.md", "memory: own", "memory: none")
    new, returning = show_json(tmp_path, "wizard", "--dir", str(cast.folder))["told"]
    assert new["first_message"] == returning["first_message"] == "Well met, Robin!"


@pytest.fixture
def known(tmp_path):
    """Alice, whom the database knows."""
    typed = "/call wizard\n1\n/memory wizard add I play the cello\n"
    assert troupe(tmp_path, "console", "--as", "alice", typed=typed).returncode == 0
    return tmp_path


def test_as_somebody_it_is_to_the_letter_what_memory_shows_them(known):
    (told,) = show_json(known, "wizard", "--as", "alice")["told"]
    seen = troupe(known, "console", "--as", "alice", typed="/memory wizard\n").stdout
    assert told["who"] == "Alice"
    for line in told["context"].splitlines():
        assert line in seen
    assert "I play the cello" in told["context"]
    assert told["context"] in told["prompt"]
    (by_phone,) = show_json(known, "wizard", "--as", "alice", "--phone")["told"]
    assert by_phone["first_message"].startswith("Merlin here, an AI character")
    assert "I play the cello" not in by_phone["first_message"]


def test_what_one_told_a_character_alone_is_not_shown_of_another(known):
    (told,) = show_json(known, "captain", "--as", "alice")["told"]
    assert "cello" not in json.dumps(told)


def test_who_does_not_want_to_be_remembered_is_shown_so(known):
    troupe(known, "console", "--as", "alice", typed="/account remember off\n")
    (told,) = show_json(known, "wizard", "--as", "alice")["told"]
    assert "cello" not in json.dumps(told)


def test_looking_makes_nobody_known_and_no_database(known, tmp_path_factory):
    unknown = show(known, "wizard", "--as", "ben")
    assert unknown.returncode == 1
    assert "Nobody called from ben yet" in unknown.stderr
    empty = tmp_path_factory.mktemp("empty")
    assert show(empty, "wizard", "--as", "ben").returncode == 1
    assert list(empty.iterdir()) == []


def test_a_broken_character_is_what_lint_says_of_it(tmp_path, cast):
    cast.change("wizard.md", "voice: old", "voice: bold")
    done = show(tmp_path, "wizard", "--dir", str(cast.folder))
    assert done.returncode == 1
    assert "wizard.md:5:8: unknown voice 'bold-storyteller'" in done.stdout
    told = show(tmp_path, "wizard", "--json", PERSONAS_DIR=str(cast.folder))
    assert told.returncode == 1
    (problem,) = json.loads(told.stdout)["problems"]
    assert (problem["line"], problem["column"]) == (5, 8)


def test_a_cast_without_house_rules_shows_nobody(tmp_path, cast):
    (cast.folder / "house-rules.md").unlink()
    done = show(tmp_path, "wizard", "--dir", str(cast.folder))
    assert done.returncode == 1
    assert "house-rules.md:1:1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["wizzard"], 1, "did you mean wizard?"),
        (["wizard", "--as", "alice", "--first"], 2, "Either --as"),
        (["wizard", "--as", "fax:1"], 1, "Nobody"),
    ],
)
def test_mistakes_are_one_sentence(tmp_path, arguments, code, said):
    done = show(tmp_path, *arguments)
    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
