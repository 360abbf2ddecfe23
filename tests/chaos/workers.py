"""Several workers side by side, and a bar that shows how far they are."""

import os
import selectors
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from tests.chaos.report import Report
from tests.chaos.worker import Share, tell_over, work


def run_all(
    report: Report,
    kills: int,
    recovery_kills: int,
    jobs: int,
    worlds: tuple[str, ...],
    *,
    keep: Path | None,
    stops_early: bool,
    at: str,
    acts: tuple[str, ...],
) -> None:
    """Share the kills out to forked workers and take in what each episode came to."""
    shares = [
        Share(
            _part(kills, jobs, place),
            _part(recovery_kills, jobs, place),
            report.seed,
            place,
            jobs,
            worlds,
            report.bug,
            keep,
            stops_early,
            at,
            acts,
        )
        for place in range(jobs)
    ]
    workers = {_start(share): share for share in shares}
    out = Console(stderr=True)
    columns = (TextColumn("Kills"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=out, disable=not out.is_terminal, auto_refresh=False) as progress:
        task = progress.add_task("", total=kills + recovery_kills)
        for line in _lines(list(workers)):
            report.take(line)
            progress.update(task, completed=report.kills + report.recovery_kills, refresh=True)
    for _ in workers:
        _, status = os.wait()
        if status:
            report.faults.append({"plan": "", "number": 0, "faults": ["a worker broke; it says how above"]})


def _part(whole: int, parts: int, place: int) -> int:
    return whole // parts + (place < whole % parts)


def _start(share: Share) -> int:
    """Fork a worker; return where its results are read."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        os.close(reading)
        code = 1
        try:
            work(share, tell_over(writing))
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
