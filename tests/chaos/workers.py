"""Several workers side by side, and a bar that shows how far they are."""

import os
import selectors
import sys
from collections.abc import Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.chaos.report import Report
from tests.chaos.wanted import Wanted
from tests.chaos.worker import tell_over, work


def run_all(report: Report, wanted: Wanted) -> None:
    """Share the kills out to forked workers and take in what each episode came to."""
    workers = [_start(wanted.part(place)) for place in range(wanted.jobs)]
    out = Console(stderr=True)
    columns = (TextColumn("Kills"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, auto_refresh=False) as progress:
        task = progress.add_task("", total=wanted.kills + wanted.recovery_kills + wanted.processes)
        for line in _lines(workers):
            report.take(line)
            progress.update(task, completed=report.kills + report.recovery_kills, refresh=True)
    for _ in workers:
        _, status = os.wait()
        if status:
            report.faults.append({"plan": "", "number": 0, "faults": ["a worker broke; it says how above"]})


def _start(wanted: Wanted) -> int:
    """Fork a worker; return where its results are read."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        code = 1
        try:
            work(wanted, tell_over(writing))
            code = 0
        except BaseException:  # noqa: BLE001  the process ends here, whatever it was
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    return reading


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
