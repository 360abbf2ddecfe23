"""Who stops, kills and starts processes, and breaks their connections, at random."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.postgres_server import Server
from tests.together.stage import Stage

PAUSES = (1.0, 8.0)
CALLS_BETWEEN, PATIENCE_SECONDS = 6, 20.0
"""The slower calls are placed the less is done, so that there is always something in hand."""
LONGEST_STOP_SECONDS, LONGEST_AWAY_SECONDS = 30.0, 3.0
DEEDS = {"stop": 40, "kill": 30, "break": 24, "crash": 1}
"""How often what is done: a process is stopped, killed, its connections are ended, the server crashes."""
BREAK = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE application_name = 'troupe' AND random() < 0.5
"""
VICTIM = "SELECT pid FROM pg_stat_activity WHERE application_name = 'troupe' ORDER BY random() LIMIT 1"


@dataclass
class Life:
    """One process, from its start to its death; times are of ``time.time``, and seconds."""

    number: int
    slot: int
    pid: int
    is_killed: bool = False
    stops: list[tuple[float, float]] = field(default_factory=list)
    wakes_at: float = 0.0

    @property
    def was_disturbed(self) -> bool:
        """Whether it may not know what it did last."""
        return self.is_killed or bool(self.stops)


@dataclass
class Monkey:
    """Keeps a process in every slot, and leaves none of them alone."""

    stage: Stage
    start: Callable[[int, int], int]
    seed: int
    lives: list[Life] = field(default_factory=list)
    deeds: Counter[str] = field(default_factory=Counter)
    breaks: list[float] = field(default_factory=list)
    _empty: dict[int, float] = field(default_factory=dict)
    _done_at: int = 0

    def begin(self) -> None:
        """Start a process in every slot."""
        self._chance = random.Random(f"monkey {self.seed}")
        self._next_at = time.time() + 3.0
        for slot in range(len(self.stage.doors)):
            self._begin_one(slot)

    def pass_by(self) -> None:
        """Do what is due now: wake who was stopped, start who is missing, and something evil."""
        now = time.time()
        for life in self._there:
            if os.waitpid(life.pid, os.WNOHANG)[0]:
                raise RuntimeError(f"life {life.number} ended by itself: {self.stage.log.read_text()[-600:]}")
            if life.wakes_at and life.wakes_at <= now:
                life.wakes_at = 0.0
                os.kill(life.pid, signal.SIGCONT)
        for slot, at in list(self._empty.items()):
            if at <= now:
                del self._empty[slot]
                self._begin_one(slot)
        placed = self.stage.board.next_act
        is_idle = placed < self._done_at + CALLS_BETWEEN and now < self._next_at + PATIENCE_SECONDS
        if now >= self._next_at and not is_idle:
            self._done_at = placed
            self._next_at = now + self._chance.uniform(*PAUSES)
            self._do(self._chance.choices(list(DEEDS), list(DEEDS.values()))[0], now)

    def rest(self) -> None:
        """Start one process, which is left alone."""
        self._begin_one(0)

    def end(self) -> None:
        """Kill everybody."""
        for life in list(self._there):
            self._kill(life)
        self._empty.clear()

    @property
    def _there(self) -> list[Life]:
        return [life for life in self.lives if not life.is_killed]

    def _begin_one(self, slot: int) -> None:
        number = len(self.lives)
        self.lives.append(Life(number, slot, self.start(slot, number)))

    def _do(self, deed: str, now: float) -> None:
        running = [life for life in self._there if not life.wakes_at]
        if deed == "stop" and len(running) > 1:
            life = self._chance.choice(running)
            seconds = 0.1 + LONGEST_STOP_SECONDS * self._chance.random() ** 2
            os.kill(life.pid, signal.SIGSTOP)
            life.wakes_at = now + seconds
            life.stops.append((now, seconds))
        elif deed == "kill" and self._there:
            life = self._chance.choice(self._there)
            self._kill(life)
            self._empty[life.slot] = now + self._chance.uniform(0.0, LONGEST_AWAY_SECONDS)
        elif deed in ("break", "crash"):
            self.breaks.append(now)
            _break(self.stage.server, crash=deed == "crash")
        else:
            return
        self.deeds[deed] += 1

    def _kill(self, life: Life) -> None:
        os.kill(life.pid, signal.SIGKILL)
        _, status = os.waitpid(life.pid, 0)
        life.is_killed = True
        if not os.WIFSIGNALED(status):
            raise RuntimeError(f"life {life.number} ended by itself; its log says how")


def _break(server: Server, *, crash: bool) -> None:
    """End connections; in a crash one of the server's processes dies, and it starts anew."""
    try:
        if not crash:
            server.execute(BREAK)
        elif found := server.execute(VICTIM):
            os.kill(found[0][0], signal.SIGKILL)
    except psycopg.OperationalError:
        return  # it starts anew just now
