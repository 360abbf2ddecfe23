"""The process that has read the program's modules; each time it is asked, a fork of it runs the program."""

import contextlib
import gc
import io
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TextIO

from bot.cli import main, troupe
from tests.program.running import NUMBER_BYTES


def wait_to_be_asked(asked: socket.socket) -> list[str] | None:
    """Return the arguments in the process that is to run the program, None where nobody asks any more."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        head, parts, _, _ = socket.recv_fds(asked, 4, 4)
        if not head:
            return None
        folder, arguments, environment = json.loads(_read(asked, int.from_bytes(head, "big")))
        if os.fork() == 0:
            asked.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _tell_how_it_ends(parts.pop(), parts)
            for place, part in enumerate(parts):
                os.dup2(part, place)
                os.close(part)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            time.tzset()
            if environment.get("PYTHONUNBUFFERED"):
                sys.stdout, sys.stderr = _unbuffered(sys.stdout), _unbuffered(sys.stderr)
            return list(arguments)
        for part in parts:
            os.close(part)


def _read(line: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        read += line.recv(size - len(read))
    return read


def _unbuffered(stream: TextIO) -> TextIO:
    raw = open(stream.fileno(), "wb", buffering=0, closefd=False)  # noqa: SIM115  as Python makes its own
    return io.TextIOWrapper(raw, encoding=stream.encoding, errors=stream.errors, write_through=True)


def _tell_how_it_ends(teller: int, parts: list[int]) -> None:
    """Fork once more: this process tells the other's number, waits for it, and tells its exit code."""
    child = os.fork()
    if child:
        for part in parts:
            os.close(part)
        with contextlib.suppress(OSError):  # whoever asked may have gone
            os.write(teller, str(child).rjust(NUMBER_BYTES).encode())
            _, status = os.waitpid(child, 0)
            os.write(teller, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(teller)


if __name__ == "__main__":
    troupe.load()
    gc.freeze()  # so that forks share these modules
    with socket.socket(fileno=int(sys.argv[1])) as line:
        given = wait_to_be_asked(line)
    if given is not None:
        __package__ = "bot"  # what usage is told of: python -m bot
        sys.argv = [str(Path(__file__).parents[2] / "bot" / "__main__.py"), *given]
        main()
