"""The workflow of an agent: what is refused of it, where a conversation goes, and what plays there."""

import pytest

from .client import VARIABLES, closed, initiation

pytestmark = pytest.mark.anyio

AGENT = "/v1/convai/agents/agent_sandbox"
START = {"type": "start", "position": {"x": 0, "y": 0}, "edge_order": []}
ANYHOW = {"type": "unconditional"}


def is_cast(as_whom):
    left = {"type": "dynamic_variable", "name": "cast_as"}
    right = {"type": "string_literal", "value": as_whom}
    return {"type": "expression", "expression": {"type": "eq_operator", "left": left, "right": right}}


def plays(label="wizard", prompt="You are Orvin. {{context}}", **tts):
    config = {"agent": {"prompt": {"prompt": prompt}}, "tts": tts}
    return {"type": "override_agent", "label": label, "conversation_config": config}


def leads(target, condition=None, source="start_node"):
    return {"source": source, "target": target, "forward_condition": condition or ANYHOW}


def workflow(nodes, edges):
    return {"nodes": {"start_node": START, **nodes}, "edges": edges}


async def set_workflow(client, nodes, edges):
    return await client.ask("PATCH", AGENT, json={"workflow": workflow(nodes, edges)})


def sent(**variables):
    return {"dynamic_variables": VARIABLES | variables}


async def playing(client, talk):
    _, told = await client.ask("GET", "/sandbox/talks")
    (one,) = [one for one in told["talks"] if one["conversation_id"] == talk.conversation_id]
    return one


TWO = {"n_wizard": plays(voice_id="VOICE_WIZARD", speed=0.9), "n_else": plays("else", "You are nobody.")}
EDGES = {"e_wizard": leads("n_wizard", is_cast("wizard")), "e_else": leads("n_else")}


@pytest.mark.parametrize(
    ("cast_as", "node"), [("wizard", "n_wizard"), ("Wizard", "n_else"), ("none", "n_else")]
)
async def test_a_conversation_goes_where_its_variables_lead(client, clock, cast_as, node):
    status, _ = await set_workflow(client, TWO, EDGES)
    assert status == 200
    async with client.conversation(**sent(cast_as=cast_as)) as talk:
        await talk.answer()
        shown = await playing(client, talk)
        assert shown["workflow_node_id"] == node
        assert shown["prompt"].startswith("You are Orvin" if node == "n_wizard" else "You are nobody")
        assert (shown["voice"]["voice_id"] == "VOICE_WIZARD") == (node == "n_wizard")
        await talk.say("Hello.")
    detail = await client.finished(talk.conversation_id, clock)
    nodes = [
        turn["agent_metadata"]["workflow_node_id"] for turn in detail["transcript"] if turn["role"] == "agent"
    ]
    assert nodes == [None, node]


async def test_what_a_node_sets_wins_over_the_client_and_the_rest_is_the_clients(client):
    await set_workflow(client, TWO, EDGES)
    override = {"agent": {"prompt": {"prompt": "Mine."}}, "tts": {"voice_id": "MINE", "stability": 0.1}}
    async with client.conversation(**sent(cast_as="wizard"), conversation_config_override=override) as talk:
        await talk.answer()
        shown = await playing(client, talk)
    assert shown["prompt"].startswith("You are Orvin")
    voice = {name: shown["voice"][name] for name in ("voice_id", "speed", "stability")}
    assert voice == {"voice_id": "VOICE_WIZARD", "speed": 0.9, "stability": 0.1}


async def test_the_agent_says_its_first_message_before_any_node_is_entered(client):
    nodes = {"n": plays()}
    nodes["n"]["conversation_config"]["agent"]["first_message"] = "I am Orvin."
    await set_workflow(client, nodes, {"e": leads("n")})
    async with client.conversation() as talk:
        assert await talk.answer() == VARIABLES["first_message"]


async def test_more_of_a_prompt_is_added_to_the_agents(client):
    node = {"type": "override_agent", "label": "more", "additional_prompt": "Be Orvin."}
    await set_workflow(client, {"n": node}, {"e": leads("n")})
    async with client.conversation() as talk:
        await talk.answer()
        shown = await playing(client, talk)
    assert shown["prompt"].startswith("You are ")
    assert shown["prompt"].endswith("\n\nBe Orvin.")


async def test_a_variable_that_a_node_needs_and_nobody_sent_ends_the_conversation(client):
    nodes = {"n_wizard": plays(prompt="Rank {{profile_rank}}."), "n_else": plays("else", "Nobody.")}
    await set_workflow(client, nodes, EDGES)
    async with client.session.ws_connect(await client.signed_url()) as socket:
        data = initiation()
        data["dynamic_variables"]["cast_as"] = "wizard"
        await socket.send_json(data)
        reason = "Missing required dynamic variables in workflow node n_wizard: {'profile_rank'}"
        assert (await socket.receive_json(timeout=10))["error_event"]["reason"] == reason
        assert await closed(socket) == (1008, reason)
    async with client.conversation(**sent(cast_as="pirate")) as talk:
        await talk.answer()


VARIABLE = {"type": "dynamic_variable", "name": "n"}


def two(kind, right):
    return {"type": kind, "left": VARIABLE, "right": right}


NULL = {"type": "null_literal"}
SEVEN = {"type": "number_literal", "value": 7}


@pytest.mark.parametrize(
    ("expression", "values", "fires"),
    [
        ({}, {"n": 7}, False),
        (two("eq_operator", SEVEN), {"n": 7}, True),
        (two("eq_operator", SEVEN), {"n": "7"}, False),
        (two("eq_operator", SEVEN), {}, False),
        (two("neq_operator", SEVEN), {}, True),
        (
            {"type": "and_operator", "children": [two("neq_operator", NULL), two("neq_operator", SEVEN)]},
            {},
            False,
        ),
        (
            {"type": "or_operator", "children": [two("eq_operator", NULL), two("eq_operator", SEVEN)]},
            {},
            True,
        ),
        (two("gte_operator", SEVEN), {"n": 8}, True),
        (two("lt_operator", {"type": "sub_operator", "left": SEVEN, "right": SEVEN}), {"n": 8}, False),
        (
            {
                "type": "conditional_operator",
                "condition": two("eq_operator", SEVEN),
                "trueExpression": {"type": "boolean_literal", "value": True},
                "falseExpression": {"type": "boolean_literal", "value": False},
            },
            {"n": 7},
            True,
        ),
    ],
)
async def test_expressions_come_to_what_is_documented(client, expression, values, fires):
    edges = {"e": leads("n", {"type": "expression", "expression": expression})}
    assert (await set_workflow(client, {"n": plays()}, edges))[0] == 200
    async with client.conversation(**sent(**values)) as talk:
        await talk.answer()
        assert (await playing(client, talk))["workflow_node_id"] == ("n" if fires else None)


@pytest.mark.parametrize("values", [{}, {"n": "7"}])
async def test_an_order_of_what_has_none_ends_the_conversation(client, values):
    edges = {"e": leads("n", {"type": "expression", "expression": two("gt_operator", SEVEN)})}
    await set_workflow(client, {"n": plays()}, edges)
    async with client.session.ws_connect(await client.signed_url()) as socket:
        data = initiation()
        data["dynamic_variables"] |= values
        await socket.send_json(data)
        assert "gt_operator" in (await socket.receive_json(timeout=10))["error_event"]["reason"]


async def test_the_unconditional_edge_is_tried_last_however_it_was_sent(client):
    edges = dict(reversed(EDGES.items()))
    start = {**START, "edge_order": ["e_else"]}
    sent = {"nodes": {"start_node": start, **TWO}, "edges": edges}
    _, agent = await client.ask("PATCH", AGENT, json={"workflow": sent})
    assert agent["workflow"]["nodes"]["start_node"]["edge_order"] == ["e_wizard", "e_else"]


NODES = {"a": plays("a"), "b": plays("b")}


@pytest.mark.parametrize(
    ("nodes", "edges", "place", "words"),
    [
        ({"a": {"type": "override_agent"}}, {}, ["nodes", "a", "label"], "Field required"),
        ({"a": plays() | {"prompt": "x"}}, {}, ["nodes", "a", "prompt"], "Extra inputs"),
        ({"a": plays() | {"entry_behavior": "now"}}, {}, ["nodes", "a", "entry_behavior"], "one of"),
        (
            {"a": plays(speed=3)},
            {},
            ["nodes", "a", "conversation_config", "tts", "speed"],
            "less than or equal",
        ),
        (
            {"a": plays(voice="x")},
            {},
            ["nodes", "a", "conversation_config", "tts", "voice"],
            "Extra inputs",
        ),
        ({"start_node": plays()}, {}, ["nodes"], "no node start_node of type start"),
        (NODES, {"e": {"source": "start_node"}}, ["edges", "e", "target"], "Field required"),
        (NODES, {"e": leads("c")}, ["edges", "e", "target"], "no node c"),
        (
            NODES,
            {"e": leads("a", is_cast("a")), "f": leads("a", is_cast("b"))},
            ["edges", "f"],
            "Duplicate edge found",
        ),
        (NODES, {"e": leads("b", source="a"), "f": leads("a", source="b")}, ["edges", "f"], "Duplicate edge"),
        (NODES, {"e": leads("a"), "f": leads("b")}, ["edges", "f"], "at most one unconditional"),
        (
            NODES,
            {"e": leads("a", {"type": "expression", "expression": "x"})},
            ["edges", "e", "forward_condition", "expression"],
            "Field required",
        ),
        (
            NODES,
            {"e": leads("a", {"type": "expression", "expression": {"type": "not_operator"}})},
            ["edges", "e", "forward_condition", "expression"],
            "no expression",
        ),
        (
            NODES,
            {"e": leads("a", {"type": "expression", "expression": two("eq_operator", None)})},
            ["edges", "e", "forward_condition", "expression", "right"],
            "no expression",
        ),
        ({"a": plays() | {"edge_order": ["e"]}}, {}, ["nodes", "a", "edge_order"], "No edge e leaves it"),
    ],
)
async def test_what_is_against_the_rules_is_refused_with_its_place(client, nodes, edges, place, words):
    status, answer = await set_workflow(client, nodes, edges)
    assert status == 422
    (problem,) = answer["detail"]
    assert (problem["loc"], words in problem["msg"]) == (["body", "workflow", *place], True), problem
