"""What a call that comes in starts with: complete for every character, and no name before the caller's."""

from datetime import UTC, datetime

from bot.domain.inbound import build_inbound, build_refusal, declared_variables
from bot.domain.initiation import Occasion
from bot.domain.record import PersonRecord, Remembered
from bot.domain.variables import STANDARD_VARIABLES
from tests.domain.making import make_persona

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALL = frozenset({"agent.prompt.prompt", "agent.first_message", "conversation.max_duration_seconds"})
SHIP = {"type": "string", "default": "The Spoon", "description": "Their ship"}
GUNS = {"type": "number", "default": 12, "description": "How many"}


def occasion(name: str = "", community: str = "the Guild") -> Occasion:
    return Occasion("ref", "", "phone", name, "", AT, "UTC", "112", community=community, most_minutes=3)


def record() -> PersonRecord:
    talk = Remembered("wizard", AT, title="the cat named Fig", summary="Fig is a cat.")
    return PersonRecord("Mira", {"ship": "Fig's"}, 4, AT, (talk,))


def test_the_first_sentence_is_ours_and_names_nobody_even_where_all_is_told() -> None:
    wizard = make_persona(
        slug="wizard",
        greeting="Hello {{user_name}}!",
        greeting_returning="Back, {{user_name}}? {{last_call_hint}}",
    )
    built = build_inbound(wizard, "# Rules", record(), "Fig is a cat.", occasion("Mira"), {}, ALL)
    first = built.override["agent"]["first_message"]
    assert first == built.variables["first_message"]
    assert first == (
        f"{wizard.name} here, an AI character from the Guild. This call is transcribed. Who is this?"
    )
    assert built.variables["context"] == (
        "What follows is for Mira alone. Use none of it before they have said that it is them.\n\n"
        "Fig is a cat."
    )
    prompt = built.override["agent"]["prompt"]["prompt"]
    assert (
        prompt.index("# Rules") < prompt.index("# On the telephone") < prompt.index(wizard.body.strip()[:20])
    )


def test_where_nobody_is_remembered_everything_is_neutral_and_nothing_is_missing() -> None:
    pirate = make_persona(slug="pirate", variables={"ship": SHIP})
    gunner = make_persona(slug="gunner", variables={"guns": GUNS, "ship": SHIP})
    declared = declared_variables([pirate, gunner])
    built = build_inbound(pirate, "", PersonRecord(), "", occasion(), declared, frozenset())
    assert built.override == {}
    assert built.variables.keys() == {*STANDARD_VARIABLES, "ship", "guns"}
    assert (built.variables["ship"], built.variables["guns"]) == ("The Spoon", 12)
    assert (built.variables["user_name"], built.variables["call_count"]) == ("friend", 0)
    assert built.variables["context"] == STANDARD_VARIABLES["context"]


def test_a_variable_that_two_declare_is_the_one_s_who_answers() -> None:
    one = make_persona(slug="a", variables={"ship": SHIP})
    other = make_persona(slug="b", variables={"ship": GUNS})
    declared = declared_variables([other, one])
    assert declared == {"ship": "The Spoon"}
    built = build_inbound(other, "", PersonRecord(), "", occasion(), declared, ALL)
    assert built.variables["ship"] == 12


def test_who_cannot_call_now_is_told_so_in_seconds() -> None:
    wizard = make_persona(slug="wizard")
    built = build_refusal(wizard, "# Rules", occasion(), {"ship": "x"}, ALL)
    assert "no calls are possible at the moment" in built.override["agent"]["first_message"]
    assert built.override["conversation"] == {"max_duration_seconds": 20}
    assert built.override["agent"]["prompt"]["prompt"].startswith("# Rules")
    assert wizard.body.strip() not in built.override["agent"]["prompt"]["prompt"]
    assert built.variables.keys() == {*STANDARD_VARIABLES, "ship"}
    assert build_refusal(wizard, "", occasion(), {}, frozenset()).override == {}


def test_what_the_community_is_called_cannot_become_a_placeholder() -> None:
    built = build_inbound(make_persona(), "", PersonRecord(), "", occasion(community="{{context}}"), {}, ALL)
    assert "{{" not in str(built.variables["first_message"])
    assert STANDARD_VARIABLES["context"] not in str(built.variables["first_message"])
