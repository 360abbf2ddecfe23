"""A plan for the agent as a diff: what stands there, and what would."""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.text import Text

from bot.domain.agent_changes import Change
from bot.domain.variables import strip_control

LONG_CHARS = 60
MANY = 5
NOTHING = "nothing"


def print_changes(out: Console, changes: Sequence[Change]) -> None:
    """Print each change as ``path: old → new``, a text of many lines as a unified diff.

    Many values that are new under one path are one line with their names.
    """
    for parent, group in groupby(changes, key=_parent_of_new):
        together = list(group)
        if parent and len(together) >= MANY:
            names = ", ".join(strip_control(change.path.rpartition(".")[2]) for change in together)
            added = (f"{len(together)} added", "green")
            out.print(
                Text.assemble((strip_control(parent), "bold"), ": ", added, f" ({names})"), soft_wrap=True
            )
            continue
        for change in together:
            for line in _lines(change):
                out.print(line, soft_wrap=True)


def print_owned(out: Console, owned: Sequence[str]) -> None:
    """Print which paths are Troupe's, those with one parent together."""
    groups: dict[str, list[str]] = {}
    for path in owned:
        parent, _, leaf = path.rpartition(".")
        groups.setdefault(parent, []).append(leaf)
    out.print(Text("Troupe decides these settings of the agent, and touches no other:", style="dim"))
    for parent, leaves in groups.items():
        words = f"  {parent}: {', '.join(leaves)}" if parent else f"  {', '.join(leaves)}"
        out.print(Text(words, style="dim"), soft_wrap=True)


def _parent_of_new(change: Change) -> str:
    """Return above what path something plain is new; empty for every other change."""
    is_plain = change.old is None and isinstance(change.new, str | int | float)
    return change.path.rpartition(".")[0] if is_plain else ""


def _lines(change: Change) -> Iterator[Text]:
    path, old, new = (strip_control(change.path), "bold"), change.old, change.new
    if new is None:
        yield Text.assemble(path, ": ", ("removed", "red"))
    elif isinstance(new, str) and isinstance(old, str) and "\n" in new.strip():
        yield Text.assemble(path, ":")
        yield from _text_lines(old, new)
    elif isinstance(new, Mapping) and old is None:
        yield Text.assemble(path, ": ", ("added", "green"))
        yield from (Text(f"  {line}", style="green") for line in _leaf_lines(new))
    else:
        yield Text.assemble(path, ": ", (_short(old), "red"), " → ", (_short(new), "green"))


def _text_lines(old: str, new: str) -> Iterator[Text]:
    lines = unified_diff(old.strip().splitlines(), new.strip().splitlines(), lineterm="", n=2)
    styles = {"+": "green", "-": "red", "@": "cyan"}
    for line in list(lines)[2:]:
        yield Text(f"  {strip_control(line)}", style=styles.get(line[:1], ""))


def _leaf_lines(value: Mapping[str, Any], above: str = "") -> Iterator[str]:
    """Yield what is in something new, a line each; an edge of the workflow is one line."""
    if {"source", "target"} <= value.keys():
        condition = value.get("forward_condition") or {}
        yield f"{value['source']} → {value['target']}: {condition.get('label') or condition.get('type')}"
        return
    for name, part in value.items():
        path = f"{above}.{name}" if above else str(name)
        if isinstance(part, Mapping) and part:
            yield from _leaf_lines(part, path)
        elif part not in ([], {}):
            yield f"{path}: {_short(part)}"


def _short(value: Any) -> str:
    return NOTHING if value is None else strip_control(json.dumps(_clipped(value), ensure_ascii=False))


def _clipped(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _clipped(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_clipped(part) for part in value]
    if isinstance(value, str) and (len(value) > LONG_CHARS or "\n" in value):
        return f"{' '.join(value.split())[: LONG_CHARS - 20]}… ({len(value):,} characters)"
    return value
