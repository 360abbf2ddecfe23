"""Another human's words never enter a member's memory."""

import pytest

from bot.domain.errors import ImportRejected

ANA = {"role": "user", "name": "Ana", "content": "I am Ana."}
BOB = {"role": "user", "name": "Bob", "content": "I am Bob."}
NAMELESS = {"role": "user", "content": "I am nobody."}
MERLIN = {"role": "assistant", "content": "Well met."}


def texts(record):
    return [turn.text for transcript in record.transcripts for turn in transcript.turns]


def dropped(record):
    return {drop.what: drop.count for drop in record.dropped}


def test_one_name_is_taken_for_the_member(read):
    assert texts(read([ANA, MERLIN, ANA])) == ["I am Ana.", "Well met.", "I am Ana."]


def test_several_names_are_refused_while_nobody_says_which_is_theirs(read):
    with pytest.raises(ImportRejected) as refusal:
        read([ANA, MERLIN, BOB])
    assert str(refusal.value) == (
        "past.json has lines by several people (“Ana”, “Bob”): "
        "say which name is yours, or take the others out."
    )


def test_a_name_beside_no_name_is_refused_too(read):
    with pytest.raises(ImportRejected, match="“Ana”, somebody without a name"):
        read([ANA, NAMELESS])


def test_with_the_members_name_only_their_lines_stay(read):
    record = read([ANA, MERLIN, BOB, NAMELESS], member_name=" ana ")
    assert texts(record) == ["I am Ana.", "Well met."]
    assert dropped(record) == {"lines by other people": 2}


def test_a_members_name_that_is_not_there_is_refused(read):
    with pytest.raises(ImportRejected) as refusal:
        read([ANA, MERLIN], member_name="Carol")
    assert str(refusal.value) == (
        "past.json has no line by “Carol”, only by “Ana”: give your name as it stands there."
    )


def test_the_members_name_does_not_matter_where_nobody_has_one(read):
    assert texts(read([NAMELESS, MERLIN], member_name="Ana")) == ["I am nobody.", "Well met."]


def test_a_role_that_is_somebodys_name_is_somebody_else(read):
    record = read([NAMELESS, {"role": "Bob", "content": "Bob's secret."}])
    assert texts(record) == ["I am nobody."]
    assert dropped(record) == {"line by other people": 1}


def test_a_role_that_is_the_members_name_is_the_member(read):
    record = read(
        [{"role": "Ana", "content": "Mine."}, {"role": "Bob", "content": "Not."}], member_name="Ana"
    )
    assert texts(record) == ["Mine."]


@pytest.mark.parametrize(
    "key", ["name", "author", "sender", "from", "speaker", "username", "user", "user_id", "author_id"]
)
def test_a_name_may_stand_under_many_keys(read, key):
    ana, bob = ({"role": "user", "content": name, key: name} for name in ("Ana", "Bob"))
    assert texts(read([ana, bob], member_name="Ana")) == ["Ana"]


def test_a_name_may_stand_inside_the_author(read):
    ana, bob = ({"role": "user", "content": name, "author": {"name": name}} for name in ("Ana", "Bob"))
    assert texts(read([ana, bob], member_name="Bob")) == ["Bob"]


def test_a_conversation_with_other_people_only_is_left_out_whole(read):
    record = read([[ANA, MERLIN], [BOB, MERLIN]], member_name="Ana")
    assert texts(record) == ["I am Ana.", "Well met."]
    assert dropped(record) == {
        "line by other people": 1,
        "line said by a character to other people": 1,
        "conversation with nothing to keep": 1,
    }


def test_title_and_summary_of_a_conversation_with_others_are_left_out(read):
    record = read(
        {"messages": [ANA, BOB], "title": "Bob", "summary": "Bob told his secret."}, member_name="Ana"
    )
    assert (record.transcripts[0].title, record.transcripts[0].summary) == ("", "")
    assert dropped(record)["heading of a conversation with other people"] == 1


def test_conversations_of_different_owners_are_refused(read):
    with pytest.raises(ImportRejected, match="several people"):
        read([{"user_id": owner, "messages": [NAMELESS]} for owner in ("u1", "u2")])


def test_many_names_are_not_all_listed(read):
    with pytest.raises(ImportRejected, match="“n4” and 95 more"):
        read([{"role": "user", "name": f"n{number}", "content": "x"} for number in range(100)])
