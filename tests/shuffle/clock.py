"""A time that begins on a fixed morning, runs by itself, and can be moved, so that no night comes unasked."""

import time
from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Clock:
    """The time of one run, for Troupe and for the sandbox alike."""

    def __init__(self, start: datetime = MORNING) -> None:
        self._start = start
        self._begun = time.monotonic()
        self._moved = timedelta()

    def __call__(self) -> datetime:
        """Return the time, aware and in UTC."""
        return self._start + self._moved + timedelta(seconds=time.monotonic() - self._begun)

    def move(self, **step: float) -> None:
        """Let time pass."""
        self._moved += timedelta(**step)

    def move_to_morning(self) -> None:
        """Move to five o'clock of the next day, when all nightly work is due."""
        now = self()
        morning = (now + timedelta(days=1)).replace(hour=5, minute=0, second=0, microsecond=0)
        self._moved += morning - now
