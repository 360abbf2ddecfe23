"""The rules for an agent's workflow (ElevenLabs: Agent workflows; package `elevenlabs`).

Node and edge types are those of `AgentWorkflowRequestModel` in 2.78. What a node may set of the conversation
is looked at like the agent's own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from bot.sandbox.reading import Json
from bot.sandbox.refusals import Problem

START = "start_node"
COMMON = "type position edge_order"
PLAYS = "conversation_config additional_prompt additional_knowledge_base additional_tool_ids"
NODES: Mapping[str, tuple[str, str]] = {
    "start": ("", ""),
    "end": ("", "outcome"),
    "override_agent": ("label", f"entry_behavior {PLAYS}"),
    "say": ("label message", f"wait_for_speech_completion wait_for_user_response {PLAYS}"),
    "tool": ("", "tools"),
    "standalone_agent": (
        "",
        """agent_id branch_id node_id delay_ms transfer_message enable_transferred_agent_first_message
        preserve_client_tts_overrides preserve_voice_settings""",
    ),
    "phone_number": (
        "transfer_destination",
        "custom_sip_headers transfer_type sip_refer_play_dialtone uui post_dial_digits",
    ),
    "update_state": ("label updates", ""),
}
"""What a node of each type needs, and what else it may have."""
ENTRIES = ("generate_immediately", "wait_for_user", "auto")
EDGE_KEYS = ("source", "target", "forward_condition", "backward_condition", "reroutes")
CONDITIONS: Mapping[str, tuple[str, type]] = {
    "unconditional": ("", object),
    "llm": ("condition", str),
    "result": ("successful", bool),
    "expression": ("expression", dict),
}
BINARY = ("left", "right")
EXPRESSIONS: Mapping[str, tuple[str, ...]] = {
    **{
        f"{name}_operator": BINARY
        for name in ("eq", "neq", "gt", "gte", "lt", "lte", "add", "sub", "mul", "div")
    },
    "conditional_operator": ("condition", "trueExpression", "falseExpression"),
}
LITERALS: Mapping[str, tuple[str, type | tuple[type, ...]]] = {
    "dynamic_variable": ("name", str),
    "string_literal": ("value", str),
    "number_literal": ("value", (int, float)),
    "boolean_literal": ("value", bool),
}
FREE = ("null_literal", "llm")


def workflow_problems(workflow: Any, place: tuple[str, ...]) -> Iterator[Problem]:
    """What is against the documented rules in a workflow, the shape of `conversation_config` apart."""
    if not isinstance(workflow, dict):
        yield Problem(place, "Input should be a valid dictionary", "dict_type")
        return
    for key in sorted(set(workflow) - {"nodes", "edges", "prevent_subagent_loops"}):
        yield Problem((*place, key), "Extra inputs are not permitted", "extra_forbidden")
    shapes = [*_shape_problems(workflow, "nodes", place), *_shape_problems(workflow, "edges", place)]
    yield from shapes
    if shapes:
        return
    nodes, edges = workflow.get("nodes") or {}, workflow.get("edges") or {}
    found = [
        problem for name, node in nodes.items() for problem in _node_problems(node, (*place, "nodes", name))
    ]
    found += [
        problem for name, edge in edges.items() for problem in _edge_problems(edge, (*place, "edges", name))
    ]
    yield from found or _graph_problems(nodes, edges, place)


def in_order(workflow: Json) -> Json:
    """With every edge in the order of its source, and the unconditional one last, as they are tried."""
    edges = workflow.get("edges") or {}
    nodes = {}
    for name, node in (workflow.get("nodes") or {}).items():
        leaving = [key for key, edge in edges.items() if edge["source"] == name]
        order = [key for key in node.get("edge_order") or () if key in leaving]
        order += [key for key in leaving if key not in order]
        order.sort(key=lambda key: _is_unconditional(edges[key]))
        nodes[name] = {**node, "edge_order": order}
    return {**workflow, "nodes": nodes, "edges": edges}


def _shape_problems(workflow: Json, group: str, place: tuple[str, ...]) -> Iterator[Problem]:
    found = workflow.get(group)
    found = {} if found is None else found
    if not isinstance(found, dict):
        yield Problem((*place, group), "Input should be a valid dictionary", "dict_type")
        return
    for name, one in found.items():
        if not isinstance(one, dict):
            yield Problem((*place, group, name), "Input should be a valid dictionary", "dict_type")


def _node_problems(node: Json, place: tuple[str, ...]) -> Iterator[Problem]:
    kind = node.get("type")
    if not isinstance(kind, str) or kind not in NODES:
        yield Problem((*place, "type"), f"Input should be one of {', '.join(NODES)}", "union_tag_invalid")
        return
    needed, more = (part.split() for part in NODES[kind])
    for key in sorted(set(node) - {*COMMON.split(), *needed, *more}):
        yield Problem((*place, key), "Extra inputs are not permitted", "extra_forbidden")
    for key in needed:
        if node.get(key) is None:
            yield Problem((*place, key), "Field required", "missing")
    if node.get("entry_behavior") not in (None, *ENTRIES):
        yield Problem((*place, "entry_behavior"), f"Input should be one of {', '.join(ENTRIES)}", "enum")
    order = node.get("edge_order")
    if order is not None and not (isinstance(order, list) and all(isinstance(one, str) for one in order)):
        yield Problem((*place, "edge_order"), "Input should be a valid list", "list_type")
    position = node.get("position")
    if position is not None and not isinstance(position, dict):
        yield Problem((*place, "position"), "Input should be a valid dictionary", "dict_type")


def _edge_problems(edge: Json, place: tuple[str, ...]) -> Iterator[Problem]:
    for key in sorted(set(edge) - set(EDGE_KEYS)):
        yield Problem((*place, key), "Extra inputs are not permitted", "extra_forbidden")
    for key in ("source", "target"):
        if not isinstance(edge.get(key), str):
            yield Problem((*place, key), "Field required", "missing")
    for key in ("forward_condition", "backward_condition"):
        if edge.get(key) is not None:
            yield from _condition_problems(edge[key], (*place, key))


def _condition_problems(condition: Any, place: tuple[str, ...]) -> Iterator[Problem]:
    kind = condition.get("type") if isinstance(condition, dict) else None
    if not isinstance(kind, str) or kind not in CONDITIONS:
        yield Problem(
            (*place, "type"), f"Input should be one of {', '.join(CONDITIONS)}", "union_tag_invalid"
        )
        return
    key, wanted = CONDITIONS[kind]
    if key and not isinstance(condition.get(key), wanted):
        yield Problem((*place, key), "Field required", "missing")
    elif kind == "expression" and condition[key]:  # an empty one is taken, and is false
        yield from _expression_problems(condition[key], (*place, key))


def _expression_problems(tree: Any, place: tuple[str, ...]) -> Iterator[Problem]:
    pending = [(tree, place)]
    while pending:
        part, at = pending.pop()
        kind = str(part.get("type")) if isinstance(part, dict) else ""
        if kind in EXPRESSIONS:
            pending += [(part.get(name), (*at, name)) for name in EXPRESSIONS[kind]]
        elif kind in ("and_operator", "or_operator") and isinstance(part.get("children"), list):
            pending += [(child, (*at, "children")) for child in part["children"]]
        elif kind in LITERALS:
            name, wanted = LITERALS[kind]
            fits = isinstance(part.get(name), wanted)
            if not fits or (kind == "number_literal" and isinstance(part[name], bool)):
                yield Problem((*at, name), f"This is no {name} of a {kind}", "value_error")
        elif kind not in FREE:
            yield Problem(at, "This is no expression", "union_tag_invalid")


def _graph_problems(nodes: Json, edges: Json, place: tuple[str, ...]) -> Iterator[Problem]:
    if nodes and (nodes.get(START) or {}).get("type") != "start":
        yield Problem((*place, "nodes"), f"There is no node {START} of type start", "value_error")
    pairs, free = Counter[tuple[str, str]](), Counter[str]()
    for name, edge in edges.items():
        for key in ("source", "target"):
            if edge[key] not in nodes:
                yield Problem((*place, "edges", name, key), f"There is no node {edge[key]}", "value_error")
        pairs[min(edge["source"], edge["target"]), max(edge["source"], edge["target"])] += 1
        if max(pairs.values()) > 1:
            yield Problem((*place, "edges", name), "Duplicate edge found", "value_error")
            return
        free[edge["source"]] += _is_unconditional(edge)
        if max(free.values()) > 1:
            words = "A node has at most one unconditional edge"
            yield Problem((*place, "edges", name), words, "value_error")
            return
    for name, node in nodes.items():
        for key in node.get("edge_order") or ():
            if (edges.get(key) or {}).get("source") != name:
                yield Problem(
                    (*place, "nodes", name, "edge_order"), f"No edge {key} leaves it", "value_error"
                )


def _is_unconditional(edge: Json) -> bool:
    return (edge.get("forward_condition") or {}).get("type") == "unconditional"
