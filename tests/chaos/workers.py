"""Several workers side by side, and a bar or a line now and then that shows how far they are."""

import os
import selectors
import signal
import sys
import time
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.worker import tell_over, work

LINE_EVERY_SECONDS = 30.0


def run_all(report: Report, wanted: Wanted) -> None:
    """Share the kills out to forked workers and take in what each episode came to, until Ctrl-C."""
    workers = [_start(wanted.part(place)) for place in range(wanted.jobs)]
    out = Console(stderr=True)
    columns = (TextColumn("Kills"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, auto_refresh=False) as progress:
        total = wanted.kills + wanted.recovery_kills + wanted.processes
        task = progress.add_task("", total=total)
        told_at = time.monotonic()
        try:
            for line in _lines([reading for _, reading in workers]):
                report.take(line)
                done = report.kills + report.recovery_kills
                progress.update(task, completed=done, refresh=True)
                if not out.is_terminal and time.monotonic() - told_at >= LINE_EVERY_SECONDS:
                    told_at = time.monotonic()
                    print(f"{done:,} of {total:,} kills", file=sys.stderr, flush=True)
        except KeyboardInterrupt:
            for worker, _ in workers:
                os.kill(worker, signal.SIGTERM)
    for worker, _ in workers:
        _, status = os.waitpid(worker, 0)
        if status:
            report.faults.append({"plan": "", "number": 0, "faults": ["a worker broke; it says how above"]})


def _start(wanted: Wanted) -> tuple[int, int]:
    """Fork a worker; return its process number and where its results are read."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        code = 1
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        try:
            work(wanted, tell_over(writing))
            code = 0
        except SystemExit:
            code = 0
        except BaseException:  # noqa: BLE001  the process ends here, whatever it was
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return pid, reading


def _lines(descriptors: list[int]) -> Iterator[str]:
    """Yield the lines of several pipes as they come, until all are at their end."""
    rests = dict.fromkeys(descriptors, b"")
    with selectors.DefaultSelector() as selector:
        for descriptor in descriptors:
            selector.register(descriptor, selectors.EVENT_READ)
        while rests:
            for key, _ in selector.select():
                chunk = os.read(key.fd, 65_536)
                if not chunk:
                    selector.unregister(key.fd)
                    del rests[key.fd]
                    continue
                *whole, rests[key.fd] = (rests[key.fd] + chunk).split(b"\n")
                yield from (line.decode() for line in whole)
