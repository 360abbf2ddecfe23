"""What is handled at this moment, so that every line of the log can say so: by ids alone, never by names."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace

from bot.domain.words import SHORT_ID_CHARS


@dataclass(frozen=True, slots=True)
class Handling:
    """The kind of job that is done, and the short id of the call that it is about; empty: none."""

    job: str = ""
    call: str = ""


log = logging.getLogger(__name__)
_NOTHING = Handling()
_now: ContextVar[Handling] = ContextVar("handling", default=_NOTHING)

ABOUT_CALLS = frozenset({"expire", "dial", "look_up", "watch", "answered", "recap", "broke_off", "find"})
"""The kinds of jobs whose subject is a call's id."""


def get_handled() -> Handling:
    """Return what this task is busy with."""
    return _now.get()


@contextmanager
def handling() -> Iterator[None]:
    """Begin something of its own: what was handled before is handled again afterwards."""
    token = _now.set(_NOTHING)
    try:
        yield
    finally:
        _now.reset(token)


def begin_job(kind: str, subject: str) -> None:
    """Begin a job, in a task that does nothing else."""
    _now.set(Handling(kind, subject[:SHORT_ID_CHARS] if kind in ABOUT_CALLS else ""))


def note_call(call_id: str) -> None:
    """Say which call it is about, once that is known."""
    _now.set(replace(_now.get(), call=call_id[:SHORT_ID_CHARS]))


def tell_step(call_id: str, step: str, *details: str) -> None:
    """Write to the log (``INFO``) how far a call came, under its id, whatever is handled now.

    ``details`` are words of ours: nothing here tells who called, whom, from where or what was said.
    """
    if not log.isEnabledFor(logging.INFO):
        return
    token = _now.set(replace(_now.get(), call=call_id[:SHORT_ID_CHARS]))
    try:
        log.info(step, *details)
    finally:
        _now.reset(token)
