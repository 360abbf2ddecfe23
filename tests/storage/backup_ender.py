"""A program that the system ends (SIGTERM) once something of it is unfinished; typed after ``troupe``."""

import os
import signal
import sys
from pathlib import Path

from bot.cli import main

ended: list[str] = []


def watch(event: str, _arguments: tuple[object, ...]) -> None:
    if event != "open" or ended:
        return
    here = Path.cwd()
    if list(here.glob(".troupe-part-*")) or list(here.glob("data/*.restoring/*")):
        ended.append(event)
        os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.argv[0] = "troupe"
    sys.addaudithook(watch)
    main()
