"""Reading 1,000 characters with all that lint says, next to the bare YAML of the same files."""

import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from bot.cast import read_cast
from tests.bench.measuring import show

CHARACTERS = 1_000
ROUNDS = 5
PERSONAS = Path(__file__).parents[2] / "personas"


def run() -> None:
    """Print the seconds that each takes, the median of a few rounds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_characters(folder, CHARACTERS)
        seconds = measure(folder)
    bare = seconds["libyaml, data alone"]
    rows = [(what, f"{one:.2f}", f"{one / bare:.1f}") for what, one in seconds.items()]
    show(f"Lint of {CHARACTERS:,} characters", ("what", "seconds", "times the least"), rows)


def measure(folder: Path) -> dict[str, float]:
    """Return the seconds of processor time by what was done."""
    works: dict[str, Callable[[], object]] = {
        "lint: errors and advice": lambda: read_cast(folder),
        "yaml.safe_load, data alone": lambda: [yaml.load(text, yaml.SafeLoader) for text in fronts(folder)],
        "libyaml, data alone": lambda: [yaml.load(text, yaml.CSafeLoader) for text in fronts(folder)],
    }
    return {what: statistics.median(spent(work) for _ in range(ROUNDS)) for what, work in works.items()}


def spent(work: Callable[[], object]) -> float:
    """Return the seconds of processor time that something takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def fronts(folder: Path) -> list[str]:
    """Return the data of every character."""
    return [
        path.read_text().split("\n---\n")[0] for path in folder.glob("*-*.md") if path.stem != "house-rules"
    ]


def write_characters(folder: Path, count: int) -> None:
    """Write the shipped voices, rules and pictures, and that many characters, each by another name."""
    shipped = [path for path in sorted(PERSONAS.glob("*.md")) if path.stem not in {"README", "house-rules"}]
    for path in PERSONAS.iterdir():
        if path.suffix in {".png", ".yaml"} or path.stem == "house-rules":
            (folder / path.name).write_bytes(path.read_bytes())
    for number in range(count):
        path = shipped[number % len(shipped)]
        text = re.sub(r"^(name: .*)$", rf"\1 {number}", path.read_text(), count=1, flags=re.MULTILINE)
        (folder / f"{path.stem}-{number}.md").write_text(text)
