"""Values in JSON objects by dotted paths, such as ``agent.prompt.prompt``."""

from collections.abc import Mapping, Sequence
from typing import Any


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the object that has each value at its path."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        place = tree
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    return tree


def at(tree: object, path: str) -> Any:
    """Return what stands at a path; None where nothing does."""
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def mapping_at(tree: object, path: str) -> Mapping[str, Any]:
    """Return the object at a path; an empty one where there is none."""
    found = at(tree, path)
    return found if isinstance(found, Mapping) else {}


def list_at(tree: object, path: str) -> Sequence[Any]:
    """Return the list at a path; an empty one where there is none."""
    found = at(tree, path)
    return found if isinstance(found, list | tuple) else ()
