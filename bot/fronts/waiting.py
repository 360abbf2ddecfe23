"""How long a front waits before it tries again to reach its platform."""

from collections.abc import Iterator

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 60.0


def growing_waits() -> Iterator[float]:
    """Yield seconds to wait, without end: one, then twice as long each time, a minute at most."""
    seconds = FIRST_SECONDS
    while True:
        yield seconds
        seconds = min(LONGEST_SECONDS, 2 * seconds)
