"""Where the source says something to a member: in replies, cards, choices, errors and notices."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from tests.fronts.english import DAY, SOMEBODY, Found, Reader, Room, rooms

SHOWN = {
    "Reply": (("text", 0),),
    "Card": (("title", 0), ("text", 1), ("footer", 4), ("byline", 5)),
    "Choice": (("label", 0),),
    "Form": (("title", 1), ("label", 2), ("placeholder", 3)),
    "notice": (("words", 0),),
    "markdown": (("text", 0),),
    "mrkdwn": (("text", 0),),
    "plain": (("text", 0),),
    "hang_up": (("farewell", 0),),
    "_tell": (("words", 1),),
    "_told": (("text", 2),),
    "which_character": (("question", 1),),
    "speak": (("name", 0),),
}
"""By what is called: which of its arguments a member reads, by name and place."""
ERRORS = {
    "CallerError",
    "UnknownPersona",
    "UnknownCommand",
    "LinkExpired",
    "LinkTaken",
    "CallNotFound",
    "CharacterNotHere",
    "NumberNotAllowed",
    "ImportRejected",
    "CallRefused",
    "AllLinesBusy",
    "AllowanceUsedUp",
}

_ARGUMENTS = {"on", "off", "yes", "no", "everybody", "nobody", "age-restricted"}
_IMPOSSIBLE = re.compile(
    r"[.;]{2}|\. $|\.  |\.\nZyx|\.;|[a-z]\.[A-Z]|Zyx[A-Z]|· [.:]|· $|\d · Zyx|erases Zyx:"
    r"|called only(\.| where)|by \S+ or \S+ where|in \S+ or \S+ in age"
)
"""What comes of putting together branches that never meet, and of reading a function without who calls it."""


def find_shown() -> Iterator[Found]:
    """Yield every text that is shown, with samples in its holes."""
    for name, room in rooms().items():
        yield from find_in(name, room)


def find_in(name: str, room: Room) -> Iterator[Found]:
    """Yield every text that one module shows."""
    for function in room.functions.values():
        for node in ast.walk(function):
            yield from _in_node(name, room, function, node)
    if name.startswith(("bot.fronts", "bot.calls")):
        yield from _constants(name, room)
    for node in room.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for part in ast.walk(node):
                yield from _in_node(name, room, None, part)


def _constants(name: str, room: Room) -> Iterator[Found]:
    """Yield the constants that are sentences, wherever they are used."""
    for constant, value in room.constants.items():
        if constant.isupper() and isinstance(value, ast.Constant | ast.JoinedStr):
            for found in _found(Reader(room, None, {}), value, f"{name}:{value.lineno}", "constant"):
                text = found.text.removeprefix("-# ").strip()
                if " " in text and text.endswith((".", "…", "?", "!")):
                    yield replace(found, text=text)


def _in_node(name: str, room: Room, function: ast.AST | None, node: ast.AST) -> Iterator[Found]:
    reader = Reader(room, function, {})
    if isinstance(node, ast.Call):
        yield from _in_call(name, reader, node)
        called = reader.called(node)
        if called is not None and name.startswith(("bot.fronts", "bot.domain", "bot.calls")):
            yield from _in_function(name, *called)
    elif (
        isinstance(node, ast.Tuple)
        and len(node.elts) == 2
        and name.startswith(("bot.fronts", "bot.domain.words"))
    ):
        yield from _field(name, reader, node)
    elif isinstance(node, ast.Assign) and getattr(node.targets[0], "attr", "") == "_farewell":
        yield from _found(reader, node.value, f"{name}:{node.lineno}", "notice")
    elif isinstance(node, ast.Yield) and name == "bot.records.describing":
        yield from _found(reader, node.value, f"{name}:{node.lineno}", "line")


def _in_function(
    name: str, room: Room, function: ast.FunctionDef | ast.AsyncFunctionDef, given: dict[str, list[str]]
) -> Iterator[Found]:
    """Follow what a function of ours makes a reply or a card of, with what it was given."""
    reader = Reader(room, function, given, depth=1)
    for node in ast.walk(function) if given else ():
        if isinstance(node, ast.Call):
            yield from _in_call(name, reader, node)


def _in_call(name: str, reader: Reader, node: ast.Call) -> Iterator[Found]:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    where = f"{name}:{node.lineno}"
    if called == "append" and name.startswith("bot.fronts"):
        if isinstance(node.args[0], ast.Constant | ast.JoinedStr):
            yield from _found(reader, node.args[0], where, "part")
    elif called == "used_up":
        for found in _found(reader, node.args[0], where, "error"):
            yield replace(found, text=f"{found.text} are used up; there is more from {DAY}, 00:00 UTC on.")
    elif called in ERRORS and name != "bot.domain.allowance":
        wraps = "chat.json " if name.startswith("bot.records") else ""
        for found in _found(reader, node.args[0], where, "error") if node.args else ():
            yield replace(found, text=f"{wraps}{found.text}")
    is_verbatim = any(
        one.arg == "is_verbatim" and isinstance(one.value, ast.Constant) for one in node.keywords
    )
    for argument, place in SHOWN.get(called, ()):
        if is_verbatim and argument == "text":
            continue
        named = [one.value for one in node.keywords if one.arg == argument]
        if not any(isinstance(one, ast.Starred) for one in node.args[: place + 1]):
            for value in named or node.args[place : place + 1]:
                yield from _found(reader, value, where, f"{called}.{argument}")


def _found(reader: Reader, node: ast.AST | None, where: str, place: str) -> Iterator[Found]:
    for text in reader.read(node):
        yield Found(text, where, place)


def _field(name: str, reader: Reader, node: ast.Tuple) -> Iterator[Found]:
    label, value = node.elts
    is_label = isinstance(label, ast.Constant) and isinstance(label.value, str)
    if not is_label or (isinstance(value, ast.Constant) and not isinstance(value.value, str)):
        return
    if not (label.value == "" or label.value[:1].isupper() or label.value[:1] == "/"):
        return
    if label.value and label.value[0] != "/":
        yield Found(label.value, f"{name}:{node.lineno}", "field name")
    for text in reader.read(value):
        yield Found(text, f"{name}:{node.lineno}", "field")


def has_our_words(found: Found) -> bool:
    """Whether there is anything of ours in a text that can really come about."""
    text = found.text.replace(SOMEBODY, "")
    is_argument = found.place == "field" and text in _ARGUMENTS
    return any(map(str.isalpha, text)) and not is_argument and not _IMPOSSIBLE.search(found.text)
