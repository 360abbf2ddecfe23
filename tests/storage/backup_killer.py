"""A program that dies at each step of a backup, or of putting one back, and prints how many steps there were.

Arguments: a folder with an installation, an empty one, and what to type after ``troupe``. Each step gets a
copy of the installation, under its number, and dies before it writes to one more file, or opens a database.
"""

import itertools
import os
import shutil
import sys
from pathlib import Path
from typing import cast

from bot.cli import backing_up, main, restoring

LOADED = backing_up, restoring
"""Once, before there are children who would do it each."""
DIED = 9
WRITES = os.O_WRONLY | os.O_RDWR
TOUCHES = {
    "open",
    "os.link",
    "os.rename",
    "os.remove",
    "os.rmdir",
    "os.mkdir",
    "os.truncate",
    "sqlite3.connect",
}


def die_at(step: int, folder: Path) -> None:
    left = step

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if event == "open" and not WRITES & cast("int", arguments[2]):
            return
        if event in TOUCHES and str(arguments[0]).removeprefix("file://").startswith(str(folder)):
            if left == 0:
                os._exit(DIED)
            left -= 1

    sys.addaudithook(watch)


def run_all(installation: Path, root: Path, typed: list[str]) -> None:
    for step in itertools.count():
        folder = root / str(step)
        shutil.copytree(installation, folder)
        child = os.fork()
        if child == 0:
            os.chdir(folder)
            sys.argv = ["troupe", *(one.replace("HERE", str(folder)) for one in typed)]
            die_at(step, folder)
            main()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != DIED:
            print(step)
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    run_all(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
