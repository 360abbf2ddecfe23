"""Exporting 100,000 turns of one person, and importing that export again, next to json.dump and json.load."""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import show

TURNS = 100_000
PER_TALK = 400
PREPARE = """
import asyncio, json, re, sys, time
from datetime import datetime, timedelta, UTC
from pathlib import Path
from bot.house import open_cast, open_installation
from bot.calls import importing
from bot.calls.exporting import export_everything
from bot.calls.installation import find_person
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.domain.conversation import Transcript, Turn
from bot.records import read_record

FILE, DATABASE = Path(sys.argv[1]), sys.argv[2]
def resident(what):
    return int(re.search(what + r":\\s+(\\d+) kB", open("/proc/self/status").read()).group(1)) / 1024
def house():
    settings = Settings(_env_file=None, database_url="sqlite:///" + DATABASE, personas_dir="personas")
    return settings
async def opened(work):
    cast = await open_cast(house())
    async with open_installation(house(), sandbox_provider("http://127.0.0.1:9"), cast, "http://x") as here:
        await work(here, Caller(parse_account("mira"), "Mira"))
def measured(work):
    before, began = resident("VmRSS"), time.perf_counter()
    work()
    print(time.perf_counter() - began, before, resident("VmHWM"))
"""
FILL = f"""
async def fill(house, caller):
    person = await find_person(house, caller)
    at = datetime(2024, 1, 1, tzinfo=UTC)
    line = "I walked along the sea and thought about the letters that never arrived. "
    for talk in range({TURNS} // {PER_TALK}):
        said = [f"{{talk}}.{{n}}: {{line}}" for n in range({PER_TALK})]
        turns = tuple(Turn("user" if n % 2 else "agent", text, float(n)) for n, text in enumerate(said))
        one = Transcript(turns, at + timedelta(hours=talk), title=f"talk {{talk}}")
        named = [(house.new_id(), one)]
        await house.store.store_import(person.id, "wizard", "own", named, "bench", {{}}, at)
asyncio.run(opened(fill))
"""
EXPORT = """
async def export(house, caller):
    with FILE.open("wb") as file:
        async for piece in export_everything(house, caller):
            file.write(piece)
measured(lambda: asyncio.run(opened(export)))
"""
READ = "measured(lambda: read_record(FILE))"
IMPORT = f"""
async def bring(house, caller):
    preview = await importing.preview_import(house, caller, FILE)
    done = await importing.save_import(house, caller, preview)
    assert done.new == {TURNS // PER_TALK}, done
measured(lambda: asyncio.run(opened(bring)))
"""
LOAD = "measured(lambda: json.load(FILE.open()))"


def run() -> None:
    """Print seconds and the memory that each took at its peak."""
    with tempfile.TemporaryDirectory() as folder:
        file, full = Path(folder) / "export.json", Path(folder) / "full.db"
        _child(FILL, file, full)
        rows = [
            ("exported", *_child(EXPORT, file, full)),
            ("json.load of it", *_child(LOAD, file, full)),
            ("read and understood", *_child(READ, file, full)),
            ("read, understood and stored", *_child(IMPORT, file, Path(folder) / "empty.db")),
        ]
        size = f"{TURNS:,} turns, {file.stat().st_size / 1e6:.1f} MB"
    show(f"Export and import of {size}", ("what", "seconds", "MB at start", "MB at peak"), rows)


def _child(work: str, file: Path, database: Path) -> tuple[str, ...]:
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + work, str(file), str(database)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    if done.returncode:
        sys.exit(done.stderr)
    numbers = re.findall(r"[\d.]+", done.stdout)
    return tuple(f"{float(number):.{2 if at == 0 else 0}f}" for at, number in enumerate(numbers))
