"""A page of memory that a worker shares with its lives and with the world outside."""

import mmap
import struct
import time
from datetime import UTC, datetime

START = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
"""A Wednesday, in the morning of those who are called."""

_CLOCK, _POINTS, _NEXT_ACT, _BUSY_POINTS, _PACE, _BEGAN, _NAME = 0, 8, 16, 24, 32, 40, 64
_NAME_BYTES = 200


class Board:
    """The time, which stands still until it is moved (or goes, and is moved), and how far a life has come.

    What is on it is the same for every process that was forked since.

    It outlives the life that writes on it, as the kernel does. Make it before the first fork.
    """

    def __init__(self) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self.restart()

    def restart(self, *, real_time: bool = False, pace: float = 0.0) -> None:
        """Begin an episode: on the morning of the first day, or now with a clock that goes.

        With a ``pace`` a clock goes from that morning on, so many seconds in each.
        """
        struct.pack_into("d", self._page, _PACE, 1.0 if real_time else pace)
        struct.pack_into("d", self._page, _BEGAN, 0.0 if real_time else time.time())
        struct.pack_into("d", self._page, _CLOCK, 0.0 if real_time else START.timestamp())
        self.next_act = 0
        self.new_life()

    def new_life(self) -> None:
        """Count the points of another life from 0."""
        self.points = self.busy_points = 0
        self.died_at = ""

    def now(self) -> datetime:
        """Return the time; it is the same for the bot and for ElevenLabs."""
        pace = self._seconds(_PACE)
        went = (time.time() - self._seconds(_BEGAN)) * pace if pace else 0.0
        return datetime.fromtimestamp(self._stands_at + went, UTC)

    @property
    def _stands_at(self) -> float:
        return self._seconds(_CLOCK)

    def _seconds(self, at: int) -> float:
        return float(struct.unpack_from("d", self._page, at)[0])

    def advance(self, seconds: float) -> None:
        """Move the time; only one process does this, the world outside."""
        struct.pack_into("d", self._page, _CLOCK, self._stands_at + seconds)

    @property
    def died_at(self) -> str:
        """Name of the point at which the life killed itself, empty if it did not."""
        raw = self._page[_NAME : _NAME + _NAME_BYTES]
        return raw.rstrip(b"\0").decode(errors="replace")

    @died_at.setter
    def died_at(self, name: str) -> None:
        self._page[_NAME : _NAME + _NAME_BYTES] = name.encode()[:_NAME_BYTES].ljust(_NAME_BYTES, b"\0")

    @property
    def points(self) -> int:
        """How many points the present life has passed."""
        return self._number(_POINTS)

    @points.setter
    def points(self, count: int) -> None:
        self._put(_POINTS, count)

    @property
    def busy_points(self) -> int:
        """How many of them it had passed when the members had done all they wanted; 0 before."""
        return self._number(_BUSY_POINTS)

    @busy_points.setter
    def busy_points(self, count: int) -> None:
        self._put(_BUSY_POINTS, count)

    @property
    def next_act(self) -> int:
        """The first act that no life has begun."""
        return self._number(_NEXT_ACT)

    @next_act.setter
    def next_act(self, number: int) -> None:
        self._put(_NEXT_ACT, number)

    def _number(self, at: int) -> int:
        return int(struct.unpack_from("q", self._page, at)[0])

    def _put(self, at: int, number: int) -> None:
        struct.pack_into("q", self._page, at, number)
