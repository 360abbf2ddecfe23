"""Importing a 10 MB conversation, next to json.load of the same file."""

import json
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench.measuring import show

ROUNDS = 3
MEGABYTES = 10
CHILD = """
import asyncio, json, re, sys, time
from pathlib import Path
{imports}
def resident(what):
    return int(re.search(what + r":\\s+(\\d+) kB", open("/proc/self/status").read()).group(1)) / 1024
before = resident("VmRSS")
began = time.perf_counter()
{work}
print(time.perf_counter() - began, before, resident("VmHWM"))
"""
SAVE = """
async def main():
    settings = Settings(_env_file=None, database_url="sqlite:///" + sys.argv[2], personas_dir=sys.argv[3])
    cast = await open_cast(settings)
    async with open_installation(settings, sandbox_provider("http://127.0.0.1:9"), cast, "http://x") as house:
        caller = Caller(parse_account("mira"), "Mira")
        preview = await importing.preview_import(house, caller, Path(sys.argv[1]))
        await importing.save_import(house, caller, preview)
asyncio.run(main())
"""
IMPORTS = """
from bot.house import open_cast, open_installation
from bot.calls import importing
from bot.cli.whereabouts import sandbox_provider
from bot.config import Settings
from bot.domain.caller import Caller, parse_account
from bot.records import read_record
"""
WAYS = {
    "json.load": "json.load(open(sys.argv[1]))",
    "read and understood": "read_record(Path(sys.argv[1]))",
    "read, understood and stored": SAVE,
}


def run() -> None:
    """Print seconds and the memory that it took at its peak beyond the start."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "past.json"
        line = "I walked along the sea and thought about the letters that never arrived. " * 2
        turns = [{"role": "user" if n % 2 else "assistant", "content": f"{n}: {line}"} for n in range(52_000)]
        file.write_text(json.dumps(turns))
        size = f"{file.stat().st_size / 1e6:.1f} MB, {len(turns):,} turns"
        rows = [(way, *_measure(file, work)) for way, work in WAYS.items()]
    show(f"Import of {size}, median of {ROUNDS}", ("what", "seconds", "MB at start", "MB at peak"), rows)


def _measure(file: Path, work: str) -> tuple[str, str, str]:
    told = []
    personas = Path(__file__).parents[2] / "personas"
    for number in range(ROUNDS):
        database = file.with_name(f"{abs(hash(work))}-{number}.db")
        code = CHILD.format(imports=IMPORTS, work=work)
        done = subprocess.run(
            [sys.executable, "-c", code, str(file), str(database), str(personas)],
            capture_output=True,
            text=True,
            check=True,
            cwd=personas.parent,
        )
        told.append([float(value) for value in re.findall(r"[\d.]+", done.stdout)])
    seconds, before, peak = (statistics.median(values) for values in zip(*told, strict=True))
    return f"{seconds:.2f}", f"{before:.0f}", f"{peak:.0f}"
