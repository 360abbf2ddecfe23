"""The program at a terminal that answers each question once it is asked, as a person does."""

import os
import pty
import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import anyio

UNHEARD_SECONDS = 5.0
"""Then a person presses Ctrl-C once more: one that comes between a prompt and its read is not heard."""


async def answering(
    folder: Path,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    answers: Sequence[tuple[str, str]],
    *,
    may_ask_less: bool = False,
    then: int = 0,
) -> tuple[int, str]:
    """Run the program, answer its prompts in their order; return the exit code and what was shown.

    ``answers`` are pairs of what a prompt says and the answer; all have to be asked for, unless it
    ``may_ask_less``. With ``then`` the last prompt gets that signal in place of an answer, and once
    more where it was not heard.
    """
    ours, theirs = pty.openpty()
    process = await anyio.open_process(
        [sys.executable, "-m", "bot", *arguments],
        cwd=folder,
        env={**environment, "TERM": environment.get("TERM", "dumb")},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)

    def stop() -> None:
        with suppress(ProcessLookupError):
            os.kill(process.pid, then)

    def stop_as_people_do() -> None:
        stop()
        again.start()

    again = threading.Timer(UNHEARD_SECONDS, stop)
    left = list(answers)
    seen = await anyio.to_thread.run_sync(_converse, ours, left, stop_as_people_do if then else None)
    code = await process.wait()
    again.cancel()
    os.close(ours)
    assert may_ask_less or not left, f"{left[0][0]} was never asked for:\n{seen}"
    return code, seen


def _converse(terminal: int, answers: list[tuple[str, str]], stop: Callable[[], None] | None) -> str:
    """Wait for each prompt, take its answer off the list and type it; return everything that was shown."""
    seen, read_so_far = "", 0
    while True:
        try:
            part = os.read(terminal, 4096).decode(errors="replace")
        except OSError:
            part = ""
        if not part:
            return seen
        seen += part
        while answers and (found := re.search(answers[0][0], seen[read_so_far:])):
            read_so_far += found.end()
            _, answer = answers.pop(0)
            if not answers and stop is not None:
                stop()
            else:
                os.write(terminal, f"{answer}\n".encode())
