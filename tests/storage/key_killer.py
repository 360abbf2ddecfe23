"""A process that dies at each step of a first start, and prints how many steps there were.

Argument: an empty folder; each step gets a database of its own in it, under the step's number.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path

from storage import open_store

DIED = 9


def die_at(step: int, folder: Path) -> None:
    """Die like under a kill when a file of the key, or the folder that is to be synced, is touched again."""
    left = step

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event in {"open", "os.link", "os.remove"}:
            path = str(arguments[0])
            if path == str(folder) or ".key" in path.removeprefix(str(folder)):
                if left == 0:
                    os._exit(DIED)
                left -= 1

    sys.addaudithook(watch)


async def start_once(folder: Path) -> None:
    async with open_store(f"sqlite:///{folder}/troupe.db"):
        pass


def main(root: Path) -> None:
    for step in itertools.count():
        folder = root / str(step)
        folder.mkdir()
        child = os.fork()
        if child == 0:
            die_at(step, folder)
            asyncio.run(start_once(folder))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != DIED:
            print(step)
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
