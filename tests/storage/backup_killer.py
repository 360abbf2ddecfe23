"""A program that dies at each step of a backup, or of putting one back, and prints how many steps there were.

Arguments: a folder with an installation, an empty one, and what to type after ``troupe``. Each step gets a
copy of the installation, under its number, and dies before it writes to one more file, or opens a database.
"""

import os
import sys
from pathlib import Path
from typing import Any

from dying import die_at_each_step

from bot.cli import backing_up, main, restoring

LOADED = backing_up, restoring
"""Once, before there are children who would do it each."""
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


def touches(folder: Path, event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether something below the folder is written, moved or opened as a database."""
    if event not in TOUCHES or (event == "open" and not WRITES & arguments[2]):
        return False
    return str(arguments[0]).removeprefix("file://").startswith(str(folder))


def type_in(folder: Path) -> None:
    os.chdir(folder)
    sys.argv = ["troupe", *(one.replace("HERE", str(folder)) for one in sys.argv[3:])]
    main()


if __name__ == "__main__":
    die_at_each_step(Path(sys.argv[2]), touches, type_in, Path(sys.argv[1]))
