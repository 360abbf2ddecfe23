"""Who may import whom."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
IO_LIBRARIES = {
    "aiohttp", "httpx", "discord", "slack_bolt", "slack_sdk", "sqlite_utils", "sqlite3",
    "psycopg", "psycopg_pool", "prompt_toolkit", "rich", "click", "jinja2", "prometheus_client",
}  # fmt: skip

ROOMS = {
    "bot.domain": ({"bot.domain"}, set()),
    "bot.ports": ({"bot.domain", "bot.ports"}, set()),
    "bot.records": ({"bot.domain", "bot.records"}, set()),
    "bot.cast": ({"bot.domain", "bot.cast"}, set()),
    "bot.config": ({"bot.config", "bot.domain"}, set()),
    "bot.calls": ({"bot.domain", "bot.ports", "bot.records", "bot.calls"}, set()),
    "bot.calls.figures": ({"bot.domain"}, {"prometheus_client"}),
    "bot.elevenlabs": ({"bot.domain", "bot.elevenlabs"}, {"httpx", "aiohttp"}),
    "bot.alerting": ({"bot.domain", "bot.ports", "bot.calls"}, set()),
    "bot.announcing": ({"bot.alerting", "bot.domain", "bot.ports", "bot.calls"}, set()),
    "bot.cast_keeping": ({"bot.domain", "bot.cast", "bot.calls"}, set()),
    "bot.events": ({"bot.domain", "bot.calls"}, set()),
    "bot.posting": ({"bot.domain"}, set()),
    "bot.followup": (
        {
            "bot.alerting",
            "bot.announcing",
            "bot.domain",
            "bot.events",
            "bot.ports",
            "bot.posting",
            "bot.calls",
        },
        set(),
    ),
    "bot.presence": ({"bot.domain", "bot.ports", "bot.calls"}, set()),
    "bot.fronts": ({"bot.domain", "bot.calls", "bot.fronts"}, {"prompt_toolkit", "rich"}),
    "bot.fronts.discord": (
        {
            "bot.domain",
            "bot.calls",
            "bot.fronts.apologies",
            "bot.fronts.commands",
            "bot.fronts.languages",
            "bot.fronts.presses",
            "bot.fronts.relay",
            "bot.fronts.chats",
            "bot.fronts.clipping",
            "bot.fronts.ends",
            "bot.fronts.lines",
            "bot.fronts.menus",
            "bot.fronts.forms",
            "bot.fronts.taking",
            "bot.fronts.waiting",
            "bot.fronts.whole",
            "bot.fronts.discord",
        },
        {"discord", "aiohttp"},
    ),
    "bot.fronts.slack": (
        {
            "bot.domain",
            "bot.calls",
            "bot.fronts.apologies",
            "bot.fronts.arguments",
            "bot.fronts.commands",
            "bot.fronts.languages",
            "bot.fronts.presses",
            "bot.fronts.relay",
            "bot.fronts.chats",
            "bot.fronts.clipping",
            "bot.fronts.ends",
            "bot.fronts.lines",
            "bot.fronts.menus",
            "bot.fronts.forms",
            "bot.fronts.taking",
            "bot.fronts.waiting",
            "bot.fronts.whole",
            "bot.fronts.slack",
        },
        {"slack_bolt", "slack_sdk", "aiohttp"},
    ),
    "bot.web": (
        {"bot.domain", "bot.calls", "bot.web", "bot.elevenlabs.webhook"},
        {"aiohttp", "jinja2", "prometheus_client"},
    ),
    "storage": ({"bot.domain", "storage"}, {"sqlite3"}),
    "storage.sqlite": ({"bot.domain", "storage"}, {"sqlite_utils", "sqlite3"}),
    "storage.schema": ({"storage.database", "storage.rows", "storage.schema"}, {"sqlite_utils", "sqlite3"}),
    "storage.postgres": ({"bot.domain", "storage"}, {"psycopg", "psycopg_pool"}),
    "storage.rooms": (
        {
            "bot.domain",
            "storage.database",
            "storage.rows",
            "storage.rooms",
            "storage.tombstones",
            "storage.vault",
        },
        set(),
    ),
    "bot.sandbox": ({"bot.sandbox"}, {"aiohttp", "sqlite3"}),
    "bot.app": ({"bot", "storage"}, set()),
    "bot.house": ({"bot", "storage"}, set()),
    "bot.platforms": ({"bot"}, set()),
    "bot.logs": ({"bot.domain", "bot.calls.handling"}, set()),
    "bot.cli": ({"bot", "storage"}, {"click", "rich"}),
    "bot.__main__": ({"bot.cli"}, set()),
}
"""For each room: the rooms of ours that it may import, and the libraries that do I/O."""


def modules() -> Iterator[tuple[str, Path]]:
    for top in ("bot", "storage"):
        for path in sorted((ROOT / top).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            if name != "bot":
                yield name, path


def imports(path: Path) -> set[str]:
    """Return every module that a file imports, `from a import b` as both a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            found |= {node.module or ""}
    return found


def is_within(module: str, rooms: set[str]) -> bool:
    return any(module == room or module.startswith(f"{room}.") for room in rooms)


def room_of(module: str) -> str:
    return next(room for room in sorted(ROOMS, key=len, reverse=True) if is_within(module, {room}))


@pytest.mark.parametrize(
    ("module", "path"), list(modules()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_module_imports_only_what_its_room_may(module, path):
    ours, libraries = ROOMS[room_of(module)]
    for imported in imports(path):
        if imported.split(".")[0] in {"bot", "storage"}:
            assert is_within(imported, ours), f"{module} may not import {imported}"
        elif imported.split(".")[0] in IO_LIBRARIES:
            assert imported.split(".")[0] in libraries, f"{module} may not import {imported}"


def test_fronts_know_no_store():
    """What they need of it is a use case: `house.store` stands nowhere in a front, however it is called."""
    for module, path in modules():
        if is_within(module, {"bot.fronts"}):
            read = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Attribute)]
            assert not [node.lineno for node in read if node.attr == "store"], module


def test_only_the_program_imports_the_sandbox():
    for module, path in modules():
        if not is_within(module, {"bot.sandbox", "bot.cli"}):
            assert not any(is_within(name, {"bot.sandbox"}) for name in imports(path)), module


def test_the_domain_has_no_clock_no_randomness_and_never_waits():
    for name, path in modules():
        if is_within(name, {"bot.domain"}):
            nodes = list(ast.walk(ast.parse(path.read_text())))
            assert not imports(path) & {"asyncio", "random", "secrets", "time", "uuid"}, name
            assert not [node for node in nodes if isinstance(node, ast.Await | ast.AsyncFunctionDef)], name
            calls = {ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)}
            assert not calls & {"datetime.now", "datetime.utcnow", "date.today"}, name


def test_modules_stay_small():
    for name, path in modules():
        assert len(path.read_text().splitlines()) <= 300, name
