"""What members are told when a memory reaches further or less far: who reads what, in plain words."""

import pytest

from bot.domain.reaching import and_list, is_wider, reach_change, reach_in_words


def told(before, after, once=(), sharers=("Captain",)):
    return reach_change("Merlin", before, after, once=once, sharers=sharers)


def test_sharing_says_who_reads_from_when_on_and_what_stays():
    assert told("own", "shared") == (
        "Captain reads what members say to Merlin in calls from now on. Merlin reads what members said to "
        "Captain while those shared, earlier calls too. What was said to Merlin while Merlin did not share "
        "stays with Merlin alone."
    )
    assert told("own", "shared", sharers=()) == (
        "Every other character that shares (at the moment there is none) reads what members say to Merlin in "
        "calls from now on. What was said to Merlin while Merlin did not share stays with Merlin alone."
    )


def test_sharing_no_more_closes_earlier_calls_too():
    assert told("shared", "own", once=("Captain", "Nan")) == (
        "Captain and Nan do not read what was said to Merlin any more, earlier calls included, and Merlin no "
        "longer reads what was said to others."
    )


def test_forgetting_and_beginning_to_remember_are_said():
    assert "Nothing of future calls with Merlin is kept" in told("own", "none")
    assert "Captain does not read" in told("shared", "none", once=("Captain",))
    assert told("none", "own") == (
        "What members say to Merlin is kept from now on; of earlier calls there is nothing. No other "
        "character reads it."
    )
    assert "Captain reads what members say" in told("none", "shared")
    assert "another file of the same name starts with nothing" in told("own", None)
    assert told(None, "own") == reach_in_words("Merlin", "own", ())


@pytest.mark.parametrize("narrower", [None, "none", "own"])
def test_only_more_readers_is_wider(narrower):
    assert is_wider(narrower, "shared")
    assert not is_wider("shared", narrower)
    assert not is_wider(narrower, narrower)
    assert is_wider("none", "own")


def test_of_many_names_the_first_few_are_told():
    assert and_list([]) == ""
    assert and_list(["Captain", "Nan"]) == "Captain and Nan"
    assert and_list([f"C{number}" for number in range(1_000)]) == "C0, C1, C2, C3, C4, C5, C6 and 993 others"
