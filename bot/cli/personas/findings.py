"""What is said about the files of a cast, and the three forms in which it is printed."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.domain.errors import PersonaFileError, printable

Severity = Literal["error", "advice"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something about one place of one file; an error keeps the character out, advice does not."""

    path: Path
    line: int
    column: int
    reason: str
    severity: Severity

    def __str__(self) -> str:
        mark = "advice: " if self.severity == "advice" else ""
        return f"{printable(self.path)}:{self.line}:{self.column}: {mark}{self.reason}"

    def as_json(self) -> dict[str, object]:
        """Return it as scripts read it."""
        place = {"path": str(self.path), "line": self.line, "column": self.column}
        return {**place, "severity": self.severity, "reason": self.reason}

    def as_workflow_command(self) -> str:
        """Return the line that has GitHub show it beside the line of the file in a pull request.

        Source: GitHub Actions, "Workflow commands", "Setting an error message"; what is escaped, and how,
        stands in the toolkit of its actions.
        """
        level = "error" if self.severity == "error" else "warning"
        title = "Mend this" if self.severity == "error" else "Advice"
        place = f"file={_property(_in_repository(self.path))},line={self.line},col={self.column}"
        return f"::{level} {place},title={_property(title)}::{_data(self.reason)}"


def build_findings(
    problems: Iterable[PersonaFileError], advice: Iterable[PersonaFileError], *, is_strict: bool
) -> Sequence[Finding]:
    """Join problems and advice, file by file from top to bottom; when strict, advice is an error, too."""
    of: dict[Severity, Iterable[PersonaFileError]] = {"error": problems, "advice": advice}
    return sorted(
        Finding(one.path, one.line, one.column, one.reason, "error" if is_strict else severity)
        for severity, found in of.items()
        for one in found
    )


def _in_repository(path: Path) -> str:
    """Return a path as GitHub names it: from the root of what was checked out."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    whole = Path(os.path.normpath(Path.cwd() / path))
    return str(whole.relative_to(root) if whole.is_relative_to(root) else path)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
