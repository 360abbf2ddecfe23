"""YAML that people write: no aliases, no tags, no duplicate keys, and every value knows where it stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import yaml

from bot.cast.composing import Refused, compose
from bot.cast.hints import QUOTE_BRACES, UNCLOSED, explain
from bot.domain.unseen import find_unseen, without_unseen
from bot.domain.variables import find_placeholders

_TAG = "tag:yaml.org,2002:"
_AS_TEXT = frozenset(_TAG + kind for kind in ("str", "timestamp", "merge", "value"))
_TRUE = frozenset({"true", "yes", "on"})
_INTEGER = re.compile(r"[-+]?[0-9]{1,100}")
_KEY_WITHIN = re.compile(r"\n[a-z][a-z_]{1,40}:\s")
"""A key at the beginning of a line: within quotes it is what follows a quotation that was never closed."""
_FLOAT = re.compile(r"[-+]?([0-9]{1,100}\.[0-9]{0,100}|\.[0-9]{1,100})")


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something wrong at one place of a file, counted from 1."""

    line: int
    column: int
    reason: str


class Document:
    """A composed YAML mapping: ``data`` is its plain value, ``findings`` what is wrong with the YAML itself.

    ``is_readable`` is false when it is no mapping at all, so that nothing can be said about its keys;
    ``before`` is the number of lines that stand above the text in its file.
    """

    def __init__(self, text: str, before: int = 0) -> None:
        self._text = text
        self._before = before
        self._root: yaml.Node | None = None
        self.findings: list[Finding] = []
        self.data: dict[str, Any] = {}
        self.is_readable = False
        try:
            self._root = compose(text)
        except yaml.MarkedYAMLError as error:
            self.findings.append(self._syntax_finding(error))
            return
        except (yaml.YAMLError, ValueError, OverflowError):
            reason = "this is not YAML: a number or an escape in it is impossible"
            self.findings.append(Finding(before + 1, 1, reason))
            return
        if self._root is None or isinstance(self._root, yaml.MappingNode):
            self.is_readable = True
            self.data = self._value(self._root) if self._root else {}
        else:
            self._note(self._root, "expected 'key: value' lines here")

    def spot(self, loc: Iterable[str | int], *, of_key: bool = False) -> tuple[int, int]:
        """Return line and column of the value (or its key) at a path, or of the deepest part that exists."""
        node, key = self._find(loc)
        return self._place((key or node) if of_key else node)

    def scalar(self, loc: Iterable[str | int]) -> str | None:
        """Return the text at a path as it was written, None when something else stands there."""
        node, _ = self._find(loc)
        return node.value if isinstance(node, yaml.ScalarNode) else None

    def rest_of_line(self, loc: Iterable[str | int]) -> str:
        """Return what stands on the line of a value, from the value on."""
        node, _ = self._find(loc)
        return self._text[node.start_mark.index :].partition("\n")[0].strip() if node else ""

    def spot_of_placeholder(self, loc: Iterable[str | int], number: int) -> tuple[int, int]:
        """Return line and column of a text's placeholder (counted from 1), or of the text itself."""
        node, _ = self._find(loc)
        if node is None:
            return self._place(None)
        start = node.start_mark.index
        written = list(find_placeholders(self._text[start : node.end_mark.index]))
        if number > len(written):
            return self._place(node)
        line, column = line_and_column(self._text, start + written[number - 1].start())
        return line + self._before, column

    def _find(self, loc: Iterable[str | int]) -> tuple[yaml.Node | None, yaml.Node | None]:
        node, key = self._root, None
        for part in loc:
            if isinstance(node, yaml.MappingNode):
                pairs = [pair for pair in node.value if pair[0].value == part]
                if not pairs:
                    break
                key, node = pairs[0]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
                key, node = None, node.value[part]
            else:
                break
        return node, key

    def _place(self, node: yaml.Node | None) -> tuple[int, int]:
        if node is None:
            return self._before + 1, 1
        return node.start_mark.line + self._before + 1, node.start_mark.column + 1

    def _note(self, node: yaml.Node, reason: str) -> None:
        self.findings.append(Finding(*self._place(node), reason))

    def _value(self, node: yaml.Node) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar_value(node)
        if node.tag not in {_TAG + "map", _TAG + "seq"}:
            self._note(node, f"the tag {_shown(node.tag)} is not allowed here; remove it")
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item) for item in node.value]
        values: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                braces = self._text.startswith("{{", node.start_mark.index)
                self._note(node if braces else key, QUOTE_BRACES if braces else "a key must be plain text")
            elif key.value in first:
                line = first[key.value]
                self._note(key, f"key {key.value!r} is here a second time (first on line {line}); keep one")
            else:
                first[key.value], _ = self._place(key)
                values[self._checked(key)] = self._value(value)
        return values

    def _scalar_value(self, node: yaml.ScalarNode) -> str | int | float | bool | None:
        text = self._checked(node)
        if node.style in ("'", '"') and _KEY_WITHIN.search(
            self._text, node.start_mark.index, node.end_mark.index
        ):
            self._note(node, UNCLOSED)
        if node.tag == _TAG + "null":
            return None
        if node.tag == _TAG + "bool":
            return text.lower() in _TRUE
        if node.tag == _TAG + "int" and _INTEGER.fullmatch(text):
            return int(text)
        if node.tag == _TAG + "float" and _FLOAT.fullmatch(text):
            return float(text)
        return text

    def _checked(self, node: yaml.ScalarNode) -> str:
        """Return the text of a scalar, with a question mark for what was found to be wrong in it."""
        if node.tag not in _AS_TEXT | {_TAG + kind for kind in ("null", "bool", "int", "float")}:
            self._note(node, f"the tag {_shown(node.tag)} is not allowed here; remove it")
        unseen = find_unseen(node.value)
        if unseen:
            self._note(node, unseen_reason(unseen.group(0)))
        text: str = without_unseen(node.value, "?")
        return text

    def _syntax_finding(self, error: yaml.MarkedYAMLError) -> Finding:
        said = str(error.problem or error.context)
        mark = error.problem_mark or error.context_mark
        if error.context_mark and ("end of stream" in said or "expected ':'" in said):
            mark = error.context_mark
        line, column = (mark.line, mark.column) if mark else (0, 0)
        if isinstance(error, Refused):
            return Finding(line + self._before + 1, column + 1, said)
        line, column, hint = explain(said, self._text, line, column)
        return Finding(line + self._before + 1, column + 1, f"this is not YAML: {hint}")


def unseen_reason(character: str) -> str:
    """Say what an unseen character is and what to do."""
    return f"invisible character U+{ord(character):04X}; remove it"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return where an offset stands, counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _shown(tag: str) -> str:
    return tag.replace(_TAG, "!!")[:60]
