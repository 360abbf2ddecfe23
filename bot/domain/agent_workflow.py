"""The workflow of a public agent: ``cast_as`` leads to the node of the character that is played. Pure.

A hosted link carries variables alone, so that prompt and voice have to stand in the agent. What others made
in the workflow stays. Source: ElevenLabs, "Agent workflows": a node's prompt replaces the agent's; the
workflow is replaced as a whole; from one node to another there is one edge; edges are tried in the order that
their source gives, the unconditional one last.
"""

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from typing import Any

from bot.domain.initiation import below_the_rules, build_prompt, role_of
from bot.domain.nesting import at, list_at, mapping_at
from bot.domain.on_the_phone import CODE_ROLE, HOSTED_CODE_PROMPT
from bot.domain.persona import Persona

START = "start_node"
OURS = "troupe_"
"""How the ids of our nodes and edges begin; a slug has no ``_``, so that none is another's."""
NOBODY = f"{OURS}nobody"
CODE = f"{OURS}code"
COLUMNS, WIDTH, HEIGHT = 4, 320.0, 220.0


def is_ours(node_id: str) -> bool:
    """Whether a node or an edge of a workflow is one that Troupe made."""
    return node_id.startswith(OURS)


def node_id_of(slug: str, *, by_phone: bool = False) -> str:
    """Return the id of a character's node."""
    return f"{OURS}{'phone' if by_phone else 'cast'}_{slug}"


def slug_of_node(node_id: str) -> str:
    """Return whom a node of ours plays; nothing where it plays no character."""
    for kind in ("cast", "phone"):
        if node_id.startswith(f"{OURS}{kind}_"):
            return node_id.removeprefix(f"{OURS}{kind}_")
    return ""


def wanted_workflow(
    found: object,
    personas: Sequence[Persona],
    house_rules: str,
    *,
    rings_phones: bool,
    kept: Collection[str] = (),
) -> dict[str, Any]:
    """Return the workflow that plays the cast, over the one that was found; None stands for what has to go.

    ``kept`` are slugs whose nodes stay as they are, because their files cannot be read now.
    """
    nodes: dict[str, Any] = {}
    roles: dict[str, str] = {}
    for persona in personas:
        for by_phone in (False, True) if rings_phones else (False,):
            node_id = node_id_of(persona.slug, by_phone=by_phone)
            nodes[node_id] = _node(persona, house_rules, by_phone=by_phone)
            roles[node_id] = role_of(persona.slug, by_phone=by_phone)
    if rings_phones:
        nodes[CODE] = _plain_node("A code by telephone", below_the_rules(house_rules, HOSTED_CODE_PROMPT))
        roles[CODE] = CODE_ROLE
    return _joined(found, nodes, roles, kept)


def without_ours(found: object) -> dict[str, Any] | None:
    """Return the workflow without anything of ours; None where nothing of ours is in it."""
    if not any(is_ours(one) for group in ("nodes", "edges") for one in _group(found, group)):
        return None
    return _joined(found, {}, {}, ())


def _joined(
    found: object, nodes: dict[str, Any], roles: Mapping[str, str], kept: Collection[str]
) -> dict[str, Any]:
    """Put our nodes into a workflow, and the edges that lead to them."""
    there, edges_there = _group(found, "nodes"), _group(found, "edges")
    stay = {one for one in there if is_ours(one) and slug_of_node(one) in kept}
    gone = {one for one in there if is_ours(one)} - nodes.keys() - stay
    edges = {_edge_id(node_id): _edge(node_id, role) for node_id, role in roles.items()}
    edges |= {
        _edge_id(node_id): edges_there[_edge_id(node_id)]
        for node_id in stay
        if _edge_id(node_id) in edges_there
    }
    theirs = {
        name: edge
        for name, edge in edges_there.items()
        if not is_ours(name) and not {edge.get("source"), edge.get("target")} & gone
    }
    ours = {edge["target"] for edge in edges.values()}
    theirs = {
        name: edge
        for name, edge in theirs.items()
        if edge.get("source") != START or edge.get("target") not in ours
    }
    if nodes and not any(_is_default(edge) for edge in theirs.values()):
        nodes[NOBODY] = _plain_node("Nobody", None)
        gone.discard(NOBODY)
        edges[_edge_id(NOBODY)] = _edge(NOBODY, None)
    from_start = [*edges, *(name for name, edge in theirs.items() if edge.get("source") == START)]
    placed = {name: _over(there.get(name), node, place) for place, (name, node) in enumerate(nodes.items())}
    others = {name: _resent(node) for name, node in there.items() if name in stay or not is_ours(name)}
    others[START] = _start(there.get(START), from_start, theirs)
    for name, node in others.items():
        if name != START and isinstance(order := node.get("edge_order"), list):
            node["edge_order"] = [
                one for one in order if isinstance(one, str) and (one in theirs or one in edges)
            ]
    return {
        **{
            name: part
            for name, part in (found.items() if isinstance(found, Mapping) else ())
            if part is not None
        },
        "nodes": {**others, **placed, **dict.fromkeys(sorted(gone))},
        "edges": {
            **theirs,
            **edges,
            **dict.fromkeys(sorted(edges_there.keys() - theirs.keys() - edges.keys())),
        },
    }


def _group(workflow: object, name: str) -> dict[str, Any]:
    """Return the nodes or edges that can be read; an edge that joins no two nodes is none."""
    group = mapping_at(workflow, name)
    return {
        key: one
        for key, one in group.items()
        if isinstance(one, Mapping)
        and (name != "edges" or all(isinstance(one.get(end), str) for end in ("source", "target")))
    }


def _node(persona: Persona, house_rules: str, *, by_phone: bool) -> dict[str, Any]:
    voice, choice = persona.voice, persona.voice_choice
    agent = {
        "prompt": {"prompt": build_prompt(persona, house_rules, by_phone=by_phone), "llm": persona.llm},
        "language": persona.language,
    }
    tts = {
        "voice_id": voice.voice_id,
        "model_id": voice.model,
        "stability": choice.stability,
        "similarity_boost": choice.similarity_boost,
        "speed": choice.speed,
    }
    label = f"{persona.name} on the telephone" if by_phone else persona.name
    return _base(label) | {"conversation_config": {"agent": agent, "tts": tts}}


def _plain_node(label: str, prompt: str | None) -> dict[str, Any]:
    """Return a node that speaks in the agent's own voice; without a prompt it says what the agent would."""
    config = {"agent": {"prompt": {"prompt": prompt}}}
    return _base(label) | ({"conversation_config": config} if prompt else {})


def _base(label: str) -> dict[str, Any]:
    """Return what every node of ours has; the first sentence was said by then, so it waits for an answer."""
    return {"type": "override_agent", "label": label, "entry_behavior": "wait_for_user"}


def _over(found: Mapping[str, Any] | None, node: Mapping[str, Any], place: int) -> dict[str, Any]:
    """Lay a node of ours over the one that is there: whatever somebody else set in it stays."""
    if found is None or found.get("type") != node["type"]:
        position = {"x": (place % COLUMNS) * WIDTH, "y": (1 + place // COLUMNS) * HEIGHT}
        return {"position": position, "edge_order": [], **node}
    return _merged(_resent(found), node)


def _merged(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(found)
    for name, part in wanted.items():
        old = merged.get(name)
        merged[name] = _merged(old, part) if isinstance(old, Mapping) and isinstance(part, Mapping) else part
    return merged


def _resent(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return a node so that it can be sent back: tools beside their ids would be refused."""
    copy: dict[str, Any] = deepcopy(dict(node))
    prompt = at(copy, "conversation_config.agent.prompt")
    if isinstance(prompt, dict) and prompt.get("tool_ids") is not None:
        prompt.pop("tools", None)
    return copy


def _start(
    found: Mapping[str, Any] | None, order: Sequence[str], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    start = {"type": "start", "position": {"x": 0.0, "y": 0.0}} if found is None else deepcopy(dict(found))
    known = [name for name in list_at(start, "edge_order") if name in order and name in theirs]
    default = [name for name in order if name == _edge_id(NOBODY)]
    rest = [name for name in order if name not in known and name not in default]
    ours, others = [one for one in rest if is_ours(one)], [one for one in rest if not is_ours(one)]
    return {**start, "edge_order": [*ours, *known, *others, *default]}


def _edge_id(node_id: str) -> str:
    return f"{OURS}to_{node_id.removeprefix(OURS)}"


def _edge(node_id: str, role: str | None) -> dict[str, Any]:
    condition: dict[str, Any] = {"type": "unconditional"}
    if role is not None:
        left = {"type": "dynamic_variable", "name": "cast_as"}
        right = {"type": "string_literal", "value": role}
        expression = {"type": "eq_operator", "left": left, "right": right}
        condition = {"type": "expression", "label": f"cast_as is {role}", "expression": expression}
    return {"source": START, "target": node_id, "forward_condition": condition}


def _is_default(edge: Mapping[str, Any]) -> bool:
    return edge.get("source") == START and at(edge, "forward_condition.type") == "unconditional"
