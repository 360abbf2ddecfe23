"""A process that dies at each step of a first start, and prints how many steps there were.

Argument: an empty folder; each step gets a database of its own in it, under the step's number.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

from dying import die_at_each_step

from storage import open_store


def touches(folder: Path, event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether a file of the key, or the folder that is to be synced, is touched."""
    if event not in {"open", "os.link", "os.remove"}:
        return False
    path = str(arguments[0])
    return path == str(folder) or ".key" in path.removeprefix(str(folder))


def start_once(folder: Path) -> None:
    async def start() -> None:
        async with open_store(f"sqlite:///{folder}/troupe.db"):
            pass

    asyncio.run(start())


if __name__ == "__main__":
    die_at_each_step(Path(sys.argv[1]), touches, start_once)
