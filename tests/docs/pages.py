"""The documents as their readers see them: prose with code in it, blocks of code, links, headings."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^( *)```[a-z]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """One Markdown file, by its path from the root of the repository."""

    name: str

    @property
    def path(self) -> Path:
        return ROOT / self.name

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def prose(self) -> str:
        """The text without its blocks of code."""
        return _BLOCK.sub("", self.text)

    @cached_property
    def lines(self) -> list[str]:
        """Each line that stands in a block of code, without what only indents the block."""
        return [line.strip() for _, block in _BLOCK.findall(self.text) for line in block.splitlines()]

    @cached_property
    def blocks(self) -> list[str]:
        return [block for _, block in _BLOCK.findall(self.text)]

    @cached_property
    def inline(self) -> list[str]:
        """Each piece of code in prose, on one line."""
        return [" ".join(piece.split()) for piece in _INLINE.findall(self.prose)]

    @cached_property
    def links(self) -> list[str]:
        """Where its links and pictures lead, those to other sites left out."""
        return [one for one in _LINK.findall(self.prose) if not one.startswith(("http://", "https://"))]

    @cached_property
    def anchors(self) -> set[str]:
        """The names under which its headings can be linked. Source: GitHub, "Section links"."""
        titles = (re.sub(r"[`*]", "", title).lower() for title in _HEADING.findall(self.prose))
        return {re.sub(r"[^\w\- ]", "", title).replace(" ", "-") for title in titles}


PAGES = [
    Page("README.md"),
    *(Page(f"docs/{path.name}") for path in sorted((ROOT / "docs").glob("*.md"))),
    Page("personas/README.md"),
]
EVERYBODYS = [page for page in PAGES if page.name != "personas/README.md"]
"""Those that speak of Troupe as a whole; what stands in the other is tested beside the characters."""
