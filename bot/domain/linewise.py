"""Two versions of a text, line by line."""

import difflib

MOST_LINES = 2_000
"""Of longer texts no lines are matched: that could take minutes, and nobody reads it."""
_AROUND = 2


def diff_lines(before: str, after: str) -> list[str]:
    """Return the lines that differ, each after ``-`` or ``+``, with two around them after a space.

    A line that begins with ``@@`` stands where lines were left out.
    """
    old, new = (text.split("\n") if text else [] for text in (before, after))
    if max(len(old), len(new)) > MOST_LINES:
        return [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]
    return list(difflib.unified_diff(old, new, n=_AROUND, lineterm=""))[2:]
