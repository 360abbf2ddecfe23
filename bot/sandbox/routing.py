"""Which node of the workflow a conversation begins in (ElevenLabs: Agent workflows).

It is decided once, at the start, by the variables; a condition that a model would have to judge is false.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from bot.sandbox.agent import merge
from bot.sandbox.reading import Json
from bot.sandbox.refusals import StartError
from bot.sandbox.workflow_rules import START

Values = Mapping[str, Any]
NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "gt_operator": operator.gt,
    "gte_operator": operator.ge,
    "lt_operator": operator.lt,
    "lte_operator": operator.le,
    "add_operator": operator.add,
    "sub_operator": operator.sub,
    "mul_operator": operator.mul,
    "div_operator": operator.truediv,
}


def in_node(workflow: Json | None, config: Json, variables: Mapping[str, Any]) -> tuple[str, Json]:
    """The node that plays, with its settings laid over the agent's and the client's: a node's win.

    The first message is the agent's: it is said before any node is entered.
    """
    entered = first_node(workflow, variables)
    if entered is None:
        return "", config
    node_id, node = entered
    own = _without_nulls(node.get("conversation_config") or {})
    if "agent" in own:
        own["agent"].pop("first_message", None)
    config = merge(config, own)
    prompt = config["agent"]["prompt"]
    more = {
        "prompt": "\n\n".join(text for text in (prompt["prompt"], node.get("additional_prompt")) if text),
        "tool_ids": [*(prompt.get("tool_ids") or []), *(node.get("additional_tool_ids") or [])],
    }
    return node_id, merge(config, {"agent": {"prompt": more}})


def _without_nulls(tree: Json) -> Json:
    kept = {name: value for name, value in tree.items() if value is not None}
    return {name: _without_nulls(value) if isinstance(value, dict) else value for name, value in kept.items()}


def first_node(workflow: Json | None, values: Values) -> tuple[str, Json] | None:
    """The node that plays from the first answer on; None: the agent itself.

    Raises StartError where a condition cannot be judged.
    """
    if not workflow:
        return None
    nodes, edges = workflow.get("nodes") or {}, workflow.get("edges") or {}
    name, seen = START, {START}
    while True:
        node = nodes.get(name)
        if node is None or node["type"] == "override_agent":
            return None if node is None else (name, node)
        leaving = (edges[key] for key in node.get("edge_order") or () if key in edges)
        taken = next((edge for edge in leaving if _fires(edge.get("forward_condition"), values)), None)
        if taken is None or taken["target"] in seen:
            return None
        name = taken["target"]
        seen.add(name)


def _fires(condition: Json | None, values: Values) -> bool:
    if condition is None:
        return False
    if condition["type"] == "expression":
        return bool(condition["expression"]) and value_of(condition["expression"], values) is True
    return bool(condition["type"] == "unconditional")


def value_of(tree: Json, values: Values) -> Any:
    """What an expression comes to. Raises StartError for a comparison of what has no order."""
    kind = tree["type"]
    if "children" in tree:
        judged = (value_of(child, values) is True for child in tree["children"])
        return all(judged) if kind == "and_operator" else any(judged)
    if kind == "conditional_operator":
        is_so = value_of(tree["condition"], values) is True
        return value_of(tree["trueExpression" if is_so else "falseExpression"], values)
    if "left" in tree:
        return _compared(kind, value_of(tree["left"], values), value_of(tree["right"], values))
    return values.get(tree["name"]) if kind == "dynamic_variable" else tree.get("value")


def _compared(kind: str, left: Any, right: Any) -> Any:
    """What is absent or of another type equals nothing, and has no order."""
    if kind in ("eq_operator", "neq_operator"):
        same = _kind(left) == _kind(right) and left == right
        return same if kind == "eq_operator" else not same
    try:
        if _kind(left) == _kind(right) == "number":
            return NUMBERS[kind](left, right)
    except ArithmeticError:
        pass
    raise StartError("workflow_error", f"{kind} of the workflow needs two numbers")


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return type(value).__name__
    return "number" if isinstance(value, int | float) else "string"
