"""From YAML text to nodes that know where they stand; what could cost much is refused before it does.

libyaml is ten times as fast as the reader in Python, and differs from it in a few corners. Texts with one of
these are read in Python alone, and so is whatever libyaml refuses: our sentences are about Python's words.
"""

import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.resolver import Resolver

try:
    from yaml import cyaml
except ImportError:  # an installation that was built without libyaml
    LIBYAML: Any = None
else:
    LIBYAML = cyaml.CParser  # type: ignore[attr-defined]

MAX_DEPTH = 8
MAX_NODES = 2_000
_CORNERS = re.compile(
    r"\t|(?:^|\n)---|[|>][^\n]*#|(?:^|[\s\[{,:-])[!?]|\?\s*[\]},:]|[:|>.-]\s*\Z"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]"
)
"""Tabs, another document, comments after | and >, ! and ? where a value may begin, empty ends, odd signs."""


class Refused(yaml.MarkedYAMLError):
    """Valid YAML that has no place in these files."""


def compose(text: str) -> yaml.Node | None:
    """Return the only document's node, None for an empty text.

    Raises yaml.YAMLError, ValueError and OverflowError.
    """
    if LIBYAML is not None and not _CORNERS.search(text):
        try:
            node: yaml.Node | None = _FastComposer(text).get_single_node()
        except (yaml.YAMLError, ValueError, OverflowError):
            pass  # and what is wrong is said below
        else:
            return node
    return PlainComposer(text).get_single_node()


class _Careful(Composer):
    """Refuses aliases and deep nesting before they cost anything."""

    depth = 0
    nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Return the next node."""
        event = self.peek_event()  # type: ignore[attr-defined]
        if getattr(event, "anchor", None):
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            reason = f"{sign}{event.anchor} is a YAML alias; write the value out where it is used"
            raise Refused(None, None, reason, event.start_mark)
        if self.depth >= MAX_DEPTH:
            reason = f"this is nested more than {MAX_DEPTH} levels deep; simplify it"
            raise Refused(None, None, reason, event.start_mark)
        if self.nodes >= MAX_NODES:
            raise Refused(None, None, "there are too many values from here on; shorten it", event.start_mark)
        self.nodes += 1
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class PlainComposer(_Careful, yaml.SafeLoader):
    """Composes nodes in Python."""


if LIBYAML is not None:

    class _FastComposer(_Careful, LIBYAML, Resolver):  # type: ignore[misc]
        """Composes nodes from what libyaml reads."""

        def __init__(self, text: str) -> None:
            LIBYAML.__init__(self, text)
            Composer.__init__(self)
            Resolver.__init__(self)
