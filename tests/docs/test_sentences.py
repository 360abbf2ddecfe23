"""What the page about troubles quotes is what the program says, word for word."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.docs.pages import ROOT, Page

_HOLE = re.compile(r"\{[^{}]*\}")


def quoted() -> Iterator[str]:
    """Yield what stands in quotation marks in the first cell of each row."""
    for line in Page("docs/troubleshooting.md").text.splitlines():
        if line.startswith("| "):
            cell = line.split(" | ")[0].removeprefix("| ")
            yield from (found[1:-1] for found in re.findall(r'^"(?:.*)"', cell))


@cache
def said() -> tuple[str, ...]:
    """Return every text of the program's, each with ``…`` where something is put in."""
    found = [(ROOT / "Makefile").read_text()]
    for folder in ("bot", "storage"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.JoinedStr):
                    parts = [str(one.value) if isinstance(one, ast.Constant) else "…" for one in node.values]
                    found.append("".join(parts))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.append(_HOLE.sub("…", node.value))
    seen = (path for path in (ROOT / "bot" / "web").rglob("*") if path.suffix in {".js", ".html"})
    found.extend(" ".join(path.read_text().split()) for path in seen)
    return tuple(found)


def is_said(sentence: str) -> bool:
    """Whether all parts of a sentence stand in one text of the program's, in this order."""
    parts = [part for part in sentence.split("…") if part.strip(" .,:;?“”()=")]
    pattern = re.compile(".*?".join(map(re.escape, parts)), re.DOTALL)
    return bool(parts) and any(pattern.search(text) for text in said())


def test_every_sentence_that_is_quoted_is_one_that_the_program_says():
    sentences = list(quoted())
    assert len(sentences) > 40
    assert [one for one in sentences if not is_said(one)] == []


def test_a_sentence_that_the_program_does_not_say_is_found():
    assert not is_said("There is no room left on this disk.")
    assert not is_said("Calls are paused. Try again …")
