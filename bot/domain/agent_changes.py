"""How an agent that is wanted differs from the one that is there. Pure.

ElevenLabs adds defaults of its own and trims texts, so that what comes back is seldom what was sent: what is
wanted has to be in it, and nothing more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.nesting import at, nest


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: a dotted path, what stands there, and what should; None: nothing."""

    path: str
    old: Any
    new: Any


def changes_to(found: Mapping[str, Any], owned: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return what of ``owned`` (dotted paths with the values that are wanted) is not in ``found``."""
    return tuple(
        change for path, wanted in owned.items() for change in _differences(wanted, at(found, path), path)
    )


def body_of(changes: Sequence[Change], owned: Mapping[str, Any]) -> dict[str, Any]:
    """Return the smallest change of an agent that makes them.

    An owned path is sent whole, as lists, keyed maps and the workflow have to be.
    """
    touched = {
        path: _without_nothing(wanted)
        for path, wanted in owned.items()
        if any(change.path == path or change.path.startswith(f"{path}.") for change in changes)
    }
    return nest(touched)


def is_as_wanted(wanted: object, found: object) -> bool:
    """Whether everything that is wanted is there."""
    return not any(_differences(wanted, found, ""))


def _differences(wanted: object, found: object, path: str) -> Iterator[Change]:
    if isinstance(wanted, Mapping):
        if not isinstance(found, Mapping):
            if not all(isinstance(part, Mapping | None) for part in wanted.values()):
                yield Change(path, found, _without_nothing(wanted))
                return
            found = {}
        for name, part in wanted.items():
            yield from _differences(part, found.get(name), f"{path}.{name}" if path else str(name))
    elif not _is_same(wanted, found):
        yield Change(path, found, wanted)


def _is_same(wanted: object, found: object) -> bool:
    if isinstance(wanted, str):
        return isinstance(found, str) and wanted.strip() == found.strip()
    if isinstance(wanted, list | tuple):
        return (
            isinstance(found, list | tuple)
            and len(wanted) == len(found)
            and all(is_as_wanted(one, other) for one, other in zip(wanted, found, strict=True))
        )
    if isinstance(wanted, bool) or isinstance(found, bool):
        return wanted is found
    return wanted == found


def _without_nothing(value: Any) -> Any:
    """Return a JSON value without the names under which nothing is to stand."""
    if isinstance(value, Mapping):
        return {name: _without_nothing(part) for name, part in value.items() if part is not None}
    if isinstance(value, list | tuple):
        return [_without_nothing(part) for part in value]
    return value
