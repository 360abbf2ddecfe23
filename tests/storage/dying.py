"""Programs that die at each of their steps, one after another, as under a kill."""

import itertools
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

DIED = 9

Touches = Callable[[Path, str, tuple[Any, ...]], bool]
"""Whether an event of Python's audit, with its arguments, is a step of what happens in a folder."""


def die_at_each_step(
    root: Path, touches: Touches, work: Callable[[Path], None], installation: Path | None = None
) -> None:
    """Do some work until it is done, each time in a folder of its own, and print how many steps there were.

    Each folder is named by its step's number, and begins as a copy of an installation where that is given.
    """
    for step in itertools.count():
        folder = root / str(step)
        if installation is None:
            folder.mkdir()
        else:
            shutil.copytree(installation, folder)
        child = os.fork()
        if child == 0:
            _die_at(step, folder, touches)
            work(folder)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.waitstatus_to_exitcode(status) != DIED:
            print(step)
            sys.exit(os.waitstatus_to_exitcode(status))


def _die_at(step: int, folder: Path, touches: Touches) -> None:
    left = step

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal left
        if touches(folder, event, arguments):
            if left == 0:
                os._exit(DIED)
            left -= 1

    sys.addaudithook(watch)
