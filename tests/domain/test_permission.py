"""Who may call whom: every condition of a rule must hold, and one spot that allows it is enough."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.permission import Rule, Spot, may_call

names = st.sampled_from(["a", "b", "c"])
sets = st.frozensets(names, max_size=2)
spots = st.builds(Spot, names, roles=sets, channels=sets, is_age_restricted=st.booleans())
rules = st.builds(
    Rule,
    names,
    names,
    is_off=st.booleans(),
    age_restricted_only=st.booleans(),
    roles=sets,
    channels=sets,
)
SPOT = Spot("server", frozenset({"knight", "poet"}), frozenset({"hall"}), is_age_restricted=True)
ALL = Rule(
    "server",
    "wizard",
    age_restricted_only=True,
    roles=frozenset({"knight", "king"}),
    channels=frozenset({"hall", "yard"}),
)


def test_whoever_meets_every_condition_may_call():
    assert may_call("wizard", [SPOT], [ALL])


@pytest.mark.parametrize(
    "spot",
    [
        replace(SPOT, roles=frozenset({"poet"})),
        replace(SPOT, roles=frozenset()),
        replace(SPOT, channels=frozenset({"cellar"})),
        replace(SPOT, channels=frozenset()),
        replace(SPOT, is_age_restricted=False),
    ],
    ids=["another role", "no role", "another channel", "no channel", "open to minors"],
)
def test_one_condition_that_is_not_met_is_enough_to_refuse(spot):
    assert not may_call("wizard", [spot], [ALL])


def test_a_character_that_is_off_is_off_for_everybody_there():
    assert not may_call("wizard", [SPOT], [replace(ALL, is_off=True)])
    assert not may_call("wizard", [SPOT], [Rule("server", "wizard", is_off=True)])


def test_a_rule_is_about_one_character_in_one_place():
    off = Rule("server", "wizard", is_off=True)
    assert may_call("captain", [SPOT], [off])
    assert may_call("wizard", [replace(SPOT, place="another")], [off])


def test_one_place_that_allows_it_is_enough():
    off = Rule("server", "wizard", is_off=True)
    assert may_call("wizard", [SPOT, Spot("another")], [off])
    assert not may_call("wizard", [SPOT, Spot("another")], [off, replace(off, place="another")])


@given(st.lists(rules))
def test_without_a_spot_nothing_is_limited(limits):
    assert may_call("a", [], limits)


@given(names, st.lists(spots, min_size=1))
def test_without_a_rule_nothing_is_limited(slug, where):
    assert may_call(slug, where, [])
    assert may_call(slug, where, [Rule(spot.place, slug) for spot in where])


@given(names, st.lists(spots, min_size=1), st.lists(spots), st.lists(rules))
def test_another_spot_never_takes_a_permission_away(slug, where, more, limits):
    assert may_call(slug, where + more, limits) >= may_call(slug, where, limits)


@given(names, st.lists(spots, min_size=1), st.lists(rules), st.lists(rules))
def test_another_rule_never_gives_a_permission(slug, where, limits, more):
    assert may_call(slug, where, limits + more) <= may_call(slug, where, limits)


@given(names, st.lists(spots, min_size=1), st.lists(rules))
def test_a_permission_is_given_by_one_of_the_spots_alone(slug, where, limits):
    assert may_call(slug, where, limits) == any(may_call(slug, [spot], limits) for spot in where)


@given(rules)
def test_a_rule_limits_nothing_exactly_when_it_has_no_condition(rule):
    assert rule.limits_nothing == (rule == Rule(rule.place, rule.slug))
