"""Every English sentence that a member can meet, read out of the source: what the code says, with samples.

A small reader of Python: it follows names, conditions, f-strings and our own functions as far as they make
text. What it cannot follow is somebody's words, and stands as ``Zyx``.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice, product
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOMEBODY = "Zyx"
"""What stands for a name, a topic, or anything else that is not ours."""

MODULES = (
    *sorted(ROOT.glob("bot/fronts/*.py")),
    *sorted(ROOT.glob("bot/fronts/discord/*.py")),
    *sorted(ROOT.glob("bot/fronts/slack/*.py")),
    *sorted(ROOT.glob("bot/calls/*.py")),
    *sorted(ROOT.glob("bot/domain/*.py")),
    *sorted(ROOT.glob("bot/records/*.py")),
    *sorted(ROOT.glob("storage/rooms/*.py")),
    ROOT / "bot/cast/live.py",
)
NOT_SHOWN = {
    *("bot.records.many", "bot.calls.moving"),
    *("bot.fronts.console", "bot.fronts.saving", "bot.fronts.typed", "bot.fronts.rendering"),
    *("bot.domain.agent_check", "bot.domain.agent_workspace"),
    *("bot.fronts.discord.inviting", "bot.fronts.discord.connection"),
    *("bot.fronts.discord.speech", "bot.fronts.languages.catalogue", "bot.fronts.languages.holes"),
    *("bot.fronts.slack.connection", "bot.fronts.slack.manifest", "bot.fronts.slack.tokens"),
    "bot.fronts.slack.speech",
    "bot.fronts.languages.language",
}
"""Modules of the terminal, of what only operators read there, and of speaking itself."""

DAY, WHEN, MOMENT = "3 October 2026", "Sun 29 Nov, 00:00 (Europe/Berlin)", "22 Nov 2026, 10:03"
BY_FUNCTION: Mapping[str, tuple[str, ...]] = {
    "when": (WHEN,),
    "day_and_time": ("Sun 29 Nov, 00:00",),
    "moment": (MOMENT,),
    "day": (DAY,),
    "_day": ("22 Nov 2026",),
    "length": ("8 seconds", "1 minute", "5 minutes 3 s"),
    "bar": ("▰▰▱▱▱",),
    "masked": ("+49 ••• 678",),
    "account_in_words": (f"{SOMEBODY} on Slack",),
    "accounts_in_words": (f"{SOMEBODY} on Slack and {SOMEBODY} in the terminal",),
    "_listed": ("DE and GB",),
    "_either": ("discord-role:123456789012345678 or discord-role:223456789012345678",),
    "len": ("12",),
    "sum": ("12",),
    "min": ("2",),
    "read_page": ("2",),
    "nearest": (SOMEBODY,),
    "str": (SOMEBODY,),
}
BY_NAME: Mapping[str, tuple[str, ...]] = {
    "at": (WHEN,),
    "number": ("1",),
    "numbers": ("+49 ••• 678",),
    "pages": ("12",),
    "page": ("2",),
    "granted_minutes": ("12",),
    "calls_per_day": ("3",),
    "cost": ("1,200",),
    "own_minutes": ("300",),
    "zone.key": ("Europe/Berlin",),
    "line": ("1,200",),
    "column": ("7",),
    "percent": ("40",),
    "megabytes": ("25",),
    "size_bytes": ("60",),
    "answer.number": ("+49 ••• 678",),
    "called.number": ("+49 ••• 678",),
    "placed.number": ("+49 ••• 678",),
    "number.masked": ("+49 ••• 678",),
    "masked_number": ("+49 ••• 678",),
    "done.whom": ("+49 ••• 678",),
    "now.month": ("2026-11",),
    "before.month": ("2026-10",),
    "min_age": ("18",),
    "seen.slug": ("wizard",),
    "slug": ("wizard",),
    "one.slug": ("wizard",),
    "name": (SOMEBODY,),
    "record.format": ("ChatGPT export",),
    "drop.count": ("1,200",),
    "rise.kind": ("place",),
    "by": ("place",),
    "verb": ("block", "unblock"),
    "drop.what": ("system lines",),
    "noun": ("call",),
    "saved": ("1 conversation and 3 profile fields",),
    "removed.numbers": ("+49 ••• 678 and +49 ••• 679",),
    "until.day": ("1",),
    "resets_at.day": ("1",),
}
MOST = 160


@dataclass
class Room:
    """A module: its functions, its constants and where its names come from."""

    path: Path
    tree: ast.Module
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Found:
    """A text that is shown, and where."""

    text: str
    where: str
    place: str


@cache
def rooms() -> dict[str, Room]:
    """Return the modules by their dotted names."""
    found: dict[str, Room] = {}
    for path in MODULES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if name not in NOT_SHOWN:
            found[name] = room_of(path, path.read_text())
    return found


def room_of(path: Path, source: str) -> Room:
    """Read a module."""
    room = Room(path, ast.parse(source))
    for node in ast.walk(room.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            room.functions.setdefault(node.name, node)
        elif isinstance(node, ast.ImportFrom) and node.module:
            room.imported |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
    for statement in room.tree.body:
        target, value = _assigned(statement)
        if target and value is not None:
            room.constants[target] = value
    return room


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return "", None


class Reader:
    """Reads what an expression may say, inside one function of one module."""

    def __init__(
        self, room: Room, function: ast.AST | None, given: Mapping[str, list[str]], depth: int = 0
    ) -> None:
        self.room = room
        self.function = function
        self.given = given
        self.depth = depth
        self.reading: set[str] = set()

    def read(self, node: ast.AST | None) -> list[str]:  # noqa: PLR0911  one for each kind of expression
        """Return every text that an expression may be, as far as it can be told; SOMEBODY for what cannot."""
        match node:
            case ast.Constant(value=value):
                return [str(value)] if value is not None else []
            case ast.JoinedStr(values=values):
                return _joined([self.read(value) for value in values])
            case ast.FormattedValue(value=value, conversion=conversion, format_spec=spec):
                return self._formatted(value, conversion, spec)
            case ast.IfExp(body=body, orelse=orelse):
                return _once([*self.read(body), *self.read(orelse)])
            case ast.BoolOp(values=values):
                return _once([text for value in values for text in self.read(value)])
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.read(left), self.read(right)])
            case ast.Name(id=name):
                return self._name(name)
            case ast.Await(value=value) | ast.Starred(value=value) | ast.NamedExpr(value=value):
                return self.read(value)
            case ast.Call():
                return self._call(node)
            case ast.Subscript(value=value):
                return self._values(value)
            case ast.Attribute():
                return self._attribute(node)
        return [SOMEBODY]

    def _formatted(self, value: ast.expr, conversion: int, spec: ast.expr | None) -> list[str]:
        form = "".join(self.read(spec)) if spec is not None else ""
        if "%M" in form:
            return ["10:15 UTC"] if "%Z" in form else [MOMENT]
        if "%B" in form:
            return ["October 2026"]
        if form.endswith((",", "0f", "width},")) or "," in form:
            return ["1,200"]
        texts = self.read(value)
        return [repr(text) for text in texts] if conversion == ord("r") else texts

    def _name(self, name: str) -> list[str]:  # noqa: PLR0911  it is looked for in several places
        if name in self.given:
            return self.given[name]
        if name in self.reading:
            return []
        self.reading.add(name)
        try:
            values = list(self._local(name)) if self.function else []
            values += self._default(name)
            if values:
                texts = _once([text for value in values for text in self.read(value)])
                if texts and texts != [SOMEBODY]:
                    return self._with_more(name, texts)
            if name in BY_NAME:
                return list(BY_NAME[name])
            if name in self.room.constants:
                return Reader(self.room, None, {}, self.depth + 1).read(self.room.constants[name])
            home, _, last = self.room.imported.get(name, "").rpartition(".")
            if home in rooms() and last in rooms()[home].constants:
                return Reader(rooms()[home], None, {}, self.depth + 1).read(rooms()[home].constants[last])
        finally:
            self.reading.discard(name)
        return [SOMEBODY]

    def _default(self, name: str) -> list[ast.expr]:
        if not isinstance(self.function, ast.FunctionDef | ast.AsyncFunctionDef):
            return []
        arguments = self.function.args
        names = [one.arg for one in arguments.args]
        defaults = zip(reversed(names), reversed(arguments.defaults), strict=False)
        return [value for one, value in defaults if one == name and isinstance(value, ast.Name)]

    def _with_more(self, name: str, texts: list[str]) -> list[str]:
        """Return the texts with what is added to them by ``+=``: always, or under some condition."""
        assert isinstance(self.function, ast.FunctionDef | ast.AsyncFunctionDef)
        added = [node for node in ast.walk(self.function) if isinstance(node, ast.AugAssign)]
        for node in sorted(added, key=lambda one: one.lineno):
            if getattr(node.target, "id", "") == name:
                longer = _joined([texts, self.read(node.value)])
                texts = longer if node in self.function.body else _once([*texts, *longer])
        return texts

    def _local(self, name: str) -> Iterator[ast.expr]:
        """Yield what is assigned to a name in this function."""
        assert self.function
        for node in ast.walk(self.function):
            match node:
                case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                    yield value
                case ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value) if found == name:
                    yield value
                case ast.NamedExpr(target=ast.Name(id=found), value=value) if found == name:
                    yield value
                case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                    pairs = zip(names, values, strict=False)
                    yield from (value for one, value in pairs if getattr(one, "id", "") == name)

    def _call(self, node: ast.Call) -> list[str]:  # noqa: PLR0911  one for each kind of function
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "plural":
            nouns = [self.read(argument)[0] for argument in node.args[1:]]
            return [f"1 {nouns[0]}", f"3 {nouns[1] if len(nouns) > 1 else nouns[0] + 's'}"]
        if name in BY_FUNCTION:
            return list(BY_FUNCTION[name])
        if name in {"one_line", "quoted", "escape", "cast", "rstrip", "strip", "lower"}:
            inner = (
                node.args[0] if node.args and name not in {"rstrip", "strip", "lower"} else node.func.value
            )  # type: ignore[attr-defined]
            texts = self.read(inner)
            if name == "quoted":
                return [f"“{text}”" for text in texts if text] or [f"“{SOMEBODY}”"]
            return texts
        if name == "capitalize":
            return ["Calls", "Minutes"]
        if name == "join" and isinstance(node.func, ast.Attribute):
            return self._joined_list(self.read(node.func.value)[0], node.args[0])
        if name == "get" and isinstance(node.func, ast.Attribute):
            more = [text for argument in node.args[1:] for text in self.read(argument) if text]
            return _once([*self._values(node.func.value), *more]) or [SOMEBODY]
        if name == "format" and isinstance(node.func, ast.Attribute):
            return [
                text.replace("{:,}", "300").replace("{}", "123456789012345678")
                for text in self.read(node.func.value)
            ]
        return self._ours(node)

    def _ours(self, node: ast.Call) -> list[str]:
        """Follow a function of ours, with what it is given."""
        called = self.called(node)
        if called is None or self.depth > 6:
            return [SOMEBODY]
        room, function, given = called
        reader = Reader(room, function, given, self.depth + 1)
        returned = [one.value for one in ast.walk(function) if isinstance(one, ast.Return) and one.value]
        return _once([text for value in returned for text in reader.read(value)]) or [SOMEBODY]

    def called(
        self, node: ast.Call
    ) -> tuple[Room, ast.FunctionDef | ast.AsyncFunctionDef, dict[str, list[str]]] | None:
        """Return the function of ours that is called, where it is, and the texts that it is given."""
        room, name = self.room, ""
        match node.func:
            case ast.Name(id=name):
                if name not in room.functions:
                    where, _, name = room.imported.get(name, "").rpartition(".")
                    room = rooms().get(where, room)
            case ast.Attribute(value=ast.Name(id=where), attr=name) if where != "self":
                found = rooms().get(room.imported.get(where, ""))
                if found is None:
                    return None
                room = found
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                pass
        function = room.functions.get(name)
        return (room, function, self._bound(function, node)) if function else None

    def _bound(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, node: ast.Call
    ) -> dict[str, list[str]]:
        names = [argument.arg for argument in function.args.args]
        names = names[1:] if names[:1] == ["self"] else names
        defaults = zip(reversed(names), reversed(function.args.defaults), strict=False)
        given = {name: [one.value] for name, one in defaults if isinstance(one, ast.Constant)}
        given |= {name: self.read(value) for name, value in zip(names, node.args, strict=False)}
        given |= {one.arg: self.read(one.value) for one in node.keywords if one.arg}
        return {name: texts for name, texts in given.items() if texts and texts != [SOMEBODY]}

    def _joined_list(self, between: str, node: ast.expr) -> list[str]:
        known = BY_NAME.get(ast.unparse(node))
        if known:
            return list(known)
        if isinstance(node, ast.Name) and self.function:
            lists = [value for value in self._local(node.id) if isinstance(value, ast.List | ast.ListComp)]
            node = lists[0] if lists else node
        if isinstance(node, ast.List):
            return _joined([self.read(one) for one in node.elts], between)
        if isinstance(node, ast.ListComp | ast.GeneratorExp):
            texts = self.read(node.elt)
            return _once([*texts, between.join(texts[:2])])
        return [SOMEBODY]

    def _values(self, node: ast.expr) -> list[str]:
        """Return the values of a mapping that is written down here; SOMEBODY for any other."""
        if isinstance(node, ast.Name):
            home, name = self.room, node.id
            if name not in home.constants:
                where, _, name = home.imported.get(name, "").rpartition(".")
                home = rooms().get(where, home)
            node = home.constants.get(name, node)
            if not isinstance(node, ast.Name):
                return Reader(home, None, {}, self.depth + 1)._values(node)
        if isinstance(node, ast.Dict):
            return _once([text for value in node.values for text in self.read(value)])
        return [SOMEBODY]

    def _attribute(self, node: ast.Attribute) -> list[str]:
        whole = ast.unparse(node)
        for name in (whole, node.attr):
            if BY_NAME.get(name):
                return list(BY_NAME[name])
        if isinstance(node.value, ast.Name):
            where = self.room.imported.get(node.value.id, "")
            if where in rooms() and node.attr in rooms()[where].constants:
                return Reader(rooms()[where], None, {}, self.depth + 1).read(
                    rooms()[where].constants[node.attr]
                )
        return [SOMEBODY]


def _joined(parts: list[list[str]], between: str = "") -> list[str]:
    every = islice(product(*parts), 4_000)
    texts = _once([between.join(one) for one in every])
    return texts if len(texts) <= MOST else texts[:: len(texts) // MOST + 1]


def _once(texts: list[str]) -> list[str]:
    return list(dict.fromkeys(texts))
