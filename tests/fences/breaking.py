"""Fences that are broken on purpose, one at a time, before anything is imported: each has to be found.

A bug is a change of words in one module's text, made while it is loaded; the file itself stays as it is.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Bug:
    """Words of a module, each with what stands there instead."""

    module: str
    changes: tuple[tuple[str, str], ...]

    def applied(self, text: str) -> str:
        """Return a module's text with the bug in it. Raises LookupError where its words have changed."""
        for old, new in self.changes:
            if old not in text:
                raise LookupError(f"{self.module} does not say {old!r} any more")
            text = text.replace(old, new)
        return text


def bug_in(module: str, *changes: tuple[str, str]) -> Bug:
    return Bug(module, changes)


def lay(bug: Bug) -> None:
    """Let a module be loaded with a bug; nothing of it may have been loaded before."""
    if bug.module in sys.modules:
        raise ImportError(f"{bug.module} is loaded already")
    sys.meta_path.insert(0, _Finder(bug))


class _Loader(SourceFileLoader):
    """Loads a module's text with a bug in it, past what was compiled before."""

    def __init__(self, bug: Bug, path: str) -> None:
        super().__init__(bug.module, path)
        self._bug = bug

    def path_stats(self, path: Any) -> Any:
        """Say that nothing is known of the file, so that no compiled one is used or left."""
        raise OSError(path)

    def get_data(self, path: Any) -> bytes:
        """Return the text."""
        return self._bug.applied(Path(path).read_text(encoding="utf-8")).encode()


class _Finder(MetaPathFinder):
    """Finds the one module."""

    def __init__(self, bug: Bug) -> None:
        self._bug = bug

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module with its bug, nothing for every other one."""
        if fullname != self._bug.module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.origin:
            spec.loader = _Loader(self._bug, spec.origin)
        return spec


def path_of(bug: Bug) -> Path:
    """Return the file of the module that a bug is in."""
    path = ROOT / bug.module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
