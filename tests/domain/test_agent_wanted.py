"""What an agent has to be: ours alone, house rules first everywhere, nothing to do the second time."""

from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from bot.cast import read_cast
from bot.domain.agent import Expected
from bot.domain.agent_changes import Change, body_of, changes_to
from bot.domain.agent_wanted import Beside, Wish, owned_paths
from bot.domain.agent_workflow import wanted_workflow
from bot.domain.initiation import role_of
from bot.domain.nesting import at
from bot.domain.on_the_phone import CODE_ROLE, PHONE_RULES
from bot.domain.variables import STANDARD_VARIABLES
from tests.domain.making import make_persona

CAST = read_cast(Path(__file__).parents[2] / "personas")
EXPECTED = Expected(
    is_hosted=True,
    webhook_url="",
    has_webhook_secret=False,
    longest_call_seconds=900,
    persona_variables={},
    calls_at_once=3,
)
HOSTED = Wish(EXPECTED, tuple(CAST.personas.values()), CAST.house_rules, retention_days=30, daily_limit=100)
PAGE = replace(HOSTED, expected=replace(EXPECTED, is_hosted=False))
RINGS = replace(EXPECTED, phone_number_id="phnum_1", phone_regions=frozenset({"DE"}))
PHONE = replace(HOSTED, expected=RINGS)
FLAGS = "platform_settings.overrides.conversation_config_override"


def applied(found, wish, beside=Beside()):  # noqa: B008
    """The agent after a change that was taken as it was sent: objects merged, what we own replaced."""
    owned = owned_paths(found, wish, beside)
    body = body_of(changes_to(found, owned), owned)
    return merged(found, body, set(owned))


def merged(found, body, whole, above=""):
    result = dict(found)
    for name, value in body.items():
        path = f"{above}.{name}" if above else name
        old = result.get(name)
        is_deeper = isinstance(value, dict) and path not in whole
        result[name] = (
            merged(old if isinstance(old, dict) else {}, value, whole, path) if is_deeper else value
        )
    return result


def lacking(found, wish, beside=Beside()):  # noqa: B008
    return changes_to(found, owned_paths(found, wish, beside))


ODD = [None, 0, 1.5, True, "x", [], ["x"], [{}], [None], {"x": None}, {"x": {"source": None, "target": []}}]
WHOLE = {
    "conversation_config": {
        "agent": {"prompt": {"tool_ids": []}, "dynamic_variables": {"dynamic_variable_placeholders": {}}},
        "conversation": {"client_events": ["audio"]},
        "turn": {"silence_end_call_timeout": 1},
    },
    "platform_settings": {"call_limits": {"daily_limit": 3}, "data_collection": {}, "overrides": {}},
    "workflow": {
        "nodes": {
            "start_node": {"type": "start", "edge_order": ["e"]},
            "n": {"type": "override_agent", "edge_order": ["e"], "conversation_config": {}},
            "troupe_cast_wizard": {"type": "say", "conversation_config": {}},
        },
        "edges": {
            "e": {"source": "start_node", "target": "n", "forward_condition": {"type": "unconditional"}},
            "troupe_to_cast_wizard": {"source": "start_node", "target": "troupe_cast_wizard"},
        },
    },
}


def places(part, path=()):
    """Every place in a JSON object, as the names that lead to it."""
    for name, inner in part.items() if isinstance(part, dict) else ():
        yield (*path, name)
        yield from places(inner, (*path, name))


@pytest.mark.parametrize("wish", [HOSTED, PHONE])
@pytest.mark.parametrize("place", [*places(WHOLE)], ids=".".join)
def test_an_agent_that_is_odd_somewhere_is_made_whole(wish, place):
    for odd in ODD:
        found = deepcopy(WHOLE)
        part = found
        for name in place[:-1]:
            part = part[name]
        part[place[-1]] = odd
        assert lacking(applied(found, wish), wish) == ()


@pytest.mark.parametrize("wish", [HOSTED, PAGE, PHONE])
def test_what_was_applied_once_lacks_nothing(wish):
    assert lacking({}, wish)
    assert lacking(applied({}, wish), wish) == ()


@pytest.mark.parametrize("wish", [HOSTED, PHONE])
def test_house_rules_stand_first_in_every_prompt_of_the_agent(wish):
    agent = applied({}, wish)
    prompts = {
        name: at(node, "conversation_config.agent.prompt.prompt") for name, node in nodes_of(agent).items()
    }
    of_their_own = {name: prompt for name, prompt in prompts.items() if prompt}
    assert set(prompts) - set(of_their_own) == {"start_node", "troupe_nobody"}
    of_their_own["the agent's own"] = agent["conversation_config"]["agent"]["prompt"]["prompt"]
    assert len(of_their_own) == len(CAST.personas) * (2 if wish is PHONE else 1) + (2 if wish is PHONE else 1)
    for name, prompt in of_their_own.items():
        assert prompt.startswith(CAST.house_rules.strip()), name


def nodes_of(agent):
    return agent["workflow"]["nodes"]


def test_each_character_has_a_node_with_its_voice_and_a_second_one_for_the_telephone():
    nodes = nodes_of(applied({}, PHONE))
    for slug, persona in CAST.personas.items():
        page, phone = nodes[f"troupe_cast_{slug}"], nodes[f"troupe_phone_{slug}"]
        for node in (page, phone):
            tts = node["conversation_config"]["tts"]
            assert (tts["voice_id"], tts["model_id"]) == (persona.voice.voice_id, persona.voice.model)
            assert tts.get("speed") == persona.voice_choice.speed
            assert node["conversation_config"]["agent"]["language"] == persona.language
            assert node["entry_behavior"] == "wait_for_user"
        rules = PHONE_RULES.splitlines()[1]
        assert rules in phone["conversation_config"]["agent"]["prompt"]["prompt"]
        assert rules not in page["conversation_config"]["agent"]["prompt"]["prompt"]


def test_cast_as_leads_to_the_node_and_whatever_is_left_to_nobody():
    workflow = applied({}, PHONE)["workflow"]
    roles = {}
    for name in workflow["nodes"]["start_node"]["edge_order"]:
        edge = workflow["edges"][name]
        assert edge["source"] == "start_node"
        expression = edge["forward_condition"].get("expression")
        roles[edge["target"]] = expression and expression["right"]["value"]
        assert expression is None or expression["left"] == {"type": "dynamic_variable", "name": "cast_as"}
    assert list(roles)[-1] == "troupe_nobody"
    assert roles == {
        **{f"troupe_cast_{slug}": role_of(slug) for slug in CAST.personas},
        **{f"troupe_phone_{slug}": role_of(slug, by_phone=True) for slug in CAST.personas},
        "troupe_code": CODE_ROLE,
        "troupe_nobody": None,
    }
    assert len(set(roles.values())) == len(roles)


def test_on_a_page_there_is_no_node_of_ours_and_a_workflow_of_others_is_not_touched():
    assert "workflow" not in owned_paths({}, PAGE, Beside())
    theirs = {"nodes": {"start_node": {"type": "start"}, "n": {"type": "override_agent"}}, "edges": {}}
    assert "workflow" not in owned_paths({"workflow": theirs}, PAGE, Beside())
    both = {"workflow": wanted_workflow(theirs, HOSTED.personas, "Be kind.", rings_phones=False)}
    assert set(nodes_of(applied(both, PAGE))) == {"start_node", "n"}
    assert lacking(applied(both, PAGE), PAGE) == ()


def test_the_node_of_a_character_whose_file_is_broken_stays_as_it_is():
    agent = applied({}, HOSTED)
    fewer = replace(HOSTED, personas=tuple(one for one in HOSTED.personas if one.slug != "wizard"))
    assert lacking(agent, replace(fewer, kept=frozenset({"wizard"}))) == ()
    gone = [change.path for change in lacking(agent, fewer) if change.new is None]
    assert gone == ["workflow.nodes.troupe_cast_wizard", "workflow.edges.troupe_to_cast_wizard"]


def test_a_setting_that_a_character_gave_up_leaves_its_node():
    brisk = make_persona(voice={"name": "old", "speed": 1.1})
    calm = make_persona(voice={"name": "old"})
    agent = applied({}, replace(HOSTED, personas=(brisk,)))
    (change,) = lacking(agent, replace(HOSTED, personas=(calm,)))
    assert (change.path.rpartition(".")[2], change.old, change.new) == ("speed", 1.1, None)
    after = applied(agent, replace(HOSTED, personas=(calm,)))
    assert "speed" not in nodes_of(after)[f"troupe_cast_{calm.slug}"]["conversation_config"]["tts"]


def test_where_others_have_a_way_for_everybody_else_ours_is_left_out():
    anyhow = {"source": "start_node", "target": "n", "forward_condition": {"type": "unconditional"}}
    start = {"type": "start", "edge_order": ["e"]}
    theirs = {"nodes": {"start_node": start, "n": {"type": "override_agent"}}, "edges": {"e": anyhow}}
    workflow = applied({"workflow": theirs}, HOSTED)["workflow"]
    assert "troupe_nobody" not in workflow["nodes"]
    assert workflow["nodes"]["start_node"]["edge_order"][-1] == "e"
    assert workflow["edges"]["e"] == anyhow


def test_a_node_of_others_is_sent_back_without_what_they_add_to_it():
    prompt = {"tool_ids": ["tool_1"], "tools": [{"name": "weather"}], "prompt": None}
    node = {"type": "override_agent", "conversation_config": {"agent": {"prompt": prompt}}}
    theirs = {"nodes": {"start_node": {"type": "start"}, "n": node}, "edges": {}}
    sent = nodes_of(applied({"workflow": theirs}, HOSTED))["n"]
    assert sent["conversation_config"]["agent"]["prompt"] == {"tool_ids": ["tool_1"]}


def test_what_they_normalise_is_no_difference():
    agent = applied({}, PHONE)
    node = nodes_of(agent)["troupe_cast_wizard"]
    prompt = node["conversation_config"]["agent"]["prompt"]
    prompt["prompt"] = prompt["prompt"].strip()
    node |= {"additional_prompt": "", "additional_tool_ids": []}
    node["conversation_config"]["asr"] = None
    agent["conversation_config"]["turn"]["silence_end_call_timeout"] = 90.0
    agent["conversation_config"]["conversation"]["max_duration_seconds"] = 900.0
    tools = agent["conversation_config"]["agent"]["prompt"]["built_in_tools"]
    tools["end_call"] |= {"description": "Ends the call.", "response_timeout_secs": 20}
    assert lacking(agent, PHONE) == ()


def test_whatever_operators_added_stays():
    found = {
        "conversation_config": {
            "agent": {"dynamic_variables": {"dynamic_variable_placeholders": {"house": "x"}}},
            "conversation": {"client_events": ["vad_score", "ping"]},
            "turn": {"silence_end_call_timeout": 45, "turn_timeout": 9},
        },
        "platform_settings": {
            "data_collection": {"mood": {"type": "string", "description": "x"}, "old": None},
            "privacy": {"zero_retention_mode": False},
        },
    }
    agent = applied(found, PHONE)
    placeholders = at(agent, "conversation_config.agent.dynamic_variables.dynamic_variable_placeholders")
    assert placeholders["house"] == "x"
    assert STANDARD_VARIABLES.items() <= placeholders.items()
    assert placeholders["profile_level"] == CAST.personas["tutor"].variables["profile_level"].default
    events = at(agent, "conversation_config.conversation.client_events")
    assert events[:2] == ["vad_score", "ping"]
    assert {"agent_response", "conversation_initiation_metadata"} <= set(events)
    assert agent["conversation_config"]["turn"] == {"silence_end_call_timeout": 45, "turn_timeout": 9}
    collected = agent["platform_settings"]["data_collection"]
    assert set(collected) == {"mood", "new_facts", "do_not_call"}
    assert collected["do_not_call"]["type"] == "boolean"
    assert agent["platform_settings"]["privacy"]["zero_retention_mode"] is False


def test_the_kind_of_installation_decides_who_may_come_in_and_how_often():
    hosted, page = (owned_paths({}, wish, Beside()) for wish in (HOSTED, PAGE))
    assert (hosted["platform_settings.auth.enable_auth"], page["platform_settings.auth.enable_auth"]) == (
        False,
        True,
    )
    assert hosted["platform_settings.call_limits.daily_limit"] == 100
    assert "platform_settings.call_limits.daily_limit" not in page
    assert page["platform_settings.auth.allowlist"] == []
    assert "conversation_config.turn.silence_end_call_timeout" not in page
    assert (
        HOSTED.exposure == "This agent is public: anyone with its id can spend up to 100 conversations a day."
    )
    assert PAGE.exposure == ""


def test_a_message_for_voicemail_boxes_is_taken_away():
    tool = {"name": "voicemail_detection", "params": {"voicemail_message": "Call me back."}}
    found = {"conversation_config": {"agent": {"prompt": {"built_in_tools": {"voicemail_detection": tool}}}}}
    after = applied(found, PHONE)["conversation_config"]["agent"]["prompt"]["built_in_tools"]
    assert after["voicemail_detection"]["params"]["voicemail_message"] == ""


def test_only_what_differs_is_sent():
    agent = applied({}, PAGE)
    agent["platform_settings"]["privacy"]["record_voice"] = True
    owned = owned_paths(agent, PAGE, Beside())
    changes = changes_to(agent, owned)
    assert changes == (Change("platform_settings.privacy.record_voice", True, False),)
    assert body_of(changes, owned) == {"platform_settings": {"privacy": {"record_voice": False}}}


@pytest.mark.parametrize(
    ("found", "wanted", "differs"),
    [
        (None, False, True),
        (0, False, True),
        (1, True, True),
        (1.0, 1, False),
        ("a ", "a", False),
        ([1, 2], [2, 1], True),
        ([{"a": 1, "b": 2}], [{"a": 1}], False),
        (None, [], True),
        ({"a": None}, {"a": None}, False),
        ({"a": 1}, {"a": None}, True),
        ("x", {"a": 1}, True),
    ],
)
def test_two_values_differ_where_something_wanted_is_not_there(found, wanted, differs):
    assert bool(changes_to({"x": found}, {"x": wanted})) == differs


def test_what_operators_set_in_a_node_of_ours_stays_and_what_they_changed_of_ours_does_not():
    agent = applied({}, HOSTED)
    node = nodes_of(agent)["troupe_cast_wizard"]
    rules, moved = node["conversation_config"]["agent"]["prompt"]["prompt"], {"x": 7.0, "y": 9.0}
    node["position"] = moved
    node["conversation_config"]["agent"]["prompt"] = {"prompt": "No rules.", "temperature": 0.2}
    node["conversation_config"]["turn"] = {"turn_timeout": 9}
    [change] = [one for one in lacking(agent, HOSTED) if "wizard" in one.path]
    assert change.path.endswith("troupe_cast_wizard.conversation_config.agent.prompt.prompt")
    mended = nodes_of(applied(agent, HOSTED))["troupe_cast_wizard"]
    assert mended["position"] == moved
    assert mended["conversation_config"]["turn"] == {"turn_timeout": 9}
    assert mended["conversation_config"]["agent"]["prompt"] == {"temperature": 0.2, "prompt": rules}
